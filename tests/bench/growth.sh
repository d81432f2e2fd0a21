#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What apply and status cost on boards of which one thing grows: a table in Markdown, in
# $BUILD/bench-growth.md and on standard output. The boards are directories in memory.
set -euo pipefail

cd "$(dirname "$0")/../.."
BUILD=$(cd "${BUILD:-build}" && pwd)
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT

# board CPUS LINES FUNCTIONS CARDS: a board file. Half of the CPUs are fast, each has a policy of its
# own; the cards are among the functions, and their interrupts among the lines.
board() {
  awk -v cpus="$1" -v lines="$2" -v functions="$3" -v cards="$4" 'BEGIN {
    print "# ax650n-tune board 1"
    cpu = "/sys/devices/system/cpu/"
    print cpu "possible = 0-" cpus - 1
    print cpu "online = 0-" cpus - 1
    print cpu "isolated ="
    print cpu "nohz_full ="
    print "/run/lock/"
    print cpu "cpu{0-" cpus / 2 - 1 "}/cpu_capacity = 400"
    print cpu "cpu{" cpus / 2 "-" cpus - 1 "}/cpu_capacity = 1024"
    policy = cpu "cpufreq/policy{0-" cpus - 1 "}/"
    print policy "related_cpus = {}"
    print policy "cpuinfo_max_freq = 2000000"
    print policy "scaling_governor = schedutil"
    print policy "scaling_available_governors = schedutil performance"
    for (i = 0; i < functions; i++) {
      card = i < cards
      address = sprintf("%04x:%02x:%02x.0", i / 4096, i / 16 % 256, i % 16)
      device = "/sys/bus/pci/devices/" address "/"
      print device "vendor = " (card ? "0x1f4b" : "0x1d87")
      print device "device = " (card ? "0x0650" : "0x3588")
      print device "class = " (card ? "0x040000" : "0x020000")
      print device "irq = 0"
      print device "resource = 0"
      if (!card)
        continue
      irq = 100 + i
      print device "driver -> ../../../../bus/pci/drivers/ax_pcie_dev_host"
      print device "msi_irqs/" irq " = msi"
      mask = ""
      for (n = cpus; n > 0; n -= 32)
        mask = mask (mask ? "," : "") (n >= 32 ? "ffffffff" : sprintf("%x", 2 ^ n - 1))
      print "/proc/irq/" irq "/smp_affinity = " mask
      print "/proc/irq/" irq "/effective_affinity = 1"
      print "/sys/kernel/irq/" irq "/actions = " address
      action[irq] = address
    }
    print "/proc/interrupts:"
    printf "|     "
    for (c = 0; c < cpus; c++)
      printf " %10s", "CPU" c
    print ""
    for (l = 0; l < lines; l++) {
      irq = 100 + l
      printf "|%5d:", irq
      for (c = 0; c < cpus; c++)
        printf " %10d", (l * 7 + c) % 1000
      print "   ITS-MSI " irq " Edge      " (irq in action ? action[irq] : "eth" l)
    }
  }'
}

# In a file of its own, for hyperfine starts no shell.
cat >"$work/reset" <<END
#!/bin/sh
rm -rf $work/tree
cp -a $work/board $work/tree
END
chmod +x "$work/reset"

# measure COMMAND...: its median in ms, its system calls and its peak memory in KiB, in $result.
measure() {
  local calls memory
  hyperfine -N -w 1 -r "${RUNS:-7}" -i --prepare "$work/reset" --export-json "$work/json" "$*" >/dev/null 2>&1
  "$work/reset"
  calls=$(strace -f -o /dev/stdout "$@" 2>/dev/null | grep -cE '^[0-9]+ +[a-z_0-9]+\(' || true)
  "$work/reset"
  memory=$(command time -f 'KiB %M' "$@" 2>&1 >/dev/null | sed -n 's/^KiB //p' || true)
  result="$(jq -r '.results[0].median * 1000' "$work/json") $calls $memory"
}

# grow WHAT COUNT CPUS LINES FUNCTIONS CARDS: "WHAT COUNT" and what apply and status take.
grow() {
  local tune="$BUILD/ax650n-tune --sysroot $work/tree" apply
  rm -rf "$work/board"
  mkdir "$work/board"
  board "$3" "$4" "$5" "$6" >"$work/file"
  "$BUILD/board-expand" "$work/file" "$work/board"
  # shellcheck disable=SC2086 # a command line
  measure $tune apply
  apply=$result
  # shellcheck disable=SC2086
  measure $tune status
  echo "$1 $2 $apply $result" >>"$work/results"
}

for n in 8 64 256 1024; do grow CPUs "$n" "$n" 20 5 1; done
for n in 20 200 2000 20000; do grow "interrupt lines" "$n" 8 "$n" 5 1; done
for n in 5 50 500 2000; do grow "PCI functions" "$n" 8 20 "$n" 1; done
for n in 1 4 16 64; do grow cards "$n" 8 80 70 "$n"; done

{
  echo "| | | input | apply ms | | system calls | peak MB | status ms |"
  echo "|---|---|---|---|---|---|---|---|"
  awk '{
    n = NF - 6
    what = $1
    for (i = 2; i < n; i++)
      what = what " " $i
    if (what != last) {
      last = what
      first = $n
      ms = $(n + 1)
    }
    printf "| %s | %d | x %.4g | %.2f | x %.1f | %d | %.1f | %.2f |\n", what, $n, $n / first, $(n + 1),
      $(n + 1) / ms, $(n + 2), $(n + 3) / 1024, $(n + 4)
  }' "$work/results"
} | tee "$BUILD/bench-growth.md"
