#!/usr/bin/env bats
# The command line: help, wrong usage, configuration, output channels, permissions.

# Each test is a subshell of its own.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  use_board cm3588
}

# Wrong usage: exit 2, the part named, a hint at the help of the command, nothing on standard output and nothing written.
wrong() {
  local part=$1 before
  shift
  before=$(snapshot)
  run_tune 2 "$@"
  contains "$stderr" "$part"
  [[ $stderr =~ "Try 'ax650n-tune "(apply |status |bench |help )?"--help'"$ ]] || fail "no hint"
  [ "$(wc -l <<<"$stderr")" -eq 2 ] || fail "not two lines"
  [ -z "$output" ] || fail "something on standard output"
  [ "$(snapshot)" = "$before" ] || fail "something was written"
}

@test "wrong usage is named" {
  wrong "no command given"
  wrong "unknown command 'tune'" tune
  wrong "unrecognized option '--frobnicate'" --frobnicate apply
  wrong "unrecognized option '--cpu'" status --cpu 3
  wrong "requires an argument" apply --cpu
  wrong "--cpu '6x'" apply --cpu 6x
  wrong "--cpu '-1'" apply --cpu -1
  wrong "--cpu ''" apply --cpu ''
  wrong "unrecognized option '--wait'" apply --wait 1
  wrong "--governor '../x'" apply --governor ../x
  wrong "unexpected argument 'now'" apply now
  wrong "unexpected argument 'now'" status now
  wrong "--color takes auto, always or never" --color blue status
  wrong "Try 'ax650n-tune --help'" tune
  wrong "Try 'ax650n-tune bench --help'" bench --rounds 0 -- true
}

@test "what was mistyped gets the nearest command or option" {
  wrong "unknown command 'diagnos'. Did you mean 'diagnose'?" diagnos
  wrong "unknown command 'stauts'. Did you mean 'status'?" stauts
  wrong "unknown command 'aply'. Did you mean 'apply'?" help aply
  wrong "unrecognized option '--setings=irq'. Did you mean '--settings'?" bench --setings=irq -- true
  wrong "unrecognized option '--dry-rum'. Did you mean '--dry-run'?" apply --dry-rum
  wrong "unrecognized option '--jsno'. Did you mean '--json'?" --jsno status
  wrong "unknown command ''" ''
  run_tune 2 tune
  [[ $stderr != *"Did you mean"* ]] || fail "nothing is like that"
}

@test "the help of bench shows each way to use it, and an example" {
  run_tune 0 bench --help
  contains "$output" "Usage: ax650n-tune bench [OPTION...] MODEL..."
  contains "$output" "  ax650n-tune bench [OPTION...] -- COMMAND..."
  contains "$output" "  ax650n-tune bench --report FILE | --list-reference [PATTERN]"
  grep -qF "$(sed -n 's/^Example: //p' <<<"$output")" "$top/man/ax650n-tune.8" || fail "not in the manual page"
}

@test "help is a command, too" {
  [ "$(tune help)" = "$(tune --help)" ]
  local command
  for command in apply revert status diagnose bench capture detect help; do
    [ "$(tune help "$command")" = "$(tune "$command" --help)" ] || fail "another help of $command"
  done
  wrong "unexpected argument 'revert'" help apply revert
}

@test "messages go to standard error unless that is the journal" {
  use_board cm3588-no-card
  local stream
  for stream in "" 1:2 nonsense; do
    JOURNAL_STREAM=$stream run_tune 5 status
    contains "$stderr" "no AX650N card found"
  done
}

@test "help and version go to standard output" {
  local command
  run_tune 0 --help
  contains "$output" "Usage: ax650n-tune"
  for command in apply revert status diagnose capture detect help; do
    contains "$output" "  $command "
  done
  for command in apply revert status diagnose capture detect help; do
    run_tune 0 "$command" --help
    contains "$output" "Usage: ax650n-tune $command"
    [ "$(wc -l <<<"$output")" -lt 24 ] || fail "more than a screen"
  done
  run_tune 0 --version
  [[ $output =~ ^ax650n-tune\ [0-9]+\.[0-9]+\.[0-9]+$ ]] || fail "no version"
  [ -z "$stderr" ]
}

