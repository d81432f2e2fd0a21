#!/bin/bash
# SPDX-License-Identifier: MIT
# threadirqs: the driver's own thread becomes a secondary one, which Linux 6.1 does not move along.
# kernel: linux-image-arm64
# devices: card
# options: threadirqs
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

irq=$(irq_of 0000:01:00.0)
allowed() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"; }

tune apply
check_eq 'apply exits 0' 0 "$status"
count_interrupts 'after apply' "$irq"
check_eq 'after apply, all interrupts come to CPU6' 6 "${rose[$irq]}"
first=$(pgrep "^irq/$irq-0") second=$(pgrep "^irq/$irq-s-")
check_eq 'the first thread has moved to CPU6' 6 "$(allowed "$first")"
tune diagnose --json
check_eq 'diagnose lists both threads' "$first $second" \
  "$(field '[.cards[0].irqs[0].threads[].pid] | map(tostring) | join(" ")')"
if [[ $(uname -r) == 6.1.* ]]; then
  check_match 'the second thread stays on a little core' '^[0-3]$' "$(allowed "$second")"
  check_eq 'diagnose says how to move it' "sudo taskset -pc 6 $second" \
    "$(field '.findings[] | select(.code == "irq-thread-elsewhere") | .fix // .advice // .do')"
  taskset -pc 6 "$second" > /vm/out
  tune diagnose --json
fi
check_eq 'the second thread runs on CPU6' 6 "$(allowed "$second")"
check_eq 'diagnose has nothing to say of it then' '' \
  "$(field '.findings[] | select(.code == "irq-thread-elsewhere") | .code')"
