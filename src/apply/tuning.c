/* SPDX-License-Identifier: MIT */
/* Reads, plans and carries out, until every card has been tuned or the wait is over. */

#include "apply/tuning.h"

#include "apply/apply.h"
#include "plan/state.h"

static int carry_out_plan(struct tuning *tuning, struct state *state, struct plan *plan)
{
	const struct root *root = tuning->context->root;
	int r = save_and_apply(root, state, plan, &tuning->error);

	if (r < 0)
		return r;
	r = state_note_unmovable(state, plan);
	if (r > 0)
		r = state_write(root, state, &tuning->error);
	/* Then the next run finds it out again; what was done now is still to be told. */
	if (r < 0)
		log_warning(&tuning->context->log, "%s", tuning->error.text);
	return 0;
}

/* Reads the machine, plans, and unless it is a dry run carries out what there is to do now. */
static int tune_once(struct tuning *tuning)
{
	const struct context *context = tuning->context;
	CLEANUP_CLOSE int lock = -1;
	struct machine machine = { 0 };
	struct state state = { 0 };
	struct plan plan = { 0 };
	int r = 0;

	if (!tuning->dry_run)
		r = state_lock(context->root, &lock, &tuning->error);
	if (r == 0 && !tuning->dry_run)
		r = state_set_reverted(context->root, false, &tuning->error);
	if (r == 0)
		r = state_read(context->root, &state, &tuning->error);
	if (r == 0)
		r = machine_read(context->root, context->config.devices, context->config.n_devices,
				 plan_kinds(&context->config, &state), &machine, &tuning->error);
	if (r == 0) {
		machine_done(&tuning->machine);
		tuning->machine = machine;
		state_prune(&state, &tuning->machine);
		r = plan_tune(&tuning->machine, &context->config, &state, &plan, &tuning->error);
	}
	if (r == 0 && !tuning->dry_run)
		r = carry_out_plan(tuning, &state, &plan);
	if (r == 0)
		r = plan_merge(&tuning->plan, &plan);
	plan_done(&plan);
	state_done(&state);
	return r;
}

int tuning_run(struct tuning *tuning)
{
	const struct root *root = tuning->context->root;
	long left_ms = tuning->dry_run ? 0 : tuning->context->config.wait_s * 1000;

	for (;;) {
		int r = tune_once(tuning);

		if (r < 0 || machine_is_ready(&tuning->machine) || !left_ms)
			return r;
		log_info(&tuning->context->log, "waiting up to %ld s for a card's driver",
			 (left_ms + 999) / 1000);
		left_ms = machine_wait(root, &tuning->machine, left_ms);
		if (!left_ms)
			return 0;
	}
}

void tuning_done(struct tuning *tuning)
{
	plan_done(&tuning->plan);
	machine_done(&tuning->machine);
}
