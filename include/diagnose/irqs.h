/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct machine;
struct vector;

/*
 * The CPU that takes a vector's interrupts: where they arrived while the program watched, else the
 * CPU of its affinity, else the one that has counted the most; -1 if unknown. PROVEN: interrupts
 * have been counted there.
 */
int diagnose_irq_cpu(const struct machine *machine, const struct vector *vector, bool *ret_proven);

/* The CPU that took the most interrupts, lately or else since boot; -1 if there were none. */
int diagnose_busiest_cpu(const struct machine *machine, const struct vector *vector);
