#!/usr/bin/env bats
# bench with programs that answer prompts (runner.c), and with several results from one run.
# tests/vm/scenario/11-bench.sh has real interrupts.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"
# shellcheck source=tests/cli/prompt.bash
. "$BATS_TEST_DIRNAME/prompt.bash"

@test "one start, and both results are found within their intervals" {
  local kind
  for kind in ax-llm axllm; do
    rm -f "$BATS_TEST_TMPDIR/fired"
    runner "$kind"
    run_tune 0 --json bench --seed 1 --prompt "Why do bees fly?" -- "${command[@]}"
    json '.results | map([.metric, .unit, .higher_is_better])' '[["decode","token/s",true],["ttft","ms",false]]' \
      '.results[0] | .interval_percent[0] < 49.6 and .interval_percent[1] > 49.6 and .significant' true \
      '.results[1] | .interval_percent[0] < 36.3 and .interval_percent[1] > 36.3 and .significant' true \
      '[.results[].settings[].details[].irqs | add] | unique' '[50]'
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
