#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the program costs on the board of the tests, next to other ways, all in one run: a table in
# Markdown, in $BUILD/bench-self.md and on standard output. $CC and $LIBS: as for the program.
set -euo pipefail

cd "$(dirname "$0")/../.."
BUILD=$(cd "${BUILD:-build}" && pwd)
# In memory, as /run is: on a disk fsync would be what is measured.
work=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree
mkdir "$tree"
"$BUILD/board-expand" tests/boards/cm3588.board "$tree"
tune="$BUILD/ax650n-tune --sysroot $tree"
governors=$tree/sys/devices/system/cpu/cpufreq/policy
${CC:-cc} -O2 -static -o "$work/floor" tests/bench/floor.c
# shellcheck disable=SC2086 # a list
${CC:-cc} -O2 -Wl,--no-as-needed -o "$work/linked" tests/bench/floor.c $LIBS

cat > "$work/reset" <<END
#!/bin/sh
echo ff > $tree/proc/irq/137/smp_affinity
echo schedutil > ${governors}4/scaling_governor
echo schedutil > ${governors}6/scaling_governor
rm -rf $tree/run/ax650n-tune $tree/run/originals
END
cat > "$work/tuned" <<END
#!/bin/sh
$tune -q apply
END
chmod +x "$work/reset" "$work/tuned"

# measure NAME PREPARE COMMAND: a line "NAME ms ms-of-CPU calls processes KiB" in $work/results.
measure() {
  local times calls processes memory
  hyperfine -N -w 3 -r "${RUNS:-30}" -i --prepare "$2" --export-json "$work/json" "$3" > /dev/null 2>&1
  times=$(jq -r '.results[0] | "\(.median * 1000) \((.user + .system) * 1000)"' "$work/json")
  $2
  # shellcheck disable=SC2086 # a command line
  strace -f -o "$work/trace" $3 > /dev/null 2>&1 || true
  calls=$(grep -cE '^[0-9]+ +[a-z_0-9]+\(' "$work/trace")
  processes=$(cut -d ' ' -f 1 "$work/trace" | sort -u | wc -l)
  $2
  # shellcheck disable=SC2086
  memory=$(command time -f 'KiB %M' $3 2>&1 > /dev/null | sed -n 's/^KiB //p' || true)
  echo "$1|$times $calls $processes $memory" >> "$work/results"
}

floor="$work/floor 40 $tree/proc/irq/137/smp_affinity ${governors}4/scaling_governor ${governors}6/scaling_governor"
pci="lspci -A linux-sysfs -O sysfs.path=$tree/sys/bus/pci"
measure apply "$work/reset" "$tune apply"
measure 'apply, nothing to change' "$work/tuned" "$tune apply"
measure status "$work/tuned" "$tune status"
measure detect "$work/tuned" "$tune detect"
measure diagnose "$work/tuned" "$tune diagnose"
measure 'by hand: lspci, grep, echo' "$work/reset" "sh tests/bench/hand.sh $tree"
measure 'a boot script, nothing read back' "$work/reset" "sh tests/bench/shell.sh $tree"
measure 'script of lspci, awk, grep...' "$work/reset" "sh tests/bench/pipeline.sh $tree"
measure 'the same, only looking' "$work/tuned" "sh tests/bench/pipeline.sh $tree check"
measure 'lspci' true "$pci"
measure 'lscpu' true "lscpu --sysroot $tree"
# Since Debian 13 in a package of its own.
! command -v lsirq >/dev/null || measure 'lsirq' true lsirq
measure 'floor: static, knows all paths' "$work/reset" "$floor"
measure 'nothing, linked to the same libraries' true "$work/linked"

value() { awk -F'|' -v name="$1" -v column="$2" '$1 == name { split($2, v, " "); print v[column] }' "$work/results"; }
{
  echo "| | ms | times apply | CPU ms | system calls | processes | peak MB |"
  echo "|---|---|---|---|---|---|---|"
  apply=$(value apply 1)
  awk -F'|' -v apply="$apply" '{
    split($2, v, " ")
    printf "| %s | %.2f | %.2f | %.2f | %d | %d | %.1f |\n", $1, v[1], v[1] / apply, v[2], v[3], v[4], v[5] / 1024
  }' "$work/results"
  echo
  echo "$(nproc) CPUs, $(uname -m), Linux $(uname -r); median of ${RUNS:-30} runs."
} | tee "$BUILD/bench-self.md"
