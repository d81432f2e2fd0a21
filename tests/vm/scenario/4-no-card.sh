#!/bin/bash
# SPDX-License-Identifier: MIT
# No card in the machine.
# kernel: linux-image-arm64
# devices:
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

before=$(settings)
for command in detect status apply; do
  tune "$command"
  check_eq "$command exits 5" 5 "$status"
  check_match "$command says what is missing and what to check" 'no AX650N card.*[Cc]heck' "$(said)"
done
tune apply --json
check_eq 'the result of apply is "no-card"' '5 no-card' "$status $(field .result)"
check_eq 'no setting is changed' "$before" "$(settings)"
