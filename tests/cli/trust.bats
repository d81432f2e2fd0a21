#!/usr/bin/env bats
# What makes the program hard to misuse: its binary, what it prints, what it believes.
# tests/fault has what the machine can answer, tests/vm/scenario/12-sandbox.sh the service.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

@test "the binary: PIE, all relocations read-only, stack protector, no executable stack, no RPATH" {
  local file=$BUILD/ax650n-tune
  [ "$(head -c 2 "$file")" != '#!' ] || skip "a script that runs valgrind"
  [[ $(readelf -h "$file") =~ Type:\ +DYN ]] || fail "no PIE"
  [[ $(readelf -lW "$file") == *GNU_RELRO* ]] || fail "no RELRO"
  [[ $(readelf -dW "$file") =~ (BIND_NOW|NOW) ]] || fail "lazy binding"
  [[ $(readelf -lW "$file" | grep GNU_STACK) == *" RW "* ]] || fail "the stack is executable"
  ! readelf -dW "$file" | grep -E 'RPATH|RUNPATH|TEXTREL' || fail "a path or text relocations"
  nm -D "$file" | grep -q __stack_chk_fail || fail "no stack protector"
  nm -D "$file" | grep -qE '__[a-z]*_chk|__asan' || fail "not fortified"
}

@test "it is not setuid, and no environment variable but these means anything to it" {
  [ ! -u "$BUILD/ax650n-tune" ]
  # NO_COLOR, JOURNAL_STREAM and what udev sets change how messages look, NOTIFY_SOCKET how long to
  # wait for the lock; PATH only what bench runs, TMPDIR where a board file is expanded.
  [ "$(cd "$top" && grep -ho 'getenv("[A-Z_]*")' src/*/*.c | sort -u | tr '\n' ' ')" = \
    'getenv("DEVPATH") getenv("JOURNAL_STREAM") getenv("NOTIFY_SOCKET") getenv("NO_COLOR") getenv("PATH") getenv("SEQNUM") getenv("TMPDIR") ' ]
}

@test "no name that is read from the machine tells the terminal what to do" {
  use_board cm3588
  local esc
  esc=$(printf '\033]0;owned\a\033[31m')
  printf '%s\0' "${esc}Board" >"$tree$(readlink -m /proc/device-tree)/model" 2>/dev/null ||
    printf '%s\0' "${esc}Board" >"$(find "$tree" -path '*device*tree*/model' | head -n 1)"
  echo "${esc}V9" >"$tree/sys/module/ax_pcie_host_dev/version"
  echo "${esc}action" >"$tree/sys/kernel/irq/137/actions"
  echo "${esc}saver" >"$tree$(policy 6)"
  sed -i "s/ITS-MSI/I${esc}/" "$tree/proc/interrupts"
  local command
  for command in diagnose status "apply -v" "apply -n" revert "--color never diagnose"; do
    # shellcheck disable=SC2086 # a list of arguments
    tune $command >"$BATS_TEST_TMPDIR/out" 2>&1 || true
    ! LC_ALL=C grep -q $'[\001-\010\013-\037]' "$BATS_TEST_TMPDIR/out" || fail "$command printed them raw"
  done
  grep -q '?\]0;owned??\[31mBoard' <<<"$(tune diagnose || true)" || fail "the board's name is not shown"
}

@test "a link in the place of the originals is not followed" {
  use_board cm3588
  run_tune 0 apply
  mv "$tree/run/ax650n-tune/state.json" "$tree/run/elsewhere"
  ln -s ../elsewhere "$tree/run/ax650n-tune/state.json"
  local command
  for command in apply revert status; do
    run_tune 1 "$command"
    contains "$stderr" "state.json can be changed by others than root and is not trusted; remove it"
  done
}
