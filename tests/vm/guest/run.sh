#!/bin/bash
# SPDX-License-Identifier: MIT
# Runs the scenario after the boot of the guest, and switches off. What it prints goes out by the
# second serial port, undisturbed by the kernel's and systemd's messages on the first.

export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
stty -F /dev/ttyS0 raw
bash /vm/scenario.sh > /dev/ttyS0 2>&1
systemctl poweroff -ff
