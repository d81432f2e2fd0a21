#!/bin/sh
# SPDX-License-Identifier: MIT
# shell.sh TREE: what apply does, as a boot script without the program would: waits for the interrupt of
# the card, moves it to the first CPU of 2.2 GHz or more, sets the governor of all such CPUs, prints the
# link, and logs. Nothing is read back or saved.
set -eu
tree=$1
cpus=$tree/sys/devices/system/cpu

pci() { lspci -A linux-sysfs -O sysfs.path="$tree/sys/bus/pci" "$@"; }
# Where nobody logs, logger fails.
say() { echo "$*" && { logger --no-act -t tuning "$*" 2>/dev/null || true; }; }

card=$(pci -D | grep -iE '1f4b|axera' | head -n 1 | cut -d ' ' -f 1)
[ "$card" ] || { say 'no card' && exit 1; }
seconds=0
until irq=$(grep "$card" "$tree/proc/interrupts" | head -n 1 | cut -d : -f 1 | tr -d ' ') && [ "$irq" ]; do
  [ "$seconds" -lt 30 ] || { say 'no interrupt' && exit 1; }
  sleep 1
  seconds=$((seconds + 1))
done

first=
for policy in "$cpus"/cpufreq/policy*; do
  [ "$(cat "$policy/cpuinfo_max_freq")" -ge 2200000 ] || continue
  first=${first:-$(cut -d ' ' -f 1 "$policy/related_cpus")}
  echo performance >"$policy/scaling_governor"
done
[ "$first" ] || { say 'no fast CPU' && exit 1; }
printf '%x\n' $((1 << first)) >"$tree/proc/irq/$irq/smp_affinity"
say "interrupt $irq of $card on CPU $first"
pci -vv -s "$card" | grep -E 'LnkCap:|LnkSta:' || true
