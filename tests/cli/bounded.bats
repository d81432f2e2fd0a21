#!/usr/bin/env bats
# What the program does not wait for: FIFOs in the place of files, and pipes that do not end.
# tests/unit/test-bounded.c has irqbalance, the system bus and axcl-smi.

# Each test is a subshell of its own.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  fifo=$BATS_TEST_TMPDIR/fifo
  mkfifo "$fifo"
}

# The program, which a test must not wait for either.
tune() {
  timeout -k 1 20 "$BUILD/ax650n-tune" --sysroot "${tree:-$boards/cm3588.board}" "$@"
}

unheld() { "$@"; }

# held COMMAND...: with a writer that writes nothing.
held() {
  exec 9<>"$fifo"
  "$@" 9>&-
  exec 9>&-
}

@test "a FIFO as --config, --sysroot or --report is refused, with and without a writer" {
  local holder
  for holder in unheld held; do
    "$holder" run_tune 1 --config "$fifo" apply -n
    contains "$stderr" "cannot read $fifo: it is not a regular file"
    tree=$fifo
    "$holder" run_tune 1 status
    contains "$stderr" "cannot read $fifo: it is not a regular file"
    tree=
    "$holder" run_tune 1 bench --report "$fifo"
    contains "$stderr" "cannot read $fifo: the pipe did not end within 5 s"
  done
}

@test "a pipe that drips or never ends is no saved result" {
  run_tune 1 bench --report <(while printf ' ' 2>/dev/null; do sleep 0.2; done)
  contains "$stderr" "the pipe did not end within 5 s"
  run_tune 1 bench --report <(yes 2>/dev/null)
  contains "$stderr" "cannot read"
}

@test "--report reads a pipe that ends, even a slow one" {
  use_board cm3588
  run_tune 0 bench --rounds 1 --warmup 0 --save "$BATS_TEST_TMPDIR/saved" -- true
  run_tune 0 bench --report "$BATS_TEST_TMPDIR/saved" --format markdown
  local expected=$output
  [ "$expected" ]
  run_tune 0 bench --format markdown --report <(sleep 1; cat "$BATS_TEST_TMPDIR/saved")
  [ "$output" = "$expected" ] || fail "not the same"
  run_tune 0 bench --format markdown --report /dev/stdin < <(cat "$BATS_TEST_TMPDIR/saved")
  [ "$output" = "$expected" ] || fail "not the same"
}

@test "a FIFO in a tree does not stop a command" {
  local file command
  for file in /proc/interrupts /etc/ax650n-tune.conf /proc/irq/137/smp_affinity /run/ax650n-tune/state.json \
    /run/ax650n-tune/reverted /run/ax650n-tune/state.json.new "$(policy 4)" /proc/device-tree/model \
    /sys/bus/pci/devices/0003:31:00.0/config /sys/bus/pci/devices/0003:31:00.0/vendor; do
    use_board cm3588
    mkdir -p "$tree/run/ax650n-tune"
    local path
    path=$tree$file
    [[ $file != /sys/bus/* ]] || path=$(readlink -f "$tree$(dirname "$file")")/$(basename "$file")
    mkdir -p "$(dirname "$path")" && rm -rf "$path" && mkfifo "$path"
    for command in apply status diagnose detect revert capture; do
      status=0
      tune "$command" >/dev/null 2>&1 || status=$?
      [ "$status" -lt 124 ] || fail "$command, $file: $status"
    done
  done
}
