/* SPDX-License-Identifier: MIT */
/*
 * Carries out a plan and reads each value back. No other file writes below /proc and /sys, but for
 * thread.c in a tree.
 */

#include "apply/apply.h"

#include "apply/ban.h"
#include "apply/state-file.h"
#include "apply/thread.h"
#include "base/clock.h"
#include "base/cpuset.h"
#include "base/util.h"
#include "machine/irqbalance.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "root/root.h"

#include <errno.h>
#include <string.h>

/* True if a CPU of the mask is online, so that the kernel did not refuse the mask itself. */
static bool mask_is_online(const struct root *root, const char *mask)
{
	CLEANUP_FREE char *text = NULL;
	struct cpuset online, wanted;

	return root_read_value(root, &text, "/sys/devices/system/cpu/online") == 0 &&
	       cpuset_parse_list(text, &online) == 0 && cpuset_parse_mask(mask, &wanted) == 0 &&
	       cpuset_overlap(&online, &wanted);
}

static bool is_unmovable(const struct root *root, const struct op *op, int error)
{
	if (op->kind != KIND_IRQ_AFFINITY)
		return false;
	return error == EIO || (error == EPERM && geteuid() == 0) ||
	       (error == EINVAL && mask_is_online(root, op->want));
}

/* Some interrupt controllers deliver one more interrupt to the old CPU. */
static bool is_pending(const struct root *root, const struct op *op)
{
	CLEANUP_FREE char *text = NULL;
	struct cpuset effective, wanted;

	return op->kind == KIND_IRQ_AFFINITY &&
	       root_read_value(root, &text, "/proc/irq/%d/effective_affinity", op->id) == 0 &&
	       cpuset_parse_mask(text, &effective) == 0 && !cpuset_empty(&effective) &&
	       cpuset_parse_mask(op->want, &wanted) == 0 && !cpuset_overlap(&effective, &wanted);
}

/*
 * An irqbalance that does not answer may not move anything either: not fatal. One that keeps its
 * list as it was is; a ban that it does not lift stays for the next revert.
 */
static int apply_ban(const struct root *root, struct op *op, double deadline)
{
	bool banned = !strcmp(op->want, IRQBALANCE_BANNED);
	int r = irqbalance_set_ban(root, op->id, banned, deadline);

	op->error = -r;
	if (r == 0) {
		op->now = strdup(op->want);
		op->result = OP_CHANGED;
		return op->now ? 0 : -ENOMEM;
	}
	op->result = (banned && r != -EIO) || r == -ESRCH ? OP_SKIPPED : OP_FAILED;
	return op->result == OP_FAILED ? r : 0;
}

static int apply_op(const struct root *root, struct op *op, double deadline)
{
	int r;

	if (op->kind == KIND_IRQBALANCE_BAN)
		return apply_ban(root, op, deadline);
	if (op->kind == KIND_IRQ_THREAD) {
		r = irq_thread_set_affinity(root, op->id, op->want, &op->now);
	} else {
		r = root_write_value(root, op->path, op->want);
		(void)root_read_value(root, &op->now, "%s", op->path);
	}
	/* What the kernel shows counts, whoever wrote it. */
	if (op->now && kinds[op->kind].is_same(op->now, op->want)) {
		op->result = OP_CHANGED;
		op->pending = is_pending(root, op);
		return 0;
	}
	/* The kernel forgets the speed by itself; where it does not, nothing is lost. */
	if (op->kind == KIND_GOVERNOR_SPEED && !strcmp(op->want, SPEED_UNSUPPORTED)) {
		op->result = OP_SKIPPED;
		return 0;
	}
	op->error = -r;
	if (is_unmovable(root, op, op->error)) {
		op->result = OP_UNMOVABLE;
		return 0;
	}
	op->result = OP_FAILED;
	return r ? r : -EIO;
}

int plan_apply(const struct root *root, struct plan *plan)
{
	/* irqbalance has that long for all bans together. */
	double deadline = clock_ms() + IRQBALANCE_TIMEOUT_MS;
	int first = 0;

	for (size_t i = 0; i < plan->n_ops; i++) {
		int r = 0;

		if (op_is_to_be_tried(&plan->ops[i]))
			r = apply_op(root, &plan->ops[i], deadline);
		if (first == 0)
			first = r;
	}
	return first;
}

int save_and_apply(const struct root *root, struct state *state, struct plan *plan,
		   struct error *error)
{
	bool tries = false;
	int r;

	for (size_t i = 0; i < plan->n_ops; i++)
		tries = tries || op_is_to_be_tried(&plan->ops[i]);
	if (!tries)
		return 0;
	r = state_add_originals(state, plan->ops, plan->n_ops);
	if (r < 0)
		return error_set(error, r, "out of memory");
	/* What is saved already need not be: /run may be full by now. */
	r = r > 0 ? state_write(root, state, error) : 0;
	if (r == 0)
		(void)plan_apply(root, plan);
	return r;
}
