#!/bin/sh
# SPDX-License-Identifier: MIT
# hand.sh TREE: what apply does, as one would type it who knows which CPUs are the fast ones.
tree=$1
card=$(lspci -A linux-sysfs -O sysfs.path="$tree/sys/bus/pci" -D -n | awk '/1f4b:/ { print $1 }')
irq=$(grep "$card" "$tree/proc/interrupts" | cut -d : -f 1 | tr -d ' ')
echo 40 >"$tree/proc/irq/$irq/smp_affinity"
for policy in 4 6; do
  echo performance >"$tree/sys/devices/system/cpu/cpufreq/policy$policy/scaling_governor"
done
cat "$tree/proc/irq/$irq/smp_affinity" "$tree"/sys/devices/system/cpu/cpufreq/policy*/scaling_governor
