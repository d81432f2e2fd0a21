#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a package of $BUILD/deb/root, into which make has installed: $BUILD/ax650n-tune_VERSION_ARCHITECTURE.deb.
# The same source and tools make the same bytes.
set -eu
umask 022

here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "$BUILD" && pwd)
root=$BUILD/deb/root
doc=$root/usr/share/doc/ax650n-tune

gzip -9n "$root"/usr/share/man/man*/*
install -Dm 0644 "$here/../../LICENSE" "$doc/copyright"
gzip -9n <"$here/changelog" >"$doc/changelog.gz"
install -d "$root/DEBIAN"
install -m 0755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN"
(cd "$root" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2) >"$root/DEBIAN/md5sums"

# The tools of dpkg-dev expect these where they run.
mkdir "$BUILD/deb/debian"
cp "$here/control" "$here/changelog" "$BUILD/deb/debian/"
cd "$BUILD/deb"
# No file is newer than this.
export SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-$(dpkg-parsechangelog -S Timestamp)}"
if [ "$CROSS" ]; then
  DEB_HOST_ARCH=$(dpkg-architecture -f "-t${CROSS%-}" -qDEB_HOST_ARCH)
  export DEB_HOST_ARCH
fi
dpkg-shlibdeps -e"$root/usr/bin/ax650n-tune"
dpkg-gencontrol -P"$root" ${DEB_MAINTAINER:+"-DMaintainer=$DEB_MAINTAINER"}
dpkg-deb --root-owner-group --build "$root" "$BUILD" >/dev/null
ls "$BUILD"/ax650n-tune_"$VERSION"_*.deb
