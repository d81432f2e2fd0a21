/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct root;

/*
 * Bans an interrupt from irqbalance or lifts the ban; other bans stay as they are. When this
 * returns 0, irqbalance has confirmed the ban and no longer writes the IRQ affinity. Otherwise
 * -errno: -ESRCH if it does not run, -ETIMEDOUT if it did not answer by DEADLINE (clock_ms()),
 * -E2BIG if the list has become too long for it, -EIO if it did not change its list, and others as
 * for irqbalance_ask().
 */
int irqbalance_set_ban(const struct root *root, int irq, bool banned, double deadline);