@test "options may stand before or behind the command" {
  run_tune 1 --json status
  json .command status
  run_tune 1 status --json
  json .command status
}

@test "quiet: the exit status alone" {
  run_tune 1 -q status
  [ -z "$output$stderr" ] || fail "not quiet"
  run_tune 0 -q apply
  [ -z "$output$stderr" ] || fail "not quiet"
  run_tune 0 -q detect
  [ -z "$output$stderr" ] || fail "not quiet"
  run_tune 0 -q bench --rounds 1 --warmup 0 -- true
  [ -z "$output$stderr" ] || fail "not quiet"
}

@test "verbose: status and diagnose tell each setting's file and reason" {
  local command
  run_tune 1 -v diagnose
  contains "$output" $'/proc/irq/137/smp_affinity\n  ff -> 40  (would-change)'
  run_tune 1 -v status
  contains "$output" $'should be 6\n  /proc/irq/137/smp_affinity\n  CPU6 '
  tune -q apply
  run_tune 0 -v diagnose
  contains "$output" $'/proc/irq/137/smp_affinity\n  40 -> 40  (unchanged)'
  run_tune 0 -v status
  contains "$output" $'6 (unchanged)\n  /proc/irq/137/smp_affinity\n  CPU6 '
  for command in diagnose status; do
    [ "$(tune -v "$command" | wc -l)" -gt "$(tune "$command" | wc -l)" ] || fail "$command says no more"
  done
}

@test "colour only where it was asked for" {
  run_tune 0 apply --dry-run
  [[ $output != *$'\e'* ]] || fail "colour without a terminal"
  run_tune 0 --color always apply --dry-run
  contains "$output" $'\e['
}

@test "the dry run lists every file with its old and new value" {
  run_tune 0 apply --dry-run
  contains "$output" $'/proc/irq/137/smp_affinity\n  ff -> 40'
  contains "$output" $'/cpufreq/policy4/scaling_governor\n  schedutil -> performance'
  contains "$output" $'/cpufreq/policy6/scaling_governor\n  schedutil -> performance'
  contains "$output" "Nothing was written; 3 settings would change."
  run_tune 0 -q apply
  run_tune 0 revert --dry-run
  contains "$output" $'/proc/irq/137/smp_affinity\n  40 -> ff'
  value /proc/irq/137/smp_affinity 40
}

@test "text says what was, what is, and how to go back" {
  run_tune 0 apply
  contains "$output" "Card 0003:31:00.0: AX650N (1f4b:0650), driver ax_pcie_dev_host, IRQ 137"
  [[ $output =~ affinity\ of\ IRQ\ 137\ +0-7\ +6\ +changed ]] || fail "no move"
  [[ $output =~ governor\ of\ policy6\ +schedutil\ +performance\ +changed ]] || fail "no governor"
  contains "$output" "To undo: ax650n-tune revert"
  local line
  while read -r line; do
    [ "${#line}" -le 80 ] || fail "wider than 80 columns: $line"
  done <<<"$output"
}

@test "a CPU that was asked for" {
  run_tune 0 apply --cpu 4
  value /proc/irq/137/smp_affinity 10
  # Plain status compares with the configuration, which asks for the fastest core.
  run_tune 1 status
  echo "Cpu = 4" >"$BATS_TEST_TMPDIR/four.conf"
  run_tune 0 --config "$BATS_TEST_TMPDIR/four.conf" status
}

@test "a slow core is set as asked, with a warning" {
  local option
  for option in --dry-run --json ''; do
    # shellcheck disable=SC2086 # no option is no word
    run_tune 0 apply --cpu 2 $option
    [ "$stderr" = "ax650n-tune: warning: CPU2 is a slow core: the card is faster with its interrupts on a fast one" ] ||
      fail "no warning"
  done
  value /proc/irq/137/smp_affinity 04
  run_tune 0 apply --cpu auto
  [ -z "$stderr" ] || fail "a warning"
  run_tune 0 apply --cpu 4
  [ -z "$stderr" ] || fail "a warning"
}

