#!/usr/bin/env bats
# bench with programs that answer prompts (runner.c): that forget, that die or hang, and that are stopped.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"
# shellcheck source=tests/cli/prompt.bash
. "$BATS_TEST_DIRNAME/prompt.bash"

@test "--reset is sent before each prompt" {
  runner axllm
  run_tune 0 --json bench --rounds 1 --warmup 0 --reset /reset --prompt hello -- "${command[@]}"
  json '.results | map(.metric)' '["decode","ttft"]'
  # The other runner answers it like any prompt.
  rm -f "$BATS_TEST_TMPDIR/fired"
  runner ax-llm
  run_tune 0 --json bench --rounds 1 --warmup 0 --reset /reset --prompt hello -- "${command[@]}"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/fired")" -eq 4 ] || fail "not 4 answers"
}

@test "a runner that crashes, hangs, is silent or never asks is named, and all is restored" {
  runner crash
  run_tune 1 bench --warmup 0 --prompt hello -- "${command[@]}"
  contains "$stderr" "was killed by signal 6"
  contains "$stderr" "A quoted line:"
  restored
  runner hang
  run_tune 1 bench --warmup 0 --timeout 1 --prompt hello -- "${command[@]}"
  contains "$stderr" "did not answer within 1 s (--timeout)"
  restored
  runner silent
  run_tune 1 bench --warmup 0 --prompt hello -- "${command[@]}"
  contains "$stderr" "no decode result in the output, where the first run had one"
  restored
  run_tune 1 bench --timeout 1 --prompt hello -- sleep 60
  contains "$stderr" "sleep did not answer within 1 s"
  run_tune 1 bench --prompt hello -- true
  contains "$stderr" "true ended without an answer"
  run_tune 1 bench --prompt hello -- "$BATS_TEST_TMPDIR/nothing"
  contains "$stderr" "cannot run $BATS_TEST_TMPDIR/nothing: No such file or directory"
  restored
}

@test "a bench that is stopped ends the runner and restores everything; after kill -9 revert does" {
  local signal pid
  local -A signal_status=([INT]=130 [TERM]=1)
  runner hang
  for signal in INT TERM KILL; do
    rm -f "$BATS_TEST_TMPDIR/fired"
    "$BUILD/ax650n-tune" --sysroot "$tree" bench --settings tuned,irq --warmup 0 --prompt hello -- \
      "${command[@]}" 2>/dev/null >&2 3>&- &
    pid=$!
    for _ in {1..500}; do
      [ "$(wc -l <"$BATS_TEST_TMPDIR/fired" 2>/dev/null || echo 0)" -lt 3 ] || break
      sleep 0.02
    done
    kill -"$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    if [ "$signal" = KILL ]; then
      run_tune 0 revert
      # The kernel ends the runner then.
      for _ in {1..100}; do
        pgrep -f "$tree" >/dev/null || break
        sleep 0.02
      done
    else
      [ "$status" -eq $((signal_status[$signal])) ] || fail "exit $status after SIG$signal"
    fi
    restored
  done
}
