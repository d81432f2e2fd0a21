#!/bin/bash
# SPDX-License-Identifier: MIT
# How long an interrupt stays on its old core when a driver binds to a card: ten times each with the
# udev rule, with a rule that leaves all to the service, and with a shell loop that looks once a
# second. It reports, and asserts no time.
# kernel: linux-image-arm64
# devices: card
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
driver=$(readlink -f /sys/bus/pci/devices/$card/driver)
trace=/sys/kernel/tracing

# Not while a job of the boot is left.
systemctl is-system-running --wait > /vm/running || true
systemd-analyze blame --no-pager | head -n 12 | comment
systemd-analyze critical-chain --no-pager ax650n-tune.service | comment

# Interrupts as often as the timer of the driver can: every 4 ms.
echo 250 > /sys/module/ax_pcie_host_dev/parameters/hz
[[ -e $trace/kprobe_events ]] || mount -t tracefs tracefs $trace
# The function that sends the bind event (drivers/base/dd.c), and each interrupt as its handler is
# called.
echo 'p:bound driver_bound' > $trace/kprobe_events
echo mono > $trace/trace_clock

# The latency of one bind, in ms, in $latency: from the event to the first interrupt on CPU6.
is_moved() {
  awk -v irq="irq=$irq" '/bound:/ { bound = 1 } bound && /irq_handler_entry/ && $0 ~ irq && /\[006\]/ { found = 1 }
    END { exit !found }' $trace/trace
}
measure() {
  local irq
  irq=$(irq_of $card)
  echo $card > "$driver"/unbind
  # So that the moment of the event is any in the second of a loop.
  sleep "$((RANDOM % 2)).$((RANDOM % 10))"
  echo > $trace/trace
  echo "irq == $irq" > $trace/events/irq/irq_handler_entry/filter
  echo 1 | tee $trace/events/kprobes/bound/enable > $trace/events/irq/irq_handler_entry/enable
  echo $card > "$driver"/bind
  wait_for is_moved || return 1
  echo 0 | tee $trace/events/kprobes/bound/enable > $trace/events/irq/irq_handler_entry/enable
  latency=$(awk -v irq="irq=$irq" '
    function ms() { match($0, /[0-9]+\.[0-9]+: /); return substr($0, RSTART, RLENGTH) * 1000 }
    /bound:/ && !bound { bound = ms() }
    bound && /irq_handler_entry/ && $0 ~ irq && /\[006\]/ { printf "%d", ms() - bound; exit }' $trace/trace)
}

# ten NAME: in ms, sorted, and how many moved.
ten() {
  local i all=()
  for i in {1..10}; do
    measure || break
    all+=("$latency")
  done
  check_eq "ten times $1 has moved the interrupt" 10 "${#all[@]}"
  mapfile -t all < <(printf '%s\n' "${all[@]}" | sort -n)
  echo "# ms from the bind event to the first interrupt on CPU6, $1: ${all[*]}"
}

from=$(date +%s%N)
for i in {1..10}; do /bin/true; done
echo "# emulated: to start /bin/true takes $((($(date +%s%N) - from) / 10000000)) ms"

ten 'the udev rule'

sed '/ax650n-tune apply/d' /usr/local/lib/udev/rules.d/90-ax650n-tune.rules > /etc/udev/rules.d/90-ax650n-tune.rules
udevadm control --reload
ten 'the service alone'

systemctl stop ax650n-tune.service
cat > /vm/loop << 'END'
while sleep 1; do
  for irq in /sys/bus/pci/devices/0000:01:00.0/msi_irqs/*; do
    file=/proc/irq/${irq##*/}/smp_affinity
    [ ! -e "$file" ] || [ "$(cat "$file")" = 40 ] || echo 40 > "$file"
  done
done
END
sh /vm/loop 2> /dev/null &
loop=$!
ten 'the loop'
kill $loop
