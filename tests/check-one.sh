#!/bin/sh
# SPDX-License-Identifier: MIT
# check-one.sh FILE: runs one unit test or one .bats file for check-quick.sh. Prints what failed and a
# line that counts, and leaves the counts in $RESULTS. $UNDER is what unit tests run under.
set -u
name=$(basename "$1")
log=$RESULTS/$name.log
case $1 in
*.bats) bats --tap "$1" >"$log" 2>&1 ;;
*) CMOCKA_MESSAGE_OUTPUT=TAP $UNDER "$1" >"$log" 2>&1 ;;
esac
status=$?
ok=$(grep -c '^ok ' "$log")
# What cmocka skips is "not ok" to it.
not_ok=$(grep '^not ok ' "$log" | grep -vc ' # SKIP')
# A program that died reports no failure itself.
[ "$status" -eq 0 ] || [ "$not_ok" -gt 0 ] || not_ok=1
case $1 in
*.bats) grep -Ev '^(ok |1\.\.)' "$log" ;;
*) [ "$not_ok" -eq 0 ] || cat "$log" ;;
esac
echo "$ok $not_ok" >"$RESULTS/$name.counts"
printf '%-28s %3d passed, %d failed\n' "$name" "$ok" "$not_ok"
