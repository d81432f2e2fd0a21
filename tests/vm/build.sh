#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# build.sh WORK KERNEL-PACKAGE...: makes in WORK what boot.sh needs, from Debian packages alone:
#
#   root/, root.cpio            the guest's root file system
#   rivals.cpio                 packages that set governors, for scenarios that ask for them
#   kernel/PACKAGE/             vmlinuz, and modules.cpio with the modules of mod/; empty if there
#                               is no such package
#   arm64/                      the program
#   installed/                  its files in their places, and /src: the source with what was built
#                               of it, for install.sh; /vm: its package, and a newer one, and the
#                               runner of tests/cli
#
# Packages for the guest are only unpacked: neither root nor emulation is needed. What was made from
# the same sources is kept.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
# What was given to the make that runs this is not meant for the makes in here.
unset MAKEFLAGS MFLAGS SAN VALGRIND
# depmod and modprobe are not in everybody's.
PATH=$PATH:/usr/sbin:/sbin
mkdir -p "$1"
work=$(cd "$1" && pwd)
kernels=("${@:2}")
mkdir -p "$work"/{apt/lists,apt/archives,kernel,stamp}
updated=

guest_packages=(systemd udev kmod dbus bash dash coreutils diffutils util-linux mount procps grep
  sed mawk findutils base-files base-passwd libc-bin pciutils irqbalance jq make dpkg perl-base
  init-system-helpers)
# What else sets governors, for the scenarios that ask for it. Debian 13 has no cpufrequtils.
rival_packages=(tuned power-profiles-daemon cpufrequtils linux-cpupower)
# What the program needs at run time comes with these.
build_packages=(libpci-dev libjson-c-dev libsmartcols-dev libinih-dev libsystemd-dev)
guest_modules=(axclk axdisguise ax_pcie_host_dev cpufreq-dt cpufreq_powersave cpufreq_userspace nvme)

# once NAME FILE... -- COMMAND...: runs COMMAND, unless it has been run for the same FILEs.
once() {
  local name=$1 stamp=$work/stamp/$1 files=() key
  shift
  while [[ $1 != -- ]]; do
    files+=("$1")
    shift
  done
  shift
  key=$(cat "${files[@]}" | sha256sum)
  [[ ! -e $stamp || $(<"$stamp") != "$key" ]] || return 0
  rm -f "$stamp"
  SECONDS=0
  "$@"
  echo "$key" > "$stamp"
  echo "# $name: done in $SECONDS s"
}

# --- Packages: the host's apt sources, for arm64, with lists and a cache of their own -----------

apt_get() { apt-get -qq -c "$work/apt/conf" "$@" > "$work/apt/log"; }
apt_cache() { apt-cache -c "$work/apt/conf" "$@"; }
apt_depends() { apt_cache depends "$1" | sed -n 's/^ *Depends: //p'; }

