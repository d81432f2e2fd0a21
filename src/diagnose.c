/* SPDX-License-Identifier: MIT */
/* What the facts mean: findings, each with what to do about it. Pure. */

#include "diagnose.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/*
 * A tenth of the round trip of a call, which is about 300 us on a CM3588 (measured by the project
 * cm3588-ax650n-pcie-tuning): an idle state that takes longer to leave is worth a word.
 */
#define IDLE_NOTABLE_US 30
#define IDLE_ADVISED_US 20

/* What the card has after a reset, and what its driver is used with. */
#define READ_REQUEST_USUAL 512

#define APPLY "sudo ax650n-tune apply"

struct diagnosis {
	const struct machine *machine;
	const struct plan *plan; /* NULL if there is none */
	struct findings findings;
	bool failed; /* out of memory */
};

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_PROBLEM] = "problem",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INFO] = "info",
		[SEVERITY_OK] = "ok",
	};

	return names[severity];
}

size_t findings_count(const struct findings *findings, enum severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->list[i].severity == severity;
	return count;
}

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].text);
		free(findings->list[i].advice);
	}
	free(findings->list);
	*findings = (struct findings){ 0 };
}

/* Adds a finding behind those that are as bad. Takes over TEXT and ADVICE. */
static void add(struct diagnosis *d, enum severity severity, const char *code, char *text,
		char *advice)
{
	struct findings *findings = &d->findings;
	struct finding *grown = NULL;
	size_t at = findings->count;

	if (text)
		grown = array_grow(findings->list, findings->count, sizeof(*grown));
	if (!grown) {
		free(text);
		free(advice);
		d->failed = true;
		return;
	}
	findings->list = grown;
	while (at && grown[at - 1].severity > severity)
		at--;
	memmove(grown + at + 1, grown + at, (findings->count++ - at) * sizeof(*grown));
	grown[at] = (struct finding){ severity, code, text, advice };
}

/* --- Interrupts ------------------------------------------------------------------------------- */

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
	for (size_t i = 0; plan && i < plan->n_ops; i++)
		if (plan->ops[i].kind == OP_IRQ_AFFINITY && plan->ops[i].id == irq)
			return &plan->ops[i];
	return NULL;
}

/* " (Cortex-A55, 1800 MHz)" as far as it is known. */
static char *describe_cpu(const struct cpu *cpu)
{
	const char *core = cpu_core_name(cpu->midr);
	bool named = strcmp(core, "unknown") != 0;

	if (cpu->max_khz < 0)
		return named ? text_format(" (%s)", core) : strdup("");
	return text_format(" (%s%s%ld MHz)", named ? core : "", named ? ", " : "",
			   cpu->max_khz / 1000);
}

/* What proves where an interrupt comes to. */
static char *describe_counts(const struct machine *machine, const struct vector *vector, int cpu,
			     bool proven)
{
	uint64_t sum = 0;

	for (size_t i = 0; vector->counts && i < machine->irqs.n_columns; i++)
		sum += vector->counts[i];
	if (!proven)
		return strdup(sum ? "idle, unproven: none counted there yet"
				  : "idle, unproven: none counted at all");
	if (vector->arrived)
		return text_format("%" PRIu64 " arrived while watching", vector->arrived);
	return text_format("%" PRIu64 " of %" PRIu64 " since boot",
			   vector_count(vector, &machine->irqs, cpu), sum);
}

/* Why the kernel does not let an interrupt be moved. */
static const char *why_unmovable(const struct machine *machine, const struct vector *vector)
{
	static const char *const designware[] = { "rk3576", "rk3568", "rk3566", "rk3528" };
	const char *compatible = machine->system.compatible ? machine->system.compatible : "";
	const char *chip = vector->chip ? vector->chip : "";

	if (!strncmp(chip, "ITS", 3) || !strncmp(chip, "MIP", 3))
		return "the kernel manages it itself";
	if (strstr(compatible, "bcm2712"))
		return "the overlay pciex1-compat-pi5,no-mip gives the port an MSI controller "
		       "without affinity";
	for (size_t i = 0; i < ARRAY_SIZE(designware); i++)
		if (strstr(compatible, designware[i]))
			return "the MSI controller in the PCIe port of this chip has no affinity "
			       "before Linux 7.0";
	return "the kernel manages it itself, or its MSI controller has no affinity";
}

