#!/usr/bin/env bats
# Every board: apply, status, apply again, a manual change, revert. The expected values are worked
# out by hand from the head of each board.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

# The results of all operations except irqbalance bans.
results='[.operations[] | select(.kind != "irqbalance-ban") | .result] | unique | .[]'

# cycle BOARD "IRQ=MASK..." "POLICY...": apply sets exactly these.
cycle() {
  use_board "$1"
  local before setting policy
  local -A original
  before=$(snapshot)
  for setting in $2; do
    original[${setting%=*}]=$(cat "$tree/proc/irq/${setting%=*}/smp_affinity")
  done

  run_tune 0 --json apply --dry-run
  json .result tuned "$results" would-change
  [ "$(snapshot)" = "$before" ] || fail "the dry run wrote"
  [ ! -e "$tree/run/ax650n-tune" ] || fail "the dry run created /run/ax650n-tune"

  run_tune 0 --json apply
  json .result tuned \
    '[.operations[] | select(.kind == "irq-affinity")] | length' "$(wc -w <<<"$2")" \
    '[.operations[] | select(.kind == "governor")] | length' "$(wc -w <<<"$3")"
  for setting in $2; do
    value "/proc/irq/${setting%=*}/smp_affinity" "${setting#*=}"
  done
  for policy in $3; do
    value "$(policy "$policy")" performance
  done
  # As many files differ as there are operations: nothing else was touched.
  local changed
  changed=$(diff <(echo "$before") <(snapshot) | grep -c '^>')
  [ "$changed" -eq "$(wc -w <<<"$2 $3")" ] || fail "$changed files changed"

  run_tune 0 --json status
  json .tuned true \
    .drift '[]'
  local state
  state=$(stat -c '%i %Y' "$tree/run/ax650n-tune/state.json")
  run_tune 0 --json apply
  json .result unchanged "$results" unchanged
  [ "$(stat -c '%i %Y' "$tree/run/ax650n-tune/state.json")" = "$state" ] ||
    fail "the second apply wrote the state file"

  drift "$@"

  run_tune 0 --json revert
  json .result reverted
  [ "$(snapshot)" = "$before" ] || fail "revert left a difference: $(diff <(echo "$before") <(snapshot))"
  [ ! -e "$tree/run/ax650n-tune/state.json" ] || fail "the state file is still there"
}

# status names a manual change and apply fixes it. The IRQ gets its first affinity back, as after a
# reload of the driver; on equal cores any other single CPU would be as good.
drift() {
  local path want have
  for want in $2; do
    path=/proc/irq/${want%=*}/smp_affinity
    have=${original[${want%=*}]}
    echo "$have" >"$tree$path"
    run_tune 1 --json status
    json .tuned false \
      '.drift | map([.kind, .path, .want, .have])' "[[\"irq-affinity\",\"$path\",\"${want#*=}\",\"$have\"]]"
    run_tune 0 -q apply
    value "$path" "${want#*=}"
  done
  for policy in $3; do
    path=$(policy "$policy")
    echo powersave >"$tree$path"
    run_tune 1 --json status
    json '.drift | map([.kind, .path, .want, .have])' "[[\"governor\",\"$path\",\"performance\",\"powersave\"]]"
    run_tune 0 -q apply
    value "$path" performance
    # One is enough: a server has a policy for each CPU.
    break
  done
}

@test "CM3588 with AXCL 3.x: the second cluster, with the higher clock" {
  cycle cm3588 137=40 "4 6"
}

@test "CM3588 with AXCL 2.x: only the vector that has a handler" {
  cycle cm3588-axcl2 141=40 "4 6"
  value /proc/irq/142/smp_affinity ff
  run_tune 1 --json status
  json '.cards[0].irqs | map(.action)' '["endpoint-msi-irq",null,null,null]'
}

@test "CM3588 whose first cluster is the faster one" {
  cycle cm3588-first-cluster 119=10 "4 6"
}

@test "CM3588 with CPU6 offline: columns are not CPU numbers" {
  cycle cm3588-cpu6-offline 133=80 "4 6"
}

@test "CM3588 with CPU6 busy with the network" {
  cycle cm3588-cpu6-busy 135=80 "4 6"
}