@test "a CPU that cannot be used is refused before anything is written" {
  use_board cm3588-cpu6-offline
  local before
  before=$(snapshot)
  run_tune 1 apply --cpu 6
  contains "$stderr" "CPU6 is offline; online are 0-5,7"
  run_tune 2 apply --cpu 8
  contains "$stderr" "there is no CPU8; online are 0-5,7"
  [ "$(snapshot)" = "$before" ]
}

@test "a governor that is not offered is refused before anything is written" {
  local before
  before=$(snapshot)
  run_tune 2 apply --governor turbo
  contains "$stderr" "cannot be 'turbo'; the kernel offers: interactive conservative"
  [ "$(snapshot)" = "$before" ]
}

@test "the default governor is tried although no policy offers it" {
  sed -i 's/performance //' "$tree"/sys/devices/system/cpu/cpufreq/policy*/scaling_available_governors
  run_tune 1 diagnose
  contains "$output" "The kernel does not offer governor performance for CPUs 4-7."
  run_tune 0 apply
  value /proc/irq/137/smp_affinity 40
  value "$(policy 6)" performance
  run_tune 2 apply --governor turbo
}

@test "governor off: only the interrupt is moved" {
  run_tune 0 apply --governor off
  value /proc/irq/137/smp_affinity 40
  value "$(policy 6)" schedutil
}

@test "configuration and drop-ins, the last assignment wins" {
  mkdir -p "$tree/etc/ax650n-tune.conf.d"
  printf '# ours\nCpu = 5\nGovernor = ondemand\n' >"$tree/etc/ax650n-tune.conf"
  printf 'Governor=powersave\n' >"$tree/etc/ax650n-tune.conf.d/20-b.conf"
  printf 'Governor=userspace\n' >"$tree/etc/ax650n-tune.conf.d/10-a.conf"
  printf 'Governor=bad name\n' >"$tree/etc/ax650n-tune.conf.d/30-c.conf.bak"
  run_tune 0 apply
  value /proc/irq/137/smp_affinity 20
  value "$(policy 4)" powersave
  run_tune 0 apply --cpu 7 --governor performance
  value /proc/irq/137/smp_affinity 80
  value "$(policy 4)" performance
}

@test "a mistake in the configuration: file, line, key, what is allowed, exit 2" {
  local before
  before=$(snapshot)
  mkdir -p "$tree/etc"
  # mistake TEXT PART...
  mistake() {
    printf '# first line\n%s\n' "$1" >"$tree/etc/ax650n-tune.conf"
    shift
    local part command
    for command in apply status detect; do
      run_tune 2 "$command"
      for part in "/etc/ax650n-tune.conf, line 2" "$@"; do
        contains "$stderr" "$part"
      done
    done
  }
  mistake "Governer=performance" "Governer=performance" "allowed are Devices, Cpu, Governor"
  mistake "Cpu=fast" "Cpu=fast" "'auto' and the number of a CPU"
  mistake "Wait=10" "Wait=10" "unknown key"
  mistake "IdleLatency=0" "IdleLatency=0" "'off' and 1 to 1000000 microseconds"
  mistake "Devices=1f4b" "Devices=1f4b" "VENDOR:DEVICE"
  mistake "MemoryGovernor=a/b" "MemoryGovernor=a/b" "name of a governor"
  mistake "Cpu" "not an assignment" "KEY=VALUE"
  rm "$tree/etc/ax650n-tune.conf"
  [ "$(snapshot)" = "$before" ]
}

