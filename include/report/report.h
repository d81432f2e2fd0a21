/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/machine.h"
#include "plan/plan.h"

#include <stdio.h>

struct findings;

/* The facts of a run, as both printers get them. */
struct report {
	const char *command;
	const struct machine *machine;
	const struct plan *plan;
	bool dry_run;
};

struct report_style {
	bool color;
	bool verbose;
};

/* People's form, on standard output. */
void report_text_run(const struct report *report, struct report_style style);
void report_text_status(const struct report *report, struct report_style style);
void report_text_detect(const struct machine *machine, struct report_style style);
void report_text_diagnose(const struct machine *machine, const struct findings *findings,
			  struct report_style style);

/* Parts of the latter: the cards with what lies above them, the CPUs, the interrupts of the cards.
 */
void report_text_cards(const struct machine *machine, struct report_style style);
void report_text_cpus(const struct machine *machine, struct report_style style);
void report_text_irqs(const struct machine *machine, struct report_style style);

/* The JSON contract (schema 1), on standard output. All return 0 or -ENOMEM. */
int report_json_run(const struct report *report);
int report_json_status(const struct report *report);
int report_json_detect(const struct machine *machine);
int report_json_diagnose(const struct machine *machine, const struct plan *plan,
			 const struct findings *findings);

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
