/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct op;
struct plan;
struct report;
struct vector;

/* "tuned", "reverted" and so on: the word of the JSON contract for how a run ended. */
const char *report_result(const struct report *report);

/* True if the machine has a card and nothing would have to be changed. */
bool report_in_force(const struct report *report);

/*
 * One sentence on why an operation failed or its interrupt is unmovable, and what to do. EQUAL:
 * all CPUs of the machine are of one class. The caller frees it; NULL without memory.
 */
char *report_problem(const struct op *op, bool equal);

/* The CPU that takes an interrupt of a card once PLAN is carried out; -1 if unknown. */
int report_irq_cpu(const struct plan *plan, const struct vector *vector);
