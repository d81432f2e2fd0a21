#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds and installs ax650n-tune, and puts it in force from now on. See --help.
set -eu

usage() {
  cat <<END
Usage: sudo ./install.sh [--prefix DIR] [--no-enable] [--dry-run]

Installs what building takes, builds, installs, and enables ax650n-tune.service: the settings are put
in force now, at each boot, and when the driver of a card is loaded. Can be run again at any time.

  --prefix DIR   install below DIR: /usr or /usr/local (the default)
  --no-enable    install only; enable and start nothing
  --dry-run      print the commands and run none of them
  --help         print this help

./uninstall.sh takes everything back.
END
}

say() { printf 'install.sh: %s\n' "$*"; }

die() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 1
}

misuse() {
  printf 'install.sh: %s\n' "$*" >&2
  exit 2
}

prefix=/usr/local enable=yes run=
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) [ $# -ge 2 ] || misuse '--prefix takes /usr or /usr/local'; prefix=$2 && shift ;;
    --prefix=*) prefix=${1#*=} ;;
    --no-enable) enable= ;;
    --dry-run) run='echo +' ;;
    -h | --help) usage && exit 0 ;;
    *) printf "install.sh: there is no option '%s'\n" "$1" >&2 && usage >&2 && exit 2 ;;
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
if [ -z "$run" ] && [ "$prefix" != /usr ] && [ -e /usr/lib/systemd/system/ax650n-tune.service ]; then
  die "the Debian package of ax650n-tune is installed; to install the source instead, run" \
    "'apt purge ax650n-tune' first"
fi

# --- Build ------------------------------------------------------------------------------------------

# What building takes, by the names of each package manager; those of Debian are in the Makefile.
install_dependencies() {
  pc='pkgconfig(libpci) pkgconfig(libsystemd) pkgconfig(json-c) pkgconfig(smartcols) pkgconfig(inih)'
  if command -v apt-get >/dev/null; then
    # One source that does not answer need not be the one that has it.
    command -v make >/dev/null || { $run apt-get -qq update || :; $run apt-get -qq -y install make; }
    $run make -s deps
  elif command -v dnf >/dev/null; then
    # shellcheck disable=SC2086 # a list of names
    $run dnf -q -y install gcc make pkgconf-pkg-config $pc
  elif command -v zypper >/dev/null; then
    # shellcheck disable=SC2086
    $run zypper -q -n install gcc make pkg-config $pc
  elif command -v pacman >/dev/null; then
    $run pacman -S --needed --noconfirm gcc make pkgconf pciutils systemd-libs json-c util-linux-libs \
      libinih
  else
    die 'no package manager that is known here: install gcc, make, pkg-config and the development' \
      'files of libpci, libsystemd, json-c, libsmartcols and inih, then run this again'
  fi
}

can_build() {
  command -v make >/dev/null && { make -q all 2>/dev/null ||
    { command -v "${CC:-cc}" >/dev/null && command -v pkg-config >/dev/null &&
      pkg-config --exists libpci libsystemd json-c smartcols inih; }; }
}

if ! can_build; then
  say 'installing what building takes'
  install_dependencies || die 'the packages named above could not be installed; nothing else was done'
fi
# What is built here belongs to whoever the source belongs to, who may build again without sudo.
give_back() { [ ! -e build ] || $run chown -R "$(stat -c %u:%g .)" build || :; }
trap give_back EXIT

say 'building'
$run make -s all || die 'it does not build, see above; nothing was installed'

# --- Install ----------------------------------------------------------------------------------------

# PID 1 is systemd: not so in a container or while an image is made.
has_systemd() { [ -d /run/systemd/system ]; }

reload_managers() {
  $run systemctl daemon-reload
  # Not where udevd does not run, or is not installed.
  $run udevadm control --reload 2>/dev/null || true
  $run journalctl --update-catalog 2>/dev/null || true
}

# From here on a failure takes back what was done, unless an older installation was there before.
installed=
[ -z "$run" ] && [ -e "$prefix/bin/ax650n-tune" ] && before=yes || before=

take_back() {
  status=$?
  give_back
  [ "$status" -ne 0 ] || return 0
  if [ "$installed" ] && [ -z "$before" ]; then
    say 'it failed; taking back what was installed' >&2
    [ -z "$enable" ] || systemctl disable --now ax650n-tune-check.timer ax650n-tune.service || true
    make -s uninstall PREFIX="$prefix" || true
    ! has_systemd || reload_managers || true
  fi
  exit "$status"
}
trap take_back EXIT

say "installing below $prefix"
installed=yes
$run make -s install PREFIX="$prefix"
if ! has_systemd; then
  say 'systemd does not run here: enable ax650n-tune.service and ax650n-tune-check.timer where it does'
  exit 0
fi
reload_managers
[ "$enable" ] || exit 0

say 'enabling'
$run systemctl -q enable ax650n-tune.service
$run systemctl -q enable --now ax650n-tune-check.timer
$run rm -f /run/ax650n-tune/reverted
# Without a card the service is skipped, which is no failure; one that is in force looks again.
$run systemctl reload-or-restart ax650n-tune.service ||
  die "the service failed; 'journalctl -b -u ax650n-tune' says why"
[ -z "$run" ] || exit 0

# --- Show -------------------------------------------------------------------------------------------

echo
status=0
"$prefix/bin/ax650n-tune" status || status=$?
case $status in
  0) ;;
  5) say 'Installed. There is no card now; when one appears and its driver is loaded, it is tuned.' ;;
  *) say "Installed, but not all is in force; 'ax650n-tune diagnose' says what to do." ;;
esac
