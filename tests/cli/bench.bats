#!/usr/bin/env bats
# bench on a tree, with a workload whose time depends on the settings of the tree.
# tests/vm/scenario/11-bench.sh has real interrupts.

# Each test is a subshell of its own.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  use_board cm3588
  before=$(snapshot)
  echo 1 >"$BATS_TEST_TMPDIR/random"
  make_workload 4000 5984 20
  make_fire 200
  # The workload, and a card that it uses.
  printf '#!/bin/sh\n"%s/fire" && exec "%s/workload"\n' "$BATS_TEST_TMPDIR" "$BATS_TEST_TMPDIR" >"$BATS_TEST_TMPDIR/using"
  chmod +x "$BATS_TEST_TMPDIR/using"
}

# make_workload TUNED DEFAULT NOISE: prints the output of axcl_run_model with these times in us, plus or
# minus up to NOISE thousandths. The noise is the same every time the test runs.
make_workload() {
  cat >"$BATS_TEST_TMPDIR/workload" <<END
#!/bin/sh
cd "$BATS_TEST_TMPDIR"
read -r x <random
x=\$(((x * 1103515245 + 12345) % 2147483648))
echo \$x >random
read -r mask <"$tree/proc/irq/137/smp_affinity"
read -r governor <"$tree$(policy 6)"
us=$2
[ "\$mask \$governor" != "40 performance" ] || us=$1
us=\$((us * (1000 - $3 + (x >> 16) % (2 * $3 + 1)) / 1000))
ms=\$((us / 1000)).\$(printf %03d \$((us % 1000)))
echo "  min = 0.500 ms   max = 99.000 ms   avg = \$ms ms  median = \$ms ms"
END
  chmod +x "$BATS_TEST_TMPDIR/workload"
}

bench() {
  run_tune 0 --json bench --seed 1 "$@"
}

restored() {
  diff <(grep -v proc/interrupts <<<"$before") <(snapshot | grep -v proc/interrupts) || fail "left a difference"
  [ ! -e "$tree/run/ax650n-tune/state.json" ] || fail "the state file is still there"
}

@test "a true effect of 49.6 % is within its interval" {
  bench -- "$BATS_TEST_TMPDIR/workload"
  json '[.schema, .command, (.results | length)]' '[1,"bench",1]' \
    '.results[0] | [.name, .unit, .higher_is_better, .reference]' '["workload","ms",false,null]' \
    '.results[0] | .interval_percent[0] < 49.6 and .interval_percent[1] > 49.6 and .significant' true \
    '.results[0].settings | map_values(.runs | length)' '{"default":10,"tuned":10}' \
    '.results[0] | .settings.default.median > 5.8 and .settings.tuned.median < 4.1' true
  restored
}

@test "an effect of 1 % is found in 40 rounds" {
  make_workload 5000 5050 5
  bench --rounds 40 -- "$BATS_TEST_TMPDIR/workload"
  json '.results[0] | .interval_percent[0] < 1 and .interval_percent[1] > 1 and .significant' true \
    '.results[0] | .detectable_percent > 0.1 and .detectable_percent < 0.3' true
}

