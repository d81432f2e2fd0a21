#!/bin/bash
# SPDX-License-Identifier: MIT
# threadirqs: the driver's own thread becomes a secondary one, which Linux 6.1 does not move along.
# kernel: linux-image-arm64
# devices: card
# options: threadirqs
# shellcheck source=../guest/lib.sh
. /vm/lib.sh
# shellcheck source=../guest/threadirqs.sh
. /vm/threadirqs.sh
