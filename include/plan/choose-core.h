/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"
#include "machine/cpu.h"

/*
 * Chooses a CPU for each card that is ready, and -1 for the others, in CHOSEN.
 *
 * Candidates are the CPUs that are online and neither isolated nor nohz_full, and of these the big
 * ones if there are any: where capacities tell nothing, no in-order core beside others. Each card
 * takes its own as long as there are enough. The best is the one of the highest capacity, then of
 * the highest maximum clock, then on the NUMA node of the card, then with the fewest interrupts of
 * other devices, then of the lowest number. But a card whose interrupts sit alone on a CPU that is
 * as good by all but the interrupts of others stays there: counts that change with time must not
 * move it.
 *
 * Returns 0, -ENXIO if there is no candidate, -ENOMEM.
 */
int cores_choose(const struct cpus *cpus, const struct card *cards, size_t n_cards, int *chosen);
