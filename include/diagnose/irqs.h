/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct machine;
struct vector;

/*
 * The CPU that a vector's interrupts are delivered to: where they arrived while the program
 * watched, else the CPU of its affinity, else the one with the most interrupts since boot; -1 if
 * unknown. PROVEN: interrupts have been counted there.
 */
int diagnose_irq_cpu(const struct machine *machine, const struct vector *vector, bool *ret_proven);

/* The CPU with the most interrupts, while watched or else since boot; -1 if there are none. */
int diagnose_busiest_cpu(const struct machine *machine, const struct vector *vector);
