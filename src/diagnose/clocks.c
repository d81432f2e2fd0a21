/* SPDX-License-Identifier: MIT */
/* The clocks of the CPUs: governors, limits, heat. Pure. */

#include "base/cpuset.h"
#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/cpu.h"
#include "machine/machine.h"
#include "machine/services.h"
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

	if (!offers)
		return NOT_OFFERED;
	if (!policy->governor)
		return UNREADABLE;
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
		cpus = cpuset_format_name(&policy->cpus);
		list = cpus ? text_format("%s%s%s on %s", before, *before ? ", " : "",
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
			 : text_format("The governor of %s is %s, not %s: their clocks drop "
				       "between calls.",
				       cpus, troubled->op->had, want),
		     d->machine->system.cooling
			     ? strdup(APPLY "; the CPUs, which are throttled because of heat "
					    "already, then get hotter still.")
			     : strdup(APPLY));
}

/* No call is slower for a clock that is held at the top, but the next one who sets it decides. */
static void add_held(struct diagnosis *d, const struct policy *policy, const char *want)
{
	int64_t khz = held_khz(policy);
	bool low = policy->max_khz > 0 && khz < policy->max_khz;
	CLEANUP_FREE char *cpus = cpuset_format_name(&policy->cpus);

	findings_add(&d->findings, low ? SEVERITY_PROBLEM : SEVERITY_WARNING, "governor-not-set",
		     text_format("The governor of %s is %s, not %s: the clock is fixed at "
				 "%" PRId64 " MHz now%s.",
				 cpus ? cpus : "", policy->governor, want, khz / 1000,
				 low ? ", which is not the fastest" : ""),
		     policy->speed ? strdup("'" APPLY "' sets the governor; 'sudo ax650n-tune "
					    "revert' puts this clock back.")
				   : strdup(APPLY));
}

