#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh: builds the package and takes it through its life in a fresh Debian of this one's release.
# The last line counts the checks; the exit status is 0 if none failed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/packages"

deb=$(make -s -C "$top" deb | tail -n 1)
cp "$deb" "$work/packages/first.deb"
"$here/newer.sh" "$deb" "$work/packages/newer.deb"
cp "$here/life.sh" "$here/../vm/guest/lib.sh" "$work/packages/"

# shellcheck disable=SC2016 # words of apt, and of the shell of mmdebstrap
apt-get indextargets --no-release-info --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
  'Created-By: Packages' | grep -E '/(debian|debian-security|ubuntu)/ ' | sort -u > "$work/sources"
fresh_debian() {
  # shellcheck disable=SC2016
  mmdebstrap --quiet --variant=apt --include=systemd --format=null \
    --customize-hook="copy-in $work/packages /" --customize-hook='chroot "$1" bash /packages/life.sh >&3 3>&-' \
    "$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)" - - < "$work/sources" 3> "$work/tap" > "$work/log" 2>&1
}

if ! fresh_debian; then
  if grep -q 'unable to pick chroot mode' "$work/log"; then
    echo 'skip - this takes root, or uidmap'
    exit
  fi
  cat "$work/log"
  echo 'not ok - a fresh Debian' >> "$work/tap"
fi
cat "$work/tap"
passed=$(grep -c '^ok ' "$work/tap" || true) failed=$(grep -c '^not ok ' "$work/tap" || true)
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