@test "idle limit and memory governor: set, shown, drift named, put back" {
  local before latency=/sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us
  before=$(snapshot)
  mkdir -p "$tree/etc"
  printf 'IdleLatency=100\nMemoryGovernor=performance\n' >"$tree/etc/ax650n-tune.conf"
  run_tune 0 --json apply
  json '.operations | map(.kind)' '["irq-affinity","governor","governor","idle-latency","memory-governor"]'
  value "$latency" 100
  value /sys/class/devfreq/dmc/governor performance
  value /sys/devices/system/cpu/cpu7/power/pm_qos_resume_latency_us 0
  run_tune 0 status
  echo 0 >"$tree$latency"
  echo dmc_ondemand >"$tree/sys/class/devfreq/dmc/governor"
  run_tune 1 --json status
  json '.drift | map([.kind, .want, .have])' '[["idle-latency","100","0"],["memory-governor","performance","dmc_ondemand"]]'
  run_tune 0 apply
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "revert left a difference"
}

@test "a setting this kernel does not have is named, the rest is applied" {
  use_board cm3588-no-cpufreq
  mkdir -p "$tree/etc"
  printf 'MemoryGovernor=performance\n' >"$tree/etc/ax650n-tune.conf"
  run_tune 1 --json apply
  json .result partial \
    '.operations[] | select(.kind == "memory-governor") | [.result, .error, .before]' '["failed","ENOENT",null]'
  contains "$stderr" "/sys/class/devfreq/dmc/governor"
  value /proc/irq/58/smp_affinity 10
  run_tune 1 --json status
  json '.drift | map(.kind)' '["memory-governor"]'
}

@test "further devices by their ids" {
  use_board x86-72cpu
  mkdir -p "$tree/etc"
  printf 'Devices=144d:a80a\n' >"$tree/etc/ax650n-tune.conf"
  run_tune 0 --json detect
  json '.cards | map([.address, .id, .driver])' '[["0000:5e:00.0","144d:a80a","nvme"],["0000:b3:00.0","1f4b:0650","ax_pcie_dev_host"]]'
  run_tune 0 apply
  # CPU0 has the interrupts of ACPI; those of the two cards themselves do not count.
  value /proc/irq/28/smp_affinity 00,00000000,00000002
  value /proc/irq/131/smp_affinity 00,00000000,00000004
}

@test "a refused write: named, with what to do, and the rest applied" {
  local file
  file=$tree$(policy 4)
  chmod 0444 "$file"
  if [ "$(id -u)" -eq 0 ]; then
    chmod -R a+rwX "$tree"
    chmod 0444 "$file"
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    chmod a+rx "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$BATS_RUN_TMPDIR"
  else
    as=()
  fi
  cp "$BUILD/ax650n-tune" "$BATS_TEST_TMPDIR/"
  status=0
  output=$("${as[@]}" "$BATS_TEST_TMPDIR/ax650n-tune" --sysroot "$tree" --json apply 2>"$tree/stderr") || status=$?
  stderr=$(cat "$tree/stderr")
  [ "$status" -eq 4 ] || fail "exit $status"
  contains "$stderr" "policy4/scaling_governor"
  contains "$stderr" "run it with sudo"
  json .result partial \
    '.operations | map([.result, .error])' '[["changed",null],["failed","EACCES"],["changed",null]]'
}

# An ordinary user, whose messages are in $output, too.
let_nobody_in() {
  chmod a+rx "$tree" "$BATS_TEST_TMPDIR" "$(dirname "$BATS_TEST_TMPDIR")" "$BATS_RUN_TMPDIR"
  cp "$BUILD/ax650n-tune" "$BATS_TEST_TMPDIR/"
}
nobody() {
  status=0
  output=$(setpriv --reuid=65534 --regid=65534 --clear-groups "$BATS_TEST_TMPDIR/ax650n-tune" \
    --sysroot "$tree" "$@" 2>&1) || status=$?
  stderr=
}

@test "an unprivileged user is told to use sudo" {
  [ "$(id -u)" -eq 0 ] || skip "needs root to give the tree away"
  local before
  let_nobody_in
  before=$(snapshot)
  nobody apply
  [ "$status" -eq 4 ] || fail "exit $status"
  contains "$output" "run it with sudo"
  nobody revert
  [ "$status" -eq 4 ] || fail "exit $status"
  nobody apply --dry-run
  [ "$status" -eq 0 ] || fail "exit $status"
  nobody status
  [ "$status" -eq 1 ] || fail "exit $status"
  nobody detect
  [ "$status" -eq 0 ] || fail "exit $status"
  [ "$(snapshot)" = "$before" ]
}

