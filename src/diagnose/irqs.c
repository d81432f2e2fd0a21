/* SPDX-License-Identifier: MIT */
/* Which CPU the interrupts of the cards are delivered to. Pure. */

#include "diagnose/irqs.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/cpu.h"
#include "machine/irq.h"
#include "machine/machine.h"
#include "plan/op.h"
#include "plan/plan.h"

#include <inttypes.h>
#include <string.h>

int diagnose_busiest_cpu(const struct machine *machine, const struct vector *vector)
{
	uint64_t most = 0;
	int cpu = -1;

	if (vector->arrived)
		return vector->arrived_cpu;
	for (size_t i = 0; vector->counts && i < machine->irqs.n_columns; i++) {
		if (vector->counts[i] <= most)
			continue;
		most = vector->counts[i];
		cpu = machine->irqs.cpus[i];
	}
	return cpu;
}

int diagnose_irq_cpu(const struct machine *machine, const struct vector *vector, bool *ret_proven)
{
	int cpu = vector->arrived ? vector->arrived_cpu : vector_cpu(vector);

	if (cpu < 0)
		cpu = diagnose_busiest_cpu(machine, vector);
	*ret_proven = vector->arrived || vector_count(vector, &machine->irqs, cpu) > 0;
	return cpu;
}

static const struct op *find_op(const struct plan *plan, enum kind kind, int irq)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].kind == kind && plan->ops[i].id == irq)
			return &plan->ops[i];
	return NULL;
}

/* The CPU that the plan has for the interrupt, or NULL. */
static const struct cpu *planned_cpu(const struct diagnosis *d, const struct vector *vector)
{
	const struct op *op = find_op(d->plan, KIND_IRQ_AFFINITY, vector->irq);
	struct cpuset set;

	return op && cpuset_parse_mask(op->want, &set) == 0
		       ? cpus_find(&d->machine->cpus, cpuset_single(&set))
		       : NULL;
}

/* " (Cortex-A55, 1800 MHz)", as far as it is known. */
static char *describe_cpu(const struct cpus *cpus, const struct cpu *cpu)
{
	const char *core = cpus_core_name(cpus, cpu);

	if (cpu->max_khz < 0)
		return core ? text_format(" (%s)", core) : strdup("");
	return text_format(" (%s%s%" PRId64 " MHz)", core ? core : "", core ? ", " : "",
			   cpu->max_khz / 1000);
}

/* The evidence that CPU takes the interrupts. */
static char *describe_counts(const struct machine *machine, const struct vector *vector, int cpu,
			     bool proven)
{
	uint64_t sum = 0;

	for (size_t i = 0; vector->counts && i < machine->irqs.n_columns; i++)
		sum += vector->counts[i];
	if (!proven)
		return strdup(sum ? "unverified, no interrupt has arrived there yet"
				  : "unverified, no interrupt has arrived yet");
	if (vector->arrived)
		return text_format("%" PRIu64 " interrupts arrived during this check",
				   vector->arrived);
	return text_format("%" PRIu64 " of %" PRIu64 " interrupts since boot",
			   vector_count(vector, &machine->irqs, cpu), sum);
}

/* Why the kernel does not let an IRQ be moved. */
static const char *why_unmovable(const struct machine *machine, const struct vector *vector)
{
	static const char *const designware[] = { "rk3576", "rk3528" };
	const char *compatible = machine->system.compatible ? machine->system.compatible : "";
	const char *chip = vector->chip ? vector->chip : "";

	if (!strncmp(chip, "ITS", 3) || !strncmp(chip, "MIP", 3))
		return "the kernel manages its affinity";
	if (strstr(compatible, "bcm2712"))
		return "the overlay pciex1-compat-pi5,no-mip selects an MSI controller that "
		       "cannot set affinity";
	for (size_t i = 0; i < ARRAY_SIZE(designware); i++)
		if (strstr(compatible, designware[i]))
			return "the MSI controller in the PCIe port of this chip cannot set "
			       "affinity before Linux 7.0";
	return "the kernel manages its affinity, or its MSI controller cannot set affinity";
}

/* How the speed of the CPUs that a thread may run on serves the interrupt. */
enum thread_place {
	THREAD_FAST,	/* or unknown, or there is no thread */
	THREAD_STRAYED, /* some are slow, and it ran on one of them */
	THREAD_SLOW,	/* all are slow */
};

static enum thread_place place_thread(const struct cpus *cpus, const struct irq_thread *thread)
{
	const struct cpu *last = cpus_find(cpus, thread->last_cpu);
	bool slow = false;

	if (!thread->pid)
		return THREAD_FAST;
	for (size_t i = 0; i < cpus->n_cpus; i++) {
		const struct cpu *cpu = &cpus->cpus[i];

		if (!cpu->online || !cpuset_has(&thread->allowed, cpu->id))
			continue;
		if (cpu->big)
			return last && !last->big && cpuset_has(&thread->allowed, last->id)
				       ? THREAD_STRAYED
				       : THREAD_FAST;
		slow = true;
	}
	return slow ? THREAD_SLOW : THREAD_FAST;
}

