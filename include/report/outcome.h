/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct op;
struct plan;
struct report;
struct vector;

/* How the run ended, as in the JSON contract: "tuned", "reverted" and so on. */
const char *report_result(const struct report *report);

/* True if there is a card and nothing has to be changed. */
bool report_in_force(const struct report *report);

/*
 * One sentence on why an operation failed or its IRQ cannot be moved, and what to do. EQUAL: all
 * CPUs of the machine are of one class. The caller frees it; NULL without memory.
 */
char *report_problem(const struct op *op, bool equal);

/* The CPU that the interrupts of VECTOR are delivered to after PLAN; -1 if unknown. */
int report_irq_cpu(const struct plan *plan, const struct vector *vector);
