#!/usr/bin/env bats
# Findings about the machine as a whole, and that the advice of a finding mends it.

# Each test runs in its own subshell.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

# file PATH VALUE: sets a file of the tree, which need not have it yet.
file() {
  mkdir -p "$tree${1%/*}"
  printf '%s\n' "$2" >"$tree$1"
}

# found CODE PART...: there is that finding, with each PART. lacks CODE...: there are none of these.
found() {
  local code=$1 part
  shift
  finding "$code"
  [ "$finding" ] || fail "no finding $code"
  for part in "$@"; do
    contains "$finding" "$part"
  done
}

lacks() {
  local code
  for code in "$@"; do
    finding "$code"
    [ -z "$finding" ] || fail "there is a finding $code"
  done
}

# same_when_captured: the board, captured, is judged like the tree.
same_when_captured() {
  local judged=$output
  tune capture "$BATS_TEST_TMPDIR/captured.board"
  [ "$("$BUILD/ax650n-tune" --sysroot "$BATS_TEST_TMPDIR/captured.board" --json diagnose)" = "$judged" ] ||
    fail "another report of the captured board"
  rm "$BATS_TEST_TMPDIR/captured.board"
}

@test "a Raspberry Pi whose supply is too weak" {
  use_board rpi5
  file /sys/class/hwmon/hwmon1/name rpi_volt
  file /sys/class/hwmon/hwmon1/in0_lcrit_alarm 1
  run_tune 1 --json diagnose
  found under-voltage problem "supply voltage" "5 V at 5 A"
  same_when_captured
  # With a better one.
  file /sys/class/hwmon/hwmon1/in0_lcrit_alarm 0
  run_tune 1 --json diagnose
  lacks under-voltage
}

# memory NAME: the board's memory device has that name.
memory() {
  use_board cm3588
  if [ "$1" = dmc ]; then return; fi
  rm "$tree/sys/class/devfreq/dmc"
  mv "$tree/sys/devices/platform/dmc/devfreq/dmc" "$tree/sys/devices/platform/dmc/devfreq/$1"
  ln -s "../../devices/platform/dmc/devfreq/$1" "$tree/sys/class/devfreq/$1"
}

@test "the clock of the memory, whatever its device is called: the advice sets it, revert undoes it" {
  local name before
  for name in dmc a020000.dmcfreq 3d400000.memory-controller; do
    memory "$name"
    before=$(snapshot)
    run_tune 1 --json diagnose
    found memory-governor info "($name)" MemoryGovernor=performance "sudo ax650n-tune apply"
    same_when_captured
    file /etc/ax650n-tune.conf MemoryGovernor=performance
    run_tune 0 --json apply --dry-run
    json '.operations[] | select(.kind == "memory-governor") | .path' "/sys/class/devfreq/$name/governor"
    run_tune 0 apply
    value "/sys/class/devfreq/$name/governor" performance
    run_tune 0 --json diagnose
    lacks memory-governor
    run_tune 0 status
    run_tune 0 revert
    [ "$(snapshot)" = "$before" ] || fail "revert left a difference"
  done
}

@test "the clock of something else is not the memory's" {
  local name
  for name in fb000000.gpu fdab0000.npu 1d84000.sdmmc ufshc; do
    memory "$name"
    run_tune 1 --json diagnose
    lacks memory-governor
  done
}

@test "in a container everything is the host's" {
  use_board cm3588
  run_tune 1 --json diagnose
  json .board.virtualization none
  lacks container virtual-machine
  file /run/systemd/container lxc
  run_tune 1 --json diagnose
  json .board.virtualization container
  found container warning "Run ax650n-tune on the host."
  found governor-not-set "On the host: sudo ax650n-tune apply"
  # Its own service, if it has one, is of no use.
  lacks service-not-installed sleep-not-masked
  same_when_captured
  run_tune 1 diagnose
  contains "$output" "FriendlyElec CM3588 NAS, in a container, Linux"
  # A container that only shows by its CPUs.
  use_board cm3588
  echo 0-3 >"$tree/sys/devices/system/cpu/online"
  run_tune 1 --json diagnose
  json .board.virtualization container
  found container "Run ax650n-tune on the host."
}

@test "whatever tells of a container, a captured board does, and holds nothing else of it" {
  local mark
  for mark in /.dockerenv /run/.containerenv /proc/1/environ; do
    use_board cm3588
    file "$mark" container=podman
    [ "$mark" != /proc/1/environ ] || printf 'TOKEN=hunter2\0container=lxc\0' >"$tree$mark"
    run_tune 1 --json diagnose
    json .board.virtualization container
    same_when_captured
    output=$(tune capture)
    [[ $output != *hunter2* ]] || fail "it holds a secret"
  done
}

@test "in a virtual machine the host has a part in it" {
  use_board cm3588
  mkdir "$tree/proc/device-tree/fw-cfg@9020000"
  run_tune 1 --json diagnose
  json .board.virtualization vm
  found virtual-machine info "Tune the host as well"
  found governor-not-set "sudo ax650n-tune apply"
  same_when_captured
  run_tune 1 diagnose
  contains "$output" "FriendlyElec CM3588 NAS, in a virtual machine, Linux"
}

