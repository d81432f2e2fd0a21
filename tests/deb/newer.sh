#!/bin/sh
# SPDX-License-Identifier: MIT
# newer.sh PACKAGE-FILE NEW-FILE: the same package with a higher version.
set -eu

tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
dpkg-deb -R "$1" "$tree"
sed -i 's/^Version: .*/&+newer/' "$tree/DEBIAN/control"
dpkg-deb --root-owner-group --build "$tree" "$2" >/dev/null
