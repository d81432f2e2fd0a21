#!/bin/bash
# SPDX-License-Identifier: MIT
# Two cards with a driver like that of AXCL 2, and a device whose interrupts cannot be moved.
# kernel: linux-image-arm64
# devices: card card nvme
# options: ax_pcie_host_dev.vectors=4 ax_pcie_host_dev.irqname=endpoint-msi-irq irqaffinity=0-3
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

first=$(irq_of 0000:01:00.0)
second=$(irq_of 0000:02:00.0)
# The first interrupt of an NVMe drive can be moved; the others belong to the queue of each CPU.
wait_for test -e /sys/block/nvme0n1
mapfile -t nvme < <(vectors 0000:03:00.0)
queues=("${nvme[@]:1}")
echo 'Devices=1b36:0010' > /etc/ax650n-tune.conf
before=$(settings)

check_eq 'each card has four vectors' '4 4' \
  "$(vectors 0000:01:00.0 | wc -l) $(vectors 0000:02:00.0 | wc -l)"
check_eq 'the action of their first one is not the PCI address, the others have none' \
  'endpoint-msi-irq endpoint-msi-irq' \
  "$(for irq in $(vectors 0000:01:00.0) $(vectors 0000:02:00.0); do
    cat "/sys/kernel/irq/$irq/actions"
  done | xargs)"
check_eq 'the NVMe drive has a queue for each CPU' 8 ${#queues[@]}
count_interrupts 'before apply' "$first" "$second"
check_match 'before apply, the interrupts of the first card come to a little core' \
  '^[0-3]$' "${rose[$first]}"
check_match 'before apply, the interrupts of the second card come to a little core' \
  '^[0-3]$' "${rose[$second]}"

# --- apply --------------------------------------------------------------------------------------

tune apply --json
check_eq 'apply exits 0' 0 "$status"
check_eq 'the result of apply is "tuned"' tuned "$(field .result)"
cpus=("$(chosen 0000:01:00.0)" "$(chosen 0000:02:00.0)" "$(chosen 0000:03:00.0)")
check_match 'apply gives each card one of the two fastest CPUs, and the drive one of the next best' \
  '^(6 7|7 6) [45]$' "${cpus[*]}"
check_eq 'three interrupts, two governors and no other setting have changed' \
  "$(with "$before" "$(affinity "$first")" "$(mask "${cpus[0]}")" \
    "$(affinity "$second")" "$(mask "${cpus[1]}")" "$(affinity "${nvme[0]}")" "$(mask "${cpus[2]}")" \
    "$(governor 4)" performance "$(governor 6)" performance)" \
  "$(settings)"
elsewhere=("${queues[@]:0:cpus[2]}" "${queues[@]:cpus[2]+1}")
# Since Linux 6.12 their files are read-only.
error=EIO
[[ $(stat -c %a "$(affinity "${queues[0]}")") != 444 ]] || error=EPERM
check_eq 'the queues of other CPUs are "unmovable", with the error of the kernel' \
  "$(affinities $error "${elsewhere[@]}")" "$(unmovable)"
check_eq 'a warning names each of them' \
  "$(printf 'IRQ %d\n' "${elsewhere[@]}")" "$(grep $error /vm/err | grep -o 'IRQ [0-9]*')"

count_interrupts 'after apply' "$first" "$second"
check_eq 'after apply, all interrupts of each card come to its CPU' "${cpus[*]:0:2}" \
  "${rose[$first]} ${rose[$second]}"

tune status --json
check_eq 'status exits 0: what cannot be moved is no drift' '0 true 0' \
  "$status $(field '"\(.tuned) \(.drift | length)"')"
tune apply --json
check_eq 'the result of a second apply is "unchanged"' '0 unchanged' "$status $(field .result)"

# --- revert -------------------------------------------------------------------------------------

tune revert
check_eq 'revert exits 0' 0 "$status"
check_eq 'after revert, every setting of the machine is what it was at first' \
  "$before" "$(settings)"
