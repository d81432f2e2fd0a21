#!/bin/sh
# Shows the program on a board that is not there: cm3588.board, expanded below a temporary directory.
set -eu
build=${BUILD:-build}
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
mkdir "$tree/before" "$tree/board"
"$build/board-expand" tests/boards/cm3588.board "$tree/before"
"$build/board-expand" tests/boards/cm3588.board "$tree/board"

# show EXPECTED-STATUS ARGUMENT...
show() {
  expected=$1
  shift
  printf '\n$ ax650n-tune %s\n\n' "$*"
  status=0
  "$build/ax650n-tune" --sysroot "$tree/board" "$@" || status=$?
  printf '\n(exit status %d)\n' "$status"
  [ "$status" -eq "$expected" ]
}

echo "A CM3588 NAS with an AX650N card, as text in tests/boards/cm3588.board. The program reads and"
echo "writes its /proc and /sys in a temporary directory; this machine is not touched."
show 1 diagnose
show 0 apply --dry-run
show 0 apply
show 0 status
show 0 diagnose

printf '\nEvery file of /proc and /sys that is not as it was:\n\n'
(cd "$tree/before" && find proc sys -type f) | LC_ALL=C sort | while read -r file; do
  cmp -s "$tree/before/$file" "$tree/board/$file" ||
    printf '  /%-55s %s -> %s\n' "$file" "$(cat "$tree/before/$file")" "$(cat "$tree/board/$file")"
done

show 0 revert
diff -r --no-dereference "$tree/before/sys" "$tree/board/sys"
diff -r --no-dereference "$tree/before/proc" "$tree/board/proc"
printf '\nAll files are as they were. On a real board: sudo ax650n-tune apply\n'
