/* SPDX-License-Identifier: MIT */
#pragma once

struct error;
struct plan;
struct root;
struct state;

/*
 * Carries out the operations of PLAN that would change something, in their order: writes each
 * value, reads it back and stores the outcome in the operation. Goes on after a failure.
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
 * The same, but before the first write the originals of what would change are added to STATE, and
 * STATE is written to disk. Returns 0, or -errno with the reason in ERROR if that was not possible:
 * nothing was written then. Each operation says what became of it.
 */
int save_and_apply(const struct root *root, struct state *state, struct plan *plan,
		   struct error *error);
