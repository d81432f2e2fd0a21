/* SPDX-License-Identifier: MIT */
/* What is to be put back. Pure, like plan.c. */

#include "plan/plan.h"

#include "base/util.h"
#include "plan/state.h"

#include <errno.h>
#include <string.h>

/*
 * The present value of a saved setting; NULL if there is no such setting any more (*ret_error is
 * then ENOENT), or if it cannot be read.
 */
static const char *present_value(const struct machine *machine, const struct saved *saved,
				 int *ret_error)
{
	const struct vector *vector;
	const struct cpu *cpu;

	*ret_error = ENOENT;

	switch (saved->kind) {
	case KIND_IRQBALANCE_BAN:
		if (!machine->irqbalance.pid)
			return NULL;
		*ret_error = machine->irqbalance.error;
		if (*ret_error)
			return NULL;
		return irqbalance_has_banned(&machine->irqbalance, saved->id) ? IRQBALANCE_BANNED
									      : IRQBALANCE_BALANCED;
	case KIND_IRQ_AFFINITY:
		vector = cards_find_vector(machine->cards, machine->n_cards, saved->card,
					   saved->id);
		if (vector)
			*ret_error = vector->mask_error;
		return vector ? vector->mask : NULL;
	case KIND_GOVERNOR:
		for (size_t i = 0; i < machine->cpus.n_policies; i++) {
			const struct policy *policy = &machine->cpus.policies[i];

			if (policy->id != saved->id)
				continue;
			*ret_error = policy->governor_error;
			return policy->governor;
		}
		return NULL;
	case KIND_IDLE_LATENCY:
		cpu = cpus_find(&machine->cpus, saved->id);
		if (cpu)
			*ret_error = cpu->latency_error;
		return cpu ? cpu->latency : NULL;
	case KIND_MEMORY_GOVERNOR:
		break;
	}
	*ret_error = machine->memory.error;
	return machine->memory.governor;
}

static char *explain(const struct saved *saved, const char *have, int error)
{
	if (!have && saved->kind == KIND_IRQBALANCE_BAN && error != ENOENT)
		return text_format("irqbalance does not answer.");
	if (!have && error && error != ENOENT)
		return text_format("The value cannot be read now; its original is kept.");
	if (!have)
		return text_format("The setting is gone, and its value with it.");
	if (kind_same_value(saved->kind, have, saved->original))
		return text_format("The value is the original one.");
	if (saved_is_ours(saved, have))
		return text_format("This is the value from before the first apply.");
	return text_format("Something else has set '%s' since; it is left alone.", have);
}

int plan_revert(const struct machine *machine, const struct state *state, struct plan *ret)
{
	struct plan plan = { 0 };

	for (size_t i = 0; i < state->n_saved; i++) {
		const struct saved *saved = &state->saved[i];
		int error;
		const char *have = present_value(machine, saved, &error);
		struct op *op;

		if (saved->unmovable)
			continue;
		op = plan_add_op(&plan, saved->kind, saved->id, saved->card, have,
				 strdup(saved->original), explain(saved, have, error));
		if (!op) {
			plan_done(&plan);
			return -ENOMEM;
		}
		if (op->result == OP_UNCHANGED || (have && saved_is_ours(saved, have)))
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
