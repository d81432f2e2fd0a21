#!/bin/bash
# SPDX-License-Identifier: MIT
# The service beside an irqbalance that has bans of the administrator's own.
# kernel: linux-image-arm64 linux-image-6.12-arm64
# devices: card nvme
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
service=ax650n-tune.service
irq=$(irq_of "$card")
wait_for test -e /sys/block/nvme0n1
# That of the drive's administration can be moved; irqbalance may have it. That of the root port above
# the card is the administrator's.
other=$(irq_of 0000:02:00.0)
own=$(irq_of 0000:00:01.0)
tune status --json
cpu=$(chosen "$card")
check_match 'after boot the interrupt of the card is on a fast core' '^[67]$' "$cpu"

has_socket() { test -S "/run/irqbalance/irqbalance$(pgrep -x irqbalance).sock"; }
banned() {
  ax650n-tune capture | sed -n 's,^/run/irqbalance/irqbalance[0-9]*.sock = ,,p' |
    grep -o 'IRQ [0-9]*' | tr '\n' ' '
}

# after_25_seconds WHEN
after_25_seconds() {
  echo 20 > "$(affinity "$other")"
  sleep 25
  count_interrupts "25 s $1" "$irq"
  check_eq "25 s $1, all interrupts of the card come to it" "$cpu" "${rose[$irq]}"
  check "25 s $1, irqbalance has moved another interrupt" test "$(< "$(affinity "$other")")" != 20
  check_eq "25 s $1, it leaves alone ours and the administrator's" "IRQ $own IRQ $irq " \
    "$(banned | xargs -n 2 | sort -k 2n | tr '\n' ' ')"
}

mkdir -p /etc/default
echo "IRQBALANCE_ARGS=--banirq=$own" > /etc/default/irqbalance
systemctl start irqbalance
wait_for has_socket
is_banned() { [[ $(banned) == *"IRQ $irq "* ]]; }
check 'an irqbalance that is started is told of the ban' wait_for is_banned
after_25_seconds 'after the start of irqbalance'

systemctl restart irqbalance
wait_for has_socket
check 'one that is restarted, too' wait_for is_banned
pkill -HUP -x irqbalance
after_25_seconds 'after its restart and a rescan'

tune status
check_eq 'status exits 0' 0 "$status"
tune diagnose --json
check_eq 'diagnose sees a ban that lasts' 'true persistent' \
  "$(field '.rivals[] | select(.name == "irqbalance") | "\(.running) \(.ban)"')"

systemctl stop $service
is_only_own() { [[ $(banned) == "IRQ $own " ]]; }
check 'after revert, our ban is gone and the other remains' wait_for is_only_own
systemctl restart irqbalance
wait_for has_socket
settle
check 'an irqbalance that is restarted then is not told of it' wait_for is_only_own

# --- One that does not answer ---------------------------------------------------------------------

pkill -STOP -x irqbalance
SECONDS=0
tune apply --json
check_eq 'beside an irqbalance that does not answer, apply does the rest' '0 tuned' \
  "$status $(field .result)"
check_match 'and warns' 'could not set the irqbalance ban' "$(said)"
check "in bounded time" test $SECONDS -lt 10
check_eq 'the interrupt is on a fast core' "$(mask "$(chosen "$card")")" "$(< "$(affinity "$irq")")"
tune revert
systemctl --no-block start $service
# irqbalance has moved other interrupts, so that either fast core may have the fewest now.
is_pinned() { [[ $(< "$(affinity "$irq")") =~ ^[48]0$ ]]; }
check 'the service does not wait for it with the rest' wait_for is_pinned
sleep 3
pkill -CONT -x irqbalance
check 'and tells it of the ban when it answers' wait_for is_banned
settle
systemctl stop $service irqbalance
tune apply --json
check_eq 'without irqbalance apply works the same, without a warning' '0 tuned ' \
  "$status $(field .result) $(said)"
cpu=$(chosen "$card")

# --- One that ends after a single pass ------------------------------------------------------------

echo "IRQBALANCE_ARGS=--oneshot" > /etc/default/irqbalance
systemctl start $service
systemctl start irqbalance
has_ended() { [[ $(systemctl is-active irqbalance) == inactive ]]; }
check 'an irqbalance --oneshot ends' eval 'wait_for has_ended || wait_for has_ended'
is_in_force() { ax650n-tune -q status > /dev/null; }
check 'and takes the pin along for no longer than the check takes' wait_for is_in_force
count_interrupts 'after irqbalance --oneshot' "$irq"
check_eq 'all interrupts of the card come to it' "$cpu" "${rose[$irq]}"

# --- Devices= ---------------------------------------------------------------------------------------

echo Devices=1b36:0010 > /etc/ax650n-tune.conf
drive=0000:02:00.0
nvme=$(readlink -f /sys/bus/pci/devices/$drive/driver)
echo $drive > "$nvme/unbind"
echo $drive > "$nvme/bind"
is_fast() { has_interrupt $drive && [[ $(< "$(affinity "$(irq_of $drive)")") =~ ^(10|20|40|80)$ ]]; }
check 'a device that Devices= names is tuned when its driver binds' wait_for is_fast
systemctl stop $service
check_eq 'and put back with the cards' ff "$(< "$(affinity "$(irq_of $drive)")")"
