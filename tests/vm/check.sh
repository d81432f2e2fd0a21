#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [SCENARIO...]: runs the program on real arm64 kernels with systemd, in QEMU: one boot for
# each file of scenario/, or for those named, such as 1-one-card, and each kernel that it asks for.
# The last line counts the checks; the exit status is 0 if none failed. VM_WORK is the directory for
# what is built and kept.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${VM_WORK:-$here/../../build/vm}
mkdir -p "$work/log"
work=$(cd "$work" && pwd)
passed=0 failed=0

exec 9> "$work/lock"
flock -n 9 || { echo "another run of the virtual machine tests uses $work" >&2 && exit 1; }

kernels_of() { sed -n 's/^# kernel: *//p' "$1" | tr ' ' '\n'; }

fail() {
  echo "not ok - $1"
  failed=$((failed + 1))
}

# run SCENARIO KERNEL-PACKAGE
run() {
  local name version log checks kernel=$work/kernel/$2
  name=$(basename "$1" .sh)
  if [[ ! -e $kernel/vmlinuz ]]; then
    echo "skip - $name: there is no package $2"
    return
  fi
  version=$(<"$kernel/version")
  log=$work/log/$name-$version
  name+=", Linux $version"
  echo
  echo "# $name"
  SECONDS=0
  : > "$log.console"
  "$here/boot.sh" "$work" "$2" "$1" "$log.console" 2>&1 9>&- | tee "$log.tap" || true
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
mapfile -t kernels < <(for scenario in "${scenarios[@]}"; do kernels_of "$scenario"; done | sort -u)
"$here/build.sh" "$work" "${kernels[@]}"
if (($#)); then
  scenarios=("${@/#/$here/scenario/}")
  scenarios=("${scenarios[@]/%/.sh}")
fi
for scenario in "${scenarios[@]}"; do
  for kernel in $(kernels_of "$scenario"); do run "$scenario" "$kernel"; done
done
echo
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