static void judge_unmovable(struct diagnosis *d, const struct vector *vector, const struct cpu *cpu)
{
	bool equal = cpus_are_equal(&d->machine->cpus);
	const char *why = why_unmovable(d->machine, vector);

	if (equal)
		add(d, SEVERITY_INFO, "irq-unmovable",
		    text_format("Interrupt %d cannot be moved: %s. All cores are equal here, so "
				"nothing is lost.",
				vector->irq, why),
		    NULL);
	else
		add(d, cpu && cpu->big ? SEVERITY_INFO : SEVERITY_WARNING, "irq-unmovable",
		    text_format("Interrupt %d cannot be moved%s: %s.", vector->irq,
				cpu && !cpu->big ? " from a slow core" : "", why),
		    strdup("Nothing can be done on this kernel; all else still helps."));
}

/* Why a plan leaves an interrupt on a slow core, and what to do about it. */
static char *advise_chosen(const struct machine *machine)
{
	for (size_t i = 0; i < machine->cpus.n_cpus; i++) {
		const struct cpu *cpu = &machine->cpus.cpus[i];

		if (cpu->big && !cpu_excluded(cpu))
			return strdup("That was asked for: take Cpu= out of /etc/ax650n-tune.conf, "
				      "then '" APPLY "'.");
	}
	return strdup("Every fast core is offline, or kept free by isolcpus= or nohz_full= of the "
		      "kernel: leave one to the card, or name one with Cpu=.");
}

static void judge_little(struct diagnosis *d, const struct vector *vector, const struct cpu *cpu,
			 const char *counts)
{
	CLEANUP_FREE char *core = describe_cpu(cpu);
	const struct op *op = find_op(d->plan, vector->irq);
	bool planned = op && op->result == OP_UNCHANGED;
	bool obeys = cpuset_has(&vector->affinity, cpu->id);

	add(d, SEVERITY_PROBLEM, "irq-on-little-core",
	    text_format("Interrupt %d comes to CPU%d, a slow core%s%s: %s.", vector->irq, cpu->id,
			core ? core : "",
			planned && !obeys ? ", although its affinity is another" : "", counts),
	    !planned ? strdup(APPLY)
	    : obeys  ? advise_chosen(d->machine)
		     : strdup("Its controller does not obey. Please report it with the output of "
			       "'sudo ax650n-tune capture'."));
}

static void judge_vector(struct diagnosis *d, const struct vector *vector)
{
	const struct op *op = find_op(d->plan, vector->irq);
	CLEANUP_FREE char *affinity = cpuset_format_list(&vector->affinity);
	CLEANUP_FREE char *counts = NULL;
	const struct cpu *cpu;
	bool proven;
	int where = diagnose_irq_cpu(d->machine, vector, &proven);

	cpu = cpus_find(&d->machine->cpus, where);
	counts = describe_counts(d->machine, vector, where, proven);
	if (!affinity || !counts) {
		d->failed = true;
		return;
	}
	if (!vector->settable || (op && op->result == OP_UNMOVABLE))
		judge_unmovable(d, vector, cpu);
	else if (cpu && !cpu->big)
		judge_little(d, vector, cpu, counts);
	else if (op && op_is_drift(op))
		add(d, SEVERITY_WARNING, "irq-not-in-force",
		    text_format("Interrupt %d may go to CPUs %s and is not kept on the best core.",
				vector->irq, affinity),
		    strdup(APPLY));
	else if (!cpu || !proven)
		add(d, SEVERITY_INFO, "irq-idle",
		    text_format("Interrupt %d is to come to CPU%s: %s.", vector->irq,
				*affinity ? affinity : " unknown", counts),
		    strdup("Run a model on the card, then 'ax650n-tune diagnose' again."));
	else
		add(d, SEVERITY_OK, "irq-on-fast-core",
		    text_format("Interrupt %d comes to CPU%d, one of the fast cores: %s.",
				vector->irq, where, counts),
		    NULL);
}

