/* SPDX-License-Identifier: MIT */
/* The clocks of the CPUs: governors, limits, heat. Pure. */

#include "base/cpuset.h"
#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/cpu.h"
#include "machine/machine.h"
#include "machine/system.h"
#include "plan/op.h"
#include "plan/plan.h"

#include <inttypes.h>
#include <string.h>

/* One finding for all governors that are not as planned. */
static void judge_governors(struct diagnosis *d)
{
	const struct cpus *cpus = &d->machine->cpus;
	struct cpuset set = { 0 };
	const struct op *first = NULL;
	CLEANUP_FREE char *list = NULL;

	for (size_t i = 0; i < d->plan->n_ops; i++) {
		const struct op *op = &d->plan->ops[i];

		if (op->kind != KIND_GOVERNOR || !op_is_drift(op))
			continue;
		first = first ? first : op;
		for (size_t c = 0; c < cpus->n_cpus; c++) {
			const struct policy *policy = cpus_policy(cpus, cpus->cpus[c].id);

			if (policy && policy->id == op->id)
				cpuset_add(&set, cpus->cpus[c].id);
		}
	}
	list = first ? cpuset_format_list(&set) : NULL;
	if (first && first->result == OP_FAILED)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-unavailable",
			     text_format("The kernel does not offer governor %s for CPUs %s.",
					 first->want, list ? list : ""),
			     text_format("Load its module with 'sudo modprobe cpufreq_%s'.",
					 first->want));
	else if (first)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-not-set",
			     text_format("The governor of CPUs %s is %s, not %s: their clocks drop "
					 "between calls.",
					 list ? list : "", first->had, first->want),
			     strdup(APPLY));
	if (!cpus->n_policies)
		findings_add(&d->findings, SEVERITY_INFO, "no-cpufreq",
			     strdup("This kernel has no cpufreq: there is no clock to set."), NULL);
}

static void judge_limits(struct diagnosis *d)
{
	const struct system *system = &d->machine->system;
	const struct cpus *cpus = &d->machine->cpus;

	if (system->cooling)
		findings_add(&d->findings, SEVERITY_PROBLEM, "thermal-throttling",
			     text_format("The clocks are throttled because of heat (%s)%s%s.",
					 system->cooling,
					 system->hottest ? "; the hottest zone is " : "",
					 system->hottest ? system->hottest : ""),
			     strdup("Improve the cooling, with a larger heat sink or a fan."));
	for (size_t i = 0; i < cpus->n_policies; i++) {
		const struct policy *policy = &cpus->policies[i];
		const struct cpu *cpu = cpus_find(cpus, cpuset_next(&policy->cpus, 0));

		/* Thermal throttling lowers the same limit. */
		if (system->cooling || !cpu || !cpu->big || policy->limit_khz <= 0 ||
		    policy->limit_khz >= policy->max_khz)
			continue;
		findings_add(
			&d->findings, SEVERITY_PROBLEM, "clock-capped",
			text_format("The clock of policy%d is limited to %" PRId64 " MHz, but its "
				    "cores can run at %" PRId64 " MHz.",
				    policy->id, policy->limit_khz / 1000, policy->max_khz / 1000),
			text_format("echo %" PRId64 " | sudo tee /sys/devices/system/cpu/cpufreq/"
				    "policy%d/scaling_max_freq; the limit may come from "
				    "/etc/default/cpufrequtils.",
				    policy->max_khz, policy->id));
	}
}

void diagnose_clocks(struct diagnosis *d)
{
	judge_governors(d);
	judge_limits(d);
}
