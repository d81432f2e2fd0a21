/* SPDX-License-Identifier: MIT */
/* The settings that only a configuration enables, and whether all are in force. Pure. */

#include "base/cpuset.h"
#include "base/util.h"
#include "diagnose/diagnose.h"
#include "diagnose/parts.h"
#include "machine/cpu.h"
#include "machine/machine.h"
#include "plan/op.h"
#include "plan/plan.h"

#include <inttypes.h>
#include <string.h>

/*
 * The round trip of a call is about 300 us on a CM3588 (measured by the project
 * cm3588-ax650n-pcie-tuning). A tenth of it is worth telling, and a state that is not worth such a
 * wait is not entered while a call waits for the card.
 */
#define CALL_US		300
#define IDLE_NOTABLE_US (CALL_US / 10)
#define IDLE_ADVISED_US 20

static void add_deep_idle(struct diagnosis *d, const struct cpu *cpu, const char *list)
{
	bool rare = cpu->idle_residency_us > CALL_US;
	CLEANUP_FREE char *residency = cpu->idle_residency_us < 0
					       ? strdup("")
					       : text_format(
							 "; it is worth waits from %" PRId64
							 " us on%s",
							 cpu->idle_residency_us,
							 rare ? ", longer than a short call: only "
								"the first call after a pause "
								"meets it"
							      : "");

	findings_add(&d->findings, SEVERITY_INFO, "deep-idle",
		     text_format("%s may enter idle state %s, which takes up to %" PRId64
				 " us to enter and leave%s.",
				 list, cpu->idle_state ? cpu->idle_state : "", cpu->idle_us,
				 residency ? residency : ""),
		     text_format("To prevent that, at some cost in power, set IdleLatency=%d in "
				 "/etc/ax650n-tune.conf and run '" APPLY "'.",
				 IDLE_ADVISED_US));
}

/* One finding for all chosen CPUs that may sleep too deeply. */
static void judge_idle(struct diagnosis *d)
{
	const struct cpu *deepest = NULL;
	struct cpuset set = { 0 };
	CLEANUP_FREE char *list = NULL;

	for (size_t i = 0; i < d->plan->n_cards; i++) {
		const struct cpu *cpu = cpus_find(&d->machine->cpus, d->plan->cpus[i]);

		if (!cpu || cpu->idle_us < IDLE_NOTABLE_US)
			continue;
		cpuset_add(&set, cpu->id);
		if (!deepest || cpu->idle_us > deepest->idle_us)
			deepest = cpu;
	}
	list = cpuset_format_name(&set);
	if (deepest)
		add_deep_idle(d, deepest, list ? list : "");
}

static void judge_memory(struct findings *findings, const struct memory *memory)
{
	bool offered = !memory->governors || text_has_word(memory->governors, "performance");

	if (memory->governor && strcmp(memory->governor, "performance") != 0)
		findings_add(
			findings, SEVERITY_INFO, "memory-governor",
			text_format("The memory governor (%s) is %s: the memory clock may "
				    "drop%s.",
				    memory->name, memory->governor,
				    offered ? "" : ". It offers no governor performance"),
			offered ? strdup("To keep the clock up, at a cost of about 0.6 W on an "
					 "RK3588, set MemoryGovernor=performance in "
					 "/etc/ax650n-tune.conf and run '" APPLY "'.")
				: NULL);
}

static bool has_free_cpu(const struct cpus *cpus)
{
	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].online && !cpu_excluded(&cpus->cpus[i]))
			return true;
	return false;
}

static char *advise_plan(const struct diagnosis *d)
{
	const char *state = d->refused->state_dir;

	if (state)
		return text_format("sudo mv %s %s.old", state, state);
	if (d->machine->is_partial_view)
		return strdup("Run ax650n-tune on the host.");
	if (!has_free_cpu(&d->machine->cpus))
		return strdup("Take a fast core out of isolcpus= and nohz_full= on the kernel "
			      "command line and reboot, or name one with Cpu= in "
			      "/etc/ax650n-tune.conf.");
	return strdup("Choose one of these in /etc/ax650n-tune.conf, or remove that line.");
}

static void judge_plan(struct diagnosis *d)
{
	bool other = false;

	if (d->mistake)
		findings_add(
			&d->findings, SEVERITY_PROBLEM, "configuration",
			text_format("%s. This report uses the defaults.", d->mistake),
			strdup("Fix that line: until then apply and the service refuse to run."));
	if (d->refused->reason)
		findings_add(&d->findings, SEVERITY_PROBLEM, "no-plan",
			     text_format("The settings cannot be planned: %s.", d->refused->reason),
			     advise_plan(d));
	for (size_t i = 0; i < d->plan->n_ops; i++)
		other = other || ((kinds[d->plan->ops[i].kind].key &&
				   d->plan->ops[i].kind != KIND_GOVERNOR) &&
				  op_is_drift(&d->plan->ops[i]));
	if (other)
		findings_add(&d->findings, SEVERITY_WARNING, "setting-not-in-force",
			     strdup("A setting of /etc/ax650n-tune.conf is not in force; "
				    "'ax650n-tune status' shows which."),
			     strdup(APPLY));
	if (d->plan->n_ops && machine_is_ready(d->machine) &&
	    plan_sum(d->plan, true) == PLAN_UNCHANGED && !plan_has(d->plan, OP_UNMOVABLE))
		findings_add(&d->findings, SEVERITY_OK, "in-force",
			     strdup("Every setting is in force."), NULL);
}

void diagnose_settings(struct diagnosis *d)
{
	judge_idle(d);
	/* A card that does not work gains nothing by it. */
	if (cards_count(d->machine->cards, d->machine->n_cards, CARD_READY))
		judge_memory(&d->findings, &d->machine->memory);
	judge_plan(d);
}