@test "CM3588 with CPUs 6-7 isolated" {
  cycle cm3588-isolated 131=10 "4 6"
}

@test "CM3588 with all fast CPUs isolated: the clock of the slow one that was chosen must not drop either" {
  use_board cm3588
  echo 4-7 >"$tree/sys/devices/system/cpu/isolated"
  run_tune 0 --json apply
  json '.cards[0].cpu < 4' true
  value "$(policy 0)" performance
  json '.operations[] | select(.path == "'"$(policy 0)"'") | .why' \
    "CPUs 0-3 take the card's interrupts; their clock must not drop between calls."
  run_tune 0 status
}

@test "RK3588J at 2.0 GHz: no clock threshold" {
  cycle rk3588j 125=10 "4 6"
}

@test "CM3588 with two cards: a core for each" {
  cycle cm3588-two-cards "136=40 137=80" "4 6"
}

@test "CM3588 without cpufreq: the IRQ is still moved" {
  cycle cm3588-no-cpufreq 58=10 ""
}

@test "Raspberry Pi 5: the quietest of four equal cores" {
  cycle rpi5 168=2 0
}

@test "x86 server: a mask of three groups" {
  cycle x86-72cpu 131=00,00000010,00000000 "$(seq -s ' ' 0 71)"
}

@test "two cards behind a switch: both IRQs leave the core they shared" {
  cycle switch-two-cards "143=08 147=20" "0 1 2 3 4 5"
}

@test "CM3588 where everything is in force: nothing is written" {
  use_board cm3588-tuned
  local before
  before=$(snapshot)
  run_tune 0 --json status
  json '[.tuned, .drift, .cards[0].cpu]' '[true,[],6]'
  run_tune 0 --json apply
  json .result unchanged \
    '.operations | map([.kind, .result])' '[["irq-affinity","unchanged"],["governor","unchanged"],["governor","unchanged"],["idle-latency","unchanged"],["memory-governor","unchanged"]]'
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "something was written"
}

# unmovable BOARD IRQ POLICY
unmovable() {
  use_board "$1"
  local before path=/proc/irq/$2/smp_affinity
  before=$(snapshot)
  run_tune 0 --json apply
  json .result tuned \
    ".operations[] | select(.path == \"$path\") | [.result, .error, .before, .after]" \
    "[\"unmovable\",\"EPERM\",\"$3\",\"$3\"]"
  contains "$stderr" "IRQ $2"
  contains "$stderr" "cannot be moved"
  value "$(policy "$4")" performance
  run_tune 0 --json status
  json .tuned true
  run_tune 0 --json apply
  json .result unchanged
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "revert left a difference"
}

@test "RK3576: an IRQ that cannot be moved is a warning, the governor is set" {
  unmovable rk3576-unmovable 98 ff 4
  contains "$(tune apply 2>&1)" "it stays where it is"
}

@test "Raspberry Pi 5 with no-mip: unmovable, and it does not matter on equal cores" {
  unmovable rpi5-no-mip 168 f 0
  contains "$(tune apply 2>&1)" "nothing is lost"
}

@test "no card: exit 5 and what to check" {
  use_board cm3588-no-card
  local before command
  before=$(snapshot)
  for command in detect status apply; do
    run_tune 5 "$command"
    contains "$stderr" "no AX650N card found"
    contains "$stderr" "lspci -d 1f4b:"
  done
  run_tune 5 --json apply
  json '[.result, .cards, .operations]' '["no-card",[],[]]'
  run_tune 5 --json status
  json '[.tuned, .cards, .drift]' '[false,[],[]]'
  [ "$(snapshot)" = "$before" ]
}

@test "card without driver: exit 1, the package is named, nothing is written" {
  use_board cm3588-no-driver
  local before
  before=$(snapshot)
  run_tune 1 detect
  contains "$output" "no driver bound"
  run_tune 1 --json apply
  json '[.result, .cards[0].driver, .cards[0].cpu, .operations]' '["failed",null,null,[]]'
  contains "$stderr" "axclhost"
  run_tune 1 --json status
  json .tuned false
  [ "$(snapshot)" = "$before" ]
}

