#!/bin/bash
# SPDX-License-Identifier: MIT
# A card whose driver is loaded while apply waits for it.
# kernel: linux-image-arm64
# devices: card
# options: modprobe.blacklist=ax_pcie_host_dev
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0

tune detect
check_eq 'detect exits 1: there is a card without a driver' 1 "$status"
tune status
check_eq 'status exits 1 without a driver' 1 "$status"
before=$(settings)
tune apply --wait 0
check_eq 'apply --wait 0 exits 1' 1 "$status"
check_match 'apply --wait 0 names the driver' 'ax_pcie_host_dev' "$(said)"
check_eq 'apply --wait 0 changes no setting' "$before" "$(settings)"

# --- The driver comes while apply waits ---------------------------------------------------------

last='apply --wait 20 --json'
ax650n-tune apply --wait 20 --json > /vm/out 2> /vm/err &
apply=$!
sleep 2
check 'apply --wait 20 waits for the driver' kill -0 $apply
modprobe ax_pcie_host_dev &

# Busy, and without running a command, to see the two moments as they come.
SECONDS=0
vector='*' action='' mask=''
until [[ $vector != '*' ]]; do
  for path in "/sys/bus/pci/devices/$card/msi_irqs"/*; do vector=${path##*/}; done
done
until [[ $action ]]; do
  read -r action < "/sys/kernel/irq/$vector/actions" || true
done
bound=${EPOCHREALTIME/[.,]/}
# The kernel makes the directory in /proc a moment after the handler is there.
until [[ $mask == 40 ]] || ((SECONDS > 20)); do
  { read -r mask < "/proc/irq/$vector/smp_affinity"; } 2> /dev/null || true
done
moved=${EPOCHREALTIME/[.,]/}
milliseconds=$(((moved - bound) / 1000))
status=0
wait $apply || status=$?

check_eq 'apply --wait 20 moves the interrupt' 40 "$mask"
echo "# $milliseconds ms after the handler appeared"
check 'apply moves it within a second after the handler appeared' test $milliseconds -lt 1000
check_eq 'apply --wait 20 exits 0 and its result is "tuned"' '0 tuned' "$status $(field .result)"
count_interrupts 'after apply' "$vector"
check_eq 'after apply, all interrupts come to CPU6' 6 "${rose[$vector]}"
tune status
check_eq 'status exits 0 after apply' 0 "$status"
