#!/bin/bash
# SPDX-License-Identifier: MIT
# The service: at boot, through reloads of the driver and rescans, and as the administrator wants it.
# kernel: linux-image-arm64 linux-image-6.12-arm64
# devices: card card
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

first=0000:01:00.0 second=0000:02:00.0
service=ax650n-tune.service

# --- At boot ------------------------------------------------------------------------------------

# The event of the second card may have it reloaded just now.
is_active() { [[ $(systemctl is-active $service) == active ]]; }
check 'after boot, the service is active' wait_for is_active
check 'it was so before multi-user.target was reached' \
  test "$(property ActiveEnterTimestampMonotonic $service)" -lt \
  "$(property ActiveEnterTimestampMonotonic multi-user.target)"
check_eq 'its status line names the CPUs' 'Tuned, interrupts on CPU 6-7' \
  "$(property StatusText $service)"
check_eq 'no unit has failed' '' "$(systemctl --failed --plain --no-legend)"
count_interrupts 'after boot' "$(irq_of $first)" "$(irq_of $second)"
check_eq 'all interrupts of the first card come to CPU6' 6 "${rose[$(irq_of $first)]}"
check_eq 'all interrupts of the second card come to CPU7' 7 "${rose[$(irq_of $second)]}"
tuned=$(settings)

journalctl --update-catalog
journalctl -b -t ax650n-tune -o json > /vm/out
check_eq 'the journal has a record of each change, with its fields' \
  "$first $(irq_of $first) 6 $(affinity "$(irq_of $first)") ff 40" \
  "$(jq -r --arg card $first 'select(.AX650N_CARD == $card) |
    "\(.AX650N_CARD) \(.AX650N_IRQ) \(.AX650N_CPU) \(.AX650N_PATH) \(.AX650N_BEFORE) \(.AX650N_AFTER)"' \
    /vm/out)"
check_match 'and journalctl -x explains them' 'read back.*systemctl stop ax650n-tune' \
  "$(journalctl -b -t ax650n-tune -x --no-pager | tr '\n' ' ')"

check 'systemd-analyze verify has nothing to say' systemd-analyze verify --man=no \
  /usr/local/lib/systemd/system/ax650n-tune{.service,-check.service,-check.timer}
check 'the exposure of the service is 2.0 or less' \
  systemd-analyze security --threshold=20 --no-pager $service
check 'the exposure of the check unit is 2.0 or less' \
  systemd-analyze security --threshold=20 --no-pager ax650n-tune-check.service
systemd-analyze security --no-pager $service | tail -n 1 | comment

# --- Reload -------------------------------------------------------------------------------------

records() { journalctl -b -t ax650n-tune -o cat | wc -l; }
state() { stat -c '%i %y' /run/ax650n-tune/state.json; }

before="$(records) $(state)"
systemctl reload $service
check_eq 'a reload writes nothing, and says nothing, when nothing has drifted' \
  "$before" "$(records) $(state)"
lines() { journalctl -b -u $service -u ax650n-tune-check.service -o cat; }
before=$(lines)
systemctl start ax650n-tune-check.service
settle
check_eq 'nor does the check, nor the system manager of it' "$before" "$(lines)"

echo powersave > "$(governor 4)"
tune status --json
check_eq 'a governor set by hand is drift' \
  "1 governor $(governor 4) performance powersave" "$status $(drift)"
systemctl start ax650n-tune-check.service
is_tuned() { [[ $(settings) == "$tuned" ]]; }
check 'the unit of the timer sets it again' wait_for is_tuned

# --- The driver ---------------------------------------------------------------------------------

# tuned_again WHAT MILLISECONDS-FROM
tuned_again() {
  wait_for is_on 6 $first
  wait_for is_on 7 $second
  echo "# $1: both cards on their cores $((($(date +%s%N) - $2) / 1000000)) ms later (emulated)"
  pass "$1, both cards are tuned again"
}

modprobe -r ax_pcie_host_dev
check_eq 'when the driver goes, no unit fails' '' "$(systemctl --failed --plain --no-legend)"
check 'and the service stays active' wait_for is_active
says() { [[ $(property StatusText $service) == "$1" ]]; }
check 'its status line says that no card is ready' wait_for says 'Not tuned: no card is ready'
check_eq 'which is no error in the journal' '' "$(journalctl -b -p err -t ax650n-tune -o cat)"
from=$(date +%s%N)
modprobe ax_pcie_host_dev
tuned_again 'after a reload of the driver' "$from"

echo 1 > /sys/bus/pci/devices/$second/remove
check 'a card that is removed is gone' test ! -e /sys/bus/pci/devices/$second
check_eq 'when a card goes, no unit fails' '' "$(systemctl --failed --plain --no-legend)"
from=$(date +%s%N)
echo 1 > /sys/bus/pci/rescan
tuned_again 'after a rescan finds the second card' "$from"

# --- As the administrator wants it --------------------------------------------------------------

untuned() { tune status > /dev/null; [[ $status -eq 1 ]]; }
reload_driver() {
  modprobe -r ax_pcie_host_dev
  modprobe ax_pcie_host_dev
  wait_for has_interrupt $first
  wait_for has_interrupt $second
  settle
}
original=$(with "$tuned" "$(governor 4)" schedutil "$(governor 6)" schedutil)
for card in $first $second; do
  original=$(with "$original" "$(affinity "$(irq_of "$card")")" ff)
done

systemctl stop $service
check_eq 'systemctl stop puts every setting back' "$original" "$(settings)"
reload_driver
check 'a service that was stopped stays so when the driver is loaded' untuned
systemctl start $service
check 'systemctl start puts them in force' is_tuned

ax650n-tune revert > /vm/out
is_inactive() { [[ $(systemctl is-active $service) == inactive ]]; }
check 'after revert by hand the service is not active' wait_for is_inactive
check 'and its status line says what is in force' says 'The original settings are in force'
systemctl start ax650n-tune-check.service
reload_driver
check 'no timer and no driver puts the settings in force' untuned
systemctl start $service
check 'systemctl start does' is_tuned
ax650n-tune revert > /vm/out
ax650n-tune apply > /vm/out
check 'so does apply' is_tuned
systemctl start $service

systemctl stop $service
modprobe -r ax_pcie_host_dev
systemctl start $service
modprobe ax_pcie_host_dev
check 'a start while there is no driver counts when the driver comes' wait_for is_tuned

systemctl -q disable --now $service
check_eq 'disable --now puts every setting back' "$original" "$(settings)"
reload_driver
check 'a service that is disabled stays off when the driver is loaded' untuned
systemctl -q enable --now $service
check 'enable --now puts the settings in force' is_tuned

systemctl -q disable $service
systemctl -q enable --runtime $service
reload_driver
tuned_again 'with enable --runtime, too' "$(date +%s%N)"
systemctl -q disable --runtime $service
systemctl -q enable $service

systemctl stop $service
# Only the mask counts now.
rm /run/ax650n-tune/reverted
systemctl -q mask --runtime $service
reload_driver
check 'a service that is masked stays off when the driver is loaded' untuned
systemctl -q unmask --runtime $service
systemctl start $service
reload_driver
tuned_again 'after all that and a reload of the driver' "$(date +%s%N)"
check_eq 'no unit has failed in all this' '' "$(systemctl --failed --plain --no-legend)"
