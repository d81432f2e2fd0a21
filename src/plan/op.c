/* SPDX-License-Identifier: MIT */
/* One operation on one setting, and what became of it. Pure. */

#include "plan/op.h"

#include <stdlib.h>

static const char *const result_names[] = {
	[OP_WOULD_CHANGE] = "would-change", [OP_CHANGED] = "changed",
	[OP_UNCHANGED] = "unchanged",	    [OP_SKIPPED] = "skipped",
	[OP_UNMOVABLE] = "unmovable",	    [OP_FAILED] = "failed",
};

void op_done(struct op *op)
{
	free(op->path);
	free(op->want);
	free(op->had);
	free(op->now);
	free(op->why);
	*op = (struct op){ 0 };
}

bool op_is_to_be_tried(const struct op *op)
{
	return op->result == OP_WOULD_CHANGE || (op->result == OP_UNMOVABLE && op->retry);
}

bool op_is_drift(const struct op *op)
{
	return op->result == OP_WOULD_CHANGE || op->result == OP_FAILED;
}

const char *op_after(const struct op *op)
{
	if (op->result == OP_WOULD_CHANGE)
		return op->want;
	return op->now ? op->now : op->had;
}

const char *op_result_name(enum op_result result)
{
	return result_names[result];
}
