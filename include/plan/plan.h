/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/op.h"

struct config;
struct error;
struct machine;
struct state;

struct plan {
	size_t n_ops;
	struct op *ops;
	size_t n_cards;
	int *cpus; /* for each card of the machine the chosen CPU; -1 if it is not ready */
};

/* How the whole ended, in the words of the JSON contract. */
enum plan_result {
	PLAN_TUNED,
	PLAN_UNCHANGED,
	PLAN_PARTIAL,
	PLAN_FAILED,
};

/*
 * The kinds of settings, as a set of KIND_BIT(), that a plan for CONFIG and STATE can hold. Both
 * may be NULL.
 */
unsigned plan_kinds(const struct config *config, const struct state *state);

/*
 * Works out what it takes to tune the machine: for each card that is ready the affinity of its
 * interrupts and, if there is such a card, everything CONFIG asks for. Settings that are as wanted
 * are in the plan too, as OP_UNCHANGED. STATE: what earlier runs have saved; may be NULL.
 * Writes nothing. Returns 0, or -errno with the reason in ERROR: -EINVAL if CONFIG asks for what
 * this machine does not have, -ENXIO if no CPU can take an interrupt. The caller calls plan_done().
 */
int plan_tune(const struct machine *machine, const struct config *config, const struct state *state,
	      struct plan *ret, struct error *error);

/*
 * Works out how to put back what STATE has saved: each original whose setting still has a value of
 * ours, and for an interrupt only if it still belongs to the same card. Others are OP_SKIPPED.
 * Returns 0 or -ENOMEM.
 */
int plan_revert(const struct machine *machine, const struct state *state, struct plan *ret);

void plan_done(struct plan *plan);

/*
 * Adds an operation: OP_UNCHANGED if HAD is the value of WANT, OP_FAILED with ENOENT if HAD is
 * NULL, else OP_WOULD_CHANGE. Takes over WANT and WHY, which are NULL if there was no memory for
 * them. Returns it, or NULL without memory.
 */
struct op *plan_add_op(struct plan *plan, enum kind kind, int id, const char *card, const char *had,
		       char *want, char *why);

/* Puts PATH in the place of the usual file of the kind, unless it is NULL. Returns 0 or -ENOMEM. */
int op_set_path(struct op *op, const char *path);

/* The operation on the same setting as LIKE, or NULL. */
struct op *plan_find_op(const struct plan *plan, const struct op *like);

/* Moves OP to the end of the plan and leaves it empty. Returns 0 or -ENOMEM. */
int plan_take_op(struct plan *plan, struct op *op);

bool plan_has(const struct plan *plan, enum op_result result);

/* The result over all operations. READY: no card is without its driver. */
enum plan_result plan_sum(const struct plan *plan, bool ready);
