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

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static void add_cpus(struct cpuset *set, const struct policy *policy)
{
	for (int cpu = cpuset_next(&policy->cpus, 0); cpu >= 0;
	     cpu = cpuset_next(&policy->cpus, cpu + 1))
		cpuset_add(set, cpu);
}

/* The clock that a governor holds whatever the load is; -1 if it changes or is unknown. */
static int64_t held_khz(const struct policy *policy)
{
	int64_t khz;

	if (policy->governor && !strcmp(policy->governor, "userspace") && policy->speed &&
	    parse_long(policy->speed, 1, INT64_MAX, &khz) == 0)
		return khz;
	return policy->floor_khz > 0 && policy->floor_khz == policy->limit_khz ? policy->floor_khz
									       : -1;
}

enum trouble { UNREADABLE, NOT_OFFERED, DROPPING, HELD, N_TROUBLES };

static enum trouble what_troubles(const struct policy *policy, const char *want)
{
	bool offers = !policy->governors || text_has_word(policy->governors, want);

	if (!policy->governor && (offers || policy->governor_error != ENOENT))
		return UNREADABLE;
	if (!offers)
		return NOT_OFFERED;
	return held_khz(policy) < 0 ? DROPPING : HELD;
}

/* The policies with one kind of trouble. */
struct troubled {
	struct cpuset cpus;
	const struct policy *first; /* NULL if there are none */
	const struct op *op;	    /* of the first */
	bool differ;		    /* they have several governors */
};

/* "schedutil on CPUs 4-5, ondemand on CPUs 6-7" */
static char *list_governors(const struct diagnosis *d, enum trouble trouble)
{
	char *list = strdup("");

	for (size_t i = 0; list && i < d->plan->n_ops; i++) {
		const struct op *op = &d->plan->ops[i];
		const struct policy *policy = cpus_find_policy(&d->machine->cpus, op->id);
		CLEANUP_FREE char *before = list, *cpus = NULL;

		if (op->kind != KIND_GOVERNOR || !op_is_drift(op) || !policy ||
		    what_troubles(policy, op->want) != trouble) {
			before = NULL;
			continue;
		}
		cpus = cpuset_format_list(&policy->cpus);
		list = cpus ? text_format("%s%s%s on CPUs %s", before, *before ? ", " : "",
					  policy->governor, cpus)
			    : NULL;
	}
	return list;
}

static void add_dropping(struct diagnosis *d, const struct troubled *troubled, const char *cpus)
{
	CLEANUP_FREE char *all = troubled->differ ? list_governors(d, DROPPING) : NULL;
	const char *want = troubled->op->want;

	findings_add(&d->findings, SEVERITY_PROBLEM, "governor-not-set",
		     all ? text_format("The governor is %s, not %s: their clocks drop between "
				       "calls.",
				       all, want)
			 : text_format("The governor of CPUs %s is %s, not %s: their clocks drop "
				       "between calls.",
				       cpus, troubled->op->had, want),
		     strdup(APPLY));
}

/* No call is slower for a clock that is held at the top, but the next one who sets it decides. */
static void add_held(struct diagnosis *d, const struct policy *policy, const char *want)
{
	int64_t khz = held_khz(policy);
	bool low = policy->max_khz > 0 && khz < policy->max_khz;
	CLEANUP_FREE char *cpus = cpuset_format_list(&policy->cpus);

	findings_add(&d->findings, low ? SEVERITY_PROBLEM : SEVERITY_WARNING, "governor-not-set",
		     text_format("The governor of CPUs %s is %s, not %s: the clock is fixed at "
				 "%" PRId64 " MHz now%s.",
				 cpus ? cpus : "", policy->governor, want, khz / 1000,
				 low ? ", which is not the fastest" : ""),
		     policy->speed ? strdup("'" APPLY "' sets the governor; 'sudo ax650n-tune "
					    "revert' puts this clock back.")
				   : strdup(APPLY));
}

static void add_trouble(struct diagnosis *d, enum trouble trouble, const struct troubled *troubled)
{
	CLEANUP_FREE char *list = cpuset_format_list(&troubled->cpus);
	const char *cpus = list ? list : "", *want = troubled->op->want;

	if (trouble == UNREADABLE)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-unreadable",
			     text_format("The governor of CPUs %s cannot be read: %s.", cpus,
					 strerror(troubled->op->error)),
			     text_format("cat /sys/devices/system/cpu/cpufreq/policy%d/"
					 "scaling_governor, as root, shows what the kernel says.",
					 troubled->op->id));
	else if (trouble == NOT_OFFERED)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-unavailable",
			     text_format("The kernel does not offer governor %s for CPUs %s.", want,
					 cpus),
			     text_format("'" APPLY "' loads its module if there is one; else set "
					 "Governor= in /etc/ax650n-tune.conf to one of: %s.",
					 troubled->first->governors));
	else
		add_dropping(d, troubled, cpus);
}

/* One finding for all policies with the same trouble. */
static void judge_governors(struct diagnosis *d)
{
	struct troubled all[N_TROUBLES] = { 0 };

	for (size_t i = 0; i < d->plan->n_ops; i++) {
		const struct op *op = &d->plan->ops[i];
		const struct policy *policy = cpus_find_policy(&d->machine->cpus, op->id);
		struct troubled *troubled;

		if (op->kind != KIND_GOVERNOR || !op_is_drift(op) || !policy)
			continue;
		troubled = &all[what_troubles(policy, op->want)];
		if (troubled == &all[HELD]) {
			add_held(d, policy, op->want);
			continue;
		}
		if (!troubled->first) {
			troubled->first = policy;
			troubled->op = op;
		}
		troubled->differ = troubled->differ || (op->had && troubled->op->had &&
							strcmp(op->had, troubled->op->had) != 0);
		add_cpus(&troubled->cpus, policy);
	}
	for (enum trouble trouble = 0; trouble < N_TROUBLES; trouble++)
		if (all[trouble].first)
			add_trouble(d, trouble, &all[trouble]);
	if (!d->machine->cpus.n_policies)
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
