#!/bin/bash
# SPDX-License-Identifier: MIT
# The service through events that come fast, and starts and stops that fail.
# kernel: linux-image-arm64 linux-image-6.12-arm64
# devices: card card
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

first=0000:01:00.0 second=0000:02:00.0
service=ax650n-tune.service
driver=/sys/bus/pci/drivers/ax_pcie_dev_host

is_active() { [[ $(systemctl is-active $service) == active ]]; }
says() { [[ $(property StatusText $service) == "$1" ]]; }
are_on() { is_on 6 $first && is_on 7 $second; }
# A card that is bound alone takes CPU6, and stays there.
has_core() { is_on 6 $first || is_on 7 $first; }
share_cores() { are_on || { is_on 7 $first && is_on 6 $second; }; }
is_tuned() { are_on && [[ $(< "$(governor 4)") == performance ]]; }
is_original() {
  [[ $(< "$(affinity "$(irq_of $first)")") == ff && $(< "$(governor 4)") == schedutil &&
    $(< "$(governor 6)") == schedutil ]]
}
rebind() {
  echo $first > $driver/unbind
  echo $first > $driver/bind
}
# storm PAUSE: 20 binds. udev deals with the events of a device one after the other.
storm() {
  local i
  for ((i = 0; i < 20; i++)); do
    rebind
    sleep "$1"
  done
  udevadm settle --timeout=180
}
none_failed() { [[ -z $(systemctl --failed --plain --no-legend) ]]; }

check 'after boot, the settings are in force' wait_for is_tuned
check 'and the service is active' wait_for is_active

# --- Storms of events and hotplug ---------------------------------------------------------------

for pause in 0 0.05 0.15 0.3; do
  storm "$pause"
  check "20 binds $pause s apart end on the core" wait_for is_on 6 $first
done

systemctl stop $service
modprobe -r ax_pcie_host_dev
systemctl start $service
check_eq 'started without a driver, the service is skipped' exec-condition "$(property Result $service)"
modprobe ax_pcie_host_dev
storm 0.05
check 'after 20 binds from there each card has a core' wait_for share_cores
check 'and the service is active' wait_for is_active

kept=0
for i in {1..10}; do
  systemctl stop $service
  systemctl --no-block start $service
  sleep 0.0$((i % 5 + 5))
  rebind
  ! wait_for has_core || ((++kept))
  wait_for is_active
done
check_eq 'ten times bound while the service starts, the interrupt ends on a core' 10 $kept
check 'and each card has one of its own' wait_for share_cores

back=0
for i in {1..10}; do
  systemctl stop $service
  modprobe -r ax_pcie_host_dev
  systemctl start $service
  modprobe ax_pcie_host_dev
  wait_for has_core
  systemctl stop $service
  settle
  ! is_original || ((++back))
done
check_eq 'ten times stopped as soon as a late driver is tuned, the originals are in force' 10 $back
systemctl start $service

echo 0 > "$(cpu 6)"/online
check 'a core that goes offline takes the pin along' test "$(< "$(affinity "$(irq_of $first)")")" != 40
echo 1 > "$(cpu 6)"/online
check 'after it has come back, both cards are on their cores' wait_for are_on
check 'no unit has failed in these events' none_failed

# --- /run is full -------------------------------------------------------------------------------

used=$(df --output=used -k /run | tail -n 1)
size=$(($(df --output=size -k /run | tail -n 1)))
mount -o remount,size=$((used + 64))k /run
dd if=/dev/zero of=/run/filler bs=4k 2> /dev/null || true
check 'nothing can be written to /run' eval '! echo x > /run/probe'
echo powersave > "$(governor 4)"
rebind
check 'with /run full, what is saved already is put in force after a rebind' wait_for is_tuned
check 'a reload succeeds' systemctl reload $service
rm -f /run/filler /run/probe
mount -o remount,size=${size}k /run

# --- A card that is not ready -------------------------------------------------------------------

echo $second > $driver/unbind
check 'without a driver for one of two cards, the service says so' \
  wait_for says 'Tuned, interrupts on CPU 6; 1 of 2 cards not ready'
systemctl restart $service
check 'started like that, it is active' is_active
check 'and the other card is on its core' is_on 6 $first
journal=$(journalctl -b -u $service -o cat)
systemctl start ax650n-tune-check.service
settle
check_eq 'the check is silent about it' "$journal" "$(journalctl -b -u $service -o cat)"
systemctl stop $service
check 'stopping it puts the originals back' is_original
echo $second > $driver/bind
systemctl start $service

# --- Starts and stops that fail -----------------------------------------------------------------

systemctl stop $service
touch -d '2020-01-01' /run/ax650n-tune/reverted
echo Governer=performance > /etc/ax650n-tune.conf
systemctl start $service 2> /dev/null && code=0 || code=$?
check_eq 'with a mistake in the configuration, start fails' '1 failed' "$code $(systemctl is-active $service || true)"
check_match 'and the journal says which' 'ax650n-tune.conf.*Governer' "$(journalctl -b -p err -t ax650n-tune -o cat)"
check 'the mark of the stop is still there' test -e /run/ax650n-tune/reverted
check 'and the originals are in force' is_original
rm /etc/ax650n-tune.conf
systemctl start $service
check 'without the mistake it starts' is_tuned
echo Governer=performance > /etc/ax650n-tune.conf
systemctl stop $service
check 'a mistake does not keep a stop from putting the originals back' is_original
rm /etc/ax650n-tune.conf
systemctl reset-failed

ax650n-tune -q bench --rounds 1 --warmup 0 -- sleep 3 > /dev/null 2>&1 &
bench=$!
sleep 1
check 'a start while bench runs does not fail' systemctl start $service
check 'it is in force when bench ends' is_tuned
wait $bench || true

systemctl stop $service
ax650n-tune apply > /dev/null
is_activating() { [[ $(systemctl is-active $service) == activating ]]; }
flock /run/ax650n-tune/lock sleep 5 &
sleep 0.5
systemctl --no-block start $service
check 'a start that waits for another run is activating' wait_for is_activating
check 'it can be stopped' systemctl stop $service
check 'which puts the originals back' is_original
wait
systemctl start $service
check 'after all that it starts' is_tuned
check 'and no unit has failed' none_failed
