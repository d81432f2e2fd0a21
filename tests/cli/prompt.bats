#!/usr/bin/env bats
# bench with programs that answer prompts (runner.c), and with several results from one run.
# tests/vm/scenario/11-bench.sh has real interrupts.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

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

@test "one start, and both results are found within their intervals" {
  local kind
  for kind in ax-llm axllm; do
    rm -f "$BATS_TEST_TMPDIR/fired"
    runner "$kind"
    run_tune 0 --json bench --seed 1 --prompt "Why do bees fly?" -- "${command[@]}"
    json '.results | map([.metric, .unit, .higher_is_better])' '[["decode","token/s",true],["ttft","ms",false]]'
    json '.results[0] | .interval_percent[0] < 49.6 and .interval_percent[1] > 49.6 and .significant' true
    json '.results[1] | .interval_percent[0] < 36.3 and .interval_percent[1] > 36.3 and .significant' true
    json '[.results[].settings[].details[].irqs | add] | unique' '[50]'
    contains "$stderr" "runner: 21 more runs, about "
    # axllm answers the "q" that ends the other one, too.
    [ "$(wc -l <"$BATS_TEST_TMPDIR/fired")" -eq "$([ $kind = axllm ] && echo 23 || echo 22)" ] || fail "other answers"
    restored
  done
}

@test "the text tells both results, Markdown has them in one row" {
  runner ax-llm
  run_tune 0 bench --rounds 6 --prompt hello --save "$BATS_TEST_TMPDIR/saved" -- "${command[@]}"
  contains "$output" "runner, decode: token/s, higher is better, 6 rounds"
  contains "$output" "runner, ttft: ms, lower is better, 6 rounds"
  contains "$output" "  default: CPU0 100 % of 50 a run"
  [ "$(grep -c '^Verdict: tuned is .* faster than default' <<<"$output")" -eq 2 ] || fail "not two verdicts"
  run_tune 0 bench --report "$BATS_TEST_TMPDIR/saved" --format markdown
  [ "$(grep -c '^| runner | .* token/s | .* ms -> .* ms | 50 -> 50 |$' <<<"$output")" -eq 1 ] || fail "no such row"
}

@test "default that comes to a fast core is called so" {
  runner ax-llm 5
  run_tune 0 bench --rounds 6 --warmup 0 --prompt hello -- "${command[@]}"
  contains "$output" "In 6 of 6 runs of default, a fast core took the interrupts: the baseline was fast already."
}

@test "equal settings: no difference is found" {
  runner ax-llm
  run_tune 0 --json bench --seed 3 --settings default,irq,governor --prompt hello -- "${command[@]}"
  json '[.results[].settings[] | select(.significant != null).significant] | unique' '[false]'
}

@test "--reset is sent before each prompt" {
  runner axllm
  run_tune 0 --json bench --rounds 1 --reset /reset --prompt hello -- "${command[@]}"
  json '.results | map(.metric)' '["decode","ttft"]'
  # The other runner answers it like any prompt.
  rm -f "$BATS_TEST_TMPDIR/fired"
  runner ax-llm
  run_tune 0 --json bench --rounds 1 --warmup 0 --reset /reset --prompt hello -- "${command[@]}"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/fired")" -eq 4 ] || fail "not 4 answers"
}

@test "a mark of its own, and an answer without a known result" {
  cat >"$BATS_TEST_TMPDIR/echo" <<'END'
#!/bin/sh
while printf 'Ask: ' && read -r line && [ "$line" != q ]; do
  sleep 0.05
  echo "You said $line"
done
END
  chmod +x "$BATS_TEST_TMPDIR/echo"
  run_tune 0 --json bench --rounds 1 --warmup 0 --prompt hello --prompt-mark 'Ask:' -- "$BATS_TEST_TMPDIR/echo"
  contains "$stderr" "echo: no known result in the output: the whole answer is timed"
  json '.results | map([.metric, .settings.default.median >= 50 and .settings.default.median < 1000])' '[["wall",true]]'
  run_tune 0 --json bench --rounds 1 --warmup 0 --prompt 7 --prompt-mark 'Ask:' --metric 'said (.*)' -- "$BATS_TEST_TMPDIR/echo"
  json '.results | map([.metric, .settings.tuned.runs])' '[["custom",[7]]]'
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

@test "--stdin is read from its start by each run" {
  printf 'one\ntwo\n' >"$BATS_TEST_TMPDIR/lines"
  run_tune 0 bench --rounds 1 --stdin "$BATS_TEST_TMPDIR/lines" -- sh -c "wc -l >>'$BATS_TEST_TMPDIR/seen'"
  [ "$(sort -u "$BATS_TEST_TMPDIR/seen") $(wc -l <"$BATS_TEST_TMPDIR/seen")" = "2 4" ] || fail "$(cat "$BATS_TEST_TMPDIR/seen")"
  run_tune 1 bench --stdin "$BATS_TEST_TMPDIR/none" -- true
  contains "$stderr" "cannot read $BATS_TEST_TMPDIR/none: No such file or directory"
  run_tune 1 bench --stdin /dev -- true
  contains "$stderr" "cannot read /dev: not a regular file"
  restored
}
