#!/bin/bash
# SPDX-License-Identifier: MIT
# One card: what every command answers, and what is then really in force.
# kernel: linux-image-arm64
# devices: card
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
irq=$(irq_of "$card")
before=$(settings)

# --- Before apply -------------------------------------------------------------------------------

tune detect
check_eq 'detect exits 0: there is a card with its driver' 0 "$status"
tune status
check_eq 'status exits 1 before apply' 1 "$status"
count_interrupts 'before apply' "$irq"
check_match 'before apply, the interrupts come to one of the little cores' '^[0-3]$' "${rose[$irq]}"

tune apply --dry-run --json
check_eq 'apply --dry-run exits 0' 0 "$status"
check_eq 'apply --dry-run lists the affinity and the governors of both fast policies' \
  "irq-affinity $(affinity "$irq") would-change
governor $(governor 4) would-change
governor $(governor 6) would-change" "$(operations)"
check_eq 'apply --dry-run changes no setting' "$before" "$(settings)"
check 'apply --dry-run leaves nothing in /run' test ! -e /run/ax650n-tune

tune_as_nobody apply
check_eq 'apply as an ordinary user exits 4' 4 "$status"
check_match 'apply as an ordinary user names sudo' 'sudo' "$(said)"
check_eq 'apply as an ordinary user changes no setting' "$before" "$(settings)"

# --- apply --------------------------------------------------------------------------------------

tuned=$(with "$before" "$(affinity "$irq")" 40 "$(governor 4)" performance \
  "$(governor 6)" performance)

tune apply --json
check_eq 'apply exits 0' 0 "$status"
check_eq 'the result of apply is "tuned"' tuned "$(field .result)"
check_eq 'apply gives the card CPU6, one of the two fastest' "$card ax_pcie_dev_host 6" \
  "$(field '.cards[] | "\(.address) \(.driver) \(.cpu)"')"
check_eq 'apply reports the three settings it has changed' \
  "irq-affinity $(affinity "$irq") ff 40 changed
governor $(governor 4) schedutil performance changed
governor $(governor 6) schedutil performance changed" \
  "$(field '.operations[] | "\(.kind) \(.path) \(.before) \(.after) \(.result)"')"
check_eq 'these three and no other setting of the machine have changed' \
  "$tuned" "$(settings)"
check_eq 'effective_affinity is CPU6' 40 "$(< "/proc/irq/$irq/effective_affinity")"

count_interrupts 'after apply' "$irq"
check_eq 'after apply, all interrupts come to CPU6' 6 "${rose[$irq]}"
thread=$(thread_of "$irq")
check_eq 'the thread of the interrupt may run on CPU6 alone' 6 \
  "$(sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$thread/status")"
check_eq 'the thread of the interrupt has run on CPU6' 6 "$(ps -o psr= "$thread" | tr -d ' ')"
check_eq 'policy4 is at its highest clock' 2304000 "$(< "$(policy 4)/cpuinfo_cur_freq")"
check_eq 'policy6 is at its highest clock' 2352000 "$(< "$(policy 6)/cpuinfo_cur_freq")"

tune status --json
check_eq 'status exits 0 after apply' 0 "$status"
check_eq 'status --json says tuned, without drift' \
  'true 0' "$(field '"\(.tuned) \(.drift | length)"')"
tune_as_nobody status
check_eq 'status exits 0 for an ordinary user, too' 0 "$status"

saved=$(stat -c '%i %y' /run/ax650n-tune/state.json)
tune apply --json
check_eq 'a second apply exits 0' 0 "$status"
check_eq 'the result of a second apply is "unchanged"' unchanged "$(field .result)"
check_eq 'a second apply leaves the saved originals alone' "$saved" \
  "$(stat -c '%i %y' /run/ax650n-tune/state.json)"

# --- Drift --------------------------------------------------------------------------------------