# unit NAME FIELDS: what the system manager says of it.
unit() {
  printf '%s\n' "$1 $2" >>"$tree/run/dbus/system_bus_socket"
}

@test "tuned: its advice sets a profile that agrees" {
  local profile
  use_board cm3588
  file /etc/tuned/active_profile balanced
  unit tuned.service "loaded active enabled success"
  run_tune 1 --json diagnose
  found governor-rival warning "tuned is running" "sudo tuned-adm profile"
  # What tuned-adm does here.
  profile=$(advice governor-rival | sed -n 's/^tuned-adm profile //p')
  file /etc/tuned/active_profile "$profile"
  run_tune 1 --json diagnose
  lacks governor-rival
  same_when_captured
}

@test "power-profiles-daemon is a rival only where it has something to set" {
  use_board cm3588
  unit power-profiles-daemon.service "loaded active enabled success"
  run_tune 1 --json diagnose
  lacks governor-rival
  json '.rivals | map(.name) | index("power-profiles-daemon")' null
  file /sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference balance_power
  run_tune 1 --json diagnose
  found governor-rival "power-profiles-daemon is running" "sudo systemctl disable --now power-profiles-daemon"
  same_when_captured
}

@test "a program that sets governors once at boot does not run afterwards" {
  use_board cm3588
  unit dietpi-preboot.service "loaded active enabled success"
  run_tune 1 --json diagnose
  json '.rivals[] | select(.name == "dietpi-preboot") | [.running, .enabled]' '[false,true]'
  lacks governor-rival
  run_tune 1 diagnose
  contains "$(tr -s ' \n' ' ' <<<"$output")" "dietpi-preboot at boot"
  contains "$(tr -s ' \n' ' ' <<<"$output")" "dietpi-preboot sets governors at boot, from /boot/dietpi.txt."
}

# advice CODE: the commands that it gives are for root, and this is root of the tree.
advice() {
  finding "$1" advice
  echo "${finding#sudo }"
}

@test "saved settings that are not ours: the advice moves them away, then apply works" {
  local damage
  for damage in 'echo junk >state.json' 'mkdir state.json' 'ln -s /etc/passwd state.json'; do
    use_board cm3588
    mkdir -p "$tree/run/ax650n-tune"
    (cd "$tree/run/ax650n-tune" && eval "$damage")
    run_tune 1 --json diagnose
    found no-plan problem "sudo mv $tree/run/ax650n-tune "
    [[ $finding != *ax650n-tune.conf* ]] || fail "the configuration is not to blame"
    found irq-on-little-core "Once the settings can be planned: sudo ax650n-tune apply"
    # A path with blanks is for the shell to take apart.
    local command
    command=$(advice no-plan)
    eval "${command//"$tree"/\"\$tree\"}"
    run_tune 1 --json diagnose
    lacks no-plan
    run_tune 0 apply
    run_tune 0 --json diagnose
  done
}

@test "every CPU isolated: the advice frees one or names one" {
  use_board cm3588
  file /sys/devices/system/cpu/isolated 0-7
  run_tune 1 --json diagnose
  found no-plan problem isolcpus= nohz_full= Cpu=
  file /etc/ax650n-tune.conf Cpu=6
  run_tune 1 --json diagnose
  lacks no-plan
  run_tune 0 apply
  rm "$tree/etc/ax650n-tune.conf"
  use_board cm3588
  file /sys/devices/system/cpu/isolated 0-6
  run_tune 1 --json diagnose
  lacks no-plan
  run_tune 0 apply
}

@test "a setting that this machine does not have: the advice corrects the configuration" {
  local row
  for row in Cpu=99,Cpu=7 Governor=turbo,Governor=performance; do
    use_board cm3588
    file /etc/ax650n-tune.conf "${row%,*}"
    run_tune 1 --json diagnose
    found no-plan problem "Choose one of these in /etc/ax650n-tune.conf, or remove that line."
    file /etc/ax650n-tune.conf "${row#*,}"
    run_tune 1 --json diagnose
    lacks no-plan
    run_tune 0 apply
  done
}

@test "a mistake in the configuration: apply comes after it is mended" {
  use_board cm3588
  file /etc/ax650n-tune.conf Governer=performance
  run_tune 1 --json diagnose
  found configuration problem "line 1" "Fix that line"
  found governor-not-set "Once the configuration is right: sudo ax650n-tune apply"
  file /etc/ax650n-tune.conf Governor=performance
  run_tune 1 --json diagnose
  lacks configuration
  run_tune 0 apply
}

@test "a container with a view of its own: no plan, and not because of the configuration" {
  use_board cm3588
  file /sys/devices/system/cpu/online 0-3
  run_tune 1 --json diagnose
  found no-plan problem "Run ax650n-tune on the host."
}