static void add_trouble(struct diagnosis *d, enum trouble trouble, const struct troubled *troubled)
{
	CLEANUP_FREE char *list = cpuset_format_name(&troubled->cpus);
	const char *cpus = list ? list : "", *want = troubled->op->want;

	if (trouble == UNREADABLE)
		findings_add(&d->findings, SEVERITY_PROBLEM, "governor-unreadable",
			     text_format("The governor of %s cannot be read.", cpus),
			     text_format("cat /sys/devices/system/cpu/cpufreq/policy%d/"
					 "scaling_governor, as root, shows what the kernel says.",
					 troubled->op->id));
	else if (trouble == NOT_OFFERED)
		findings_add(
			&d->findings, SEVERITY_PROBLEM, "governor-unavailable",
			text_format("The kernel does not offer governor %s for %s.", want, cpus),
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

static bool is_limited(const struct policy *policy)
{
	return policy->limit_khz > 0 && policy->limit_khz < policy->max_khz;
}

/*
 * "cpufreq-cpu4" names a CPU of its policy. Linux before 5.12 numbers "thermal-cpufreq-1" as it
 * registers them, policy by policy. A device that may be any policy's counts for all whose clock is
 * limited.
 */
static bool cools(const struct diagnosis *d, const struct cooler *cooler,
		  const struct policy *policy)
{
	const struct cpus *cpus = &d->machine->cpus;
	int64_t id = -1;

	(void)parse_long(cooler->type + strcspn(cooler->type, "0123456789"), 0, CPUSET_MAX - 1,
			 &id);
	if (id >= 0 && strstr(cooler->type, "cpufreq-cpu"))
		return cpuset_has(&policy->cpus, (int)id);
	if (id >= 0 && (size_t)id < cpus->n_policies &&
	    d->machine->system.n_coolers == cpus->n_policies)
		return &cpus->policies[id] == policy;
	return is_limited(policy);
}

static bool is_cooled(const struct diagnosis *d, const struct policy *policy)
{
	const struct system *system = &d->machine->system;

	for (size_t i = 0; i < system->n_coolers; i++)
		if (system->coolers[i].active && cools(d, &system->coolers[i], policy))
			return true;
	return false;
}

static bool is_fast(const struct diagnosis *d, const struct policy *policy)
{
	const struct cpu *cpu = cpus_find(&d->machine->cpus, cpuset_next(&policy->cpus, 0));

	return cpu && cpu->big;
}

static void judge_heat(struct diagnosis *d)
{
	const struct system *system = &d->machine->system;
	const struct cpus *cpus = &d->machine->cpus;
	CLEANUP_FREE char *list = NULL;
	struct cpuset set = { 0 };
	bool fast = false;

	if (!system->cooling)
		return;
	for (size_t i = 0; i < cpus->n_policies; i++) {
		if (!is_cooled(d, &cpus->policies[i]))
			continue;
		fast = fast || is_fast(d, &cpus->policies[i]);
		add_cpus(&set, &cpus->policies[i]);
	}
	list = cpuset_format_name(&set);
	findings_add(&d->findings, fast || cpuset_empty(&set) ? SEVERITY_PROBLEM : SEVERITY_WARNING,
		     "thermal-throttling",
		     text_format("The clocks%s%s are throttled because of heat (%s)%s%s.",
				 list && !cpuset_empty(&set) ? " of " : "",
				 list && !cpuset_empty(&set) ? list : "", system->cooling,
				 system->hottest ? "; the hottest zone is " : "",
				 system->hottest ? system->hottest : ""),
		     strdup("Improve the cooling, with a larger heat sink or a fan."));
}

/* A program on this machine that is known to limit clocks, by its configuration. */
static const char *known_limiter(const struct diagnosis *d)
{
	const struct services *services = &d->machine->services;

	for (size_t i = 0; i < services->n_rivals; i++) {
		const struct rival *rival = &services->rivals[i];

		if ((rival->running || rival->enabled) && rival->config &&
		    (!strcmp(rival->name, "tlp") || strstr(rival->config, "cpufrequtils")))
			return rival->config;
	}
	return NULL;
}

/* The command that lifts the limits now, and what keeps them lifted. */
static char *advise_limits(const struct diagnosis *d, size_t count, const struct policy *policy)
{
	const char *no_turbo = d->machine->system.no_turbo, *config = known_limiter(d);
	bool tlp = config && strstr(config, "tlp");
	CLEANUP_FREE char *lasting = config ? text_format("; for good, change %s in %s",
							  !tlp	     ? "MAX_SPEED"
							  : no_turbo ? "CPU_BOOST_ON_AC to 1"
								     : "CPU_SCALING_MAX_FREQ_ON_AC",
							  config)
					    : strdup("");

	if (!lasting)
		return NULL;
	if (no_turbo)
		return text_format("echo %d | sudo tee %s%s", !strstr(no_turbo, "no_turbo"),
				   no_turbo, lasting);
	if (count == 1)
		return text_format("echo %" PRId64 " | sudo tee /sys/devices/system/cpu/cpufreq/"
				   "policy%d/scaling_max_freq%s",
				   policy->max_khz, policy->id, lasting);
	return text_format("for p in /sys/devices/system/cpu/cpufreq/policy*; do sudo tee "
			   "$p/scaling_max_freq <$p/cpuinfo_max_freq; done%s",
			   lasting);
}

/* The fast policies whose clock is limited like that of FIRST, by something other than heat. */
static size_t find_alike(const struct diagnosis *d, const struct policy *first, struct cpuset *ret)
{
	const struct cpus *cpus = &d->machine->cpus;
	size_t count = 0;

	for (size_t i = 0; i < cpus->n_policies; i++) {
		const struct policy *policy = &cpus->policies[i];

		if (!is_limited(policy) || !is_fast(d, policy) || is_cooled(d, policy) ||
		    (first &&
		     (policy->limit_khz != first->limit_khz || policy->max_khz != first->max_khz)))
			continue;
		add_cpus(ret, policy);
		count++;
	}
	return count;
}

/* "CPUs 4-5 to 1608 of 2304 MHz, CPUs 6-7 to 1608 of 2352 MHz" */
static char *list_limits(const struct diagnosis *d, const struct cpuset *limited)
{
	const struct cpus *cpus = &d->machine->cpus;
	struct cpuset told = { 0 };
	char *list = strdup("");

	for (size_t i = 0; list && i < cpus->n_policies; i++) {
		const struct policy *policy = &cpus->policies[i];
		CLEANUP_FREE char *before = NULL, *alike = NULL;
		struct cpuset same = { 0 };

		if (!cpuset_overlap(&policy->cpus, limited) || cpuset_overlap(&policy->cpus, &told))
			continue;
		before = list;
		(void)find_alike(d, policy, &same);
		for (int cpu = cpuset_next(&same, 0); cpu >= 0; cpu = cpuset_next(&same, cpu + 1))
			cpuset_add(&told, cpu);
		alike = cpuset_format_name(&same);
		list = alike ? text_format("%s%s%s to %" PRId64 " of %" PRId64 " MHz", before,
					   *before ? ", " : "", alike, policy->limit_khz / 1000,
					   policy->max_khz / 1000)
			     : NULL;
	}
	return list;
}

/* One finding, for one act lifts all limits that have the same cause. */
static void judge_limits(struct diagnosis *d)
{
	const char *no_turbo = d->machine->system.no_turbo;
	const struct cpus *cpus = &d->machine->cpus;
	struct cpuset limited = { 0 };
	size_t count = find_alike(d, NULL, &limited);
	const struct policy *policy = cpus_policy(cpus, cpuset_next(&limited, 0));
	CLEANUP_FREE char *list = list_limits(d, &limited);

	if (!policy && !no_turbo)
		return;
	findings_add(
		&d->findings, SEVERITY_PROBLEM, "clock-capped",
		text_format("%s%s%s%s%s%s.", policy ? "Clocks are limited: " : "",
			    policy && list ? list : "", policy && no_turbo ? "; turbo" : "",
			    !policy ? "Turbo" : "",
			    no_turbo ? " is off: the top clock is out of reach, because of " : "",
			    no_turbo ? no_turbo : ""),
		advise_limits(d, count, policy));
}

void diagnose_clocks(struct diagnosis *d)
{
	judge_governors(d);
	judge_heat(d);
	judge_limits(d);
}