@test "each variant is what its name says, and all other settings have their originals" {
  cat >"$BATS_TEST_TMPDIR/look" <<END
#!/bin/sh
cd "$tree"
echo "\$(cat proc/irq/137/smp_affinity)" "\$(cat ".$(policy 4)")" "\$(cat ".$(policy 6)")" \
  "\$(cat sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us)" \
  "\$(cat sys/class/devfreq/dmc/governor)" >>"$BATS_TEST_TMPDIR/seen"
END
  chmod +x "$BATS_TEST_TMPDIR/look"
  local row
  while read -r row; do
    : >"$BATS_TEST_TMPDIR/seen"
    bench --rounds 1 --warmup 0 --settings "default,${row%% *}" -- "$BATS_TEST_TMPDIR/look"
    [ "$(sort -u "$BATS_TEST_TMPDIR/seen")" = "$(printf '%s\n' "ff schedutil schedutil 0 dmc_ondemand" "${row#* }" | sort -u)" ] ||
      fail "$row: $(cat "$BATS_TEST_TMPDIR/seen")"
    restored
  done <<END
irq 40 schedutil schedutil 0 dmc_ondemand
governor ff performance performance 0 dmc_ondemand
tuned 40 performance performance 0 dmc_ondemand
tuned+idle 40 performance performance 20 dmc_ondemand
tuned+memory 40 performance performance 0 performance
cpu4 10 schedutil schedutil 0 dmc_ondemand
cpu2+governor 04 performance performance 0 dmc_ondemand
idle ff schedutil schedutil 20 dmc_ondemand
END
}

# An interrupt that no driver has requested and that never fired has no line in /proc/interrupts.
@test "a vector without a handler does no harm" {
  echo msi >"$(find "$tree/sys/devices" -path '*0003:31:00.0/msi_irqs/137' | sed 's/137$/138/')"
  bench --rounds 1 --warmup 0 -- "$BATS_TEST_TMPDIR/workload"
  json '.results[0].settings | map(.details[0].invalid) | unique' '[null]'
}

@test "a sweep measures each CPU that is online" {
  bench --rounds 1 --warmup 0 --settings default,cpus -- "$BATS_TEST_TMPDIR/workload"
  json '.results[0].settings | keys_unsorted | join(" ")' \
    "default cpu0+tuned cpu1+tuned cpu2+tuned cpu3+tuned cpu4+tuned cpu5+tuned cpu6+tuned cpu7+tuned" \
    '.results[0].settings["cpu6+tuned"].median < 4.2' true
  restored
}

@test "a tuned machine is tuned afterwards, and default is its originals" {
  run_tune 0 apply
  local tuned state
  tuned=$(snapshot)
  state=$(cat "$tree/run/ax650n-tune/state.json")
  bench --rounds 6 -- "$BATS_TEST_TMPDIR/workload"
  json '.results[0].settings.default.median > 5.8' true
  [ "$(snapshot)" = "$tuned" ] || fail "not as it was"
  [ "$(cat "$tree/run/ax650n-tune/state.json")" = "$state" ] || fail "the originals have changed"
  run_tune 0 revert
  restored
}

@test "a run during which something else moves the interrupt does not count" {
  cat >"$BATS_TEST_TMPDIR/moved" <<END
#!/bin/sh
"$BATS_TEST_TMPDIR/workload"
grep -q 40 "$tree/proc/irq/137/smp_affinity" && echo 01 >"$tree/proc/irq/137/smp_affinity"
exit 0
END
  chmod +x "$BATS_TEST_TMPDIR/moved"
  run_tune 1 --json bench --rounds 6 -- "$BATS_TEST_TMPDIR/moved"
  json '.results[0].settings | map_values(.runs | length)' '{"default":6,"tuned":0}' \
    '.results[0] | [.speedup_percent, .interval_percent, .significant]' '[null,null,null]' \
    '.results[0].settings.tuned | [.median, .p95]' '[null,null]'
  contains "$(jq -r '.results[0].settings.tuned.details[0].invalid' <<<"$output")" "smp_affinity is 01, not 40"
  restored
}

@test "a variant that cannot be put in force has no runs that count, and its results can be read again" {
  local file=$BATS_TEST_TMPDIR/results
  run_tune 1 bench --rounds 6 --settings default,governor --save "$file" -- rm -f "$tree$(policy 6)"
  contains "$(tr -s ' \n' ' ' <<<"$output")" "Setting governor: 6 of 6 runs do not count; in round 1, at its start $(policy 6) is gone, not performance."
  [ "$(jq -c '.results[0].settings.governor.details[0] | [.value, .start_khz]' "$file")" = "[null,null]" ]
  local text=$output
  run_tune 1 bench --report "$file"
  [ "$output" = "$text" ] || fail "the text differs"
}

@test "the interrupts of a run are counted by CPU, and those on other CPUs make it invalid" {
  cat >"$BATS_TEST_TMPDIR/interrupts" <<END
#!/bin/sh
# 200 more on the CPU that the mask names, but with the governor performance 5 of them on CPU1.
cd "$tree"
read -r mask <proc/irq/137/smp_affinity
read -r governor <".$(policy 6)"
awk -v mask=\$mask -v stray=\$([ \$governor = performance ] && echo 5 || echo 0) '\$1 == "137:" {
  cpu = mask == "40" ? 6 : 0; \$(2 + cpu) += 200 - stray; \$3 += stray } { print }' proc/interrupts >new
cat new >proc/interrupts
rm new
END
  chmod +x "$BATS_TEST_TMPDIR/interrupts"
  run_tune 1 --json bench --rounds 1 --warmup 0 --settings default,irq,tuned -- "$BATS_TEST_TMPDIR/interrupts"
  json '.results[0].settings | map_values(.details[0].irqs)' '{"default":{"0":200},"irq":{"6":200},"tuned":{"1":5,"6":195}}' \
    '.results[0].settings | map_values(.details[0].invalid)' \
    '{"default":null,"irq":null,"tuned":"5 of 200 interrupts were delivered to CPUs outside the IRQ affinity"}'
}

@test "the result is read with --metric, or is the time of the run" {
  run_tune 0 --json bench --rounds 1 --metric 'rate ([0-9.]+)' --higher-is-better -- \
    /bin/sh -c 'echo rate 7.5; echo rate 8.5; echo rate 10'
  json '.results[0] | [.name, .metric, .unit, .higher_is_better, .settings.default.runs]' '["sh","custom",null,true,[8.5]]'
  run_tune 0 --json bench --rounds 1 --warmup 0 -- sleep 0.05
  json '.results[0] | [.name, .metric, .unit, .settings.tuned.median >= 50]' '["sleep","wall","ms",true]'
  contains "$stderr" "sleep: no known result in the output: the whole command is timed"
  run_tune 1 bench --rounds 1 --metric 'rate ([0-9.]+)' -- echo nothing of the kind
  contains "$stderr" "nothing of the kind"
  contains "$stderr" "the output does not contain a match of --metric"
  restored
}

@test "a workload that fails, hangs or is missing: its output, one sentence, exit 1, all restored" {
  run_tune 1 bench --rounds 1 -- /bin/sh -c 'echo no such model; exit 3'
  contains "$stderr" "no such model"
  contains "$stderr" "failed with exit status 3"
  restored
  run_tune 1 bench --rounds 1 --timeout 1 -- /bin/sh -c 'echo waiting; sleep 60'
  contains "$stderr" "waiting"
  contains "$stderr" "did not end within 1 s"
  restored
  run_tune 1 bench --rounds 1 -- /bin/sh -c 'kill -SEGV $$'
  contains "$stderr" "signal 11"
  run_tune 1 bench --rounds 2 -- sh -c "echo >>'$BATS_TEST_TMPDIR/n'; [ \$(wc -l <'$BATS_TEST_TMPDIR/n') -ge 3 ] || echo hit eos,avg 5.0 token/s"
  contains "$stderr" "no decode result in the output, where the first run had one"
  restored
  run_tune 1 bench --rounds 1 -- "$BATS_TEST_TMPDIR/nothing"
  contains "$stderr" "cannot run $BATS_TEST_TMPDIR/nothing: No such file or directory"
  restored
  [ -z "$output" ] || fail "there is a result"
}

@test "a bench that is stopped restores everything; after kill -9 revert does" {
  local signal pid
  local -A signal_status=([INT]=130 [TERM]=1 [HUP]=1 [QUIT]=1)
  for signal in INT TERM HUP QUIT KILL; do
    rm -f "$BATS_TEST_TMPDIR/began"
    "$BUILD/ax650n-tune" --sysroot "$tree" bench --settings tuned,irq --warmup 0 -- \
      /bin/sh -c "touch '$BATS_TEST_TMPDIR/began'; sleep 60" 2>"$BATS_TEST_TMPDIR/stderr" 3>&- &
    pid=$!
    for _ in {1..200}; do
      [ ! -e "$BATS_TEST_TMPDIR/began" ] || break
      sleep 0.02
    done
    value /proc/irq/137/smp_affinity 40
    kill -"$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    if [ "$signal" = KILL ]; then
      run_tune 0 revert
    else
      [ "$status" -eq $((signal_status[$signal])) ] || fail "exit $status after SIG$signal"
    fi
    restored
  done
}

@test "^C keeps the rounds that are whole, and says that there are more" {
  # The seventh run is the first of the third round that counts.
  cat >"$BATS_TEST_TMPDIR/interrupted" <<END
#!/bin/sh
echo run >>"$BATS_TEST_TMPDIR/runs"
[ \$(wc -l <"$BATS_TEST_TMPDIR/runs") -lt 7 ] || kill -INT \$PPID
exec "$BATS_TEST_TMPDIR/workload"
END
  chmod +x "$BATS_TEST_TMPDIR/interrupted"
  run_tune 130 --json bench --warmup 1 --rounds 10 --save "$BATS_TEST_TMPDIR/saved" -- "$BATS_TEST_TMPDIR/interrupted"
  json '[.method.rounds, .method.cut_short]' '[10,true]' \
    '.results[0].settings | map_values(.runs | length)' '{"default":2,"tuned":2}'
  contains "$stderr" "interrupted: stopped; the previous settings are restored"
  restored
  run_tune 0 bench --report "$BATS_TEST_TMPDIR/saved"
  contains "$output" "2 rounds of 10: cut short"
  run_tune 0 --json bench --report "$BATS_TEST_TMPDIR/saved"
  json .method.cut_short true

  # No round is whole: nothing is printed, and what was saved before stays.
  local sum
  sum=$(sha256sum "$BATS_TEST_TMPDIR/saved")
  run_tune 130 --json bench --warmup 0 --save "$BATS_TEST_TMPDIR/saved" -- "$BATS_TEST_TMPDIR/interrupted"
  [ "$(sha256sum "$BATS_TEST_TMPDIR/saved")" = "$sum" ] || fail "replaced"
}

@test "a setting that this machine cannot have is refused before the first run" {
  local seed setting
  for seed in 1 2 3; do
    run_tune 2 bench --seed "$seed" --settings default,cpu99 -- touch "$BATS_TEST_TMPDIR/ran"
    contains "$stderr" "CPU99"
  done
  restored
  use_board rk3576-unmovable
  for setting in irq cpu7 cpu7+governor; do
    run_tune 1 bench --settings "default,$setting" -- touch "$BATS_TEST_TMPDIR/ran"
    contains "$stderr" "setting $setting is not possible: IRQ"
  done
  [ ! -e "$BATS_TEST_TMPDIR/ran" ] || fail "a run was made"
  # What apply does there can be measured.
  run_tune 0 --json bench --rounds 1 --warmup 0 -- true
}

@test "a workload has the signals of its caller: blocked, ignored and default" {
  local expected action
  for action in --default-signal --ignore-signal=PIPE --block-signal=USR1,INT; do
    expected=$(env "$action" grep -E '^Sig(Blk|Ign)' /proc/self/status)
    run_tune_signals "$action"
    [ "$(cat "$BATS_TEST_TMPDIR/signals")" = "$expected" ] || fail "$action: $(cat "$BATS_TEST_TMPDIR/signals"), not $expected"
  done
}

run_tune_signals() {
  env "$1" "$BUILD/ax650n-tune" --sysroot "$tree" -q bench --rounds 1 --warmup 0 -- \
    sh -c "exec grep -E '^Sig(Blk|Ign)' /proc/self/status >'$BATS_TEST_TMPDIR/signals'"
}

@test "while bench runs, apply waits and says for what" {
  run_tune 1 bench --rounds 1 --warmup 0 -- flock -n "$tree/run/ax650n-tune/lock" true
  contains "$stderr" "failed with exit status 1"
  "$BUILD/ax650n-tune" --sysroot "$tree" -q bench --rounds 1 --warmup 0 -- \
    sh -c "touch '$BATS_TEST_TMPDIR/began'; sleep 2" 3>&- &
  for _ in {1..200}; do
    [ ! -e "$BATS_TEST_TMPDIR/began" ] || break
    sleep 0.02
  done
  run_tune 0 apply
  wait
  [ "$(grep -c "waiting up to 10 s for bench or another run" <<<"$stderr")" -eq 1 ] || fail "not told once"
}

@test "--save asks the kernel what a link leads to: that may refuse another user's" {
  local links
  use_board cm3588
  ln -s "$BATS_TEST_TMPDIR/target" "$BATS_TEST_TMPDIR/link"
  echo '{}' >"$BATS_TEST_TMPDIR/target"
  # protected_symlinks refuses it where the kernel looks at it; so nothing reads links by itself.
  # LeakSanitizer cannot run under strace.
  ASAN_OPTIONS=detect_leaks=0 strace -o "$BATS_TEST_TMPDIR/trace" -e trace=readlink,readlinkat \
    "$BUILD/ax650n-tune" --sysroot "$tree" -q bench --rounds 1 --warmup 0 --save "$BATS_TEST_TMPDIR/link" -- true
  links=$(grep -F "$BATS_TEST_TMPDIR/link\"" "$BATS_TEST_TMPDIR/trace" || true)
  [ -z "$links" ] || fail "$links"
  [ -L "$BATS_TEST_TMPDIR/link" ]
  [ "$(jq .schema "$BATS_TEST_TMPDIR/target")" = 1 ]
}

@test "--save to a FIFO that nobody reads is refused, not waited for" {
  mkfifo "$BATS_TEST_TMPDIR/fifo"
  status=0
  timeout 20 "$BUILD/ax650n-tune" --sysroot "$tree" bench --save "$BATS_TEST_TMPDIR/fifo" -- true \
    2>"$BATS_TEST_TMPDIR/stderr" || status=$?
  [ "$status" -eq 1 ] || fail "exit status $status"
  contains "$(cat "$BATS_TEST_TMPDIR/stderr")" "cannot write $BATS_TEST_TMPDIR/fifo: No such device or address"
}

@test "each model is run with axcl_run_model" {
  mkdir "$BATS_TEST_TMPDIR/bin"
  cat >"$BATS_TEST_TMPDIR/bin/axcl_run_model" <<END
#!/bin/sh
echo "\$*" >>"$BATS_TEST_TMPDIR/arguments"
[ "\$2" != /models/broken.axmodel ] || { echo "[ERROR] cannot load" >&2; exit 255; }
echo "   min =   3.511 ms   max =   4.204 ms   avg =   3.640 ms  median =   3.602 ms"
echo "    5% =   3.522 ms   90% =   3.779 ms   95% =   3.796 ms     99% =   4.000 ms"
END
  chmod +x "$BATS_TEST_TMPDIR/bin/axcl_run_model"
  [ ! -x /usr/bin/axcl/axcl_run_model ] || skip "this machine has its own"
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run_tune 1 --json bench --rounds 6 --warmup 0 /models/yolo11s.axmodel /models/broken.axmodel mine.axmodel
  [ "$(sort -u "$BATS_TEST_TMPDIR/arguments" | head -n 1)" = "-m /models/broken.axmodel -r 100 -w 10" ]
  contains "$stderr" "[ERROR] cannot load"
  contains "$stderr" "broken.axmodel, setting"
  json '.results | map(.name)' '["yolo11s.axmodel","mine.axmodel"]' \
    '.results[0].settings.tuned | [.median, .mean, .min, .max, .p95]' '[3.602,3.602,3.511,4.204,3.796]' \
    '.results[0].reference | [.group, .model, .metric, .default, .tuned, .native]' \
    '["Vision 640x640","YOLO11s","inference",[3.994,3.994],[3.548,3.548],null]' \
    '.results[1].reference' null \
    '.results[0] | [.speedup_percent, .significant]' '[0,false]'
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run_tune 0 --json bench --rounds 6 --warmup 0 --name "OCR det_npu1" mine.axmodel
  json '.results | map([.name, .reference])' '[["OCR det_npu1",null]]'
}

@test "the user says which model it is" {
  run_tune 0 bench --rounds 6 --warmup 0 --name yolov8s_640x640_npu3.axmodel -- "$BATS_TEST_TMPDIR/using"
  contains "$output" "yolov8s_640x640_npu3.axmodel, inference: ms, lower is better"
  contains "$output" "Published for YOLOv8s on a CM3588, not measured here: 4.206 -> 3.891 ms, +8.1 %"
  restored
}

@test "without axcl_run_model: where it comes from" {
  [ ! -x /usr/bin/axcl/axcl_run_model ] || skip "this machine has its own"
  run_tune 1 bench yolo11s.axmodel
  contains "$stderr" "cannot run axcl_run_model: No such file or directory; install the AXCL host package"
  restored
}

@test "a directory in PATH that may not be entered hides neither" {
  [ ! -x /usr/bin/axcl/axcl_run_model ] || skip "this machine has its own"
  local as=() closed=$BATS_TEST_TMPDIR/closed plain=$BATS_TEST_TMPDIR/plain
  [ "$(id -u)" -ne 0 ] || as=(setpriv --bounding-set "-dac_override,-dac_read_search")
  mkdir "$closed" "$plain"
  chmod 0 "$closed"
  status=0
  stderr=$(PATH=$closed:$PATH "${as[@]}" "$BUILD/ax650n-tune" --sysroot "$tree" bench yolo11s.axmodel 2>&1) || status=$?
  [ "$status" -eq 1 ] || fail "exit $status"
  contains "$stderr" "cannot run axcl_run_model: No such file or directory; install the AXCL host package"
  touch "$plain/axcl_run_model"
  stderr=$(PATH=$closed:$PATH:$plain "${as[@]}" "$BUILD/ax650n-tune" --sysroot "$tree" bench yolo11s.axmodel 2>&1) || status=$?
  contains "$stderr" "cannot run axcl_run_model: Permission denied"
}

@test "saved results are printed again in every format" {
  local file=$BATS_TEST_TMPDIR/results
  run_tune 0 bench --rounds 6 --save "$file" -- "$BATS_TEST_TMPDIR/using"
  contains "$output" "Verdict: tuned is"
  contains "$output" "  tuned: CPU6 100 % of 200 a run"
  local text=$output
  run_tune 0 bench --report "$file"
  [ "$output" = "$text" ] || fail "the text differs"
  run_tune 0 bench --report "$file" --format markdown
  contains "$output" "| Model | Default | Tuned | Speed-up | FPS | Spread | TTFT | Interrupts a run |"
  [ "$(grep -c '^| using |.*| - | 200 -> 200 |$' <<<"$output")" -eq 1 ] || fail "no such row"
  run_tune 0 bench --report "$file" --format json
  [ "$output" = "$(cat "$file")" ] || fail "the JSON differs"
  echo '{"schema":1,"command":"status"}' >"$file"
  run_tune 1 bench --report "$file"
  contains "$stderr" "does not hold results"
  run_tune 1 bench --report /nonexistent
  contains "$stderr" "cannot read /nonexistent"
}

@test "results that cannot be saved are not measured" {
  local file=$BATS_TEST_TMPDIR/none/results
  run_tune 1 bench --rounds 1 --save "$file" -- touch "$BATS_TEST_TMPDIR/ran"
  contains "$stderr" "cannot write $file: No such file or directory"
  [ ! -e "$BATS_TEST_TMPDIR/ran" ] || fail "it was measured"
  restored
}

@test "earlier results are kept until the new ones are complete" {
  local file=$BATS_TEST_TMPDIR/saved/results
  mkdir "${file%/*}"
  run_tune 1 bench --save "$file" -- false
  [ -z "$(ls "${file%/*}")" ] || fail "left without results: $(ls "${file%/*}")"
  echo before >"$file"
  chmod 640 "$file"
  ln -s results "$file.link"
  run_tune 1 bench --save "$file.link" -- false
  [ "$(cat "$file")" = before ] || fail "it is lost"
  # As on a full disk: 4 KiB are not enough for so many runs.
  run bash -c 'trap "" XFSZ; ulimit -f 4; exec "$@"' bash "$BUILD/ax650n-tune" --sysroot "$tree" \
    bench --rounds 60 --save "$file.link" -- true
  [ "$status" -eq 1 ] || fail "exit status $status"
  contains "$output" "cannot write $file.link: "
  contains "$output" "Verdict: none. No card raised an interrupt"
  [ "$(cat "$file")" = before ] || fail "it is lost"
  run_tune 0 bench --rounds 1 --save "$file.link" -- true
  [ "$(jq -r .command "$file") $(stat -c %a "$file") $(cd "${file%/*}" && echo *)" = "bench 640 results results.link" ] ||
    fail "$(ls -l "${file%/*}")"
  run_tune 1 -q bench --rounds 1 --save /dev/full -- true
  contains "$stderr" "cannot write /dev/full: No space left on device"
  [ -c /dev/full ]
}

@test "few rounds give no verdict" {
  local row
  for row in "1 round is" "5 rounds are"; do
    run_tune 0 bench --rounds "${row%% *}" --warmup 0 -- "$BATS_TEST_TMPDIR/using"
    contains "$output" "Verdict: $row too few to tell; at least 6 are needed."
  done
}

@test "a bound next to 0 is printed on its side of it" {
  make_workload 1999999 2000000 0
  run_tune 0 bench --save "$BATS_TEST_TMPDIR/saved" -- "$BATS_TEST_TMPDIR/using"
  contains "$output" "Verdict: tuned is 0.00005 % faster than default (95 %: +0.00005 to +0.00005 %)."
  run_tune 0 bench --report "$BATS_TEST_TMPDIR/saved" --format markdown
  contains "$output" "(+0.00005 to +0.00005)"
}

@test "without a difference the report says what would have been found" {
  make_workload 5000 5000 20
  run_tune 0 bench --seed 1 -- "$BATS_TEST_TMPDIR/using"
  contains "$output" "Verdict: no difference between default and tuned was found in 10 rounds."
  grep -Eqx 'These 10 rounds would have found [1-9]\.[0-9] % or more \(1 %: about [1-9][0-9] rounds\)\.' <<<"$output" ||
    fail "$output"
  # What varies less needs no more rounds for 1 %.
  make_workload 5000 5000 1
  run_tune 0 bench --seed 1 -- "$BATS_TEST_TMPDIR/using"
  grep -Eqx 'These 10 rounds would have found 0\.[0-9]+ % or more\.' <<<"$output" || fail "$output"
}

@test "the published results" {
  run_tune 0 bench --list-reference
  [ "$(grep -cE ' (%|-) +[^ ]+ +[^ ]+$' <<<"$output")" -eq 275 ] || fail "not 275 rows"
  [ "$(wc -L <<<"$output")" -le 80 ] || fail "wider than 80 columns"
  [ "$(grep -c '^LLM: ' <<<"$output")" -eq 3 ] || fail "a section is there twice"
  contains "$output" "not measured here"
  contains "$output" "from the middle of the ranges"
  run_tune 0 bench --list-reference squeeze
  [ "$(sed 3q <<<"$output" | tr -s ' ')" = "Classification 224x224: inference, ms
MODEL, PART DEFAULT TUNED SPEED-UP NATIVE FPS
SqueezeNet1.1 0.786 0.768 +2.3 % - 1302.1" ] || fail "$output"
  run_tune 0 bench --list-reference cosyvoice3
  contains "$output" "RTF, x realtime; below 1 is faster than real time"
  [ "$(grep -c '^CosyVoice3.* -$' <<<"$output")" -eq 3 ] || fail "frames of what has none"
  # A smaller spread is no speed-up.
  run_tune 0 bench --list-reference spread
  [ "$(grep -c '^YOLO11s  *708  *276  *-  *-  *-$' <<<"$output")" -eq 1 ] || fail "$output"
  run_tune 0 bench --list-reference --format markdown qwen2.5-7b
  contains "$output" "| Qwen2.5-7B, W4A16 | 3.7 | 4.4 | +18.9 % | 4.8 | - |"
  run_tune 0 bench --list-reference --format json qwen2.5-7b
  json '.references | map(.native)' '[[4.8,4.8]]'
  run_tune 1 bench --list-reference nothing
  [ -z "$output" ]
  contains "$stderr" "no published result has 'nothing' in its name"
}

@test "wrong usage of bench" {
  local arguments
  while read -r arguments; do
    # shellcheck disable=SC2086 # a list of arguments
    run_tune 2 bench $arguments
    [ -z "$output" ] || fail "bench $arguments printed a result"
    restored
  done <<END

--rounds 0 model
--rounds 1001 model
--warmup -1 model
--timeout 0 model
--seed x model
--format html model
--format csv model
--prompt hello model
--stdin /dev/null model
--reset /reset -- true
--prompt-mark > -- true
--prompt hello --prompt-mark ( -- true
--prompt hello --stdin file -- true
--settings default model
--settings default,fast model
--settings default,default model
--settings default,cpu9 -- true
--metric (x model
--metric x -- true
--metric (x -- true
--higher-is-better model
--report file model
--list-reference a b
--name x a.axmodel b.axmodel
END
}

@test "bench without a card, and with one that has no driver" {
  use_board cm3588-no-card
  run_tune 5 bench -- true
  use_board cm3588-no-driver
  run_tune 1 bench -- true
  contains "$stderr" "axclhost"
}

@test "the line of progress is as wide as the terminal, less one column" {
  use_board cm3588
  local columns lines
  for columns in 40 80 120; do
    lines=$(script -qec "stty cols $columns; '$BUILD/ax650n-tune' --sysroot '$tree' bench --rounds 2 -- true $(printf '%0150d' 0)" \
      /dev/null </dev/null | tr '\r' '\n' | sed -n 's/^\x1b\[K\[/[/p')
    [ "$(wc -L <<<"$lines")" -lt "$columns" ] || fail "$columns: $lines"
    grep -qE '^\[#+ *\] [0-9]+/6.*  true' <<<"$lines" || fail "$lines"
  done
  run script -qec "stty cols 40; '$BUILD/ax650n-tune' --sysroot '$tree' bench --rounds 2 -- true" /dev/null </dev/null
  contains "$(tr -d '\r' <<<"$output")" $'\nVerdict: none. No card raised an\n  interrupt in any run: the workload did\n  not use one.'
}
