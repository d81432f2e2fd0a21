#!/bin/sh
# SPDX-License-Identifier: MIT
# Makes a package of $BUILD/deb/root, into which make has installed: $BUILD/ax650n-tune_VERSION_ARCHITECTURE.deb.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
BUILD=$(cd "$BUILD" && pwd)
root=$BUILD/deb/root
doc=$root/usr/share/doc/ax650n-tune

gzip -9n "$root"/usr/share/man/man*/*
install -Dm 0644 "$here/../../LICENSE" "$doc/copyright"
install -d "$root/DEBIAN"
install -m 0755 "$here/postinst" "$here/prerm" "$here/postrm" "$root/DEBIAN"

# The tools of dpkg-dev expect these where they run; the changelog is not packed.
mkdir "$BUILD/deb/debian"
cp "$here/control" "$BUILD/deb/debian/"
cat > "$BUILD/deb/debian/changelog" <<END
ax650n-tune ($VERSION) unstable; urgency=medium

  * Changes are in the history of the source.

 -- the ax650n-tune authors <>  $(date -R)
END
cd "$BUILD/deb"
if [ "$CROSS" ]; then
  DEB_HOST_ARCH=$(dpkg-architecture -f "-t${CROSS%-}" -qDEB_HOST_ARCH)
  export DEB_HOST_ARCH
fi
dpkg-shlibdeps -e"$root/usr/bin/ax650n-tune"
dpkg-gencontrol -P"$root"
dpkg-deb --root-owner-group --build "$root" "$BUILD" > /dev/null
ls "$BUILD"/ax650n-tune_"$VERSION"_*.deb
