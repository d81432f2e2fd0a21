/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct findings;
struct machine;
struct plan;

/* The facts of a run of apply, revert or status. */
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

/* Text for people, on standard output. */
void report_text_run(const struct report *report, struct report_style style);
void report_text_status(const struct report *report, struct report_style style);
void report_text_detect(const struct machine *machine, struct report_style style);
void report_text_diagnose(const struct machine *machine, const struct plan *plan,
			  const struct findings *findings, struct report_style style);

/* Parts of these: for each setting its file, its values and the reason; the cards with the ports
 * above them, the CPUs, the interrupts of the cards. */
void report_text_paths(const struct report *report);
void report_text_cards(const struct machine *machine, struct report_style style);
void report_text_cpus(const struct machine *machine, struct report_style style);
void report_text_irqs(const struct machine *machine, struct report_style style);

/* The JSON contract (schema 1), on standard output. All return 0 or -ENOMEM. */
int report_json_run(const struct report *report);
int report_json_status(const struct report *report);
int report_json_detect(const struct machine *machine);
int report_json_capture(const char *file, const char *board); /* one of them is NULL */
/* Of a command, NULL before it is known, that failed before it had a result. */
int report_json_failure(const char *command, const char *error);
int report_json_diagnose(const struct machine *machine, const struct plan *plan,
			 const struct findings *findings);
