/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/op.h"

struct machine;

/* One setting of the machine that is, or was about to be, ours. */
struct saved {
	enum kind kind;
	int id;
	char card[CARD_ADDRESS_MAX];
	char *original; /* value before our first write; NULL if we never tried to write */
	size_t n_written;
	char **written; /* every value that we have set out to write, in order */
	int unmovable;	/* errno of the last write if that found the interrupt unmovable, else 0 */
};

struct state {
	size_t n_saved;
	struct saved *saved;
};

void state_done(struct state *state);

/* What is saved of a setting, or NULL. CARD is "" but for an interrupt. */
const struct saved *state_find(const struct state *state, enum kind kind, int id, const char *card);

/* True if VALUE is one that we have set out to write. */
bool saved_is_ours(const struct saved *saved, const char *value);

/*
 * Adds the originals of the operations that are about to be carried out. An original that is
 * there already stays: the first one wins. Returns 1 if the state has changed, 0, or -ENOMEM.
 */
int state_add_originals(struct state *state, const struct op *ops, size_t n_ops);

/*
 * Notes which interrupts a plan that was carried out found unmovable, so that the next run does not
 * report them again. Originals stay.
 * Returns 1 if that changed something, 0 if not, -ENOMEM.
 */
int state_note_unmovable(struct state *state, const struct op *ops, size_t n_ops);

/* Drops the interrupts that no longer belong to their card: their numbers mean something else. */
void state_prune(struct state *state, const struct machine *machine);

/*
 * Drops everything that a revert has settled. What it failed to read or to put back stays, and so
 * does what it left alone because something else has set it.
 */
void state_drop_reverted(struct state *state, const struct op *ops, size_t n_ops);
