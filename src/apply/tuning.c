/* SPDX-License-Identifier: MIT */
/* From reading the machine to the changed settings: what apply, status, revert and diagnose share.
 */

#include "apply/tuning.h"

#include "apply/apply.h"
#include "apply/state-file.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/util.h"
#include "plan/config.h"

#include <errno.h>

/* How long a service waits for irqbalance, which is longer than it can be busy. */
#define BUSY_MS 15000

static int out_of_memory(struct error *error)
{
	return error_set(error, -ENOMEM, "out of memory");
}

/* The machine, with every device that STATE has saved something of. */
static int read_machine_for(struct tuning *tuning, unsigned set, struct error *error)
{
	const struct config *config = tuning->config;
	int r = machine_read(tuning->root, config ? config->devices : NULL,
			     config ? config->n_devices : 0, &tuning->machine, error);

	if (r < 0)
		return r;
	for (size_t i = 0; r == 0 && i < tuning->state.n_saved; i++)
		if (*tuning->state.saved[i].card)
			r = machine_add_former(tuning->root, tuning->state.saved[i].card,
					       &tuning->machine);
	if (r == 0)
		r = kinds_read(tuning->root, set, &tuning->machine);
	return r < 0 ? out_of_memory(error) : 0;
}

/* Reads the saved state, then the machine as far as a plan takes it. */
static int read_all(struct tuning *tuning, struct error *error)
{
	int r = state_read(tuning->root, &tuning->state, error);

	return r < 0 ? r
		     : read_machine_for(tuning, plan_kinds(tuning->config, &tuning->state), error);
}

static int plan_from_facts(struct tuning *tuning, struct error *error)
{
	state_prune(&tuning->state, &tuning->machine);
	return plan_tune(&tuning->machine, tuning->config, &tuning->state, &tuning->plan, error);
}

int tuning_plan(struct tuning *tuning, struct error *error)
{
	int r = read_all(tuning, error);

	return r < 0 ? r : plan_from_facts(tuning, error);
}

/* Takes the lock and sets or clears the mark of revert. */
static int begin(struct tuning *tuning, bool revert, const struct log *log, int *ret_lock,
		 struct error *error)
{
	int r = state_lock(tuning->root, tuning->patient, log, ret_lock, error);

	if (r == 0 && tuning->unasked && state_is_reverted(tuning->root))
		return error_set(error, -ECANCELED,
				 "the settings were reverted in the meantime and stay so");
	return r < 0 ? r : state_set_reverted(tuning->root, revert, error);
}

static int apply_once(struct tuning *tuning, const struct log *log, struct error *error)
{
	CLEANUP_CLOSE int lock = -1;
	struct plan *plan = &tuning->plan;
	int r = begin(tuning, false, log, &lock, error);

	if (r == 0)
		r = tuning_plan(tuning, error);
	if (r == 0)
		r = save_and_apply(tuning->root, &tuning->state, plan, error);
	if (r < 0)
		return r;
	r = state_note_unmovable(&tuning->state, plan->ops, plan->n_ops);
	if (r < 0)
		return out_of_memory(error);
	/* Without this note the next run tries again and reports it again. */
	if (r > 0 && state_write(tuning->root, &tuning->state, error) < 0)
		log_warning(log, "%s", error->text);
	return 0;
}

/*
 * irqbalance answers nothing for 10 s after it has found new interrupts (scan() in its
 * irqbalance.c), and then moves what it was not told to leave alone. True if one that was busy
 * answers now.
 */
static bool outwait_irqbalance(const struct tuning *tuning)
{
	struct irqbalance irqbalance = { 0 };
	struct processes processes = { 0 };
	bool busy = false;

	for (size_t i = 0; i < tuning->plan.n_ops; i++) {
		const struct op *op = &tuning->plan.ops[i];

		busy = busy || (op->kind == KIND_IRQBALANCE_BAN && op->error == ETIMEDOUT);
	}
	if (busy)
		busy = irqbalance_read(tuning->root, &processes, clock_ms() + BUSY_MS,
				       &irqbalance) == 0 &&
		       irqbalance.pid && !irqbalance.error;
	irqbalance_done(&irqbalance);
	processes_done(&processes);
	return busy;
}

int tuning_apply(struct tuning *tuning, const struct log *log, struct error *error)
{
	int r = apply_once(tuning, log, error);

	if (r < 0 || !tuning->patient || !outwait_irqbalance(tuning))
		return r;
	tuning_done(tuning);
	/* What was reverted meanwhile stays so. */
	tuning->unasked = true;
	return apply_once(tuning, log, error);
}

int tuning_plan_revert(struct tuning *tuning, struct error *error)
{
	int r = read_all(tuning, error);

	if (r < 0)
		return r;
	return plan_revert(&tuning->machine, &tuning->state, &tuning->plan) < 0
		       ? out_of_memory(error)
		       : 0;
}

int tuning_revert(struct tuning *tuning, const struct log *log, struct error *error)
{
	CLEANUP_CLOSE int lock = -1;
	struct plan *plan = &tuning->plan;
	int r = begin(tuning, true, log, &lock, error);

	if (r == 0)
		r = tuning_plan_revert(tuning, error);
	if (r < 0 || !tuning->state.n_saved)
		return r;
	(void)plan_apply(tuning->root, plan);
	state_drop_reverted(&tuning->state, plan->ops, plan->n_ops);
	return state_write(tuning->root, &tuning->state, error);
}

int tuning_inspect(struct tuning *tuning, long watch_ms, struct error *refused, struct error *error)
{
	int saved = state_read(tuning->root, &tuning->state, refused);
	int r = saved == -ENOMEM ? out_of_memory(error) : read_machine_for(tuning, KIND_ALL, error);

	if (r < 0)
		return r;
	if (machine_inspect(tuning->root, watch_ms, &tuning->machine) < 0)
		return out_of_memory(error);
	tuning->state_refused = saved < 0;
	if (saved < 0)
		return 0;
	return plan_from_facts(tuning, refused) == -ENOMEM ? out_of_memory(error) : 0;
}

void tuning_done(struct tuning *tuning)
{
	plan_done(&tuning->plan);
	machine_done(&tuning->machine);
	state_done(&tuning->state);
}
