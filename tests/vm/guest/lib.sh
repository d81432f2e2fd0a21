# shellcheck shell=bash
# SPDX-License-Identifier: MIT
# What the scenarios and the life of the package share: checks that print TAP, the program, and looks at
# /proc and /sys.
set -eEuo pipefail

count=0
status=0  # of the last tune
as=()     # what runs tune as another user
last=     # the last tune, for the explanation of a failure
declare -A rose

# A scenario that breaks off does not print the plan, and so check.sh knows.
trap 'echo "# failed: ${BASH_SOURCE[0]}, line $LINENO: $BASH_COMMAND"' ERR
trap '(($?)) || echo "1..$count"' EXIT

# --- Checks -------------------------------------------------------------------------------------

comment() { sed 's/^/# /'; }

pass() { echo "ok $((++count)) - $1"; }

# fail SENTENCE: takes what is to be known of it from standard input.
fail() {
  echo "not ok $((++count)) - $1"
  {
    cat
    [[ -z $last ]] || echo "last run: ax650n-tune $last: exit status $status, said:"
    [[ ! -s /vm/err ]] || cat /vm/err
  } | sed 's/^/#   /'
}

# check SENTENCE COMMAND...: the command succeeds.
check() {
  local output
  if output=$("${@:2}" 2>&1); then
    pass "$1"
  else
    fail "$1" <<< "failed: ${*:2}${output:+$'\n'}$output"
  fi
}

# check_eq SENTENCE EXPECTED ACTUAL
check_eq() {
  if [[ $2 == "$3" ]]; then
    pass "$1"
  elif [[ $2$3 == *$'\n'* ]]; then
    fail "$1" < <(diff -U0 --label expected --label 'there is' <(echo "$2") <(echo "$3") || true)
  else
    fail "$1" < <(printf 'expected: %s\nthere is: %s\n' "$2" "$3")
  fi
}

# check_match SENTENCE REGEX ACTUAL
check_match() {
  if [[ $3 =~ $2 ]]; then
    pass "$1"
  else
    fail "$1" < <(printf 'expected to match: %s\nthere is: %s\n' "$2" "$3")
  fi
}

# --- The program --------------------------------------------------------------------------------

# tune ARGUMENT...: runs it; its exit status is in $status, its output in /vm/out and /vm/err.
tune() {
  last=$*
  status=0
  timeout 150 "${as[@]}" ax650n-tune "$@" > /vm/out 2> /vm/err || status=$?
}

tune_as_nobody() {
  as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  tune "$@"
  as=()
}

# field FILTER: of the JSON that was printed.
field() { jq -r "$1" /vm/out 2>&1 || true; }

operations() { field '.operations[] | "\(.kind) \(.path) \(.result)"'; }
unmovable() { field '.operations[] | select(.result == "unmovable") | "\(.path) \(.error)"'; }
drift() { field '.drift[] | "\(.kind) \(.path) \(.want) \(.have)"'; }
said() { cat /vm/err; }
# The CPU that was chosen for a card. Of equal cores it is the one with fewer interrupts of others, and
# which one that is depends on the boot, if there is a drive.
chosen() { field ".cards[] | select(.address == \"$1\") | .cpu"; }
mask() { printf '%x' $((1 << $1)); }

# --- The machine --------------------------------------------------------------------------------

cpu() { echo "/sys/devices/system/cpu/cpu$1"; }
policy() { echo "/sys/devices/system/cpu/cpufreq/policy$1"; }
governor() { echo "$(policy "$1")/scaling_governor"; }
affinity() { echo "/proc/irq/$1/smp_affinity"; }

# affinities TEXT IRQ...: a line with the affinity file of each, and TEXT.
affinities() {
  local irq
  for irq in "${@:2}"; do echo "$(affinity "$irq") $1"; done
}

# Every setting the program may touch, of all devices and CPUs: PATH:VALUE.
settings() {
  grep -H . /proc/irq/*/smp_affinity "$(cpu '')"*/power/pm_qos_resume_latency_us \
    "$(policy '')"*/scaling_governor
}

# with SETTINGS PATH VALUE...: the settings with these values in place of those they had.
with() {
  local edits=() i
  for ((i = 2; i < $#; i += 2)); do edits+=(-e "s|^${!i}:.*|${!i}:${*:i+1:1}|"); done
  sed "${edits[@]}" <<< "$1"
}

# vectors ADDRESS: the interrupt numbers of a PCI device.
vectors() {
  local path=/sys/bus/pci/devices/$1/msi_irqs
  [[ ! -d $path ]] || find "$path" -type f -printf '%f\n' | sort -n
}

# The first one is that with the handler. Starts no process, for loops that wait call it.
irq_of() {
  local file first=
  for file in /sys/bus/pci/devices/"$1"/msi_irqs/*; do
    [[ -e $file ]] || continue
    file=${file##*/}
    [[ $first && $first -lt $file ]] || first=$file
  done
  echo "$first"
}

# is_on CPU CARD: the interrupt of the card may come to that CPU alone.
is_on() {
  local irq
  irq=$(irq_of "$2")
  [[ $irq && -e $(affinity "$irq") && $((16#$(< "$(affinity "$irq")"))) -eq $((1 << $1)) ]]
}

# wait_for COMMAND...: until it succeeds.
wait_for() {
  local i
  for ((i = 0; i < 200; i++)); do
    ! "$@" || return 0
    sleep 0.05
  done
  echo "waited 10 s in vain for: $*" >&2
  return 1
}

has_no_jobs() { [[ -z $(systemctl list-jobs --plain --no-legend 'ax650n-tune*') ]]; }
# settle: until nothing is left of what events have started.
settle() {
  udevadm settle --timeout=180
  wait_for has_no_jobs
}

# The last of all that a driver's request for an interrupt makes appear is the directory in /proc.
has_interrupt() {
  local irq
  irq=$(irq_of "$1")
  [[ $irq && -e $(affinity "$irq") ]]
}

# rows IRQ...: their rows of /proc/interrupts.
rows() { grep -E "^ *($(IFS='|'; echo "$*")):" /proc/interrupts; }

# cpus_that_rose ROW ROW: the CPUs of which the second row has more interrupts than the first.
cpus_that_rose() {
  local header before after cpu i=0 list=()
  read -ra header < /proc/interrupts
  read -ra before <<< "$1"
  read -ra after <<< "$2"
  for cpu in "${header[@]}"; do
    ((++i))
    ((after[i] == before[i])) || list+=("${cpu#CPU}")
  done
  echo "${list[*]}"
}

# count_interrupts WHEN IRQ...: shows the counters as they are and as they are a second later. Puts
# the CPUs that took interrupts in that second into rose[IRQ]. Waits first for those that were on
# their way to another CPU when it was called.
count_interrupts() {
  local when=$1 irq before after
  shift
  sleep 0.1
  before=$(rows "$@")
  sleep 1
  after=$(rows "$@")
  { echo "interrupts $when, and one second later:"; head -n 1 /proc/interrupts; } | comment
  comment <<< "$before"
  comment <<< "$after"
  for irq; do
    # shellcheck disable=SC2034 # for the scenario
    rose[$irq]=$(cpus_that_rose "$(grep "^ *$irq:" <<< "$before")" \
      "$(grep "^ *$irq:" <<< "$after")")
  done
}

# property NAME UNIT
property() { systemctl show -P "$1" "$2"; }

# thread_of IRQ: the process id of the interrupt's thread.
thread_of() { pgrep "^irq/$1-"; }
