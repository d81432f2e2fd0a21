#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [SCENARIO...]: runs the program on real arm64 kernels with systemd, in QEMU: one boot for
# each file of scenario/, or for those named, such as 1-one-card, and each kernel that it asks for.
# A boot takes one processor; as many as there are run at a time, the long scenarios, which have the
# highest numbers, first. The last line counts the checks; the exit status is 0 if none failed. VM_WORK
# is the directory for what is built and kept.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=${VM_WORK:-$here/../../build/vm}
mkdir -p "$work/log"
work=$(cd "$work" && pwd)

exec 9> "$work/lock"
flock -n 9 || { echo "another run of the virtual machine tests uses $work" >&2 && exit 1; }

kernels_of() { sed -n 's/^# kernel: *//p' "$1" | tr ' ' '\n'; }

# run SCENARIO KERNEL-PACKAGE: prints what the scenario has printed, in one piece.
run() {
  local name version log kernel=$work/kernel/$2
  name=$(basename "$1" .sh)
  version=$(<"$kernel/version")
  log=$work/log/$name-$version
  name+=", Linux $version"
  SECONDS=0
  : > "$log.console"
  "$here/boot.sh" "$work" "$2" "$1" "$log.console" > "$log.tap" 2>&1 9>&- || true
  if [[ $(tail -n 1 "$log.tap") != "1..$(grep -cE '^(not )?ok ' "$log.tap")" ]]; then
    {
      echo "not ok - $name ran to its end; the last lines of its console:"
      tail -n 20 "$log.console" | sed 's/^/#   /'
    } >> "$log.tap"
  fi
  {
    flock 8
    printf '\n# %s\n' "$name"
    cat "$log.tap"
    echo "# $name: $SECONDS s"
  } 8> "$work/log/lock"
}

scenarios=("$here"/scenario/*.sh)
mapfile -t kernels < <(for scenario in "${scenarios[@]}"; do kernels_of "$scenario"; done | sort -u)
"$here/build.sh" "$work" "${kernels[@]}"
if (($#)); then
  scenarios=("${@/#/$here/scenario/}")
  scenarios=("${scenarios[@]/%/.sh}")
fi
rm -f "$work"/log/*.tap
while read -r scenario; do
  for kernel in $(kernels_of "$scenario"); do
    if [[ ! -e $work/kernel/$kernel/vmlinuz ]]; then
      echo "skip - $(basename "$scenario" .sh): there is no package $kernel"
      continue
    fi
    [[ $(jobs -rp | wc -l) -lt $(nproc) ]] || wait -n || true
    run "$scenario" "$kernel" &
  done
done < <(printf '%s\n' "${scenarios[@]}" | sort -rV)
wait
passed=$(cat "$work"/log/*.tap | grep -c '^ok ') || true
failed=$(cat "$work"/log/*.tap | grep -c '^not ok ') || true
echo
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
