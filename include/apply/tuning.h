/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/machine.h"
#include "plan/plan.h"
#include "plan/state.h"

struct config;
struct log;

/* A machine, what earlier runs have saved of it, and what there is to do. */
struct tuning {
	const struct root *root;
	const struct config *config; /* NULL for a revert, which must not depend on it */
	bool unasked;		     /* do not apply what the user has reverted */
	/* Wait for the lock until the service manager's own limit, and for a busy irqbalance. */
	bool patient;
	bool state_refused; /* tuning_inspect() could not read what is saved */
	struct state state;
	struct machine machine;
	struct plan plan;
};

/*
 * All of these return 0, or -errno with the reason in ERROR; the caller calls tuning_done() in any
 * case. What became of each operation is in tuning->plan.
 */

/* Reads everything and plans to tune. Writes nothing. */
int tuning_plan(struct tuning *tuning, struct error *error);

/*
 * The same under the lock, and carries the plan out. Warns in LOG of what is not fatal. If PATIENT,
 * does it again when an irqbalance that did not answer does so within 15 s.
 */
int tuning_apply(struct tuning *tuning, const struct log *log, struct error *error);

/* Reads everything and plans to put the originals back. Writes nothing. */
int tuning_plan_revert(struct tuning *tuning, struct error *error);

/* The same under the lock, and carries the plan out. */
int tuning_revert(struct tuning *tuning, const struct log *log, struct error *error);

/*
 * Like tuning_plan(), with everything that diagnose() needs: see machine_inspect() for WATCH_MS. If
 * the saved state or the configuration does not allow a plan, REFUSED says why, the plan is empty
 * and this returns 0.
 */
int tuning_inspect(struct tuning *tuning, long watch_ms, struct error *refused,
		   struct error *error);

void tuning_done(struct tuning *tuning);
