#!/usr/bin/env bats
# Originals: what is saved when, what revert puts back, several runs at once, a driver that comes late.

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  use_board cm3588
  state=$tree/run/ax650n-tune/state.json
}

@test "the first original wins over a later value" {
  run_tune 0 apply
  echo powersave >"$tree$(policy 4)"
  run_tune 0 apply --governor ondemand
  value "$(policy 4)" ondemand
  run_tune 0 revert
  value "$(policy 4)" schedutil
  value "$(policy 6)" schedutil
  value /proc/irq/137/smp_affinity ff
}

@test "revert leaves alone what something else has set since, and says so" {
  run_tune 0 apply
  echo powersave >"$tree$(policy 4)"
  echo 3f >"$tree/proc/irq/137/smp_affinity"
  run_tune 0 --json revert
  json '.operations | map([.kind, .result])' '[["irq-affinity","skipped"],["governor","skipped"],["governor","changed"]]'
  value "$(policy 4)" powersave
  value /proc/irq/137/smp_affinity 3f
  value "$(policy 6)" schedutil
  # Its original is kept, and the message says how to put it back or to forget it.
  contains "$stderr" "echo schedutil | sudo tee $tree$(policy 4)"
  contains "$stderr" "sudo rm $tree/run/ax650n-tune/state.json"
  local option
  for option in --dry-run ''; do
    run_tune 0 revert $option
    contains "$output" "left alone: something else"
    contains "$output" "has set it since"
    [[ $output != *skipped* ]] || fail "says skipped"
    [ "$(wc -L <<<"$output")" -le 80 ] || fail "wider than 80 columns"
  done
  run_tune 0 --json revert
  json '.operations | map([.path, .result])' '[["/proc/irq/137/smp_affinity","skipped"],["'"$(policy 4)"'","skipped"]]'
  echo schedutil >"$tree$(policy 4)"
  echo ff >"$tree/proc/irq/137/smp_affinity"
  run_tune 0 revert
  run_tune 0 revert
  contains "$output" "Nothing to revert"
}

@test "a mistake in the configuration does not stand in the way of revert" {
  local before
  before=$(snapshot)
  run_tune 0 apply
  mkdir -p "$tree/etc"
  echo "Governer=performance" >"$tree/etc/ax650n-tune.conf"
  run_tune 2 detect
  # What makes systemd fail the unit and not skip it (systemd.service(5), ExecCondition=).
  run_tune 255 detect --exec-condition
  run_tune 2 apply
  run_tune 2 --json status
  json .tuned true
  contains "$stderr" "Governer=performance: unknown key"
  run_tune 1 --json diagnose
  json '.findings | map(select(.code == "configuration")) | map([.severity, (.text | contains("Governer"))])' '[["problem",true]]'
  tune capture >"$BATS_TEST_TMPDIR/board" 2>/dev/null
  grep -q '^/etc/ax650n-tune.conf = Governer' "$BATS_TEST_TMPDIR/board"
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "revert left a difference"
}

# comes_back: what was set of a device that only Devices= names is put back without it.
comes_back() {
  local before
  echo 0x10ec >"$tree/sys/bus/pci/devices/0003:31:00.0/vendor"
  mkdir -p "$tree/etc"
  before=$(snapshot)
  echo "Devices=10ec:0650" >"$tree/etc/ax650n-tune.conf"
  run_tune 0 apply
  value /proc/irq/137/smp_affinity 40
  rm "$tree/etc/ax650n-tune.conf"
  run_tune 5 status
  run_tune 5 apply
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "revert left a difference"
}

@test "a device that the configuration no longer names is put back" {
  comes_back
}

@test "a legacy line of such a device is put back, too, whoever names it" {
  rm -r "$tree/sys/bus/pci/devices/0003:31:00.0/msi_irqs"
  rm -f "$tree/sys/kernel/irq/137/actions"
  comes_back
}

