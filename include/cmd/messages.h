/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct context;
struct machine;
struct plan;

/* Reports each card that is not ready, and what to do. */
void report_unready(const struct context *context, const struct machine *machine);

/*
 * Reports what became of each operation: changes to the journal alone, because the result on
 * standard output lists them; failures and unmovable interrupts to both. Returns an exit status.
 */
int report_ops(const struct context *context, const struct machine *machine,
	       const struct plan *plan, bool revert);
