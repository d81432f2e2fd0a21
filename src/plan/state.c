/* SPDX-License-Identifier: MIT */
/* What is remembered between runs: originals, and which interrupts cannot be moved. Pure. */

#include "plan/state.h"

#include "base/util.h"
#include "machine/machine.h"

#include <errno.h>
#include <string.h>

static void saved_done(struct saved *saved)
{
	for (size_t i = 0; i < saved->n_written; i++)
		free(saved->written[i]);
	free(saved->written);
	free(saved->original);
	*saved = (struct saved){ 0 };
}

void state_done(struct state *state)
{
	for (size_t i = 0; i < state->n_saved; i++)
		saved_done(&state->saved[i]);
	free(state->saved);
	*state = (struct state){ 0 };
}

static struct saved *find_saved(const struct state *state, enum kind kind, int id, const char *card)
{
	for (size_t i = 0; i < state->n_saved; i++) {
		struct saved *saved = &state->saved[i];

		if (saved->kind == kind && saved->id == id && !strcmp(saved->card, card))
			return saved;
	}
	return NULL;
}

const struct saved *state_find(const struct state *state, enum kind kind, int id, const char *card)
{
	return find_saved(state, kind, id, card);
}

bool saved_is_ours(const struct saved *saved, const char *value)
{
	for (size_t i = 0; i < saved->n_written; i++)
		if (kinds[saved->kind].is_same(saved->written[i], value))
			return true;
	return false;
}

/* The entry of an operation's setting, a new one if need be. NULL without memory. */
static struct saved *find_or_add(struct state *state, const struct op *op)
{
	struct saved *saved = find_saved(state, op->kind, op->id, op->card);

	if (saved)
		return saved;
	saved = array_grow(state->saved, state->n_saved, sizeof(*saved));
	if (!saved)
		return NULL;
	state->saved = saved;
	saved += state->n_saved++;
	saved->kind = op->kind;
	saved->id = op->id;
	memcpy(saved->card, op->card, sizeof(saved->card));
	return saved;
}

/* Returns 1 if it is new. */
static int add_written(struct saved *saved, const char *value)
{
	char **grown;

	if (saved_is_ours(saved, value))
		return 0;
	grown = array_grow(saved->written, saved->n_written, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	saved->written = grown;
	saved->written[saved->n_written] = strdup(value);
	return saved->written[saved->n_written] ? (saved->n_written++, 1) : -ENOMEM;
}

int state_add_originals(struct state *state, const struct op *ops, size_t n_ops)
{
	int added = 0;

	for (size_t i = 0; i < n_ops; i++) {
		const struct op *op = &ops[i];
		struct saved *saved;
		int r;

		if (!op_is_to_be_tried(op))
			continue;
		saved = find_or_add(state, op);
		if (!saved)
			return -ENOMEM;
		if (!saved->original) {
			saved->original = strdup(op->had);
			if (!saved->original)
				return -ENOMEM;
		}
		r = add_written(saved, op->want);
		if (r < 0)
			return r;
		added |= r;
	}
	return added;
}

int state_note_unmovable(struct state *state, const struct op *ops, size_t n_ops)
{
	int changed = 0;

	for (size_t i = 0; i < n_ops; i++) {
		const struct op *op = &ops[i];
		int error = op->result == OP_UNMOVABLE ? op->error : 0;
		struct saved *saved = error ? find_or_add(state, op)
					    : find_saved(state, op->kind, op->id, op->card);

		if (!saved && error)
			return -ENOMEM;
		/* Only a write that succeeded proves the opposite. */
		if (!saved || saved->unmovable == error || (!error && op->result != OP_CHANGED))
			continue;
		saved->unmovable = error;
		changed = 1;
	}
	return changed;
}

/* Keeps the entries for which KEEP answers true, in their order. */
static void filter(struct state *state, bool (*keep)(const struct saved *saved, const void *data),
		   const void *data)
{
	size_t kept = 0;

	for (size_t i = 0; i < state->n_saved; i++) {
		if (keep(&state->saved[i], data))
			state->saved[kept++] = state->saved[i];
		else
			saved_done(&state->saved[i]);
	}
	state->n_saved = kept;
}

static bool still_belongs(const struct saved *saved, const void *data)
{
	const struct machine *machine = data;

	/* A ban that is in force, or may be, still has to be lifted. */
	return !kinds[saved->kind].of_card ||
	       machine_find_vector(machine, saved->card, saved->id) ||
	       (saved->kind == KIND_IRQBALANCE_BAN &&
		(machine->irqbalance.error ||
		 irqbalance_has_banned(&machine->irqbalance, saved->id)));
}

void state_prune(struct state *state, const struct machine *machine)
{
	filter(state, still_belongs, machine);
}

struct reverted {
	const struct op *ops;
	size_t count;
};

static bool is_unsettled(const struct saved *saved, const void *data)
{
	const struct reverted *reverted = data;

	for (size_t i = 0; i < reverted->count; i++) {
		const struct op *op = &reverted->ops[i];

		if (op->kind == saved->kind && op->id == saved->id &&
		    !strcmp(op->card, saved->card))
			return op->result == OP_FAILED || op->result == OP_WOULD_CHANGE ||
			       (op->result == OP_SKIPPED && (op->had || op->error));
	}
	return false;
}

void state_drop_reverted(struct state *state, const struct op *ops, size_t n_ops)
{
	const struct reverted reverted = { ops, n_ops };

	filter(state, is_unsettled, &reverted);
}
