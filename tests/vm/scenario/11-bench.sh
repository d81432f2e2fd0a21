#!/bin/bash
# SPDX-License-Identifier: MIT
# bench with a workload that waits for real interrupts of the card.
# kernel: linux-image-arm64
# devices: card
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
irq=$(irq_of "$card")
echo 0 > /sys/module/ax_pcie_host_dev/parameters/hz
sleep 0.5

# Fires interrupts, and waits for each. The times that it prints are those of a card that gains 49.6 %
# by both settings together and nothing by one alone.
cat > /vm/workload <<END
#!/bin/bash
count() {
  local row
  row=\$(grep '^ *$irq:' /proc/interrupts)
  read -ra row <<< "\$row"
  n=0
  for i in {1..8}; do ((n += row[i])); done
}
for ((call = 0; call < \${1:-5}; call++)); do
  count
  was=\$n
  echo 1 > /sys/bus/pci/devices/$card/fire
  until ((n > was)); do count; done
done
us=5984
[[ \$(< $(affinity "$irq")) == 40 && \$(< $(governor 6)) == performance ]] && us=4000
# The same noise in each run of this test.
RANDOM=\$((\$(wc -l < /vm/runs) + 1))
echo >> /vm/runs
us=\$((us * (980 + RANDOM % 40) / 1000))
ms() { printf '%d.%03d ms' \$((\$1 / 1000)) \$((\$1 % 1000)); }
echo "  min = \$(ms \$((us - 99)))   max = \$(ms \$((us * 2)))   avg = \$(ms \$us)  median = \$(ms \$us)"
END
chmod +x /vm/workload
: > /vm/runs

# counts SETTING: the CPUs that took the interrupts of its runs, and whether all runs count.
counts() {
  field ".results[0].settings[\"$1\"].details |
    \"\(map(.irqs | keys[]) | unique | join(\",\")) \(map(.invalid) | unique | map(. // \"valid\") | join(\";\"))\""
}
before=$(settings)

# --- Settings and interrupts ----------------------------------------------------------------------

tune bench --rounds 8 --seed 1 --settings default,tuned,irq,governor,cpu5 --json --save /vm/saved -- /vm/workload
check_eq 'bench exits 0' 0 "$status"
comment < /vm/err
ax650n-tune bench --report /vm/saved | comment
check_match 'with the originals, the interrupts come to a little core' '^[0-3] valid$' \
  "$(counts default)"
check_eq 'tuned, they come to CPU6' '6 valid' "$(counts tuned)"
check_eq 'with irq alone, too' '6 valid' "$(counts irq)"
check_match 'with governor alone, to a little core' '^[0-3] valid$' "$(counts governor)"
check_eq 'with cpu5, to CPU5' '5 valid' "$(counts cpu5)"
check_eq 'an effect of 49.6 % is within its interval, and significant' 'true true' \
  "$(field '.results[0] | "\(.interval_percent[0] <= 49.6 and .interval_percent[1] >= 49.6) \(.significant)"')"
check_eq 'irq alone has no effect that is significant' false \
  "$(field '.results[0].settings.irq.significant')"
check_eq 'the clock of the fast cores is recorded: the highest when tuned' 2304000 \
  "$(field '.results[0].settings.tuned.details[0].start_khz')"
check_eq 'bench has put every setting back' "$before" "$(settings)"
check_eq 'and leaves no originals behind' '' "$(ls /run/ax650n-tune/*.json 2> /dev/null || true)"

# --- A runner that answers prompts ----------------------------------------------------------------

runner=(/vm/runner ax-llm "$(affinity "$irq")" "$(governor 6)"
  "for i in 1 2 3 4 5; do echo 1 > /sys/bus/pci/devices/$card/fire; sleep 0.02; done")
tune bench --rounds 6 --seed 1 --json --prompt hello -- "${runner[@]}"
check_eq 'a runner is started once and tells two results' '0 decode ttft' \
  "$status $(field '.results | map(.metric) | join(" ")')"