@test "a value that was read can be put back, whatever it is" {
  local value
  for value in '' a.b a-name-of-more-than-fifteen-letters 'two words'; do
    use_board cm3588
    echo "$value" >"$tree$(policy 4)"
    echo "$value" >"$tree/sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us"
    mkdir -p "$tree/etc"
    echo IdleLatency=20 >"$tree/etc/ax650n-tune.conf"
    run_tune 0 apply
    run_tune 0 status
    run_tune 0 revert
    value "$(policy 4)" "$value"
    value /sys/devices/system/cpu/cpu6/power/pm_qos_resume_latency_us "$value"
  done
}

@test "revert without an apply" {
  local before
  before=$(snapshot)
  run_tune 0 --json revert
  json '[.result, .operations]' '["unchanged",[]]'
  run_tune 0 --json revert --dry-run
  json '[.result, .operations]' '["unchanged",[]]'
  run_tune 0 revert
  contains "$output" "Nothing to revert: no settings are saved."
  [ "$(tune revert --dry-run)" = "$output" ] || fail "the dry run says something else"
  [ "$(snapshot)" = "$before" ]
}

@test "revert puts the governors back when the card is gone" {
  run_tune 0 apply
  rm "$tree/sys/bus/pci/devices/0003:31:00.0"
  run_tune 0 --json revert
  json .result reverted
  value "$(policy 6)" schedutil
}

@test "an interrupt number that now belongs to another device is not written" {
  run_tune 0 apply
  local card=$tree/sys/bus/pci/devices/0003:31:00.0
  # The driver was reloaded: the card got 138, and 137 went to somebody else.
  mv "$card/msi_irqs/137" "$card/msi_irqs/138"
  cp -r "$tree/proc/irq/137" "$tree/proc/irq/138"
  cp -r "$tree/sys/kernel/irq/137" "$tree/sys/kernel/irq/138"
  echo ff >"$tree/proc/irq/138/smp_affinity"
  run_tune 1 --json status
  json '.drift | map(.path)' '["/proc/irq/138/smp_affinity"]'
  run_tune 0 apply
  value /proc/irq/138/smp_affinity 40
  run_tune 0 revert
  value /proc/irq/138/smp_affinity ff
  value /proc/irq/137/smp_affinity 40
}

@test "an apply that died after saving is reverted" {
  run_tune 0 apply
  # As if it had been killed before its second write.
  echo schedutil >"$tree$(policy 4)"
  echo schedutil >"$tree$(policy 6)"
  run_tune 0 --json revert
  json '.operations | map(.result)' '["changed","unchanged","unchanged"]'
  value /proc/irq/137/smp_affinity ff
}

@test "a state file that is not ours is refused by every command" {
  local before text command
  mkdir -p "$tree/run/ax650n-tune"
  before=$(snapshot)
  for text in '' 'no json' '[]' '{"schema":2,"settings":[]}' \
    '{"schema":1,"settings":[{"kind":"governor","id":4,"original":"a\nb\u0001","written":["x"]}]}' \
    '{"schema":1,"settings":[{"kind":"file","id":4,"original":"x","written":["x"]}]}'; do
    echo "$text" >"$state"
    for command in apply revert status; do
      run_tune 1 "$command"
      contains "$stderr" "state.json was not written by this program and is not obeyed"
    done
    [ "$(cat "$state")" = "$text" ] || fail "the file was changed"
  done
  [ "$(snapshot)" = "$before" ]
}

@test "without a place for the originals nothing is written" {
  local before
  before=$(snapshot)
  mkdir -p "$tree/run"
  echo in the way >"$tree/run/ax650n-tune"
  run_tune 1 apply
  contains "$stderr" "/run/ax650n-tune"
  [ "$(snapshot)" = "$before" ]
}

