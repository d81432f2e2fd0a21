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

static const struct op *find_op(const struct plan *plan, int irq)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].kind == KIND_IRQ_AFFINITY && plan->ops[i].id == irq)
			return &plan->ops[i];
	return NULL;
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
	static const char *const designware[] = { "rk3576", "rk3568", "rk3566", "rk3528" };
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

static void judge_unmovable(struct diagnosis *d, const struct vector *vector, const struct cpu *cpu)
{
	bool equal = cpus_are_equal(&d->machine->cpus);
	const char *why = why_unmovable(d->machine, vector);

	if (equal)
		findings_add(&d->findings, SEVERITY_INFO, "irq-unmovable",
			     text_format("IRQ %d cannot be moved: %s. All cores are equal here, so "
					 "nothing is lost.",
					 vector->irq, why),
			     NULL);
	else
		findings_add(&d->findings, cpu && cpu->big ? SEVERITY_INFO : SEVERITY_WARNING,
			     "irq-unmovable",
			     text_format("IRQ %d cannot be moved%s: %s.", vector->irq,
					 cpu && !cpu->big ? " from a slow core" : "", why),
			     strdup("This kernel offers no way to move it. The other settings "
				    "still help."));
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
	const struct op *op = find_op(d->plan, vector->irq);
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

/* irq_set_thread_affinity() of Linux 6.1 (kernel/irq/manage.c) skips the secondary thread. */
static void judge_secondary(struct diagnosis *d, const struct vector *vector)
{
	const struct irq_thread *thread = &vector->secondary;
	int cpu = vector_cpu(vector);
	CLEANUP_FREE char *cpus = NULL;

	if (!thread->pid || cpu < 0 || cpuset_empty(&thread->allowed) ||
	    cpuset_single(&thread->allowed) == cpu)
		return;
	cpus = cpuset_format_list(&thread->allowed);
	findings_add(
		&d->findings, SEVERITY_WARNING, "irq-thread-elsewhere",
		cpus ? text_format("IRQ %d is delivered to CPU%d, but its thread irq/%d-s-..., "
				   "which runs the driver's handler, may run on CPUs %s: this "
				   "kernel does not move it along.",
				   vector->irq, cpu, vector->irq, cpus)
		     : NULL,
		strdup(APPLY));
}

void diagnose_vector(struct diagnosis *d, const struct vector *vector)
{
	const struct op *op = find_op(d->plan, vector->irq);
	CLEANUP_FREE char *affinity = cpuset_format_list(&vector->affinity);
	CLEANUP_FREE char *counts = NULL;
	const struct cpu *cpu;
	bool proven;
	int where = diagnose_irq_cpu(d->machine, vector, &proven);

	judge_secondary(d, vector);
	cpu = cpus_find(&d->machine->cpus, where);
	counts = describe_counts(d->machine, vector, where, proven);
	if (!affinity || !counts) {
		d->findings.failed = true;
		return;
	}
	if (!vector->settable || (op && op->result == OP_UNMOVABLE))
		judge_unmovable(d, vector, cpu);
	else if (cpu && !cpu->big)
		judge_little(d, vector, cpu, counts);
	else if (op && op_is_drift(op))
		findings_add(&d->findings, SEVERITY_WARNING, "irq-not-in-force",
			     text_format("The affinity of IRQ %d is CPUs %s, not the best core "
					 "alone.",
					 vector->irq, affinity),
			     strdup(APPLY));
	else if (!cpu || !proven)
		findings_add(&d->findings, SEVERITY_INFO, "irq-idle",
			     text_format("IRQ %d should be delivered to %s%s: %s.", vector->irq,
					 *affinity ? "CPU" : "an unknown CPU", affinity, counts),
			     strdup("Run a model on the card, then 'ax650n-tune diagnose' again."));
	else
		findings_add(&d->findings, SEVERITY_OK, "irq-on-fast-core",
			     text_format("IRQ %d is delivered to CPU%d, a fast core: %s.",
					 vector->irq, where, counts),
			     NULL);
}