/* --- Cards ------------------------------------------------------------------------------------ */

static void judge_driver(struct diagnosis *d, const struct card *card)
{
	if (!card->driver)
		add(d, SEVERITY_PROBLEM, "no-driver",
		    text_format("Card %s has no driver.", card->address),
		    strdup("Install the AXCL host package (axclhost, axcl_host_*.deb), then 'sudo "
			   "modprobe ax_pcie_host_dev'; see 'dmesg | grep -i ax_pcie'."));
	else if (!card_is_ready(card))
		add(d, SEVERITY_PROBLEM, "no-handler",
		    text_format("Driver %s of card %s has requested no interrupt.", card->driver,
				card->address),
		    strdup("See what 'sudo dmesg | grep -i ax_pcie' says; 'Failed to get MSI "
			   "interrupts' is its usual complaint."));
}

static void judge_link(struct diagnosis *d, const struct card *card)
{
	const struct link *link = &card->link;
	const struct port *port = card->n_ports ? &card->ports[card->n_ports - 1] : NULL;
	CLEANUP_FREE char *now = link_text(link->speed, link->width);
	CLEANUP_FREE char *most = NULL, *both = NULL;
	struct link common;

	if (!port)
		return;
	common = link_common(link, &port->link);
	most = link_text(link->max_speed, link->max_width);
	both = link_text(common.max_speed, common.max_width);
	if (!now || !most || !both)
		d->failed = true;
	else if (link_is_degraded(link, &port->link))
		add(d, SEVERITY_PROBLEM, "link-degraded",
		    text_format("The link of %s runs at %s, but both sides can do %s.",
				card->address, now, both),
		    strdup("Power the board off and seat the card anew; see 'sudo dmesg | grep -i "
			   "pcie'."));
	else if (link_limit(link, &port->link) == LINK_LIMIT_SLOT)
		add(d, SEVERITY_INFO, "link-limited-by-slot",
		    text_format("The link of %s runs at %s, the most that the card and this slot "
				"have in common; the card could do %s. That is the board, and "
				"cannot be tuned.",
				card->address, now, most),
		    NULL);
}

static void judge_registers(struct diagnosis *d, const struct card *card)
{
	const struct express *express = &card->express;

	if (express->payload < 0 && express->read_request < 0) {
		add(d, SEVERITY_INFO, "needs-root",
		    strdup("MaxPayload, MaxReadReq and ASPM are unknown: only root may read them."),
		    strdup("sudo ax650n-tune diagnose"));
		return;
	}
	if (express->payload == 128)
		add(d, SEVERITY_INFO, "max-payload-128",
		    text_format("MaxPayload of %s is 128 bytes%s.", card->address,
				express->payload_max == 128 ? ", the most the card can do" : ""),
		    NULL);
	if (express->read_request >= 0 && express->read_request != READ_REQUEST_USUAL)
		add(d, SEVERITY_WARNING, "max-read-request",
		    text_format(
			    "MaxReadReq of %s is %ld bytes, not %d. With 4096 a language model was "
			    "measured 30 %% slower; 128 and 256 crashed the driver.",
			    card->address, express->read_request, READ_REQUEST_USUAL),
		    strdup("Never write it while the driver is loaded. Take out what sets it "
			   "('pci=pcie_bus_perf' of the kernel, setpci) and reboot."));
}

static void judge_errors(struct diagnosis *d, const struct card *card)
{
	const struct aer *aer = &card->aer;

	if (aer->nonfatal > 0 || aer->fatal > 0)
		add(d, SEVERITY_PROBLEM, "aer-errors",
		    text_format("The link of %s had %ld non-fatal and %ld fatal errors since boot.",
				card->address, aer->nonfatal, aer->fatal),
		    strdup("Seat the card anew and check its power; see 'sudo dmesg | grep AER'."));
	else if (aer->correctable > 0)
		add(d, SEVERITY_WARNING, "aer-errors",
		    text_format("The link of %s had %ld errors since boot, all corrected.",
				card->address, aer->correctable),
		    strdup("If the number grows, seat the card anew and check its power."));
}

