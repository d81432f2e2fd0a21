#!/bin/bash
# SPDX-License-Identifier: MIT
# threadirqs: the driver's own thread becomes a secondary one, which Linux 6.12 moves along.
# kernel: linux-image-6.12-arm64
# devices: card
# options: threadirqs
# shellcheck source=../guest/lib.sh
. /vm/lib.sh
# shellcheck source=../guest/threadirqs.sh
. /vm/threadirqs.sh
