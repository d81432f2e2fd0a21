/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/machine.h"
#include "plan/plan.h"

/* In the order in which they are shown, the worst first. */
enum severity {
	SEVERITY_PROBLEM, /* costs speed, or keeps the card from working, now */
	SEVERITY_WARNING, /* may cost it later */
	SEVERITY_INFO,	  /* good to know; nothing needs to be done */
	SEVERITY_OK,
};

struct finding {
	enum severity severity;
	const char *code; /* stable, for scripts: "irq-on-little-core" */
	char *text;	  /* the fact, one sentence */
	char *advice;	  /* what to do, with the command to type; NULL if nothing */
};

struct findings {
	size_t count;
	struct finding *list; /* by severity, the worst first */
};

/*
 * Judges a machine that was read and inspected. PLAN is what plan_tune() makes of it; REFUSED is
 * why there is none, else NULL. Reads and writes nothing. Returns 0 or -ENOMEM; the caller calls
 * findings_done() in any case.
 */
int diagnose(const struct machine *machine, const struct plan *plan, const char *refused,
	     struct findings *ret);
void findings_done(struct findings *findings);

size_t findings_count(const struct findings *findings, enum severity severity);

/* "problem" and so on: the word of the JSON contract. */
const char *severity_name(enum severity severity);

/*
 * The CPU that takes a vector's interrupts: where they arrived while the program watched, else the
 * CPU of its affinity, else the one that has counted the most; -1 if unknown. PROVEN: interrupts
 * have been counted there.
 */
int diagnose_irq_cpu(const struct machine *machine, const struct vector *vector, bool *ret_proven);

/* The CPU that took the most interrupts, lately or else since boot; -1 if there were none. */
int diagnose_busiest_cpu(const struct machine *machine, const struct vector *vector);