static void judge_cards(struct diagnosis *d)
{
	for (size_t i = 0; i < d->machine->n_cards; i++) {
		const struct card *card = &d->machine->cards[i];

		judge_driver(d, card);
		for (size_t v = 0; v < card->n_vectors; v++)
			if (card->driver && card->vectors[v].handler)
				judge_vector(d, &card->vectors[v]);
		judge_link(d, card);
		judge_registers(d, card);
		judge_errors(d, card);
	}
	if (!d->machine->n_cards)
		add(d, SEVERITY_PROBLEM, "no-card",
		    strdup("No AX650N card found: there is no PCI device of vendor 1f4b."),
		    strdup("Check that the card sits firmly in its slot and has power, and what "
			   "'lspci -d 1f4b:' and 'sudo dmesg | grep -i pcie' say."));
}

static void judge_smi(struct diagnosis *d)
{
	const struct smi *smi = &d->machine->smi;

	if (smi->outcome == SMI_SILENT)
		add(d, SEVERITY_PROBLEM, "card-not-answering",
		    strdup("axcl-smi did not end in time: a card does not answer."),
		    strdup("Power the board off and on; see 'sudo dmesg | grep -iE "
			   "\"axcl|heartbeat\"'."));
	else if (smi->outcome == SMI_FAILED)
		add(d, SEVERITY_PROBLEM, "card-not-usable",
		    text_format("axcl-smi reports no card: %s",
				*smi->message ? smi->message : "it printed nothing."),
		    strdup("See 'sudo dmesg | grep -i axcl': the firmware has to be loaded."));
}

/* --- Clocks ----------------------------------------------------------------------------------- */

