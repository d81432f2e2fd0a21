#!/usr/bin/env bats
# install.sh and uninstall.sh up to where they would change the machine, and what make installs and packs;
# tests/vm/scenario/10-install.sh and tests/deb have the rest.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

version=$(sed -n 's/^VERSION := //p' "$top/Makefile")

# Programs that write down how they are called.
setup_file() {
  export stubs=$BATS_FILE_TMPDIR/stubs
  mkdir "$stubs"
  cat >"$stubs/apt-get" <<'END'
#!/bin/sh
echo "apt-get $*" >>"$BATS_TEST_TMPDIR/calls"
case "$*" in *update*) echo 'E: a source does not answer' >&2; exit 100 ;; esac
END
  printf '#!/bin/sh\nexit 1\n' >"$stubs/dpkg-query"
  printf '#!/bin/sh\necho 0\n' >"$stubs/id"
  chmod +x "$stubs"/*
}

@test "a prefix below which systemd and udev do not look is refused before anything is done" {
  local script prefix
  for script in install.sh uninstall.sh; do
    for prefix in /opt '/usr/local /x' /usr/ usr/local ''; do
      run "$top/$script" --dry-run --prefix "$prefix"
      [ "$status" -eq 2 ] || fail "$script --prefix '$prefix': $status"
      [ "$output" = "$script: --prefix is /usr or /usr/local, not '$prefix': systemd and udev look for units and rules below these" ] ||
        fail "$output"
    done
    run "$top/$script" --dry-run --prefix
    [ "$status" -eq 2 ]
    [ "$output" = "$script: --prefix takes /usr or /usr/local" ]
  done
}

@test "uninstall.sh touches nothing where nothing is installed" {
  [ ! -e /usr/local/bin/ax650n-tune ] || skip "it is installed here"
  PATH=$stubs:$PATH run "$top/uninstall.sh"
  [ "$status" -eq 1 ]
  [ "$output" = "uninstall.sh: there is no /usr/local/bin/ax650n-tune; nothing was changed" ]
}

@test "a package source that does not answer keeps none of the others from being used" {
  PATH=$stubs:$PATH run make -s -C "$top" deps
  [ "$status" -eq 0 ] || fail "$output"
  contains "$output" "not every package source answers"
  [[ $(tail -n 1 "$BATS_TEST_TMPDIR/calls") == *" install "*" libpci-dev "* ]]
}

@test "the compiler for arm64 is a package of its own, but not on arm64" {
  local machine packages
  for machine in x86_64 aarch64; do
    printf '#!/bin/sh\necho %s-linux-gnu\n' "$machine" >"$stubs/gcc"
    chmod +x "$stubs/gcc"
    PATH=$stubs:$PATH run make -s -C "$top" deps-check
    [ "$status" -eq 0 ] || fail "$output"
    packages=$(tail -n 1 "$BATS_TEST_TMPDIR/calls")
    case $machine:$packages in
      x86_64:*" gcc-aarch64-linux-gnu "* | aarch64:*" gcc "*) ;;
      *) fail "on $machine: $packages" ;;
    esac
    rm "$stubs/gcc"
  done
}

# source_tree DIRECTORY: the source, with a program that make takes for built.
source_tree() {
  mkdir -p "$1/build"
  cp -r "$top"/{.gitignore,Makefile,include,man,src,systemd} "$1/"
  cp "$BUILD/board-expand" "$1/build/ax650n-tune"
}

# make_in DIRECTORY ARGUMENT...: without what was given to the make that runs the tests.
make_in() {
  env -u CFLAGS -u DESTDIR -u PREFIX MAKEFLAGS='' BUILD=build make -s -C "$1" -o build/ax650n-tune "${@:2}"
}

# installed ARGUMENT...: the directories of what make install installs; make uninstall removes all of it.
installed() {
  make_in tree DESTDIR=root "$@" install || return
  (cd tree/root && find . -type f | sed 's,^\.\(.*\)/.*,\1,' | LC_ALL=C sort -u)
  make_in tree DESTDIR=root "$@" uninstall || return
  find tree/root -type f
}

@test "make install asks systemd, udev and bash below /usr, and nobody below /usr/local" {
  cd "$BATS_TEST_TMPDIR"
  source_tree tree
  mkdir answers silent
  cat >answers/pkg-config <<'END'
#!/bin/sh
echo "/of/$2/${1#--variable=}"
END
  printf '#!/bin/sh\nexit 1\n' >silent/pkg-config
  chmod +x {answers,silent}/pkg-config
  # expected PREFIX DIRECTORY...
  expected() {
    printf '%s\n' "$1"/{bin,share/{fish/vendor_completions.d,man/man{5,7,8},zsh/site-functions}} "${@:2}" | LC_ALL=C sort
  }
  local usual=(lib/systemd/{catalog,system{,/irqbalance.service.d}} lib/udev/rules.d share/bash-completion/completions)

  PATH=$PWD/answers:$PATH run installed PREFIX=/usr
  diff -u <(expected /usr /of/{bash-completion/completionsdir,systemd/{catalogdir,systemdsystemunitdir{,/irqbalance.service.d}},udev/udevdir/rules.d}) \
    <(echo "$output")
  PATH=$PWD/silent:$PATH run installed PREFIX=/usr
  diff -u <(expected /usr "${usual[@]/#//usr/}") <(echo "$output")
  PATH=$PWD/answers:$PATH run installed PREFIX=/usr/local
  diff -u <(expected /usr/local "${usual[@]/#//usr/local/}") <(echo "$output")

  run installed PREFIX=/usr/local UNITDIR=/my/units UDEVDIR=/my/udev
  [ "$(grep ^/my <<<"$output" | xargs)" = "/my/udev/rules.d /my/units /my/units/irqbalance.service.d" ] || fail "$output"
}

@test "make install-strip installs a program without symbols" {
  cd "$BATS_TEST_TMPDIR"
  source_tree tree
  make_in tree DESTDIR=root install
  readelf -S tree/root/usr/local/bin/ax650n-tune | grep -q '\.symtab'
  make_in tree DESTDIR=root install-strip
  [ "$(readelf -S tree/root/usr/local/bin/ax650n-tune | grep -c '\.symtab')" -eq 0 ]
}

@test "what is built does not depend on the directory" {
  cd "$BATS_TEST_TMPDIR"
  source_tree one
  source_tree 'an other'
  make_in one build/src/base/cpuset.o
  make_in 'an other' build/src/base/cpuset.o
  readelf -S one/build/src/base/cpuset.o | grep -q '\.debug_info'
  cmp one/build/src/base/cpuset.o 'an other/build/src/base/cpuset.o'
}

@test "make dist packs the last commit, as the same bytes from every clone" {
  command -v git || skip "there is no git"
  cd "$BATS_TEST_TMPDIR"
  source_tree one
  git -C one init -q
  git -C one add .
  git -C one -c user.name=me -c user.email=me@localhost commit -qm 'a version'
  run make_in one dist
  [ "$status" -eq 0 ] || fail "$output"

  umask 077
  git clone -q one 'an other'
  git -C 'an other' config tar.umask user
  TZ=Asia/Tokyo make_in 'an other' dist
  cmp {one,an\ other}/build/ax650n-tune-"$version".tar.gz
  # Neither the name nor the time of what was compressed.
  [ "$(od -An -tx1 -j 3 -N 5 "one/build/ax650n-tune-$version.tar.gz" | xargs)" = "00 00 00 00 00" ]
  (cd 'an other/build' && sha256sum -c "ax650n-tune-$version.tar.gz.sha256")
  tar -xzf "one/build/ax650n-tune-$version.tar.gz"
  diff -r --exclude=build --exclude=.git one "ax650n-tune-$version"

  echo >>one/Makefile
  run make_in one dist
  [ "$status" -ne 0 ]
  contains "$output" "make dist packs what is committed: commit first"
}

@test "the changelog of the package and the manual page know the version" {
  [ "$(sed -n '1s/^ax650n-tune (\(.*\)) .*/\1/p' "$top/systemd/deb/changelog")" = "$version" ]
  [ "$(sed -n '/^\.Sh HISTORY/,$s/^\.It //p' "$top/man/ax650n-tune.8" | head -n 1)" = "$version" ]
}
