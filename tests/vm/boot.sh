#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# boot.sh WORK KERNEL-PACKAGE SCENARIO CONSOLE: boots what build.sh has made and runs SCENARIO in it.
# What the scenario prints goes to standard output, what the kernel and systemd print to the file
# CONSOLE. Comments at the head of SCENARIO say what it needs:
#
#   # kernel: PACKAGE...        check.sh boots each in turn
#   # devices: card|nvme...     each on a root port of its own, from 0000:01:00.0 on
#   # options: ...              on the kernel command line
#   # enable: UNIT...           enabled from the first boot on; all are installed
#   # with: rivals              with the packages that set governors, too
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
work=$(cd "$1" && pwd)
kernel=$work/kernel/$2
scenario=$3 console=$4
header() { sed -n "s/^# $1: *//p" "$scenario"; }

devices=()
ports=0
for device in $(header devices); do
  port=port$((++ports))
  # Like the M.2 slots of a CM3588: one lane of Gen3.
  devices+=(-device "pcie-root-port,id=$port,chassis=$ports,slot=$ports,x-speed=8,x-width=1")
  case $device in
    card) devices+=(-device "edu,bus=$port") ;;
    nvme) devices+=(-blockdev 'driver=null-co,node-name=disk,size=16777216,read-zeroes=on'
      -device "nvme,bus=$port,drive=disk,serial=1") ;;
    *) echo "$scenario: no device '$device'" >&2 && exit 1 ;;
  esac
done

temporary=$(mktemp -d)
trap 'rm -rf "$temporary"' EXIT

# An instruction takes 1 ns of the guest's time, and time in which all its cores are idle is skipped:
# nothing that a scenario does depends on what else the host has to do, and to wait costs nothing.
machine=(qemu-system-aarch64 -nodefaults -display none -no-reboot
  -accel 'tcg,thread=single' -icount 'shift=0,sleep=off' -machine 'virt,gic-version=3,its=on' -cpu cortex-a76 -smp 8 -m 1024)
"${machine[@]}" -machine "dumpdtb=$temporary/virt.dtb" 2> /dev/null
{ dtc -q -I dtb -O dts "$temporary/virt.dtb" && cat "$here/board.dts"; } |
  dtc -q -O dtb -o "$temporary/board.dtb"

mkdir -p "$temporary"/root/{vm,etc/systemd/system/multi-user.target.wants}
cp -a "$work/installed/." "$temporary/root/"
cp "$here"/guest/*.sh "$temporary/root/vm/"
cp "$scenario" "$temporary/root/vm/scenario.sh"
for unit in $(header enable); do
  case $unit in
    ax650n-tune.service) path=/usr/local/lib/systemd/system ;;
    *) path=/usr/lib/systemd/system ;;
  esac
  ln -s "$path/$unit" "$temporary/root/etc/systemd/system/multi-user.target.wants/"
done
(cd "$temporary/root" && find . | cpio --quiet -o -H newc --owner 0:0) > "$temporary/overlay"
# The kernel unpacks archives that follow one another.
archives=("$work/root.cpio" "$kernel/modules.cpio")
for name in $(header with); do archives+=("$work/$name.cpio"); done
cat "${archives[@]}" "$temporary/overlay" > "$temporary/initrd"

# The scenario has a serial port of its own. It has no MSI, unlike a virtio device, whose vectors
# would be spread over the cores with those of the cards.
# nokaslr: with KASLR the kernel isolates its page tables, and boots take half as long again.
timeout --foreground 1800 "${machine[@]}" -dtb "$temporary/board.dtb" "${devices[@]}" \
  -serial "file:$console" -chardev stdio,id=report,signal=off -device pci-serial,chardev=report \
  -kernel "$kernel/vmlinuz" -initrd "$temporary/initrd" \
  -append "console=ttyAMA0 TERM=dumb panic=-1 loglevel=4 nokaslr $(header options)" < /dev/null