@test "ten applies at once, then one revert" {
  local before i pids=()
  before=$(snapshot)
  for i in 1 2 3 4 5 6 7 8 9 10; do
    tune -q apply &
    pids+=($!)
  done
  for i in "${pids[@]}"; do
    wait "$i" || fail "one of them failed"
  done
  run_tune 0 status
  run_tune 0 revert
  [ "$(snapshot)" = "$before" ] || fail "revert left a difference"
}

@test "the state directory is everybody's to read, its lock is not" {
  umask 077
  run_tune 0 apply
  [ "$(stat -c %a "$state")" = 644 ]
  [ "$(stat -c %a "$tree/run/ax650n-tune/lock")" = 600 ]
}

# The driver of board cm3588-no-driver arrives: its link, then its interrupt.
load_driver() {
  local card=$tree/sys/bus/pci/devices/0003:31:00.0
  mkdir -p "$tree/proc/irq/140" "$tree/sys/kernel/irq/140"
  echo ff >"$tree/proc/irq/140/smp_affinity"
  echo 0003:31:00.0 >"$tree/sys/kernel/irq/140/actions"
  mkdir "$card/msi_irqs"
  echo msi >"$card/msi_irqs/140"
  ln -s ../../../../../../bus/pci/drivers/ax_pcie_dev_host "$card/driver"
}

@test "apply does not wait for a driver, and moves its interrupt once it is there" {
  use_board cm3588-no-driver
  run_tune 1 apply
  contains "$stderr" "has no driver"
  value "$(policy 6)" schedutil
  load_driver
  run_tune 0 apply
  value /proc/irq/140/smp_affinity 40
  value "$(policy 6)" performance
}

@test "a card that becomes ready later gets a core of its own" {
  use_board cm3588-two-cards
  local late=$tree/sys/bus/pci/devices/0000:01:00.0
  mv "$late/driver" "$late/driver.later"
  run_tune 1 apply
  value /proc/irq/137/smp_affinity 40
  mv "$late/driver.later" "$late/driver"
  run_tune 0 --json apply
  json .result tuned \
    '.operations | map(select(.kind != "irqbalance-ban") | [.path, .result])' '[["/proc/irq/136/smp_affinity","changed"],["/proc/irq/137/smp_affinity","unchanged"],["'"$(policy 4)"'","unchanged"],["'"$(policy 6)"'","unchanged"]]'
  value /proc/irq/136/smp_affinity 80
}

@test "a card without its driver: the other is tuned, exit 1" {
  use_board cm3588-two-cards
  rm "$tree/sys/bus/pci/devices/0000:01:00.0/driver"
  run_tune 1 --json apply
  json .result partial \
    '.cards | map(.cpu)' '[null,6]'
  contains "$stderr" "card 0000:01:00.0 has no driver"
  value /proc/irq/137/smp_affinity 40
}

@test "a function that cannot be read keeps nobody from the card" {
  local port=$tree/sys/bus/pci/devices/0003:30:00.0
  echo nonsense >"$port/vendor"
  run_tune 0 apply
  rm "$port/vendor"
  mkdir "$port/vendor" "$tree/sys/bus/pci/devices/strange"
  run_tune 0 status
  run_tune 0 revert
}

@test "no link of a tree leads out of it" {
  local card=$tree/sys/devices/platform/fe180000.pcie/pci0003:30/0003:30:00.0/0003:31:00.0
  run_tune 1 --json diagnose
  json '.cards | map(.mrrs)' '[512]'
  # libpci opens this one.
  mv "$card/config" "$BATS_TEST_TMPDIR/outside"
  ln -s "$BATS_TEST_TMPDIR/outside" "$card/config"
  run_tune 1 --json diagnose
  json '.cards | map(.mrrs)' '[null]' \
    '[.findings[].code | select(. == "needs-root")] | length' 1
  # Inside the tree there is no such directory, and no such file.
  ln -s "$card" "$tree/sys/bus/pci/devices/0009:01:00.0"
  run_tune 1 --json status
  json '.cards | map(.address)' '["0003:31:00.0"]'
  echo 0x1f4b >"$BATS_TEST_TMPDIR/vendor"
  rm "$card/vendor"
  ln -s "$BATS_TEST_TMPDIR/vendor" "$card/vendor"
  run_tune 5 apply
  rm "$card/vendor"
  echo 0x1f4b >"$card/vendor"
  # A governor that points at a file outside: inside the tree there is no such file.
  echo schedutil >"$BATS_TEST_TMPDIR/governor"
  ln -sf "$BATS_TEST_TMPDIR/governor" "$tree$(policy 4)"
  run_tune 1 --json apply
  [ "$(cat "$BATS_TEST_TMPDIR/governor")" = schedutil ] || fail "written outside the tree"
}

