#!/bin/bash
# SPDX-License-Identifier: MIT
# Early in the boot of the guest: makes an RK3588 with cards of what QEMU offers.
# On the kernel command line:
#   ax_pcie_host_dev.PARAMETER=VALUE            for the stand-in of the driver
#   modprobe.blacklist=ax_pcie_host_dev         leaves loading it to the scenario
set -eu

modprobe axclk
modprobe cpufreq-dt
modprobe axdisguise || exit 0 # no card

modprobe -b ax_pcie_host_dev
grep -q modprobe.blacklist=ax_pcie_host_dev /proc/cmdline && exit 0
# udev may have been first, and its modprobe still be at it.
for device in /sys/bus/pci/devices/*; do
  [[ $(<"$device/vendor") == 0x1f4b ]] || continue
  until [[ -e $device/driver ]]; do sleep 0.05; done
done
