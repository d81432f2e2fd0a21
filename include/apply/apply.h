/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"
#include "plan/state.h"
#include "root/root.h"

/*
 * Carries out the operations of PLAN that would change something, in their order: writes each
 * value, reads it back and stores in the operation what came of it. Goes on after a failure.
 * The only function of the program that writes below /proc and /sys.
 *
 * What the kernel's answers mean for an interrupt is in kernel/irq/proc.c: EIO, since Linux 6.12
 * EPERM, is a managed interrupt or a controller that cannot set affinity; EINVAL is such a
 * controller too, unless no CPU of the mask is online. These end as OP_UNMOVABLE.
 *
 * Returns 0, or -errno of the first operation that failed (-EIO if the kernel accepted a value
 * but does not show it).
 */
int plan_apply(const struct root *root, struct plan *plan);

/*
 * The same, with the originals of what would change added to STATE, and STATE written to disk,
 * before the first write. Returns 0, or -errno with the reason in ERROR if that was not possible:
 * nothing was written then. What became of an operation is in the operation.
 */
int save_and_apply(const struct root *root, struct state *state, struct plan *plan,
		   struct error *error);
