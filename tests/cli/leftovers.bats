#!/usr/bin/env bats
# What a run leaves behind: nothing of a board file in the temporary directory, no half a file.

# Each test is a subshell of its own.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  export TMPDIR=$BATS_TEST_TMPDIR/tmp
  mkdir "$TMPDIR"
}

# board_trees: the trees that board files were expanded into.
board_trees() {
  find "$TMPDIR" -mindepth 1 -maxdepth 1
}

board_is_expanded() {
  [ "$(board_trees)" ] && [ -d "$(board_trees)/run/dbus" ]
}

# wait_for COMMAND...: until it succeeds.
wait_for() {
  for _ in $(seq 200); do
    ! "$@" || return 0
    sleep 0.05
  done
  fail "not within 10 s: $*"
}

@test "the tree of a board file goes, whatever signal ends the program" {
  local signal pid
  # It blocks where it prints more than a pipe holds.
  { cat "$boards/rpi5-no-mip.board"; echo /run/dbus/system_bus_socket:; seq -f '|unit%g.service loaded active enabled success' 9999; } \
    >"$BATS_TEST_TMPDIR/large.board"
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  exec 9<>"$BATS_TEST_TMPDIR/fifo"
  for signal in HUP INT QUIT PIPE TERM; do
    timeout 20 env --default-signal "$BUILD/ax650n-tune" --sysroot "$BATS_TEST_TMPDIR/large.board" \
      capture >&9 2>"$BATS_TEST_TMPDIR/stderr" 9>&- &
    pid=$!
    wait_for board_is_expanded
    LC_ALL=C pkill -"$signal" -P "$pid"
    status=0
    wait "$pid" || status=$?
    [ "$status" -gt 128 ] && [ "$status" -ne 137 ] || fail "$signal: $status"
    [ -z "$(board_trees)" ] || fail "$signal: $(board_trees)"
  done
}

# shellcheck disable=SC2016 # the inner shell expands
@test "a signal that is ignored does not end it, and the tree goes all the same" {
  (trap '' HUP && exec "$BUILD/ax650n-tune" --sysroot "$boards/cm3588.board" bench --rounds 1 --warmup 0 -- \
    sh -c 'kill -HUP $PPID') >/dev/null 2>&1 || true
  [ -z "$(board_trees)" ] || fail "$(board_trees)"
}

@test "TMPDIR says where a board file is expanded" {
  tree=$boards/cm3588.board
  TMPDIR=/nonexistent run_tune 1 status
  contains "$stderr" "cannot create a directory in /nonexistent: No such file or directory"
}

@test "capture is whole or not there when the file may not grow" {
  use_board cm3588
  status=0
  (ulimit -f 4 && tune capture "$BATS_TEST_TMPDIR/board") 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
  stderr=$(cat "$BATS_TEST_TMPDIR/stderr")
  [ "$status" -eq 1 ] || fail "exit status $status"
  contains "$stderr" "cannot write $BATS_TEST_TMPDIR/board: File too large"
  [ ! -e "$BATS_TEST_TMPDIR/board" ]
}

@test "the directory of the state can be read by all, whatever the umask is" {
  local mask
  for mask in 000 077; do
    use_board cm3588
    rm -rf "$tree/run/ax650n-tune"
    (umask "$mask" && tune apply >/dev/null 2>&1) || fail "umask $mask"
    [ "$(stat -c %a "$tree/run/ax650n-tune")" = 755 ] || fail "umask $mask: $(stat -c %a "$tree/run/ax650n-tune")"
  done
}
