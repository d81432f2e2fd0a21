#!/usr/bin/env bats
# What a run does not do: by a trace of its system calls, and without the libraries it needs not.

# Each test is a subshell of its own.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup_file() {
  "${CC:-cc}" -O2 -shared -fPIC -o "$BATS_FILE_TMPDIR/touch.so" "$BATS_TEST_DIRNAME/touch.c"
}

setup() {
  # Sanitizers and valgrind do things of their own.
  if ldd "$BUILD/ax650n-tune" 2>/dev/null | grep -q asan || [ ! -s "$BUILD/ax650n-tune" ] ||
    head -c 2 "$BUILD/ax650n-tune" | grep -q '#!'; then
    skip "not the program alone"
  fi
  use_board cm3588
}

# trace ARGUMENT...: the program on the tree; then $reads has the path of each file it has read, once
# for each time.
trace() {
  strace -f -o "$BATS_TEST_TMPDIR/trace" -e trace=open,openat,openat2,execve,fork,vfork,clone,clone3 \
    "$BUILD/ax650n-tune" "$@" >/dev/null 2>&1 || true
  reads=$(grep -E 'open(at2?)?\(.*O_RD(ONLY|WR).* = [0-9]+$' "$BATS_TEST_TMPDIR/trace" |
    grep -vE 'O_PATH|O_DIRECTORY|O_CREAT|"/dev/null"' | cut -d '"' -f 2 | sed "s|^${tree:-/nowhere}||" | sort)
  [ "$reads" ] || fail "nothing traced"
}

# What holds for every run.
modest() {
  [ "$(grep -c 'execve(' "$BATS_TEST_TMPDIR/trace")" -eq 1 ] || fail "a process is started: $(cat "$BATS_TEST_TMPDIR/trace")"
  ! grep -E '^[0-9]+ +(clone3?|v?fork)\(' "$BATS_TEST_TMPDIR/trace" || fail "a process is made"
  ! grep -E '/(pci\.ids|resource|vpd)' <<<"$reads" || fail "more of the PCI bus than is needed"
  # Of the functions that are no cards only the vendor.
  local function file
  while IFS=/ read -r function file; do
    grep -q 1f4b "$tree/sys/bus/pci/devices/$function/vendor" || fail "$file of $function"
  done < <(sed -n 's,^/sys/bus/pci/devices/,,p' <<<"$reads" | grep -v '/vendor$')
}

# repeated PATTERN...: the files that are read twice are these, and no file is read three times.
repeated() {
  local twice
  twice=$(uniq -d <<<"$reads" | tr '\n' ' ')
  # shellcheck disable=SC2053 # a pattern
  [[ $twice == $1 ]] || fail "read twice: $twice"
  [ "$(uniq -c <<<"$reads" | awk '$1 > 2')" = "" ] || fail "$(uniq -c <<<"$reads" | awk '$1 > 2')"
}

@test "apply reads twice only what it has written" {
  trace --sysroot "$tree" apply
  modest
  repeated "/proc/irq/137/effective_affinity /proc/irq/137/smp_affinity $(policy 4) $(policy 6) "
  value /proc/irq/137/smp_affinity 40
}

@test "no file is read twice if nothing has to be changed" {
  local board command
  for board in cm3588 cm3588-two-cards switch-two-cards cm3588-axcl2 x86-72cpu rpi5 cm3588-isolated cm3588-no-card; do
    use_board "$board"
    tune -q apply 2>/dev/null || true
    for command in apply "apply --dry-run" "--json apply" status "--json status" detect "-v detect" \
      "-q detect" "revert --dry-run"; do
      # shellcheck disable=SC2086 # two words
      trace --sysroot "$tree" $command
      modest
      repeated ""
    done
  done
  use_board cm3588
  trace --sysroot "$tree" diagnose
  # Its first bytes say whether the card answers; libpci then reads the registers.
  repeated "/sys/bus/pci/devices/0003:31:00.0/config "
}

@test "on the running system neither" {
  local command
  tree=
  for command in status detect "apply --dry-run"; do
    # shellcheck disable=SC2086 # two words
    trace $command
    modest
    repeated ""
  done
}

@test "a boot does without tables, without the bus, and without JSON if nothing is saved" {
  # The loader takes a blank in LD_PRELOAD for the end of a path.
  cd "$BATS_FILE_TMPDIR"
  LD_PRELOAD=./touch.so run_tune 134 status
  contains "$stderr" "touched scols_new_table"
  LD_PRELOAD=./touch.so run_tune 134 -q apply
  contains "$stderr" "touched json_object_new_object"
  LD_PRELOAD=./touch.so run_tune 0 -q detect
  run_tune 0 -q apply
  rm "$tree/run/ax650n-tune/state.json"
  LD_PRELOAD=./touch.so run_tune 0 -q apply
  LD_PRELOAD=./touch.so run_tune 0 -q status
  LD_PRELOAD=./touch.so run_tune 0 -q revert
}
