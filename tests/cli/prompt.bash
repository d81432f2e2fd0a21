# Shared by prompt.bats and prompt-ends.bats: a board, and programs that answer prompts.

setup() {
  use_board cm3588
  before=$(snapshot)
  make_fire 50
}

# runner KIND: the words of its command in $command.
runner() {
  command=("$BUILD/runner" "$1" "$tree/proc/irq/137/smp_affinity" "$tree$(policy 6)" "'$BATS_TEST_TMPDIR/fire' ${2:-}")
}

restored() {
  [ "$(snapshot | grep -v proc/interrupts)" = "$(grep -v proc/interrupts <<<"$before")" ] ||
    fail "left a difference"
  [ ! -e "$tree/run/ax650n-tune/state.json" ] || fail "the state file is still there"
  ! pgrep -f "$tree" >/dev/null || fail "a runner is left"
}
