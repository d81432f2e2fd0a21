#!/bin/sh
# check-quick.sh UNIT-TEST...: runs these and tests/cli/*.bats; ends with "N passed, N failed".
# VALGRIND=1: each unit test, and the program in each command line test, under valgrind.
set -u
BUILD=$(cd "${BUILD:-build}" && pwd)
export BUILD
passed=0 failed=0
valgrind=
if [ "${VALGRIND:-}" ]; then
  # Its own messages, such as of a system call that it does not know, are not the program's.
  reports=$BUILD/valgrind/reports
  rm -rf "$BUILD/valgrind"
  mkdir -p "$reports"
  chmod 1777 "$reports"
  valgrind="env LD_PRELOAD=$BUILD/openat2.so valgrind -q --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite"
  valgrind="$valgrind --log-file=$reports/%p"
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for test in "$@"; do
  # Of a test program that passes, one line is enough.
  CMOCKA_MESSAGE_OUTPUT=TAP $valgrind "$test" >"$log" 2>&1
  status=$?
  ok=$(grep -c '^ok ' "$log")
  not_ok=$(grep -c '^not ok ' "$log")
  # A program that died reports no failure itself.
  [ "$status" -eq 0 ] || [ "$not_ok" -gt 0 ] || not_ok=1
  if [ "$not_ok" -gt 0 ]; then
    cat "$log"
  fi
  printf '%-28s %3d passed, %d failed\n' "${test##*/}" "$ok" "$not_ok"
  passed=$((passed + ok)) failed=$((failed + not_ok))
done

if [ "$valgrind" ]; then
  # The same files, with a program that runs the program.
  ln -s "$BUILD"/* "$BUILD/valgrind/" 2>/dev/null
  rm "$BUILD/valgrind/ax650n-tune"
  printf '#!/bin/sh\nexec %s %s "$@"\n' "$valgrind" "$BUILD/ax650n-tune" >"$BUILD/valgrind/ax650n-tune"
  chmod +x "$BUILD/valgrind/ax650n-tune"
  BUILD=$BUILD/valgrind
fi
bats --tap tests/cli >"$log" 2>&1
status=$?
grep -Ev '^(ok |1\.\.)' "$log"
ok=$(grep -c '^ok ' "$log")
not_ok=$(grep -c '^not ok ' "$log")
[ "$status" -eq 0 ] || [ "$not_ok" -gt 0 ] || not_ok=1
printf '%-28s %3d passed, %d failed\n' "tests/cli/*.bats" "$ok" "$not_ok"
passed=$((passed + ok)) failed=$((failed + not_ok))

if [ "$valgrind" ]; then
  grep -l '^==' "$reports"/* 2>/dev/null | xargs -r tail -n +1
  echo "$(find "$reports" -type f | wc -l) runs under valgrind"
fi
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
