#!/bin/bash
# SPDX-License-Identifier: MIT
# The service beside the real packages that set governors and affinities: each started before it, at
# boot, and each doing its work again after it.
# kernel: linux-image-arm64 linux-image-6.12-arm64
# devices: card
# with: rivals
# enable: ax650n-tune.service irqbalance.service tuned.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

service=ax650n-tune.service
irq=$(irq_of 0000:01:00.0)
# Whichever fast core has fewer of the interrupts that irqbalance moves.
is_tuned() { [[ $(< "$(affinity "$irq")") =~ ^[48]0$ && $(< "$(governor 4)") == performance ]]; }
is_active() { systemctl -q is-active "$1"; }
systemctl --version | head -n 1 | comment
tuned --version | comment

# --- At boot ------------------------------------------------------------------------------------

check 'at boot tuned is started before the service' is_active tuned
check 'and irqbalance' is_active irqbalance
check 'the settings are in force all the same' wait_for is_tuned
started() { systemctl show -P ExecMainStartTimestampMonotonic "$1"; }
check 'because the service came last' test "$(started $service)" -gt "$(started tuned)"

# again WHO GOVERNOR: what WHO has just set is noticed, and the check puts ours back.
again() {
  check_eq "$1 has set the governor" "$2" "$(< "$(governor 4)")"
  tune status --json
  check_eq "after $1, status says which setting is not in force" \
    "1 governor $(governor 4) performance $2" \
    "$status $(drift | grep "policy4/" || true)"
  systemctl start ax650n-tune-check.service
  check "after $1, the check has put it in force again" wait_for is_tuned
  settle
}

# --- Afterwards ---------------------------------------------------------------------------------

mkdir -p /etc/tuned/slow
printf '[cpu]\ngovernor=schedutil\n' > /etc/tuned/slow/tuned.conf
tuned-adm profile slow > /vm/tuned 2>&1 || comment < /vm/tuned
again tuned schedutil
tune diagnose --json
check_match 'diagnose names tuned' '"tuned' "$(field '[.rivals[] | select(.running) | .name]')"
systemctl stop tuned
systemctl reload $service
check 'a tuned that ends takes nothing along' is_tuned

# Which starts the check, too.
systemctl restart irqbalance
restarted=$SECONDS
settle

cpupower -c all frequency-set -g powersave > /vm/cpupower 2>&1 || comment < /vm/cpupower
again cpupower powersave

# Debian 13 has it no more.
if [[ -e /etc/init.d/cpufrequtils ]]; then
  printf 'ENABLE=true\nGOVERNOR=powersave\n' > /etc/default/cpufrequtils
  systemctl start cpufrequtils
  again cpufrequtils powersave
  systemctl restart $service
  check 'with cpufrequtils started before the service, it is in force' is_tuned
fi

systemctl start power-profiles-daemon
check 'power-profiles-daemon runs' is_active power-profiles-daemon
powerprofilesctl set power-saver 2>&1 | comment || true
check 'and changes nothing: it has no driver for these CPUs' is_tuned
tune status
check_eq 'which is what status says' 0 "$status"

# It does not answer for 10 s after the first pass that finds new interrupts.
sleep $((restarted + 25 - SECONDS > 0 ? restarted + 25 - SECONDS : 0))
check 'irqbalance has not moved the interrupt' is_tuned

# --- Back ---------------------------------------------------------------------------------------

systemctl stop $service
check_eq 'after all of them, stop puts the originals back' 'ff' "$(< "$(affinity "$irq")")"
check_eq 'and no unit has failed' '' "$(systemctl --failed --plain --no-legend)"