@test "revert leaves a mark that keeps events from applying again, apply takes it away" {
  local mark=$tree/run/ax650n-tune/reverted
  run_tune 0 apply
  [ ! -e "$mark" ] || fail "there is a mark after apply"
  run_tune 0 revert --dry-run
  [ ! -e "$mark" ] || fail "the dry run of revert left a mark"
  run_tune 0 revert
  [ -e "$mark" ] || fail "no mark after revert"
  run_tune 0 apply --dry-run
  [ -e "$mark" ] || fail "the dry run of apply took the mark away"
  run_tune 0 apply
  [ ! -e "$mark" ] || fail "there is a mark after apply"
}

@test "an interrupt that was unmovable and has the wanted mask by chance spoils no state file" {
  use_board rk3576-unmovable
  run_tune 0 apply
  local irq
  irq=$(tune --json status | jq '.cards[0].irqs[0].irq')
  # The kernel has moved it, as when the CPUs of its old mask go offline.
  chmod u+w "$tree/proc/irq/$irq/smp_affinity"
  echo 80 >"$tree/proc/irq/$irq/smp_affinity"
  run_tune 0 apply --cpu 7
  run_tune 0 status
  run_tune 0 revert
}

@test "a speed that does not go with its governor is no failure" {
  local policy=sys/devices/system/cpu/cpufreq/policy4
  echo userspace >"$tree/$policy/scaling_governor"
  echo 1200000 >"$tree/$policy/scaling_setspeed"
  chmod a-w "$tree/$policy/scaling_setspeed"
  as=()
  [ "$(id -u)" -ne 0 ] || as=(setpriv --bounding-set -dac_override)
  output=$("${as[@]}" "$BUILD/ax650n-tune" --sysroot "$tree" --json apply)
  json '.operations | map(select(.kind == "governor-speed").result) | .[]' skipped
  run_tune 0 apply
  run_tune 0 revert
  value /$policy/scaling_governor userspace
  value /$policy/scaling_setspeed 1200000
}

@test "the speed that the governor userspace held comes back with it" {
  local policy=sys/devices/system/cpu/cpufreq/policy4
  use_board cm3588
  echo userspace >"$tree/$policy/scaling_governor"
  echo 1200000 >"$tree/$policy/scaling_setspeed"
  run_tune 0 apply
  value /$policy/scaling_governor performance
  run_tune 0 status
  run_tune 0 --json revert --dry-run
  json '.operations | map(select(.kind == "governor-speed") | [.path, .before, .after])' \
    "[[\"/$policy/scaling_setspeed\",\"<unsupported>\",\"1200000\"]]"
  run_tune 0 revert
  value /$policy/scaling_governor userspace
  value /$policy/scaling_setspeed 1200000

  # Below a governor that somebody else has set since, the kernel takes no speed.
  run_tune 0 apply
  echo ondemand >"$tree/$policy/scaling_governor"
  run_tune 0 revert
  value /$policy/scaling_setspeed '<unsupported>'
  echo userspace >"$tree/$policy/scaling_governor"
  run_tune 0 revert
  value /$policy/scaling_governor userspace
  value /$policy/scaling_setspeed 1200000
}
