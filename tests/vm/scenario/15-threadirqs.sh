#!/bin/bash
# SPDX-License-Identifier: MIT
# With threadirqs the driver's own thread becomes a secondary one. Linux 6.1 does not move it along with
# the interrupt, 6.12 does; the program promises the same on both.
# kernel: linux-image-arm64 linux-image-6.12-arm64
# devices: card
# options: threadirqs
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

irq=$(irq_of 0000:01:00.0)
allowed() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"; }

original=$(allowed "$(pgrep "^irq/$irq-s-")")
tune apply
check_eq 'apply exits 0' 0 "$status"
count_interrupts 'after apply' "$irq"
check_eq 'after apply, all interrupts come to CPU6' 6 "${rose[$irq]}"
first=$(pgrep "^irq/$irq-0") second=$(pgrep "^irq/$irq-s-")
check_eq 'both threads run on CPU6' '6 6' "$(allowed "$first") $(allowed "$second")"
tune status
check_eq 'status exits 0' 0 "$status"
tune diagnose --json
check_eq 'diagnose lists both threads' "$first $second" \
  "$(field '[.cards[0].irqs[0].threads[].pid] | map(tostring) | join(" ")')"

taskset -pc 0 "$second" > /vm/out
tune status --json
check_eq 'a thread that was moved away is drift' "1 irq-thread 0" \
  "$status $(field '.drift | map("\(.kind) \(.have)") | join(" ")')"
systemctl start ax650n-tune.service
check_eq 'the service moves it back, in its sandbox' 6 "$(allowed "$second")"
tune status
check_eq 'and status exits 0' 0 "$status"

# 6.12 moves the thread after the IRQ that revert gives back to all CPUs, so its CPU is the kernel's choice.
follows=$([[ $(uname -r) == 6.1.* ]] || echo yes)
tune revert
check_eq 'revert exits 0' 0 "$status"
[[ $follows ]] || check_eq 'and puts the thread back' "$original" "$(allowed "$second")"

tune apply
taskset -pc 5 "$second" > /vm/out
tune revert
check_match 'revert leaves alone what something else has set, and says how to put it back' \
  "taskset -pc $original .*irq/$irq-s" "$(said)"
[[ $follows ]] || check_eq 'the thread is where it was put' 5 "$(allowed "$second")"
