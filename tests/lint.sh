#!/bin/sh
# Static checks; says nothing but what is wrong. $CPPFLAGS: what the compiler is told.
# shellcheck disable=SC2317 # functions are called through check
set -u
failed=0

# check NAME COMMAND...
check() {
  name=$1
  shift
  printf '  LINT  %s\n' "$name"
  "$@" || { echo "$name: see above" >&2; failed=1; }
}

# shellcheck disable=SC2086 # a list of flags
tidy() {
  printf '%s\n' src/*.c src/*/*.c | xargs -P "$(nproc)" -I {} \
    clang-tidy --quiet {} -- -std=gnu11 '-DVERSION=""' $CPPFLAGS 2>"$log" || { cat "$log"; return 1; }
}

# shellcheck disable=SC2086
cpp_check() {
  cppcheck --quiet -j "$(nproc)" --std=c11 --enable=warning,performance,portability --error-exitcode=1 \
    --inline-suppr --suppress=missingIncludeSystem --suppress=normalCheckLevelMaxBranches -DVERSION='""' -Iinclude -D_GNU_SOURCE src
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
check clang-format clang-format --dry-run --Werror src/*.c src/*/*.c include/*/*.h tests/*/*.[ch]
check clang-tidy tidy
check cppcheck cpp_check
# shellcheck disable=SC2046 # names without blanks
check shellcheck shellcheck -x .ci/run install.sh uninstall.sh src/completion/*.bash $(find tests -name '*.sh') \
  systemd/deb/build.sh systemd/deb/postinst systemd/deb/prerm systemd/deb/postrm
check shellcheck-bats shellcheck -x tests/cli/*.bats
check mandoc mandoc -Tlint -W warning man/*.[578]
exit "$failed"