# Whatever is to be downloaded, the lists must be of today.
update_lists() {
  local apt=$work/apt
  [[ ! $updated ]] || return 0
  # Those of Debian itself, and with or without lists of the host's own.
  # shellcheck disable=SC2016
  apt-get indextargets --no-release-info --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
    'Created-By: Packages' | grep -E '/debian(-security)?/ ' | sort -u > "$apt/sources.list" ||
    { echo 'apt has no sources of Debian: this needs a Debian host' >&2 && exit 1; }
  : > "$apt/status"
  cat > "$apt/conf" <<END
APT::Architecture "arm64";
APT::Architectures { "arm64"; "$(dpkg --print-architecture)"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Dir::Etc::SourceList "$apt/sources.list";
Dir::Etc::SourceParts "-";
Dir::Etc::Trusted "/usr/share/keyrings/debian-archive-keyring.gpg";
Dir::State::Status "$apt/status";
Dir::State::Lists "$apt/lists";
Dir::Cache "$apt";
Dir::Cache::Archives "$apt/archives";
END
  apt_get update
  updated=yes
}

# unpack DIRECTORY PACKAGE-FILE...: like dpkg-deb -x, but a link to a directory stays one.
unpack() {
  local deb
  for deb in "${@:2}"; do
    dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$1"
  done
}

# --- The root file system ---------------------------------------------------------------------

# Units that are of no use here: without them a boot takes five seconds less.
masked_units=(modprobe@.service getty.target systemd-logind.service systemd-user-sessions.service
  systemd-update-utmp.service systemd-update-utmp-runlevel.service systemd-random-seed.service
  systemd-journal-flush.service systemd-machine-id-commit.service systemd-binfmt.service
  proc-sys-fs-binfmt_misc.automount dev-hugepages.mount dev-mqueue.mount
  sys-kernel-tracing.mount sys-kernel-config.mount)

# For dpkg in the guest: what was unpacked counts as installed.
make_status() {
  local deb name
  mkdir -p "$1"/{info,updates,triggers}
  echo 1 > "$1/info/format"
  for deb in "$work"/apt/archives/*.deb; do
    name=$(dpkg-deb -f "$deb" Package)
    [[ $(dpkg-deb -f "$deb" Multi-Arch) != same ]] || name+=:arm64
    : > "$1/info/$name.list"
    dpkg-deb -f "$deb" | sed '/^Package: /a Status: install ok installed'
    echo
  done > "$1/status"
}

configure_root() {
  local root=$1 units=$1/etc/systemd/system unit name id=100
  make_status "$root/var/lib/dpkg"
  ln -s usr/lib/systemd/systemd "$root/init"
  ln -s mawk "$root/usr/bin/awk"
  cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
  cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
  # Packages add their users when they are installed, which they are not.
  for name in messagebus polkitd; do
    echo "$name:x:$id:$id::/nonexistent:/usr/sbin/nologin" >> "$root/etc/passwd"
    echo "$name:x:$id:" >> "$root/etc/group"
    ((++id))
  done
  echo 0123456789abcdef0123456789abcdef > "$root/etc/machine-id"
  echo cm3588 > "$root/etc/hostname"

  mkdir -p "$units"/{multi-user,sysinit}.target.wants
  cp "$here"/guest/*.service "$units/"
  ln -s ../board.service "$units/sysinit.target.wants/"
  ln -s ../scenario.service "$units/multi-user.target.wants/"
  ln -s /lib/systemd/system/multi-user.target "$units/default.target"
  for unit in "${masked_units[@]}"; do ln -s /dev/null "$units/$unit"; done
}

# What no scenario needs; of Perl, only what dpkg's helpers do.
not_in_guest='^\./usr/(include|share/(doc|man|info|locale|lintian|bug|bash-completion))/'
not_in_guest+='|/perl5?/|/libperl|/gconv/|/hwdb\.d/|\.a$'

# pack DIRECTORY: the cpio archive of a tree, for the kernel to unpack, on standard output.
pack() {
  (cd "$1" && find . | grep -vE "$not_in_guest" | cpio --quiet -o -H newc --owner 0:0)
}

# new_tree DIRECTORY: with the links that the packages expect.
new_tree() {
  rm -rf "$1"
  mkdir -p "$1"/{usr/{bin,sbin,lib},var}
  ln -s usr/bin usr/sbin usr/lib "$1/"
  ln -s ../run "$1/var/run"
}

make_root() {
  local root=$work/root
  new_tree "$root"
  update_lists
  apt_get clean
  apt_get -y --download-only install "${guest_packages[@]}" "${build_packages[@]}"
  (cd "$work/apt/archives" && printf '%s\n' *.deb) > "$work/root.debs"
  unpack "$root" "$work"/apt/archives/*.deb
  configure_root "$root"
  pack "$root" > "$work/root.cpio"
}

# The packages that those of the root file system do not bring.
make_rivals() {
  local tree=$work/rivals deb name names=()
  new_tree "$tree"
  update_lists
  for name in "${rival_packages[@]}"; do
    [[ -z $(apt_cache madison "$name") ]] || names+=("$name")
  done
  apt_get -y --download-only install "${guest_packages[@]}" "${build_packages[@]}" "${names[@]}"
  for deb in "$work"/apt/archives/*.deb; do
    grep -qxF "${deb##*/}" "$work/root.debs" || unpack "$tree" "$deb"
  done
  pack "$tree" > "$work/rivals.cpio"
}

# --- Kernels ----------------------------------------------------------------------------------