/* The governors that are not as planned, in one finding. */
static void judge_governors(struct diagnosis *d)
{
	const struct cpus *cpus = &d->machine->cpus;
	struct cpuset set = { 0 };
	const struct op *first = NULL;
	CLEANUP_FREE char *list = NULL;

	for (size_t i = 0; d->plan && i < d->plan->n_ops; i++) {
		const struct op *op = &d->plan->ops[i];

		if (op->kind != OP_GOVERNOR || !op_is_drift(op))
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
		add(d, SEVERITY_PROBLEM, "governor-unavailable",
		    text_format("The kernel offers no governor %s for CPUs %s.", first->want,
				list ? list : ""),
		    text_format("Load its module: sudo modprobe cpufreq_%s.", first->want));
	else if (first)
		add(d, SEVERITY_PROBLEM, "governor-not-set",
		    text_format("The governor of CPUs %s is %s, not %s: their clocks drop between "
				"calls.",
				list ? list : "", first->had, first->want),
		    strdup(APPLY));
	if (!cpus->n_policies)
		add(d, SEVERITY_INFO, "no-cpufreq",
		    strdup("This kernel has no cpufreq: there is no clock to set."), NULL);
}

static void judge_clocks(struct diagnosis *d)
{
	const struct system *system = &d->machine->system;
	const struct cpus *cpus = &d->machine->cpus;

	if (system->cooling)
		add(d, SEVERITY_PROBLEM, "thermal-throttling",
		    text_format("The clocks are held down against heat (%s)%s%s.", system->cooling,
				system->hottest ? "; the hottest zone is " : "",
				system->hottest ? system->hottest : ""),
		    strdup("Cool the board better: a larger heat sink, or a fan."));
	for (size_t i = 0; i < cpus->n_policies; i++) {
		const struct policy *policy = &cpus->policies[i];
		const struct cpu *cpu = cpus_find(cpus, cpuset_next(&policy->cpus, 0));

		/* Against heat the kernel lowers the same limit. */
		if (system->cooling || !cpu || !cpu->big || policy->limit_khz <= 0 ||
		    policy->limit_khz >= policy->max_khz)
			continue;
		add(d, SEVERITY_PROBLEM, "clock-capped",
		    text_format("The clock of policy%d is limited to %ld MHz; its cores can do %ld "
				"MHz.",
				policy->id, policy->limit_khz / 1000, policy->max_khz / 1000),
		    text_format("echo %ld | sudo tee /sys/devices/system/cpu/cpufreq/policy%d/"
				"scaling_max_freq; what sets it may be in "
				"/etc/default/cpufrequtils.",
				policy->max_khz, policy->id));
	}
}

/* The chosen CPUs that may sleep too deeply, in one finding. */
static void judge_idle(struct diagnosis *d)
{
	const struct cpu *deepest = NULL;
	struct cpuset set = { 0 };
	CLEANUP_FREE char *list = NULL;

	for (size_t i = 0; d->plan && i < d->plan->n_cards; i++) {
		const struct cpu *cpu = cpus_find(&d->machine->cpus, d->plan->cpus[i]);

		if (!cpu || cpu->idle_us < IDLE_NOTABLE_US)
			continue;
		cpuset_add(&set, cpu->id);
		if (!deepest || cpu->idle_us > deepest->idle_us)
			deepest = cpu;
	}
	list = cpuset_format_list(&set);
	if (deepest)
		add(d, SEVERITY_INFO, "deep-idle",
		    text_format("CPU%s may enter idle state %s, which takes %ld us to leave.",
				list ? list : "", deepest->idle_state ? deepest->idle_state : "",
				deepest->idle_us),
		    text_format("To keep it out, at some cost in power: IdleLatency=%d in "
				"/etc/ax650n-tune.conf, then '" APPLY "'.",
				IDLE_ADVISED_US));
}

static void judge_memory(struct diagnosis *d)
{
	const struct memory *memory = &d->machine->memory;

	if (memory->governor && strcmp(memory->governor, "performance") != 0)
		add(d, SEVERITY_INFO, "memory-governor",
		    text_format("The clock of the memory is chosen by %s.", memory->governor),
		    strdup("To keep it up, for about 0.6 W on an RK3588: "
			   "MemoryGovernor=performance in /etc/ax650n-tune.conf, then '" APPLY
			   "'."));
}

/* --- Settings in all, and who may undo them --------------------------------------------------- */

static void judge_plan(struct diagnosis *d, const char *refused)
{
	bool other = false;

	if (refused)
		add(d, SEVERITY_PROBLEM, "no-plan",
		    text_format("The settings cannot be planned: %s.", refused),
		    strdup("Mend /etc/ax650n-tune.conf."));
	for (size_t i = 0; d->plan && i < d->plan->n_ops; i++)
		other = other || ((d->plan->ops[i].kind == OP_IDLE_LATENCY ||
				   d->plan->ops[i].kind == OP_MEMORY_GOVERNOR) &&
				  op_is_drift(&d->plan->ops[i]));
	if (other)
		add(d, SEVERITY_WARNING, "setting-not-in-force",
		    strdup("A setting of /etc/ax650n-tune.conf is not in force; 'ax650n-tune "
			   "status' names it."),
		    strdup(APPLY));
	if (d->plan && d->plan->n_ops && machine_is_ready(d->machine) &&
	    plan_sum(d->plan, true) == PLAN_UNCHANGED && !plan_has(d->plan, OP_UNMOVABLE))
		add(d, SEVERITY_OK, "in-force", strdup("Every setting is in force."), NULL);
}

static void judge_ban(struct diagnosis *d, int irq, enum ban ban)
{
	bool lasting = ban == BAN_DRIVER || d->machine->services.drop_in;

	switch (ban) {
	case BAN_NONE:
		add(d, SEVERITY_WARNING, "irqbalance-unbanned",
		    text_format("irqbalance runs and moves interrupt %d as it likes, within 10 s.",
				irq),
		    strdup(APPLY));
		break;
	case BAN_NUMBER:
	case BAN_DRIVER:
		add(d, lasting ? SEVERITY_OK : SEVERITY_INFO, "irqbalance-banned",
		    text_format("irqbalance runs and leaves interrupt %d alone%s.", irq,
				lasting ? " for good" : ", until it is restarted"),
		    NULL);
		break;
	case BAN_UNKNOWN:
		add(d, SEVERITY_WARNING, "irqbalance-unknown",
		    text_format("irqbalance runs and may move interrupt %d; only root can ask it.",
				irq),
		    strdup("sudo ax650n-tune diagnose"));
		break;
	}
}

static void judge_irqbalance(struct diagnosis *d)
{
	const struct irqbalance *irqbalance = &d->machine->irqbalance;

	for (size_t i = 0; irqbalance->pid && i < d->machine->n_cards; i++) {
		const struct card *card = &d->machine->cards[i];

		for (size_t v = 0; v < card->n_vectors; v++)
			if (card->driver && card->vectors[v].handler && card->vectors[v].settable)
				judge_ban(d, card->vectors[v].irq,
					  irqbalance_ban(irqbalance, card->vectors[v].irq,
							 card->driver));
	}
}

static void judge_rivals(struct diagnosis *d)
{
	const struct services *services = &d->machine->services;

	for (size_t i = 0; i < services->n_rivals; i++) {
		const struct rival *rival = &services->rivals[i];

		if (rival->affinity || !(rival->running || rival->enabled))
			continue;
		if (rival->daemon && rival->running)
			add(d, SEVERITY_WARNING, "governor-rival",
			    text_format("%s runs and may set other governors.", rival->name),
			    text_format("Have it use performance%s%s, or 'sudo systemctl disable "
					"--now %s'.",
					rival->config ? ": " : "",
					rival->config ? rival->config : "", rival->name));
		else
			add(d, SEVERITY_INFO, "governor-at-boot",
			    text_format("%s sets governors when the system starts%s%s.",
					rival->name, rival->config ? ", from " : "",
					rival->config ? rival->config : ""),
			    NULL);
	}
}

static void judge_service(struct diagnosis *d)
{
	const struct services *services = &d->machine->services;
	const struct unit *own = &services->own;

	if (!services->asked)
		return;
	if (!strcmp(own->load, "not-found"))
		add(d, SEVERITY_WARNING, "service-not-installed",
		    strdup(SERVICE_NAME " is not installed: the settings end with the next boot."),
		    strdup("sudo ./install.sh, in the source of ax650n-tune"));
	else if (!strcmp(own->active, "failed"))
		add(d, SEVERITY_PROBLEM, "service-failed",
		    text_format(SERVICE_NAME " has failed (%s).", own->result),
		    strdup("See 'journalctl -b -u ax650n-tune'."));
	else if (!strcmp(own->file_state, "masked"))
		add(d, SEVERITY_WARNING, "service-not-enabled",
		    strdup(SERVICE_NAME " is masked: the settings end with the next boot."),
		    strdup("sudo systemctl unmask ax650n-tune, then sudo systemctl enable --now "
			   "ax650n-tune"));
	else if (strcmp(own->file_state, "enabled") != 0)
		add(d, SEVERITY_WARNING, "service-not-enabled",
		    strdup(SERVICE_NAME " is not enabled: the settings end with the next boot."),
		    strdup("sudo systemctl enable --now ax650n-tune"));
	if (d->machine->n_cards && d->machine->system.can_suspend &&
	    strcmp(services->sleep.load, "masked") != 0 &&
	    strcmp(services->sleep.file_state, "masked") != 0)
		add(d, SEVERITY_WARNING, "sleep-not-masked",
		    strdup("The system may be suspended, which the card does not survive (its "
			   "vendor says so)."),
		    strdup("sudo systemctl mask sleep.target"));
}

int diagnose(const struct machine *machine, const struct plan *plan, const char *refused,
	     struct findings *ret)
{
	struct diagnosis d = { .machine = machine, .plan = plan };

	judge_cards(&d);
	judge_smi(&d);
	judge_governors(&d);
	judge_clocks(&d);
	judge_irqbalance(&d);
	judge_rivals(&d);
	judge_service(&d);
	judge_idle(&d);
	judge_memory(&d);
	judge_plan(&d, refused);
	*ret = d.findings;
	return d.failed ? -ENOMEM : 0;
}