@test "what an unprivileged user cannot read, capture leaves out" {
  [ "$(id -u)" -eq 0 ] || skip "needs root to give the tree away"
  local machine
  let_nobody_in
  chmod 0 "$tree"/sys/bus/pci/devices/*/config
  nobody diagnose --json
  machine=$output
  nobody capture
  [ "$status" -eq 0 ] || fail "exit $status"
  printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/captured.board"
  output=$("$BUILD/ax650n-tune" --sysroot "$BATS_TEST_TMPDIR/captured.board" diagnose --json) || true
  diff -u <(jq . <<<"$machine") <(jq . <<<"$output") || fail "judged otherwise"
}

@test "root is not told to use sudo" {
  [ "$(id -u)" -eq 0 ] || skip "needs root"
  chmod 0444 "$tree$(policy 4)"
  status=0
  output=$(setpriv --bounding-set -dac_override "$BUILD/ax650n-tune" --sysroot "$tree" apply 2>&1) || status=$?
  [ "$status" -eq 1 ] || fail "exit $status"
  contains "$output" "(EACCES)"
  contains "$output" "run it on the host"
  chmod 0555 "$tree/run/ax650n-tune"
  status=0
  output=$(setpriv --bounding-set -dac_override "$BUILD/ax650n-tune" --sysroot "$tree" revert 2>&1) || status=$?
  [ "$status" -eq 1 ] || fail "exit $status"
  contains "$output" "run it on the host"
  [[ $output != *sudo* ]] || fail "root is told to use sudo"
}

# failed STATUS COMMAND PART ARGUMENT...: one document that says so, and the same on standard error.
failed() {
  local expected=$1 command=$2 part=$3 error
  shift 3
  run_tune "$expected" "$@"
  error=$(jq -j -s 'if length == 1 then .[0] else error("not one document") end |
    "\(keys | join(" "))|\(.schema) \(.command) \(.result)|", .error' <<<"$output")
  [ "${error%"${error#*|*|}"}" = "command error result schema|1 $command failed|" ] || fail "it is $error"
  error=${error#*|*|}
  contains "$error" "$part"
  contains "$stderr" "ax650n-tune: $error"
}

@test "with --json there is one document, whatever happens" {
  local command
  failed 2 null "no command given" --json
  failed 2 null "unknown command 'tune'" --json tune
  failed 2 null "unrecognized option '--frobnicate'" --frobnicate --json apply
  failed 2 null "--color takes" --color blue --json status
  failed 2 null "invalid option -- 'x'" -x --json status
  failed 2 apply "'--cpu' requires an argument" --json apply --cpu
  failed 2 apply "--cpu '6x'" --json apply --cpu 6x
  failed 2 status "'--quiet=1' takes no argument" status --quiet=1 --json
  failed 2 status "unexpected argument 'now'" status now --json
  failed 2 bench "bench needs a model" --json bench
  failed 2 help "no help in JSON" help --json
  failed 1 bench "no published result" --json bench --list-reference nothing
  failed 2 bench "--json goes with --format json only" --json bench --list-reference --format markdown
  failed 2 bench "--json goes with --format json only" --json bench --format text -- true
  failed 1 bench "none: No such file" --json bench --report "$tree/none"
  failed 1 bench "none: No such file" --json bench --rounds 1 --warmup 0 -- "$tree/none"
  failed 1 capture "File exists" --json capture "$tree/proc/interrupts"
  mkdir -p "$tree/etc"
  echo "Governer=performance" >"$tree/etc/ax650n-tune.conf"
  for command in apply detect "bench -- true"; do
    # shellcheck disable=SC2086 # a list of words
    failed 2 "${command%% *}" "Governer" --json $command
  done
  for command in status diagnose; do
    status=0
    output=$(tune --json "$command" 2>/dev/null) || status=$?
    [ "$(jq -s length <<<"$output")" -eq 1 ] || fail "not one document of $command"
  done
  rm "$tree/etc/ax650n-tune.conf"
  echo "what is this" >"$tree/proc/interrupts"
  for command in apply revert status diagnose detect capture; do
    failed 1 "$command" "/proc/interrupts has no header line" --json "$command"
  done
  use_board cm3588-no-card
  failed 5 bench "no AX650N card found" --json bench -- true
  for command in apply status diagnose detect; do
    status=0
    output=$(tune --json "$command" 2>/dev/null) || status=$?
    [ "$status $(jq -s length <<<"$output")" = "5 1" ] || fail "not one document of $command"
  done
  use_board cm3588-no-driver
  failed 1 bench "has no driver" --json bench -- true
}

@test "capture and the published results as JSON" {
  run_tune 0 --json capture
  diff <(jq -j .board <<<"$output" | sed 2d) <(tune capture | sed 2d) || fail "another board"
  run_tune 0 --json capture "$BATS_TEST_TMPDIR/mine.board"
  json '[.schema, .command, .file, .board]' "[1,\"capture\",\"$BATS_TEST_TMPDIR/mine.board\",null]"
  run_tune 0 --json bench --list-reference
  json '[.schema, .command, (.references | length)]' '[1,"bench",275]' \
    '[.references[] | keys_unsorted] | unique' \
    '[["group","model","part","metric","unit","default","tuned","native"]]' \
    '.references[2]' '{"group":"LLM","model":"Qwen3-0.6B","part":"W8A16","metric":"decode","unit":"token/s","default":[7.1,7.5],"tuned":[10,12],"native":[19,20]}' \
    '.references[16] | [.model, .part, .native]' '["YOLO11s",null,null]'
  run_tune 0 --json bench --list-reference --format json squeeze
  json '.references | map(.model)' '["SqueezeNet1.1"]'
}

@test "a result that cannot be written is a failure" {
  status=0
  tune --json status >/dev/full 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
  [ "$status" -eq 1 ]
  tune -q apply
  status=0
  tune status >/dev/full 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
  [ "$status" -eq 1 ] || fail "exit $status although nothing was printed"
  contains "$(cat "$BATS_TEST_TMPDIR/stderr")" "No space left on device"
  # What comes after the write must not hide why it failed.
  status=0
  tree=$boards/cm3588.board tune --json diagnose >/dev/full 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
  [ "$status" -eq 1 ] || fail "exit $status although nothing was printed"
  contains "$(cat "$BATS_TEST_TMPDIR/stderr")" "No space left on device"
}

@test "a closed standard output is noticed, and no file gets what was meant for it" {
  [ -z "${VALGRIND:-}" ] || skip "valgrind opens it again"
  use_board cm3588
  status=0
  tune apply >&- 2>"$BATS_TEST_TMPDIR/stderr" || status=$?
  [ "$status" -eq 1 ] || fail "exit $status although nothing was printed"
  contains "$(cat "$BATS_TEST_TMPDIR/stderr")" "cannot write to standard output"
  jq -e .schema "$tree/run/ax650n-tune/state.json" >/dev/null || fail "the state file is broken"
  tune revert >&- 2>&- <&- || true
  run_tune 1 --json status
  json '.drift | length' 3
}

@test "a board file in place of a tree" {
  run "$BUILD/ax650n-tune" --sysroot "$boards/cm3588.board" apply
  [ "$status" -eq 0 ]
  contains "$output" "3 settings changed"
  printf '# ax650n-tune board 1\n/sys/a = 1\n/etc/../b = 2\n' >"$BATS_TEST_TMPDIR/bad.board"
  run "$BUILD/ax650n-tune" --sysroot "$BATS_TEST_TMPDIR/bad.board" status
  [ "$status" -eq 2 ]
  contains "$output" "bad.board, line 3"
  run "$BUILD/ax650n-tune" --sysroot /nonexistent status
  [ "$status" -eq 1 ]
  contains "$output" "cannot open /nonexistent"
}