make_kernel() {
  local kernel=$work/kernel/$1 image version common kbuild
  rm -rf "$kernel"
  mkdir -p "$kernel/tree/usr/lib"
  ln -s usr/lib "$kernel/tree/"
  update_lists
  if ! apt_cache show "$1" > /dev/null 2>&1; then
    echo "# there is no package $1"
    return
  fi
  image=$(apt_depends "$1" | grep '^linux-image-')
  version=${image#linux-image-}
  common=$(apt_depends "linux-headers-$version" | grep '^linux-headers-.*-common$')
  kbuild=$(apt_depends "linux-headers-$version" | grep '^linux-kbuild-')
  # The programs of kbuild run here, whatever they build for.
  (cd "$kernel" && apt_get download "$image" "linux-headers-$version" "$common" \
    "$kbuild:$(dpkg --print-architecture)")
  unpack "$kernel/tree" "$kernel"/*.deb
  rm "$kernel"/*.deb
  mv "$kernel/tree/boot/vmlinuz-$version" "$kernel/vmlinuz"
  echo "$version" > "$kernel/version"
  echo "$common" > "$kernel/common"
}

make_modules() {
  local kernel=$work/kernel/$1 version common name module from to
  version=$(<"$kernel/version")
  common=$(<"$kernel/common")
  rm -rf "$kernel"/{mod,root}
  cp -r "$here/mod" "$kernel/mod"
  # BTF would need pahole and the kernel's own vmlinux.
  make -s -C "$kernel/tree/usr/src/linux-headers-$version" -f "../$common/Makefile" \
    M="$kernel/mod" ARCH=arm64 CROSS_COMPILE=aarch64-linux-gnu- CONFIG_DEBUG_INFO_BTF_MODULES= \
    modules > "$kernel/make.log"
  from=$kernel/tree/lib/modules/$version
  to=$kernel/root/usr/lib/modules/$version
  cp "$kernel"/mod/*.ko "$from/"
  aarch64-linux-gnu-strip --strip-debug "$from"/*.ko
  depmod -b "$kernel/tree" "$version"
  for name in "${guest_modules[@]}"; do
    modprobe -d "$kernel/tree" -S "$version" --show-depends "$name"
  done | sed -n "s,^insmod $from/\([^ ]*\) *\$,\1,p" | sort -u | while read -r module; do
    install -D -m 644 "$from/$module" "$to/$module"
  done
  cp "$from"/modules.{builtin,builtin.modinfo,order} "$to/"
  ln -s usr/lib "$kernel/root/lib"
  depmod -b "$kernel/root" "$version"
  rm "$kernel/root/lib"
  pack "$kernel/root" > "$kernel/modules.cpio"
}

# --- The program ------------------------------------------------------------------------------

make_program() {
  local top=$here/../.. deb
  rm -rf "$work/installed"
  make -s -C "$top" CROSS=aarch64-linux-gnu- deps
  make -s -j"$(nproc)" -C "$top" CROSS=aarch64-linux-gnu- BUILD="$work/arm64" \
    DESTDIR="$work/installed" CFLAGS='-O2 -g' CPPFLAGS= LDFLAGS= install > "$work/make.log"
  # What the objects were made of is not in the guest, so *.d is left out.
  mkdir -p "$work/installed"/{src/build,vm}
  tar -C "$top" -c install.sh uninstall.sh Makefile src include systemd man |
    tar -C "$work/installed/src" -x
  tar -C "$work/arm64" --exclude='*.d' -c src ax650n-tune |
    tar -C "$work/installed/src/build" -x
  deb=$(make -s -C "$top" CROSS=aarch64-linux-gnu- BUILD="$work/arm64" deb | tail -n 1)
  make -s -C "$top" CROSS=aarch64-linux-gnu- BUILD="$work/arm64" "$work/arm64/runner"
  cp "$work/arm64/runner" "$work/installed/vm/"
  cp "$deb" "$work/installed/vm/first.deb"
  "$here/../deb/newer.sh" "$deb" "$work/installed/vm/newer.deb"
}

once 'root file system' "$0" "$here"/guest/*.service -- make_root
once 'rivals' "$0" "$here"/guest/*.service -- make_rivals
for kernel in "${kernels[@]}"; do
  once "$kernel" "$0" -- make_kernel "$kernel"
  [[ ! -e $work/kernel/$kernel/vmlinuz ]] ||
    once "modules of $kernel" "$0" "$here"/mod/* -- make_modules "$kernel"
done
make_program
