#!/bin/bash
# SPDX-License-Identifier: MIT
# The service through events that come fast, and starts and stops that fail, with a newer kernel.
# kernel: linux-image-6.12-arm64
# devices: card card
# enable: ax650n-tune.service
# shellcheck source=../guest/lib.sh
. /vm/lib.sh
# shellcheck disable=SC2034 # for events.sh
pauses=(0 0.3)
# shellcheck source=../guest/events.sh
. /vm/events.sh
