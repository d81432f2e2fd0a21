# Shared by all *.bats: a board as a tree, the program on it, and checks.
# $BUILD is where the program was built.

top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BUILD=${BUILT:-${BUILD:-build}}
case $BUILD in /*) ;; *) BUILD=$top/$BUILD ;; esac
# BUILD itself is not for a make that a test runs.
export BUILT=$BUILD
export -n BUILD
boards=$top/tests/boards

umask 022
# Tools sort and speak as in C. Whatever else a locale changes is the user's, for the program too.
[ -z "${LC_ALL:-}" ] || export LANG=$LC_ALL
unset LC_ALL
export LC_COLLATE=C LC_MESSAGES=C

# read_file VARIABLE FILE: without a process of its own, unlike $(<FILE).
read_file() {
  IFS= read -r -d '' "$1" <"$2" || true
  printf -v "$1" %s "${!1%$'\n'}"
}

# use_board NAME: a fresh tree of that board in $tree.
trees=0
use_board() {
  tree=$BATS_TEST_TMPDIR/tree.$((++trees))
  "$BUILD/board-expand" "$boards/$1.board" "$tree"
}

# The program on the tree.
tune() {
  "$BUILD/ax650n-tune" --sysroot "$tree" "$@"
}

# run_tune STATUS ARGUMENT...: output in $output, messages in $stderr, and the exit status as told.
run_tune() {
  local expected=$1
  shift
  status=0
  output=$(tune "$@" 2>"$BATS_TEST_TMPDIR/stderr") || status=$?
  read_file stderr "$BATS_TEST_TMPDIR/stderr"
  [ "$status" -eq "$expected" ] || fail "exit status $status, not $expected, of: $*"
}

fail() {
  printf '%s\n' "$*" "output: $output" "stderr: $stderr" >&2
  return 1
}

# contains TEXT PART
contains() {
  case $1 in *"$2"*) ;; *) fail "no '$2' in '$1'" ;; esac
}

# value PATH EXPECTED: what a file of the tree holds.
value() {
  local have
  read_file have "$tree$1"
  [ "$have" = "$2" ] || fail "$1 is '$have', not '$2'"
}

# json FILTER EXPECTED...: on $output; -c so that lists compare as text. All with one jq, which takes
# longer to start than the program to run.
json() {
  local filters='' have one i
  for ((i = 1; i < $#; i += 2)); do filters+="(${!i}), \"\\u001e\", "; done
  have=$(exec jq -c -r "${filters%, }" <<<"$output")
  while (($#)); do
    one=${have%%$'\x1e'*}
    one=${one%$'\n'}
    # jq 1.7 keeps the zero that the program has written.
    one=${one//.0,/,}
    one=${one//.0]/]}
    [ "$one" = "$2" ] || fail "$1 is '$one', not '$2'"
    have=${have#*$'\x1e'}
    have=${have#$'\n'}
    shift 2
  done
}

# finding CODE [FIELD]: $finding is what $output tells of it, "FIELD VALUE" a line, or the value of that
# field; empty if there is no such finding.
finding() {
  if [ "${findings_of-}" != "$output" ]; then
    findings_of=$output
    findings=$(exec jq -r '.findings[] | .code as $code | to_entries[] | "\($code) \(.key) \(.value)"' <<<"$output")
  fi
  finding=$(exec sed -n "s/^$1 ${2:+$2 }//p" <<<"$findings")
}

# Every file below /proc and /sys with its bytes.
snapshot() {
  (cd "$tree" && find proc sys -type f | LC_ALL=C sort | xargs sha256sum)
}

names_of_boards() {
  (cd "$boards" && printf '%s\n' *.board | sed 's/\.board$//' | sort)
}

policy() {
  echo "/sys/devices/system/cpu/cpufreq/policy$1/scaling_governor"
}

# make_fire COUNT: $BATS_TEST_TMPDIR/fire [CPU] raises so many interrupts of the card of cm3588: on CPU6 if
# the mask names it, else on CPU.
make_fire() {
  cat >"$BATS_TEST_TMPDIR/fire" <<END
#!/bin/sh
cd "$tree"
echo fired >>"$BATS_TEST_TMPDIR/fired"
read -r mask <proc/irq/137/smp_affinity
new=\$(awk -v cpu=\$([ "\$mask" = 40 ] && echo 6 || echo \${1:-0}) \
  '\$1 == "137:" { \$(2 + cpu) += $1 } { print }' proc/interrupts)
printf '%s\n' "\$new" >proc/interrupts
END
  chmod +x "$BATS_TEST_TMPDIR/fire"
}
