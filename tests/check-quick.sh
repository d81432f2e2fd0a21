#!/bin/sh
# SPDX-License-Identifier: MIT
# check-quick.sh UNIT-TEST...: runs these and tests/cli/*.bats, several at a time, as some do nothing
# but wait; ends with "N passed, N failed". VALGRIND=1: each unit test, and the program in each command
# line test, under valgrind.
set -u
BUILD=$(cd "${BUILD:-build}" && pwd)
RESULTS=$(mktemp -d)
valgrind=
trap 'rm -rf "$RESULTS"' EXIT
if [ "${VALGRIND:-}" ]; then
  # Its own messages, such as of a system call that it does not know, are not the program's.
  reports=$BUILD/valgrind/reports
  rm -rf "$BUILD/valgrind"
  mkdir -p "$reports"
  chmod 1777 "$reports"
  valgrind="env LD_PRELOAD=$BUILD/openat2.so valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
  valgrind="$valgrind --log-file=$reports/%p"
  # The same files, with a program that runs the program.
  ln -s "$BUILD"/* "$BUILD/valgrind/" 2>/dev/null
  rm "$BUILD/valgrind/ax650n-tune"
  printf '#!/bin/sh\nexec %s %s "$@"\n' "$valgrind" "$BUILD/ax650n-tune" >"$BUILD/valgrind/ax650n-tune"
  chmod +x "$BUILD/valgrind/ax650n-tune"
  BUILD=$BUILD/valgrind
fi
export BUILD RESULTS UNDER="$valgrind"

# First those that wait longest.
printf '%s\n' tests/cli/bounded.bats tests/cli/prompt*.bats tests/cli/*.bats "$@" | awk '!seen[$0]++' |
  xargs -d '\n' -n 1 -P $((4 * $(nproc))) sh tests/check-one.sh ||
  echo "0 1" >"$RESULTS/xargs.counts"

if [ "$valgrind" ]; then
  grep -l '^==' "$reports"/* 2>/dev/null | xargs -r tail -n +1
  echo "$(find "$reports" -type f | wc -l) runs under valgrind"
fi
cat "$RESULTS"/*.counts | awk '{ passed += $1; failed += $2 }
  END { print passed + 0 " passed, " failed + 0 " failed"; exit !(failed == 0 && passed > 0) }'
