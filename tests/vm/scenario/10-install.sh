#!/bin/bash
# SPDX-License-Identifier: MIT
# install.sh and uninstall.sh on a machine that has never seen the program.
# kernel: linux-image-arm64
# devices: card
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
make -s -C /src uninstall
systemctl daemon-reload
journalctl --update-catalog

# Everything that lasts, but what systemd keeps for itself.
files() {
  find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /vm -o -path /src \
    -o -path /tmp -o -path /var/lib/systemd -o -path /var/log \) -prune -o \
    \( -type f -o -type l \) -print | sort
}

cd /src
before=$(files) original=$(settings)
check './install.sh --dry-run succeeds' ./install.sh --dry-run
check_eq './install.sh --dry-run changes no file' "$before" "$(files)"

chown -R 1000:1000 /src
./install.sh > /vm/out 2> /vm/err
check_eq 'after ./install.sh the clone is still its owner'"'"'s' '' "$(find /src ! -uid 1000)"
comment < /vm/out
check_match './install.sh ends with the state of the machine' 'Tuned: every setting is in force' \
  "$(cat /vm/out)"
check_eq 'the units are enabled' $'enabled\nenabled' \
  "$(systemctl is-enabled ax650n-tune.service ax650n-tune-check.timer)"
settle
check_eq 'the service is active' active "$(systemctl is-active ax650n-tune.service)"
irq=$(irq_of $card)
count_interrupts 'after install.sh' "$irq"
check_eq 'all interrupts come to CPU6' 6 "${rose[$irq]}"
tune diagnose --json
check_eq 'diagnose finds no problem' 0 "$status"

udevadm=$(command -v udevadm)
mount --bind /bin/false "$udevadm"
check './install.sh can be run again, also where udevd does not answer' ./install.sh
tune status
check_eq 'and leaves everything in force' 0 "$status"

echo 'Cpu=7' > /etc/ax650n-tune.conf
./uninstall.sh > /vm/out 2> /vm/err
check_match './uninstall.sh keeps the configuration, and says so' \
  'kept your configuration: /etc/ax650n-tune.conf' "$(cat /vm/out)"
umount "$udevadm"
rm /etc/ax650n-tune.conf
check_eq './uninstall.sh leaves no file behind' "$before" "$(files)"
check_eq './uninstall.sh puts every setting back' "$original" "$(settings)"
check_eq 'no unit of ours is known any more' '' \
  "$(systemctl list-unit-files --no-legend 'ax650n*' || true)"
check_eq 'no unit has failed' '' "$(systemctl --failed --plain --no-legend)"
