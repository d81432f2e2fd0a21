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

static void add_cpus(struct cpuset *set, const struct policy *policy)
{
	for (int cpu = cpuset_next(&policy->cpus, 0); cpu >= 0;
	     cpu = cpuset_next(&policy->cpus, cpu + 1))
		cpuset_add(set, cpu);
}

static bool policy_offers(const struct policy *policy, const char *governor)
{
	return !policy->governors || text_has_word(policy->governors, governor);
}

/* One finding for all policies that offer the planned governor, one for those that do not. */
static void judge_governors(struct diagnosis *d, bool offered)
{
	const struct cpus *cpus = &d->machine->cpus;
	struct cpuset set = { 0 };
	const struct policy *last = NULL;
	const struct op *first = NULL;
	CLEANUP_FREE char *list = NULL;

	for (size_t i = 0; i < d->plan->n_ops; i++) {
		const struct op *op = &d->plan->ops[i];
		const struct policy *policy = op->kind == KIND_GOVERNOR && op_is_drift(op)
						      ? cpus_find_policy(cpus, op->id)
						      : NULL;

		if (!policy || policy_offers(policy, op->want) != offered)
			continue;
		first = first ? first : op;
		last = policy;
		add_cpus(&set, policy);
	}
	list = first ? cpuset_format_list(&set) : NULL;
	if (first && !offered)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-unavailable",
			     text_format("The kernel does not offer governor %s for CPUs %s.",
					 first->want, list ? list : ""),
			     text_format("'" APPLY "' loads its module if there is one; else set "
					 "Governor= in /etc/ax650n-tune.conf to one of: %s.",
					 last->governors));
	else if (first)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-not-set",
			     text_format("The governor of CPUs %s is %s, not %s: their clocks drop "
					 "between calls.",
					 list ? list : "", first->had, first->want),
			     strdup(APPLY));
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
	judge_governors(d, false);
	judge_governors(d, true);
	if (!d->machine->cpus.n_policies)
		findings_add(&d->findings, SEVERITY_INFO, "no-cpufreq",
			     strdup("This kernel has no cpufreq: there is no clock to set."), NULL);
	judge_limits(d);
}
