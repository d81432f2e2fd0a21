#!/bin/sh
# SPDX-License-Identifier: MIT
# pipeline.sh TREE [check]: what apply does, or with "check" status, as a script of the usual tools: the
# card by lspci, its interrupt, the fastest core, affinity and governors written and read back.
set -eu
tree=$1
cpus=$tree/sys/devices/system/cpu

pci() { lspci -A linux-sysfs -O sysfs.path="$tree/sys/bus/pci" "$@"; }

address=$(pci -D -n -d 1f4b: | awk '$2 !~ /^06/ { print $1; exit }')
[ "$address" ] || exit 5
driver=$(basename "$(readlink "$tree/sys/bus/pci/devices/$address/driver")")
irq=$(find "$tree/sys/bus/pci/devices/$address/msi_irqs/" -type f -printf '%f\n' | sort -n | head -n 1)
grep -q "^ *$irq:" "$tree/proc/interrupts"

best=$(for cpu in "$cpus"/cpu[0-9]*; do
  number=${cpu##*/cpu}
  grep -q "^$number\$" "$cpus/isolated" && continue
  others=$(awk -v cpu="$number" -v irq="$irq:" '$1 != irq && $1 ~ /^[0-9]+:$/ { n += $(2 + cpu) } END { print n + 0 }' \
    "$tree/proc/interrupts")
  echo "$(cat "$cpu/cpu_capacity") $(cat "$cpu/cpufreq/cpuinfo_max_freq" 2>/dev/null || echo 0) $others $number"
done | sort -k1,1nr -k2,2nr -k3,3n -k4,4n | head -n 1 | awk '{ print $4 }')
lowest=$(cat "$cpus"/cpu*/cpu_capacity | sort -n | head -n 1)
mask=$(printf %x $((1 << best)))

# set FILE VALUE
set_value() {
  [ "$(cat "$1")" = "$2" ] && return
  [ "${check:-}" ] && echo "$1 is $(cat "$1"), not $2" && exit 1
  echo "$1 $(cat "$1")" >>"$tree/run/originals"
  echo "$2" >"$1"
  [ "$(cat "$1")" = "$2" ] || echo "$1 could not be set" >&2
}

check=${2:-}
mkdir -p "$tree/run"
set_value "$tree/proc/irq/$irq/smp_affinity" "$mask"
for policy in "$cpus"/cpufreq/policy*; do
  cpu=$(cut -d ' ' -f 1 "$policy/related_cpus")
  [ "$(cat "$cpus/cpu$cpu/cpu_capacity")" -gt "$lowest" ] || continue
  grep -qw performance "$policy/scaling_available_governors"
  set_value "$policy/scaling_governor" performance
done
echo "card $address, driver $driver, interrupt $irq on CPU$best"
