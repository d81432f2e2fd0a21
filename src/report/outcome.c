/* SPDX-License-Identifier: MIT */
/* How a run ended, in words that text, JSON and messages share. Pure. */

#include "report/outcome.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/irq.h"
#include "machine/machine.h"
#include "plan/op.h"
#include "plan/plan.h"
#include "report/report.h"

#include <errno.h>
#include <string.h>

const char *report_result(const struct report *report)
{
	static const char *const names[] = {
		[PLAN_TUNED] = "tuned",
		[PLAN_UNCHANGED] = "unchanged",
		[PLAN_PARTIAL] = "partial",
		[PLAN_FAILED] = "failed",
	};
	bool revert = !strcmp(report->command, "revert");
	enum plan_result result;

	if (!revert && !report->machine->n_cards)
		return "no-card";
	result = plan_sum(report->plan, revert || machine_is_ready(report->machine));
	return revert && result == PLAN_TUNED ? "reverted" : names[result];
}

bool report_in_force(const struct report *report)
{
	return report->machine->n_cards &&
	       plan_sum(report->plan, machine_is_ready(report->machine)) == PLAN_UNCHANGED;
}

static char *unmovable(const struct op *op, bool equal)
{
	const char *name = errno_name(op->error);

	return text_format(
		"IRQ %d of %s cannot be moved (%s): the kernel manages its affinity, or the MSI "
		"controller of the port cannot set affinity; %s",
		op->id, op->card, name ? name : "no errno",
		equal ? "all cores are equal here, so nothing is lost"
		      : "it stays where it is; the other settings are not affected");
}

/* What each error of a write means (kernel/irq/proc.c), and what to do. */
static const char *why_failed(const struct op *op)
{
	bool irq = op->kind == KIND_IRQ_AFFINITY;

	switch (op->error) {
	case 0:
		return "the kernel accepted the value but shows another; check what else sets it";
	case EACCES:
	case EPERM:
		return geteuid() == 0 ? "the kernel or a container refuses it to root; run it on "
					"the host"
				      : "not permitted; run it with sudo";
	case EROFS:
		return "the file is read-only; this is a sandbox (ProtectKernelTunables=) or a "
		       "container";
	case ENOENT:
		return irq ? "the IRQ is gone; the driver was unloaded, load it and try again"
			   : "this kernel has no such file; remove the setting from the "
			     "configuration";
	case EINVAL:
		return irq ? "no CPU in the mask is online; see /sys/devices/system/cpu/online"
			   : "the kernel does not offer this value";
	case EOVERFLOW:
		return "the mask contains CPUs that this machine cannot have";
	case ENOSPC:
		return irq ? "the CPU has no free interrupt vector; choose another with --cpu"
			   : "no space left";
	default:
		return strerror(op->error);
	}
}

static const char *why_not_banned(int error)
{
	switch (error) {
	case E2BIG:
		return "its list of bans is full, use fewer --banirq options or ban the card's "
		       "driver with --banmod";
	case EIO:
		return "it ignored the request, ban the card's driver with --banmod in its options";
	default:
		return "see 'systemctl status irqbalance'";
	}
}

char *report_problem(const struct op *op, bool equal)
{
	const char *name = errno_name(op->error);
	const char *error = name ? name : strerror(op->error);

	if (op->result == OP_UNMOVABLE)
		return unmovable(op, equal);
	if (op->kind == KIND_IRQBALANCE_BAN && !strcmp(op->want, IRQBALANCE_BANNED))
		return text_format("could not set the irqbalance ban on IRQ %d (%s): irqbalance "
				   "may move it again; %s",
				   op->id, error, why_not_banned(op->error));
	if (op->kind == KIND_IRQBALANCE_BAN)
		return text_format("could not lift the irqbalance ban on IRQ %d (%s); see "
				   "'systemctl status irqbalance'",
				   op->id, error);
	return text_format("cannot set %s to %s%s%s%s: %s", op->path, op->want, name ? " (" : "",
			   name ? name : "", name ? ")" : "", why_failed(op));
}

int report_irq_cpu(const struct plan *plan, const struct vector *vector)
{
	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		struct cpuset now;

		/* What was read before the change no longer holds. */
		if (op->kind == KIND_IRQ_AFFINITY && op->id == vector->irq &&
		    op->result == OP_CHANGED && cpuset_parse_mask(op->now, &now) == 0)
			return cpuset_single(&now);
	}
	return vector_cpu(vector);
}
