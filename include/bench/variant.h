/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct config;
struct cpus;
struct error;
struct machine;
struct op;
struct plan;
struct state;

/* What bench puts in force for a run. A setting that it does not include has its original value. */
struct variant {
	char name[48];
	unsigned kinds; /* the settings that it includes: a bit for each enum kind */
	int cpu;	/* of the interrupts; -1: the one that apply would choose */
	bool moves;	/* asks by name for an interrupt that moves: "irq" or "cpuN" */
};

#define VARIANTS_MAX 32

/* What bench compares: the others with the first. */
struct variants {
	size_t count;
	struct variant list[VARIANTS_MAX];
};

/*
 * Parses two variants or more, separated by commas. Each is "default" for the originals, or one or
 * more of these, joined by '+': "irq", "governor", "idle", "memory", "cpuN", and "tuned" for all
 * that apply does with CONFIG. "cpus" is "cpuN+tuned" for each CPU that is online. Returns 0,
 * -ENOMEM, or -EINVAL with what is allowed in ERROR.
 */
int variants_parse(const char *list, const struct cpus *cpus, const struct config *config,
		   struct variants *ret, struct error *error);

/*
 * Works out what it takes to go from the present state of the machine to VARIANT: the operations of
 * plan_tune() that belong to it, and the originals of all else that STATE has saved, even where
 * something else has set another value since.
 * Writes nothing. Returns 0 or -errno like plan_tune(); the caller calls plan_done().
 */
int variant_plan(const struct variant *variant, const struct machine *machine,
		 const struct config *config, const struct state *state, struct plan *ret,
		 struct error *error);

/*
 * Refuses the variants that this machine cannot have: -EINVAL for a CPU that it does not have,
 * -EOPNOTSUPP for an interrupt that is to move and cannot, with the reason in ERROR; -ENOMEM.
 */
int variants_check(const struct variants *variants, const struct machine *machine,
		   const struct config *config, const struct state *state, struct error *error);

/*
 * The first operation of such a plan, made anew after it was carried out, that says that the
 * variant is not in force; NULL if it is.
 */
const struct op *variant_missing(const struct variant *variant, const struct plan *plan);

/*
 * Works out how to go back to what was in force before the first variant: FOUND is the
 * plan_revert() of that moment, STATE what is saved now. Returns 0 or -ENOMEM; the caller calls
 * plan_done().
 */
int variant_plan_back(const struct machine *machine, const struct state *state,
		      const struct plan *found, struct plan *ret);
