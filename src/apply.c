/* SPDX-License-Identifier: MIT */
/* Writes the settings of a plan and reads them back. No other file writes below /proc and /sys. */

#include "apply.h"

#include <errno.h>

/* True if a CPU of the mask is online, so that the mask cannot be what the kernel refused. */
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
	if (op->kind != OP_IRQ_AFFINITY)
		return false;
	return error == EIO || (error == EPERM && geteuid() == 0) ||
	       (error == EINVAL && mask_is_online(root, op->want));
}

/* On some machines the old CPU still takes the one interrupt that comes next. */
static bool is_pending(const struct root *root, const struct op *op)
{
	CLEANUP_FREE char *text = NULL;
	struct cpuset effective, wanted;

	return op->kind == OP_IRQ_AFFINITY &&
	       root_read_value(root, &text, "/proc/irq/%d/effective_affinity", op->id) == 0 &&
	       cpuset_parse_mask(text, &effective) == 0 && !cpuset_empty(&effective) &&
	       cpuset_parse_mask(op->want, &wanted) == 0 && !cpuset_overlap(&effective, &wanted);
}

static int carry_out(const struct root *root, struct op *op)
{
	int r = root_write_value(root, op->path, op->want);

	(void)root_read_value(root, &op->now, "%s", op->path);
	/* Whoever wrote it: what the kernel shows is what counts. */
	if (op->now && op_same_value(op->kind, op->now, op->want)) {
		op->result = OP_CHANGED;
		op->pending = is_pending(root, op);
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
	int first = 0;

	for (size_t i = 0; i < plan->n_ops; i++) {
		int r = 0;

		if (plan->ops[i].result == OP_WOULD_CHANGE)
			r = carry_out(root, &plan->ops[i]);
		if (first == 0)
			first = r;
	}
	return first;
}