echo powersave > "$(governor 4)"
tune status --json
check_eq 'with a governor set by hand, status exits 1' 1 "$status"
check_eq 'status names the governor that was set by hand' \
  "governor $(governor 4) performance powersave" "$(drift)"
tune apply --json
check_eq 'apply sets the governor again' "0 tuned $tuned" "$status $(field .result) $(settings)"

modprobe -r ax_pcie_host_dev
modprobe ax_pcie_host_dev
wait_for has_interrupt "$card"
irq=$(irq_of "$card")
tune status --json
check_eq 'after a reload of the driver, status exits 1' 1 "$status"
check_eq 'status names the interrupt that is back at its default' \
  "irq-affinity $(affinity "$irq") 40 ff" "$(drift)"
tune apply --json
check_eq 'apply moves the interrupt again' "0 tuned $tuned" "$status $(field .result) $(settings)"
count_interrupts 'after the reload and apply' "$irq"
check_eq 'after the reload and apply, all interrupts come to CPU6' 6 "${rose[$irq]}"

# --- A CPU that goes away -----------------------------------------------------------------------

echo 0 > "$(cpu 6)/online"
tune status
check_eq 'with CPU6 offline, status exits 1' 1 "$status"
tune apply --json
check_eq 'with CPU6 offline, apply gives the card CPU7' \
  '0 tuned 7' "$status $(field '"\(.result) \(.cards[0].cpu)"')"
count_interrupts 'with CPU6 offline' "$irq"
check_eq 'with CPU6 offline, all interrupts come to CPU7' 7 "${rose[$irq]}"

offline=$(settings)
tune apply --cpu 6
check_eq 'with CPU6 offline, apply --cpu 6 exits 1' 1 "$status"
check_match 'apply --cpu 6 says that CPU6 is offline' 'CPU6 is offline' "$(said)"
check_eq 'apply --cpu 6 changes no setting' "$offline" "$(settings)"
tune apply --cpu 5
check_eq 'apply --cpu 5 moves the interrupt there' '0 20' "$status $(< "$(affinity "$irq")")"

tune apply
echo 1 > "$(cpu 6)/online"
tune status
check_eq 'with CPU6 back, CPU7 is as good and status exits 0' '0 80' \
  "$status $(< "$(affinity "$irq")")"

# --- revert -------------------------------------------------------------------------------------

tune revert --json
check_eq 'revert exits 0' 0 "$status"
check_eq 'the result of revert is "reverted"' reverted "$(field .result)"
check_eq 'after revert, every setting of the machine is what it was at first' \
  "$before" "$(settings)"
tune status
check_eq 'status exits 1 after revert' 1 "$status"

# --- IdleLatency= -------------------------------------------------------------------------------

echo IdleLatency=100 > /etc/ax650n-tune.conf
tune apply
check_eq 'IdleLatency=100 limits the idle states of CPU6, and only of CPU6' \
  "0 $(with "$tuned" "$(cpu 6)/power/pm_qos_resume_latency_us" 100)" "$status $(settings)"
tune status
check_eq 'status exits 0 with IdleLatency=100 in force' 0 "$status"
tune revert
check_eq 'revert lifts the limit of the idle states' "0 $before" "$status $(settings)"

# --- The speed of the governor userspace --------------------------------------------------------

rm /etc/ax650n-tune.conf
policy=$(cpu 6)/cpufreq
modprobe cpufreq_userspace
echo userspace > "$policy/scaling_governor"
read -r speed _ < "$policy/scaling_available_frequencies"
echo "$speed" > "$policy/scaling_setspeed"
tune apply
check_eq 'apply replaces userspace, and status agrees' '0 performance <unsupported>' \
  "$status $(< "$policy/scaling_governor") $(< "$policy/scaling_setspeed")"
tune status
check_eq 'status exits 0 then' 0 "$status"
tune revert
check_eq 'revert puts userspace back with its speed' "0 userspace $speed" \
  "$status $(< "$policy/scaling_governor") $(< "$policy/scaling_setspeed")"
