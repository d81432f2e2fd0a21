#!/bin/sh
# check-quick.sh UNIT-TEST...: runs these and tests/cli/*.bats; ends with "N passed, N failed".
set -u
export BUILD="${BUILD:-build}"
passed=0 failed=0
log=$(mktemp)
trap 'rm -f "$log"' EXIT

for test in "$@"; do
  # Of a test program that passes, one line is enough.
  CMOCKA_MESSAGE_OUTPUT=TAP "$test" >"$log" 2>&1
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

bats --tap tests/cli >"$log" 2>&1
status=$?
grep -Ev '^(ok |1\.\.)' "$log"
ok=$(grep -c '^ok ' "$log")
not_ok=$(grep -c '^not ok ' "$log")
[ "$status" -eq 0 ] || [ "$not_ok" -gt 0 ] || not_ok=1
printf '%-28s %3d passed, %d failed\n' "tests/cli/*.bats" "$ok" "$not_ok"
passed=$((passed + ok)) failed=$((failed + not_ok))

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
