#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [SCENARIO...]: runs the program on a real arm64 kernel with systemd, in QEMU: one boot
# for each file of scenario/, or for those named, such as 1-one-card. The last line counts the
# checks; the exit status is 0 if none failed. VM_WORK is the directory for what is built and kept.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${VM_WORK:-$here/../../build/vm}
mkdir -p "$work/log"
work=$(cd "$work" && pwd)
passed=0 failed=0

exec 9> "$work/lock"
flock -n 9 || { echo "another run of the virtual machine tests uses $work" >&2 && exit 1; }

kernel_of() { sed -n 's/^# kernel: *//p' "$1"; }

fail() {
  echo "not ok - $1"
  failed=$((failed + 1))
}

run() {
  local scenario=$1 name log kernel checks
  name=$(basename "$scenario" .sh)
  log=$work/log/$name
  kernel=$work/kernel/$(kernel_of "$scenario")
  if [[ ! -e $kernel/vmlinuz ]]; then
    echo "skip - $name: there is no package $(kernel_of "$scenario")"
    return
  fi
  echo
  echo "# $name, Linux $(<"$kernel/version")"
  SECONDS=0
  : > "$log.console"
  "$here/boot.sh" "$work" "$scenario" "$log.console" 2>&1 9>&- | tee "$log.tap" || true
  passed=$((passed + $(grep -c '^ok ' "$log.tap" || true)))
  failed=$((failed + $(grep -c '^not ok ' "$log.tap" || true)))
  checks=$(grep -cE '^(not )?ok ' "$log.tap" || true)
  if [[ $(tail -n 1 "$log.tap") != "1..$checks" ]]; then
    fail "$name ran to its end; the last lines of its console:"
    tail -n 20 "$log.console" | sed 's/^/#   /'
  fi
  echo "# $name: $SECONDS s"
}

scenarios=("$here"/scenario/*.sh)
mapfile -t kernels < <(for scenario in "${scenarios[@]}"; do kernel_of "$scenario"; done | sort -u)
"$here/build.sh" "$work" "${kernels[@]}"
if (($#)); then
  scenarios=("${@/#/$here/scenario/}")
  scenarios=("${scenarios[@]/%/.sh}")
fi
for scenario in "${scenarios[@]}"; do run "$scenario"; done
echo
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
