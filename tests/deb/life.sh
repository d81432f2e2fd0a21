#!/bin/bash
# SPDX-License-Identifier: MIT
# The life of a package, in a system where systemd is installed but does not run.
# shellcheck source=tests/vm/guest/lib.sh
. /packages/lib.sh

apt() { DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends "$@" > /tmp/apt.log 2>&1; }

# What the package system keeps of packages that were here is not counted.
files() {
  find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /packages \
    -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/cache -o -path /var/log \) -prune -o -print | sort
}

units=(ax650n-tune.service ax650n-tune-check.timer)
enabled() { systemctl is-enabled "${units[@]}" || true; }

before=$(files)
check 'apt installs it, with the libraries that it needs' apt install /packages/first.deb
check 'the program runs' ax650n-tune --version
check_eq 'there is no card here' 5 "$(ax650n-tune -q detect 2> /dev/null || echo $?)"
check_eq 'both units are enabled' $'enabled\nenabled' "$(enabled)"

systemctl disable "${units[@]}" 2> /dev/null
check 'it is upgraded' apt install /packages/newer.deb
check_eq 'the newer version is here' '+newer' "$(dpkg-query -Wf '${Version}' ax650n-tune | grep -o '+newer')"
check_eq 'units that were disabled stay so' $'disabled\ndisabled' "$(enabled)"
check 'it is removed' apt remove ax650n-tune
check 'and installed again' apt install /packages/newer.deb
check_eq 'and still knows what was disabled' $'disabled\ndisabled' "$(enabled)"

systemctl enable "${units[@]}" 2> /dev/null
echo '# mine' > /etc/ax650n-tune.conf
check 'it is purged' apt purge --autoremove ax650n-tune
check_eq 'the configuration is kept' '# mine' "$(cat /etc/ax650n-tune.conf)"
rm /etc/ax650n-tune.conf
check_eq 'nothing else is left behind' "$before" "$(files)"
