#!/bin/bash
# SPDX-License-Identifier: MIT
# No card in the machine.
# kernel: linux-image-arm64
# devices:
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh

check_eq 'without a card the service is skipped' 'inactive exec-condition' \
  "$(systemctl is-active ax650n-tune.service || true) $(property Result ax650n-tune.service)"
check_eq 'which is no failure' '' "$(systemctl --failed --plain --no-legend)"

before=$(settings)
for command in detect status apply; do
  tune "$command"
  check_eq "$command exits 5" 5 "$status"
  check_match "$command says what is missing and what to check" 'no AX650N card.*[Cc]heck' "$(said)"
done
tune apply --json
check_eq 'the result of apply is "no-card"' '5 no-card' "$status $(field .result)"
check_eq 'no setting is changed' "$before" "$(settings)"
