#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh: builds the package twice, looks at it, and takes it through its life in a fresh Debian of this
# one's release.
# The last line counts the checks; the exit status is 0 if none failed.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$here/../..
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/packages"

# The environment of the second build is another one.
mkdir "$work/one" "$work/an other"
tar -C "$top" -c Makefile LICENSE include man src systemd | tee >(tar -C "$work/one" -x) | tar -C "$work/an other" -x
unset BUILD
deb=$(make -s -C "$work/one" deb | tail -n 1)
other=$(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 make -s -C "$work/an other" deb | tail -n 1)
cp "$deb" "$work/packages/first.deb"

(
  # shellcheck source=tests/vm/guest/lib.sh
  . "$here/../vm/guest/lib.sh"
  check 'another build is the same, byte for byte' cmp "$deb" "$other"
  check 'lintian finds no error and nothing to warn of' lintian --allow-root --fail-on error,warning "$deb"
  check_eq 'the checksums are those of all files' "$(dpkg-deb -c "$deb" | grep -c ^-)" "$(dpkg-deb -I "$deb" md5sums | wc -l)"
  dated=$(SOURCE_DATE_EPOCH=129600 make -s -C "$work/one" deb | tail -n 1)
  check_eq 'all files are of SOURCE_DATE_EPOCH' 1970-01-02 "$(dpkg-deb -c "$dated" | awk '{ print $4 }' | sort -u)"
) > "$work/looks"
cat "$work/looks"
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
    echo 'skip - this takes root, or uidmap' >> "$work/tap"
  else
    cat "$work/log"
    echo 'not ok - a fresh Debian' >> "$work/tap"
  fi
fi
cat "$work/tap"
cat "$work/looks" >> "$work/tap"
passed=$(grep -c '^ok ' "$work/tap" || true) failed=$(grep -c '^not ok ' "$work/tap" || true)
echo "$passed passed, $failed failed"
((failed == 0 && passed > 0))
