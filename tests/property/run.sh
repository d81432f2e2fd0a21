#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh N SEED: what the program promises, on N random machines (property.c). As an ordinary user
# even if root asks for it. Keeps each machine with a broken promise as $BUILD/property/SEED.board.
set -euo pipefail

build=$(cd "${BUILD:-build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The user need not be able to enter the build directory.
cp "$build/ax650n-tune" "$build/property-test" "$work"
mkdir "$work/machines"
user=()
if [[ $(id -u) -eq 0 ]]; then
  user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  chown -R 65534:65534 "$work"
fi
status=0
(cd "$work" && HOME=$work "${user[@]}" ./property-test "$work/ax650n-tune" machines "$1" "$2") || status=$?
rm -rf "$build/property"
for board in "$work/machines/"*.board; do
  [[ -e $board ]] || continue
  mkdir -p "$build/property"
  cp "$board" "$build/property"
  echo "kept as $build/property/${board##*/}" >&2
done
exit "$status"