check_eq 'tuned, its interrupts come to CPU6' '6 valid' "$(counts tuned)"
check_match 'with the originals, to a little core' '^[0-3] valid$' "$(counts default)"
check_eq 'both effects are within their intervals' 'true true' \
  "$(field '[.results, [49.6, 36.3]] | transpose | map(.[0].interval_percent[0] < .[1] and
    .[0].interval_percent[1] > .[1]) | join(" ")')"
check_eq 'after it every setting is back' "$before" "$(settings)"
runner[1]=hang
is_asked() { pgrep -x runner > /dev/null && [[ $(settings) != "$before" ]]; }
is_left() { ! pgrep -x runner > /dev/null; }
for signal in INT KILL; do
  ax650n-tune bench --settings tuned,irq --warmup 0 --prompt hello -- "${runner[@]}" > /dev/null 2>&1 &
  bench=$!
  wait_for is_asked
  kill -$signal $bench
  wait $bench || true
  check "SIG$signal ends the runner, too" wait_for is_left
  [[ $signal == INT ]] || tune revert
  check_eq "after SIG$signal every setting is back" "$before" "$(settings)"
done

# --- What was in force before ---------------------------------------------------------------------

tune apply
tuned=$(settings)
tune bench --rounds 6 --json -- /vm/workload
check_match 'on a tuned machine default is still the originals' '^[0-3] valid$' "$(counts default)"
check_eq 'after it the machine is tuned as before' "0 $tuned" "$status $(settings)"
tune revert
check_eq 'and revert finds the originals' "$before" "$(settings)"

# --- irqbalance in the middle of a run ------------------------------------------------------------

# Stands in for an irqbalance that does not listen, for its moment cannot be chosen.
cat > /vm/disturbed <<END
#!/bin/bash
/vm/workload
[[ \$(< $(affinity "$irq")) != 40 ]] || { echo 01 > $(affinity "$irq"); /vm/workload > /vm/second; }
END
chmod +x /vm/disturbed
tune bench --rounds 6 --json -- /vm/disturbed
check_eq 'runs in which the interrupt was moved do not count, and without any bench exits 1' 1 "$status"
check_match 'the reason is told' "smp_affinity is 01, not 40" "$(counts tuned)"
check_eq 'default still counts' true \
  "$(field '.results[0].settings.default.details | all(.invalid == null)')"
check_eq 'every setting is back, what was moved too' "$before" "$(settings)"

# --- The end of bench before its time -------------------------------------------------------------

running() { pgrep -f '^/bin/bash /vm/slow' > /dev/null; }
is_gone() { ! running; }
printf '#!/bin/bash\nsleep 100\n' > /vm/slow
chmod +x /vm/slow
for end in INT:130 TERM:1; do
  signal=${end%:*}
  ax650n-tune bench --settings tuned,default --warmup 0 --seed 1 -- /vm/slow > /vm/out 2> /vm/err &
  bench=$!
  wait_for running
  kill -"$signal" $bench
  status=0
  wait $bench || status=$?
  check_eq "SIG$signal ends bench and its workload, with everything put back" "${end#*:} $before" \
    "$status $(settings)"
  check "SIG$signal leaves no workload behind" wait_for is_gone
done

ax650n-tune bench --settings tuned,irq --warmup 0 -- /vm/slow > /vm/out 2> /vm/err &
bench=$!
wait_for running
check 'while bench runs something is in force' test "$(settings)" != "$before"
kill -KILL $bench
wait $bench || true
check 'a bench that is killed takes its workload along' wait_for is_gone
tune revert
check_eq 'after kill -9, revert puts every setting back' "$before" "$(settings)"

tune bench --rounds 6 --settings tuned,default -- /bin/sh -c 'echo no such model >&2; exit 255'
check_eq 'a workload that fails: bench exits 1' 1 "$status"
check_match 'its output is shown' 'no such model' "$(said)"
check_eq 'and every setting is put back' "$before" "$(settings)"

tune_as_nobody bench -- /vm/workload
check_eq 'bench as an ordinary user exits 4' 4 "$status"
