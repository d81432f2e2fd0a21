#!/bin/bash
# SPDX-License-Identifier: MIT
# The service with a driver that is loaded 60 s after boot.
# kernel: linux-image-arm64
# devices: card
# options: modprobe.blacklist=ax_pcie_host_dev
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
service=ax650n-tune.service

check_eq 'without a driver the service is skipped' 'inactive exec-condition' \
  "$(systemctl is-active $service || true) $(property Result $service)"
check_eq 'which is no failure' '' "$(systemctl --failed --plain --no-legend)"
before=$(settings)

until (($(cut -d. -f1 /proc/uptime) >= 60)); do sleep 0.2; done
check_eq 'a minute after boot no setting has changed' "$before" "$(settings)"

# Both moments are told by the clock since boot, without looking for them meanwhile.
udevadm monitor --kernel --subsystem-match=pci > /vm/events &
monitor=$!
sleep 0.5
modprobe ax_pcie_host_dev
is_active() { systemctl -q is-active $service; }
check 'the driver is loaded, and the service is active' wait_for is_active
kill $monitor
irq=$(irq_of $card)
check_eq 'the interrupt is on CPU6' 40 "$(< "$(affinity "$irq")")"
bound=$(sed -nE 's/^KERNEL\[([0-9]+)\.([0-9]{3}).*\] bind .*/\1\2/p' /vm/events)
moved=$(journalctl -b -t ax650n-tune -o json |
  jq --arg irq "$irq" 'select(.AX650N_IRQ == $irq) | .__MONOTONIC_TIMESTAMP | tonumber / 1000 | floor')
milliseconds=$((moved - bound))
from=$(date +%s%N)
for i in {1..10}; do /bin/true; done
scale=$((($(date +%s%N) - from) / 10000000))
echo "# $milliseconds ms from the bind event to the record of the moved interrupt, as long as to start" \
  "$((milliseconds / (scale + 1))) times /bin/true ($scale ms; emulated)"
# No timer of ours is that quick: it was the event.
check 'the event has moved it' test $milliseconds -lt 5000
tune status
check_eq 'status exits 0' 0 "$status"
count_interrupts 'with the late driver' "$irq"
check_eq 'all interrupts come to CPU6' 6 "${rose[$irq]}"
