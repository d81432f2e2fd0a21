#!/usr/bin/env bats
# Only the card's own interrupt is moved, and every command agrees on the state of a card.

# Each test is a subshell of its own.
# shellcheck disable=SC2030,SC2031

# shellcheck source=tests/cli/common.bash
. "$BATS_TEST_DIRNAME/common.bash"

setup() {
  use_board cm3588
  card=$tree/sys/bus/pci/devices/0003:31:00.0
}

# untouched STATE [STATUS]: no command writes, and all name that state of the card.
untouched() {
  local before command
  before=$(snapshot)
  for command in apply status detect diagnose; do
    run_tune "${2:-1}" --json "$command"
    json '.cards[0].state' "$1"
  done
  run_tune "${2:-1}" -q detect
  [ "$(snapshot)" = "$before" ] || fail "something was written"
}

# legacy ACTION: the driver got no MSI; the irq file names line 50, which has that action.
legacy() {
  rm -r "$card/msi_irqs" "$tree/proc/irq/137" "$tree/sys/kernel/irq/137"
  sed -i '/^ *137:/d' "$tree/proc/interrupts"
  echo " 50: 7 0 0 0 0 0 0 0 GICv3 290 Level $1" >>"$tree/proc/interrupts"
  echo 50 >"$card/irq"
  mkdir -p "$tree/proc/irq/50" "$tree/sys/kernel/irq/50"
  echo ff >"$tree/proc/irq/50/smp_affinity"
  tr -d ' ' <<<"$1" >"$tree/sys/kernel/irq/50/actions"
}

@test "a card that is ready" {
  run_tune 0 --json detect
  json '.cards | map(.state)' '["ready"]'
}

@test "a legacy line that another device has is not the card's" {
  local action
  for action in "PCIe PME, aerdrv" "ehci_hcd:usb3" "0003:31:00.0, ahci" ""; do
    use_board cm3588
    card=$tree/sys/bus/pci/devices/0003:31:00.0
    legacy "$action"
    untouched no-interrupt
    value /proc/irq/50/smp_affinity ff
    # Its counts are those of another device, and choose no core.
    run_tune 1 --json diagnose
    json '.cards[0].irqs' '[]'
  done
}

@test "a legacy line that the card has for itself is moved" {
  legacy 0003:31:00.0
  run_tune 0 apply
  value /proc/irq/50/smp_affinity 40
  run_tune 0 status
  run_tune 0 revert
  value /proc/irq/50/smp_affinity ff
}

@test "a card that is given to a virtual machine" {
  local stub
  for stub in vfio-pci pci-stub pciback; do
    rm "$card/driver"
    ln -s "../../../../../../bus/pci/drivers/$stub" "$card/driver"
    untouched given-away
  done
  run_tune 1 apply
  contains "$stderr" "bound to pciback, which gives it to a virtual machine"
}

@test "a card that is dead" {
  head -c 256 /dev/zero | tr '\0' '\377' >"$card/config"
  untouched dead
  run_tune 1 apply
  contains "$stderr" "does not answer"
}

@test "a card without a driver" {
  rm "$card/driver"
  untouched no-driver
}

# diagnosed STATUS LINE CODE VERDICT: what diagnose says of the card, first of all.
diagnosed() {
  run_tune "$1" diagnose
  contains "$output" $'\n'"0003:31:00.0: $2"$'\n'
  contains "$(grep '^Verdict: ' <<<"$output")" ": $4"
  run_tune "$1" --json diagnose
  json '.findings[0].code' "$3"
}

@test "diagnose says first whether the card works" {
  diagnosed 1 "ready, driver ax_pcie_dev_host V3.10.2" irq-on-little-core \
    "the card is not as fast as it could be."
  legacy "ehci_hcd:usb3"
  diagnosed 1 "without interrupt, driver ax_pcie_dev_host V3.10.2" no-handler "the card does not work."
  rm "$card/driver"
  diagnosed 1 "has no driver" no-driver "the card does not work."
  ln -s ../../../../../../bus/pci/drivers/vfio-pci "$card/driver"
  diagnosed 1 "given to a virtual machine by vfio-pci" card-given-away \
    "the card is given to a virtual machine."
  json '[.findings[] | select(.severity == "problem")]' '[]'
}

@test "of a dead card nothing is told that was made of all ones" {
  local length
  for length in 4096 64; do
    head -c "$length" /dev/zero | tr '\0' '\377' >"$card/config"
    # As the kernel prints a link that it reads as all ones.
    echo Unknown >"$card/current_link_speed"
    echo 63 >"$card/current_link_width"
    echo 8.0 GT/s PCIe >"$card/max_link_speed"
    sed -i 's/^TOTAL_ERR_FATAL .*/TOTAL_ERR_FATAL 1/' "$card/aer_dev_fatal"
    diagnosed 1 "does not answer" card-dead "the card does not work."
    json '[.findings[].code | select(test("link|aer|root|payload|irq|interrupt|driver|handler"))]' '[]' \
      '.cards[0] | [.link[], .bandwidth_mb_s, .narrowest, .mps, .mrrs, .aspm, .aer.fatal] | unique' '[null,0]' \
      '.cards[0].path | map([.address, .speed_gts, .max_width])' \
      '[["0003:30:00.0",5,1],["0003:31:00.0",null,null]]'
  done
}

@test "the verdict counts the cards that do not work" {
  use_board cm3588-two-cards
  rm "$tree/sys/bus/pci/devices/0003:31:00.0/driver"
  run_tune 1 diagnose
  contains "$output" ": 1 of 2 cards does not work."
  head -c 256 /dev/zero | tr '\0' '\377' >"$tree/sys/bus/pci/devices/0000:01:00.0/config"
  run_tune 1 diagnose
  contains "$output" ": 2 of 2 cards do not work."
}

@test "a container that hides CPUs: nothing is written" {
  local before
  echo 0-3 >"$tree/sys/devices/system/cpu/online"
  before=$(snapshot)
  run_tune 1 apply
  contains "$stderr" "run ax650n-tune on the host"
  run_tune 1 status
  run_tune 1 detect
  run_tune 1 --json diagnose
  json '[.findings[].code] | contains(["no-plan"])' true
  [ "$(snapshot)" = "$before" ] || fail "something was written"
}
