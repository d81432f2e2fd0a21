/* SPDX-License-Identifier: MIT */
/* What is to be put back. Pure, like plan.c. */

#include "plan/plan.h"

#include "base/util.h"
#include "machine/machine.h"
#include "plan/state.h"

#include <errno.h>
#include <string.h>

static char *explain_original(const struct saved *saved, const char *have, int error)
{
	if (!have && saved->kind == KIND_IRQBALANCE_BAN && error != ENOENT)
		return text_format("irqbalance does not answer.");
	if (!have && error && error != ENOENT)
		return text_format("The value cannot be read now; its original is kept.");
	if (!have)
		return text_format("The setting is gone, and its value with it.");
	if (kinds[saved->kind].is_same(have, saved->original))
		return text_format("The value is the original one.");
	if (saved_is_ours(saved, have))
		return text_format("This is the value from before the first apply.");
	return text_format("Something else has set '%s' since; it is left alone.", have);
}

/* A speed can be put back only below 'userspace'. */
static bool returns_to_userspace(const struct plan *plan, int policy)
{
	const struct op like = { .kind = KIND_GOVERNOR, .id = policy };
	const struct op *op = plan_find_op(plan, &like);

	return op && op->result != OP_SKIPPED && !strcmp(op->want, "userspace");
}

int plan_revert(const struct machine *machine, const struct state *state, struct plan *ret)
{
	struct plan plan = { 0 };

	for (size_t i = 0; i < state->n_saved; i++) {
		const struct saved *saved = &state->saved[i];
		const struct present present = kinds[saved->kind].present(machine, saved->kind,
									  saved->card, saved->id);
		const char *have = present.value;
		int error = present.error;
		struct op *op;

		if (!saved->original)
			continue;
		op = plan_add_op(&plan, saved->kind, saved->id, saved->card, have,
				 strdup(saved->original), explain_original(saved, have, error));
		if (!op || op_set_path(op, present.path) < 0) {
			plan_done(&plan);
			return -ENOMEM;
		}
		if (op->result == OP_UNCHANGED || (have && saved_is_ours(saved, have) &&
						   (saved->kind != KIND_GOVERNOR_SPEED ||
						    returns_to_userspace(&plan, saved->id))))
			continue;
		/* An irqbalance that cannot be asked keeps its ban. */
		if (saved->kind == KIND_IRQBALANCE_BAN && machine->irqbalance.error) {
			op->error = machine->irqbalance.error;
			continue;
		}
		op->result = OP_SKIPPED;
		op->error = have || error == ENOENT ? 0 : error;
	}
	*ret = plan;
	return 0;
}
