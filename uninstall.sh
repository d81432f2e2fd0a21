#!/bin/sh
# SPDX-License-Identifier: MIT
# Puts the original settings back and removes what install.sh has installed. See --help.
set -eu

usage() {
  cat <<END
Usage: sudo ./uninstall.sh [--prefix DIR] [--dry-run]

Puts the original settings back now, disables the units, and removes exactly the files that
install.sh has installed. The configuration, /etc/ax650n-tune.conf, is yours and stays.

  --prefix DIR   where it was installed: /usr or /usr/local (the default)
  --dry-run      print the commands and run none of them
  --help         print this help
END
}

say() { printf 'uninstall.sh: %s\n' "$*"; }

die() {
  printf 'uninstall.sh: %s\n' "$*" >&2
  exit 1
}

misuse() {
  printf 'uninstall.sh: %s\n' "$*" >&2
  exit 2
}

prefix=/usr/local run=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || misuse '--prefix takes /usr or /usr/local'; prefix=$2 && shift ;;
    --prefix=*) prefix=${1#*=} ;;
    --dry-run) run='echo +' ;;
    -h | --help) usage && exit 0 ;;
    *) printf "uninstall.sh: there is no option '%s'\n" "$1" >&2 && usage >&2 && exit 2 ;;
  esac
  shift
done
case $prefix in
  /usr | /usr/local) ;;
  *) misuse "--prefix is /usr or /usr/local, not '$prefix': systemd and udev look for units and rules below these" ;;
esac

cd "$(dirname "$0")"
if [ -z "$run" ] && [ "$(id -u)" -ne 0 ]; then
  die 'not permitted; run it with sudo'
fi
command -v make >/dev/null || die 'make is missing; install it and run this again'

program=$prefix/bin/ax650n-tune
# shellcheck disable=SC2016 # for make
unit=$(make -s PREFIX="$prefix" --eval='where: ; @echo $(UNITDIR)' where)/ax650n-tune.service

# What is below /run may belong to an installation elsewhere, such as the Debian package.
[ -n "$run" ] || [ -x "$program" ] || die "there is no $program; nothing was changed"

# Stopping the service reverts. What was applied by hand is reverted by hand.
if [ -d /run/systemd/system ] && [ -e "$unit" ]; then
  $run systemctl -q disable --now ax650n-tune-check.timer ax650n-tune.service
fi
$run "$program" revert ||
  die 'the original settings could not all be put back, see above; nothing was removed'

$run make -s uninstall PREFIX="$prefix"
$run rm -rf /run/ax650n-tune
if [ -d /run/systemd/system ]; then
  $run systemctl daemon-reload
  # Not where udevd does not run, or is not installed.
  $run udevadm control --reload 2>/dev/null || true
  $run journalctl --update-catalog 2>/dev/null || true
fi
for file in /etc/ax650n-tune.conf /etc/ax650n-tune.conf.d/*.conf; do
  [ ! -e "$file" ] || say "kept your configuration: $file"
done
[ "$run" ] || say 'The original settings are back and the files are removed.'