/*
 * True if the thread serves the interrupt worse than its CPU would. To write an affinity moves the
 * first thread along; apply moves the secondary one itself.
 */
static bool judge_thread(struct diagnosis *d, const struct vector *vector, int where,
			 bool secondary)
{
	const struct irq_thread *thread = secondary ? &vector->secondary : &vector->thread;
	enum thread_place place = place_thread(&d->machine->cpus, thread);
	const struct op *op = find_op(d->plan, secondary ? KIND_IRQ_THREAD : KIND_IRQ_AFFINITY,
				      vector->irq);
	const struct cpu *target = planned_cpu(d, vector);
	CLEANUP_FREE char *allowed = cpuset_format_name(&thread->allowed);
	CLEANUP_FREE char *ran = place == THREAD_SLOW
					 ? strdup("is kept on")
					 : text_format(
						   "last ran on CPU%d, a slow core: it may run on",
						   thread->last_cpu);

	if (place == THREAD_FAST || !target || !target->big)
		return false;
	findings_add(&d->findings, SEVERITY_WARNING, "irq-thread-elsewhere",
		     allowed && ran
			     ? text_format("IRQ %d is delivered to CPU%d, but its %sthread "
					   "%s %s%s. The thread does the work.",
					   vector->irq, where, secondary ? "second " : "", ran,
					   allowed, place == THREAD_SLOW ? ", slow cores" : "")
			     : NULL,
		     op && op_is_drift(op)
			     ? strdup(APPLY)
			     : text_format("sudo taskset -pc %d %d", target->id, thread->pid));
	return true;
}

/* What may help an interrupt that stays on a slow core. */
static char *advise_unmovable(const struct diagnosis *d, const struct vector *vector)
{
	const struct irq_thread *thread = vector->secondary.pid ? &vector->secondary
								: &vector->thread;
	const struct cpu *target = planned_cpu(d, vector);

	if (!target || !target->big)
		return strdup("The other settings still help.");
	if (!thread->pid)
		return strdup("Untested: the kernel parameter threadirqs gives it a thread, which "
			      "can be moved to a fast core. The other settings still help.");
	if (place_thread(&d->machine->cpus, thread) == THREAD_FAST)
		return strdup("Its thread, which does the work, runs on fast cores.");
	return text_format("Untested: move its thread, which does the work, to a fast core with "
			   "'sudo taskset -pc %d %d'. The other settings still help.",
			   target->id, thread->pid);
}

static void judge_unmovable(struct diagnosis *d, const struct vector *vector, const struct cpu *cpu)
{
	bool equal = cpus_are_equal(&d->machine->cpus), slow = cpu && !cpu->big;
	const char *why = why_unmovable(d->machine, vector);

	if (equal)
		findings_add(&d->findings, SEVERITY_INFO, "irq-unmovable",
			     text_format("IRQ %d cannot be moved: %s. All cores are equal here, so "
					 "nothing is lost.",
					 vector->irq, why),
			     NULL);
	else
		findings_add(&d->findings, cpu && !slow ? SEVERITY_INFO : SEVERITY_WARNING,
			     "irq-unmovable",
			     text_format("IRQ %d cannot be moved%s: %s.", vector->irq,
					 slow ? " from a slow core" : "", why),
			     slow ? advise_unmovable(d, vector)
				  : strdup("The other settings still help."));
}

/* Why a plan leaves an IRQ on a slow core, and what to do about it. */
static char *advise_chosen(const struct machine *machine)
{
	for (size_t i = 0; i < machine->cpus.n_cpus; i++) {
		const struct cpu *cpu = &machine->cpus.cpus[i];

		if (cpu->big && !cpu_excluded(cpu))
			return strdup("The configuration asks for this CPU. Remove Cpu= from "
				      "/etc/ax650n-tune.conf and run '" APPLY "'.");
	}
	return strdup("Every fast core is offline, or excluded by the kernel parameter isolcpus= "
		      "or nohz_full=. Free one for the card, or name one with Cpu=.");
}

static void judge_little(struct diagnosis *d, const struct vector *vector, const struct cpu *cpu,
			 const char *counts)
{
	CLEANUP_FREE char *core = describe_cpu(&d->machine->cpus, cpu);
	const struct op *op = find_op(d->plan, KIND_IRQ_AFFINITY, vector->irq);
	bool planned = op && op->result == OP_UNCHANGED;
	bool obeys = cpuset_has(&vector->affinity, cpu->id);

	findings_add(&d->findings, SEVERITY_PROBLEM, "irq-on-little-core",
		     text_format("IRQ %d is delivered to CPU%d, a slow core%s%s: %s.", vector->irq,
				 cpu->id, core ? core : "",
				 planned && !obeys ? ", against its affinity" : "", counts),
		     !planned ? strdup(APPLY)
		     : obeys  ? advise_chosen(d->machine)
			      : strdup("The interrupt controller ignores the affinity. Please "
					"report this with the output of "
					"'sudo ax650n-tune capture'."));
}

