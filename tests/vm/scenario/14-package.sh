#!/bin/bash
# SPDX-License-Identifier: MIT
# The Debian package on a running system: installed, upgraded, not to be removed, purged.
# kernel: linux-image-arm64
# devices: card
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0
units=(ax650n-tune.service ax650n-tune-check.timer)
make -s -C /src uninstall
systemctl daemon-reload
journalctl --update-catalog

# Everything that lasts, but what systemd and dpkg keep for themselves.
files() {
  find / -xdev \( -path /proc -o -path /sys -o -path /run -o -path /dev -o -path /vm -o -path /tmp \
    -o -path /var/lib/systemd/catalog -o -path /var/lib/systemd/timers -o -path /var/lib/dpkg \
    -o -path /var/log \) -prune -o \( -type f -o -type l \) -print | sort
}
# A start of the units has udev's events checked, and the check reloads the service.
state() {
  settle > /dev/null
  { systemctl is-enabled "${units[@]}" || true; systemctl is-active "${units[@]}" || true; } | xargs
}
records() { journalctl -b -t ax650n-tune -o cat | wc -l; }

before=$(files) original=$(settings)

# --- Installed ----------------------------------------------------------------------------------

check 'dpkg installs it, and finds all that it depends on' dpkg -i /vm/first.deb
check_eq 'the units are enabled and active' 'enabled enabled active active' "$(state)"
irq=$(irq_of $card)
count_interrupts 'after the installation' "$irq"
check_eq 'all interrupts come to CPU6' 6 "${rose[$irq]}"
tune diagnose --json
check_eq 'diagnose finds no problem' 0 "$status"
tuned=$(settings)

output=$(cd /src && ./install.sh 2>&1) && status=0 || status=$?
check_match 'install.sh does not install another beside it' "^1 .*'apt purge ax650n-tune' first" \
  "$status $output"

output=$(cd /src && ./uninstall.sh 2>&1) && status=0 || status=$?
check_eq 'uninstall.sh refuses if nothing is installed below its prefix' \
  '1 uninstall.sh: there is no /usr/local/bin/ax650n-tune; nothing was changed' "$status $output"
check 'and leaves the originals of the package alone' test -e /run/ax650n-tune/state.json

# --- Upgraded -----------------------------------------------------------------------------------

said=$(records)
check 'dpkg upgrades it' dpkg -i /vm/newer.deb
check_eq 'through the upgrade nothing was written' "$tuned $said" "$(settings) $(records)"
check_eq 'the units are as they were' 'enabled enabled active active' "$(state)"

systemctl stop ax650n-tune.service
check 'dpkg installs it over a service that was stopped' dpkg -i /vm/first.deb
check_eq 'which stays so' "$original enabled enabled inactive active" "$(settings) $(state)"
systemctl start ax650n-tune.service
check_eq 'started again, it tunes' "$tuned" "$(settings)"

systemctl -q disable --now "${units[@]}"
check 'dpkg installs it over units that are disabled' dpkg -i /vm/first.deb
check_eq 'which stay so' 'disabled disabled inactive inactive' "$(state)"
check_eq 'and the settings are the original ones' "$original" "$(settings)"

systemctl -q enable --now "${units[@]}"
check_eq 'enabled again, it tunes' "$tuned" "$(settings)"

# --- Not to be removed --------------------------------------------------------------------------

# Nobody can write this one.
mount --bind "$(governor 4)" "$(governor 4)"
mount -o remount,ro,bind "$(governor 4)"
output=$(dpkg -r ax650n-tune 2>&1) && removed=yes || removed=no
grep '^ax650n-tune' <<< "$output" | comment
check_eq 'as long as an original cannot be put back, it is not removed' no "$removed"
check_match 'and says so' 'so it is not removed' "$output"
check_eq 'everything is in force again' "$tuned" "$(settings)"
check_eq 'the units are as they were' 'enabled enabled active active' "$(state)"
umount "$(governor 4)"

# --- Removed and installed again ----------------------------------------------------------------

check 'dpkg removes it' dpkg -r ax650n-tune
check_eq 'every setting is the original one' "$original" "$(settings)"
check 'dpkg installs it again' dpkg -i /vm/newer.deb
check_eq 'everything is in force' "$tuned enabled enabled active active" "$(settings) $(state)"

# --- Purged -------------------------------------------------------------------------------------

check 'dpkg purges it' dpkg --purge ax650n-tune
check_eq 'every setting is the original one' "$original" "$(settings)"
check_eq 'no file is left behind' "$before" "$(files)"
check_eq 'no unit of ours is known any more' '' \
  "$(systemctl list-unit-files --no-legend 'ax650n*' || true)"
check_eq 'no unit has failed' '' "$(systemctl --failed --plain --no-legend)"
