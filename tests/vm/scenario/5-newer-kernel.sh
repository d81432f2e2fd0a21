#!/bin/bash
# SPDX-License-Identifier: MIT
# Linux 6.12, which prints the PCI address in the chip column of /proc/interrupts, and makes the
# files of interrupts that cannot be moved read-only.
# kernel: linux-image-6.12-arm64
# devices: card nvme
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
irq=$(irq_of "$card")
wait_for test -e /sys/block/nvme0n1
mapfile -t nvme < <(vectors 0000:02:00.0)
queues=("${nvme[@]:1}")
echo 'Devices=1b36:0010' > /etc/ax650n-tune.conf
before=$(settings)

check_match 'the chip column holds the address of the card' "ITS-PCI-MSI-$card " "$(rows "$irq")"
check_eq 'the affinity of a queue of the NVMe drive is read-only' 444 \
  "$(stat -c %a "$(affinity "${queues[0]}")")"
count_interrupts 'before apply' "$irq"
check_match 'before apply, the interrupts come to one of the little cores' '^[0-3]$' "${rose[$irq]}"

tune apply --json
check_eq 'apply exits 0' 0 "$status"
check_eq 'the result of apply is "tuned"' tuned "$(field .result)"
cpus=("$(chosen "$card")" "$(chosen 0000:02:00.0)")
check_match 'the card and the drive get the two fastest CPUs' '^(6 7|7 6)$' "${cpus[*]}"
check_eq 'two interrupts, two governors and no other setting have changed' \
  "$(with "$before" "$(affinity "$irq")" "$(mask "${cpus[0]}")" \
    "$(affinity "${nvme[0]}")" "$(mask "${cpus[1]}")" \
    "$(governor 4)" performance "$(governor 6)" performance)" "$(settings)"
check_eq 'the queues of other CPUs are "unmovable", with the error of this kernel' \
  "$(affinities EPERM "${queues[@]:0:cpus[1]}" "${queues[@]:cpus[1]+1}")" "$(unmovable)"
count_interrupts 'after apply' "$irq"
check_eq 'after apply, all interrupts come to the CPU of the card' "${cpus[0]}" "${rose[$irq]}"
tune status
check_eq 'status exits 0 after apply' 0 "$status"
# --- A whole cluster offline ----------------------------------------------------------------------

# This kernel then answers EBUSY for every attribute of the cluster's policy.
echo 0 > "$(cpu 6)/online"
echo 0 > "$(cpu 7)/online"
tune apply --json
check_match 'with CPU6 and CPU7 offline, apply takes CPU4 or CPU5' '^0 [45]$' \
  "$status $(field '.cards[0].cpu')"
tune status
check_eq 'status exits 0 then' 0 "$status"
echo 1 > "$(cpu 6)/online"
echo 1 > "$(cpu 7)/online"

# --- revert -------------------------------------------------------------------------------------

tune revert
check_eq 'revert puts back every setting' "0 $before" "$status $(settings)"