static bool is_as_fast(const struct cpu *a, const struct cpu *b)
{
	return cpu_speed_is_known(a) && a->capacity == b->capacity && a->max_khz == b->max_khz &&
	       a->big == b->big;
}

/* It is not as planned, which matters only if it comes, or may come, to a slower CPU. */
static void judge_drift(struct diagnosis *d, const struct vector *vector, int where)
{
	const struct cpus *cpus = &d->machine->cpus;
	const struct cpu *cpu = cpus_find(cpus, where), *target = planned_cpu(d, vector);
	CLEANUP_FREE char *affinity = cpuset_format_name(&vector->affinity);
	/* Where no speed is known at all, none is better than another. */
	bool known = where < 0 || (cpu && cpu_speed_is_known(cpu)) ||
		     !(target && cpu_speed_is_known(target));
	bool as_fast = known && target;
	char *text;

	for (size_t i = 0; as_fast && i < cpus->n_cpus; i++)
		if (cpus->cpus[i].id == where ||
		    (cpus->cpus[i].online && cpuset_has(&vector->affinity, cpus->cpus[i].id)))
			as_fast = is_as_fast(&cpus->cpus[i], target);
	if (!affinity)
		text = NULL;
	else if (as_fast)
		text = text_format("The affinity of IRQ %d is %s. Planned is CPU%d alone, which is "
				   "no faster.",
				   vector->irq, affinity, target->id);
	else if (!known)
		text = text_format("IRQ %d is delivered to CPU%d, whose speed is unknown. CPU%d is "
				   "known to be fast.",
				   vector->irq, where, target->id);
	else
		text = text_format("The affinity of IRQ %d is %s, not the best core alone.",
				   vector->irq, affinity);
	findings_add(&d->findings,
		     as_fast ? SEVERITY_INFO
		     : known ? SEVERITY_WARNING
			     : SEVERITY_PROBLEM,
		     "irq-not-in-force", text, strdup(APPLY));
}

/* It is where it should be. */
static void judge_delivery(struct diagnosis *d, const struct vector *vector, int where,
			   const char *counts, bool proven)
{
	const struct cpu *cpu = cpus_find(&d->machine->cpus, where);
	CLEANUP_FREE char *affinity = cpuset_format_name(&vector->affinity);

	if (where < 0 || !proven)
		findings_add(
			&d->findings, SEVERITY_INFO, "irq-idle",
			affinity ? text_format("IRQ %d should be delivered to %s: %s.", vector->irq,
					       cpuset_empty(&vector->affinity) ? "an unknown CPU"
									       : affinity,
					       counts)
				 : NULL,
			strdup("Run a model on the card, then 'ax650n-tune diagnose' again."));
	else if (cpu && cpu_speed_is_known(cpu))
		findings_add(&d->findings, SEVERITY_OK, "irq-on-fast-core",
			     text_format("IRQ %d is delivered to CPU%d, a fast core: %s.",
					 vector->irq, where, counts),
			     NULL);
	else
		findings_add(&d->findings, SEVERITY_INFO, "irq-on-unknown-core",
			     text_format("IRQ %d is delivered to CPU%d, whose speed is unknown: "
					 "%s.",
					 vector->irq, where, counts),
			     NULL);
}

void diagnose_vector(struct diagnosis *d, const struct vector *vector)
{
	const struct op *op = find_op(d->plan, KIND_IRQ_AFFINITY, vector->irq);
	CLEANUP_FREE char *counts = NULL;
	const struct cpu *cpu;
	bool proven, slow, strayed = false;
	int where = diagnose_irq_cpu(d->machine, vector, &proven);

	cpu = cpus_find(&d->machine->cpus, where);
	slow = cpu && !cpu->big;
	counts = describe_counts(d->machine, vector, where, proven);
	if (!counts) {
		d->findings.failed = true;
		return;
	}
	if (where >= 0 && !slow) {
		/* The first thread follows its interrupt when the next one arrives. */
		strayed = proven && judge_thread(d, vector, where, false);
		strayed = judge_thread(d, vector, where, true) || strayed;
	}
	if (!vector->settable || (op && op->result == OP_UNMOVABLE))
		judge_unmovable(d, vector, cpu);
	else if (slow)
		judge_little(d, vector, cpu, counts);
	else if (op && op_is_drift(op))
		judge_drift(d, vector, where);
	else if (!strayed)
		judge_delivery(d, vector, where, counts, proven);
}