@test "driver without an interrupt: exit 1, its message is named, nothing is written" {
  use_board cm3588-no-handler
  local before
  before=$(snapshot)
  run_tune 1 --json apply
  json '[.result, .cards[0].driver, .cards[0].cpu, .operations]' '["failed","ax_pcie_dev_host",null,[]]' \
    '.cards[0].irqs | map([.irq, .action])' '[[152,null],[153,null],[154,null],[155,null]]'
  contains "$stderr" "has requested no interrupt"
  run_tune 1 --json status
  json .tuned false
  [ "$(snapshot)" = "$before" ] || fail "something was written"
}

# --- The text -------------------------------------------------------------------------------------

# cpu_table: compares the CPU table of 'detect -v' with standard input.
cpu_table() {
  diff -u --label expected --label found - <(LC_ALL=C tune -v detect 2>/dev/null | sed '1,/^$/d') ||
    fail "the CPU table differs"
}

@test "the CPU table: CPUs that are alike share a line, a bar shows the share of each" {
  use_board cm3588-tuned
  # 212 of 501549 are too few for a bar, but are shown.
  cpu_table <<'END'
CPU  CORE        CAPACITY  MAX MHZ  GOVERNOR     CARD IRQS  SHARE
0    Cortex-A55       405     1800  schedutil          212  #
1-3  Cortex-A55       405     1800  schedutil            0
4-5  Cortex-A76      1003     2304  performance          0
6    Cortex-A76      1024     2352  performance     501337  ########
7    Cortex-A76      1024     2352  performance          0
END
}

@test "the CPU table shows which CPUs are never chosen, and why" {
  use_board cm3588-cpu6-offline
  cpu_table <<'END'
CPU  CORE        CAPACITY  MAX MHZ  GOVERNOR   CARD IRQS  SHARE
0    Cortex-A55       405     1800  schedutil     184213  ########
1-3  Cortex-A55       405     1800  schedutil          0
4-5  Cortex-A76      1003     2304  schedutil          0
6    Cortex-A76      1024     2352  schedutil          -  offline
7    Cortex-A76      1024     2352  schedutil          0
END
  use_board cm3588-isolated
  rm "$tree/proc/interrupts"
  cpu_table <<'END'
CPU  CORE        CAPACITY  MAX MHZ  GOVERNOR   CARD IRQS  NOTE
0-3  Cortex-A55       405     1800  schedutil          -
4-5  Cortex-A76      1003     2304  schedutil          -
6-7  Cortex-A76      1024     2352  schedutil          -  isolated
END
}

@test "the CPU table has no column for what is unknown" {
  use_board cm3588-no-handler
  cpu_table <<'END'
CPU  CORE        CAPACITY  MAX MHZ  GOVERNOR   CARD IRQS
0-3  Cortex-A55       405     1800  schedutil          0
4-5  Cortex-A76      1003     2304  schedutil          0
6-7  Cortex-A76      1024     2352  schedutil          0
END
  use_board cm3588-no-cpufreq
  cpu_table <<'END'
CPU  CORE        CAPACITY  MAX MHZ  GOVERNOR  CARD IRQS  SHARE
0    Cortex-A55       530        -  -            184213  ########
1-3  Cortex-A55       530        -  -                 0
4-7  Cortex-A76      1024        -  -                 0
This kernel has no cpufreq: there is no clock to set.
END
}

@test "the results fit 80 columns, in ASCII unless the locale has UTF-8" {
  local board command
  for board in "$boards"/*.board; do
    board=${board##*/}
    use_board "${board%.board}"
    for command in "apply -n" apply status "-v status" "-v detect" "revert -n" revert; do
      # shellcheck disable=SC2086 # words
      LC_ALL=C tune $command 2>/dev/null || true
    done >"$BATS_TEST_TMPDIR/out"
    ! LC_ALL=C grep -nE '[^ -~]|.{81}' "$BATS_TEST_TMPDIR/out" || fail "too wide or not ASCII on $board"
  done
}

@test "each board is tested here" {
  diff <(names_of_boards) <(grep -oP '^  (cycle|unmovable|use_board) \K[a-z0-9-]+' "$BATS_TEST_FILENAME" | sort -u)
}
