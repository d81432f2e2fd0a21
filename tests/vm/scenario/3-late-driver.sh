#!/bin/bash
# SPDX-License-Identifier: MIT
# A card whose driver is loaded after the first apply.
# kernel: linux-image-arm64
# devices: card
# options: modprobe.blacklist=ax_pcie_host_dev
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

card=0000:01:00.0

tune detect
check_eq 'detect exits 1: there is a card without a driver' 1 "$status"
tune status
check_eq 'status exits 1 without a driver' 1 "$status"
before=$(settings)
tune apply
check_eq 'apply exits 1' 1 "$status"
check_match 'apply names the driver' 'ax_pcie_host_dev' "$(said)"
check_eq 'apply changes no setting' "$before" "$(settings)"

# --- The driver comes ---------------------------------------------------------------------------

modprobe ax_pcie_host_dev
wait_for has_interrupt $card
vector=$(irq_of $card)
tune apply --json
check_eq 'with the driver, apply exits 0 and its result is "tuned"' '0 tuned' "$status $(field .result)"
check_eq 'apply moves the interrupt' 40 "$(< "$(affinity "$vector")")"
count_interrupts 'after apply' "$vector"
check_eq 'after apply, all interrupts come to CPU6' 6 "${rose[$vector]}"
tune status
check_eq 'status exits 0 after apply' 0 "$status"
