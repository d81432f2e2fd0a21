#!/usr/bin/env bats
# Findings about the machine as a whole, and that the advice of a finding mends it.

# Each test runs in its own subshell.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

# file PATH VALUE: sets a file of the tree, which need not have it yet.
file() {
  mkdir -p "$tree${1%/*}"
  printf '%s\n' "$2" >"$tree$1"
}

# finding CODE: its severity, text and advice in $output, a line each; nothing if there is none.
finding() {
  jq -r --arg code "$1" '.findings[] | select(.code == $code) | .severity, .text, .advice' <<<"$output"
}

# found CODE PART...: there is that finding, with each PART. lacks CODE...: there are none of these.
found() {
  local code=$1 part
  shift
  [ "$(finding "$code")" ] || fail "no finding $code"
  for part in "$@"; do
    contains "$(finding "$code")" "$part"
  done
}

lacks() {
  local code
  for code in "$@"; do
    [ -z "$(finding "$code")" ] || fail "there is a finding $code"
  done
}

# same_when_captured: the board, captured, is judged like the tree.
same_when_captured() {
  local judged=$output
  tune capture "$BATS_TEST_TMPDIR/captured.board"
  [ "$("$BUILD/ax650n-tune" --sysroot "$BATS_TEST_TMPDIR/captured.board" --json diagnose)" = "$judged" ] ||
    fail "another report of the captured board"
  rm "$BATS_TEST_TMPDIR/captured.board"
}

@test "a Raspberry Pi whose supply is too weak" {
  use_board rpi5
  file /sys/class/hwmon/hwmon1/name rpi_volt
  file /sys/class/hwmon/hwmon1/in0_lcrit_alarm 1
  run_tune 1 --json diagnose
  found under-voltage problem "supply voltage" "5 V at 5 A"
  same_when_captured
  # With a better one.
  file /sys/class/hwmon/hwmon1/in0_lcrit_alarm 0
  run_tune 1 --json diagnose
  lacks under-voltage
}
