/* SPDX-License-Identifier: MIT */
/* The kinds of settings: their names, files, values, and what they apply to. */

#include "machine/kind.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/machine.h"

#include <errno.h>
#include <string.h>

/* CPUFREQ_NAME_LEN in include/linux/cpufreq.h, DEVFREQ_NAME_LEN in devfreq.h, less the NUL. */
#define GOVERNOR_NAME_MAX   15
#define GOVERNOR_LETTERS    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
#define GOVERNOR_ALLOWED    "the name of a governor, such as 'performance'"
#define IDLE_LATENCY_MAX_US 1000000

/* --- Values ----------------------------------------------------------------------------------- */

static bool is_ban(const char *value)
{
	return !strcmp(value, IRQBALANCE_BANNED) || !strcmp(value, IRQBALANCE_BALANCED);
}

static bool is_mask(const char *value)
{
	struct cpuset set;

	return cpuset_parse_mask(value, &set) == 0;
}

static bool is_cpu_list(const char *value)
{
	struct cpuset set;

	return cpuset_parse_list(value, &set) == 0 && !cpuset_empty(&set);
}

static bool is_governor(const char *value)
{
	size_t length = strspn(value, GOVERNOR_LETTERS);

	return length && length <= GOVERNOR_NAME_MAX && !value[length];
}

/* Whatever root_read_value() returns can be an original. */
static bool is_readable(const char *value)
{
	CLEANUP_FREE char *copy = strdup(value);

	if (!copy)
		return false;
	text_make_printable(copy);
	return !strcmp(copy, value);
}

/* The kernel's file takes 0 for "no limit", which is what 'off' leaves in force. */
static bool is_allowed_latency(const char *value)
{
	int64_t latency;

	return parse_long(value, 1, IDLE_LATENCY_MAX_US, &latency) == 0;
}

static bool same_text(const char *a, const char *b)
{
	return !strcmp(a, b);
}

static bool same_mask(const char *a, const char *b)
{
	struct cpuset x, y;

	return cpuset_parse_mask(a, &x) == 0 && cpuset_parse_mask(b, &y) == 0 &&
	       cpuset_equal(&x, &y);
}

static bool same_list(const char *a, const char *b)
{
	struct cpuset x, y;

	return cpuset_parse_list(a, &x) == 0 && cpuset_parse_list(b, &y) == 0 &&
	       cpuset_equal(&x, &y);
}

static char *plain_text(const char *value)
{
	return strdup(value);
}

static char *mask_text(const char *value)
{
	struct cpuset set;

	return cpuset_parse_mask(value, &set) == 0 ? cpuset_format_list(&set) : strdup(value);
}

/* --- The present value ------------------------------------------------------------------------ */

static const struct present absent = { .error = ENOENT };

static struct present present_ban(const struct machine *machine, enum kind kind, const char *card,
				  int id)
{
	const struct irqbalance *irqbalance = &machine->irqbalance;

	(void)kind, (void)card;
	if (!irqbalance->pid)
		return absent;
	if (irqbalance->error)
		return (struct present){ .error = irqbalance->error };
	return (struct present){ .value = irqbalance_has_banned(irqbalance, id)
						  ? IRQBALANCE_BANNED
						  : IRQBALANCE_BALANCED };
}

static struct present present_affinity(const struct machine *machine, enum kind kind,
				       const char *card, int id)
{
	const struct vector *vector = machine_find_vector(machine, card, id);

	(void)kind;
	return vector ? (struct present){ .value = vector->mask, .error = vector->mask_error }
		      : absent;
}

static struct present present_thread(const struct machine *machine, enum kind kind,
				     const char *card, int id)
{
	const struct vector *vector = machine_find_vector(machine, card, id);

	(void)kind;
	if (!vector || !vector->secondary_cpus)
		return absent;
	return (struct present){ .value = vector->secondary_cpus };
}

static struct present present_governor(const struct machine *machine, enum kind kind,
				       const char *card, int id)
{
	const struct policy *policy = cpus_find_policy(&machine->cpus, id);

	(void)kind, (void)card;
	return policy ? (struct present){ .value = policy->governor,
					  .error = policy->governor_error,
					  .offered = policy->governors }
		      : absent;
}

static struct present present_speed(const struct machine *machine, enum kind kind, const char *card,
				    int id)
{
	const struct policy *policy = cpus_find_policy(&machine->cpus, id);

	(void)kind, (void)card;
	if (!policy || !policy->governor)
		return absent;
	return (struct present){ .value = policy->speed ? policy->speed : SPEED_UNSUPPORTED };
}

static struct present present_latency(const struct machine *machine, enum kind kind,
				      const char *card, int id)
{
	const struct cpu *cpu = cpus_find(&machine->cpus, id);

	(void)kind, (void)card;
	return cpu ? (struct present){ .value = cpu->latency, .error = cpu->latency_error }
		   : absent;
}

static struct present present_memory(const struct machine *machine, enum kind kind,
				     const char *card, int id)
{
	const struct memory *memory = &machine->memory;

	(void)kind, (void)card, (void)id;
	return memory->name ? (struct present){ .value = memory->governor,
						.error = memory->error,
						.offered = memory->governors,
						.path = memory->path }
			    : absent;
}

static int read_threads_of(const struct root *root, const struct processes *processes,
			   struct card *cards, size_t n_cards)
{
	int r = 0;

	for (size_t i = 0; i < n_cards; i++) {
		for (size_t v = 0; r == 0 && v < cards[i].n_vectors; v++) {
			struct vector *vector = &cards[i].vectors[v];

			r = process_read_irq_thread(root, processes, vector->irq, true,
						    &vector->secondary);
			if (r == 0 && !cpuset_empty(&vector->secondary.allowed)) {
				vector->secondary_cpus = cpuset_format_list(
					&vector->secondary.allowed);
				r = vector->secondary_cpus ? 0 : -ENOMEM;
			}
		}
	}
	return r;
}

static int read_threads(const struct root *root, enum kind kind, struct machine *machine)
{
	int r;

	(void)kind;
	if (!process_irq_threads_are_forced(root))
		return 0;
	r = processes_read(root, &machine->processes);
	if (r == 0)
		r = read_threads_of(root, &machine->processes, machine->cards, machine->n_cards);
	return r ? r
		 : read_threads_of(root, &machine->processes, machine->former, machine->n_former);
}

static int read_latency(const struct root *root, enum kind kind, struct machine *machine)
{
	(void)kind;
	return cpus_read_latency(root, &machine->cpus);
}

static int read_memory(const struct root *root, enum kind kind, struct machine *machine)
{
	(void)kind;
	return memory_read(root, &machine->memory);
}

/* --- What the configuration sets -------------------------------------------------------------- */

/* True if the policy has an online CPU of the big class: its clock counts for the card. */
static bool has_big_cpu(const struct cpus *cpus, const struct policy *policy)
{
	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].online && cpus->cpus[i].big &&
		    cpuset_has(&policy->cpus, cpus->cpus[i].id))
			return true;
	return false;
}

/* A chosen CPU is a slow one where all others are isolated. */
static int next_policy(const struct machine *machine, const struct cpuset *chosen, int from)
{
	const struct cpus *cpus = &machine->cpus;

	for (size_t i = 0; i < cpus->n_policies; i++) {
		const struct policy *policy = &cpus->policies[i];

		if (policy->id >= from &&
		    (has_big_cpu(cpus, policy) || cpuset_overlap(&policy->cpus, chosen)))
			return policy->id;
	}
	return -1;
}

static int next_chosen_cpu(const struct machine *machine, const struct cpuset *chosen, int from)
{
	(void)machine;
	return cpuset_next(chosen, from);
}

static int only_zero(const struct machine *machine, const struct cpuset *chosen, int from)
{
	(void)machine, (void)chosen;
	return from ? -1 : 0;
}

static char *explain_governor(const struct machine *machine, int id, const char *value)
{
	const struct policy *policy = cpus_find_policy(&machine->cpus, id);
	CLEANUP_FREE char *list = policy ? cpuset_format_list(&policy->cpus) : NULL;

	(void)value;
	if (!list)
		return NULL;
	return text_format("CPUs %s %s; their clock must not drop between calls.", list,
			   has_big_cpu(&machine->cpus, policy) ? "are of the fast class"
							       : "take the card's interrupts");
}

static char *explain_latency(const struct machine *machine, int id, const char *value)
{
	(void)machine;
	return text_format("IdleLatency= keeps CPU%d out of idle states that take longer than %s "
			   "us to leave.",
			   id, value);
}

/* --- The table -------------------------------------------------------------------------------- */

const struct kind_row kinds[N_KINDS] = {
	[KIND_IRQBALANCE_BAN] = {
		.name = "irqbalance-ban",
		.label = "irqbalance ban on IRQ %d",
		.path = IRQBALANCE_DIR,
		.of_card = true,
		.variant = "irq",
		.is_valid = is_ban,
		.is_same = same_text,
		.text = plain_text,
		.present = present_ban,
	},
	[KIND_IRQ_AFFINITY] = {
		.name = "irq-affinity",
		.label = "affinity of IRQ %d",
		.path = "/proc/irq/%d/smp_affinity",
		.of_card = true,
		.variant = "irq",
		.is_valid = is_mask,
		.is_same = same_mask,
		.text = mask_text,
		.present = present_affinity,
	},
	[KIND_IRQ_THREAD] = {
		.name = "irq-thread",
		.label = "CPUs of thread irq/%d-s",
		.path = "irq/%d-s",
		.of_card = true,
		.variant = "irq",
		.is_valid = is_cpu_list,
		.is_same = same_list,
		.text = plain_text,
		.present = present_thread,
		.read = read_threads,
	},
	[KIND_GOVERNOR] = {
		.name = "governor",
		.label = "governor of policy%d",
		.path = "/sys/devices/system/cpu/cpufreq/policy%d/scaling_governor",
		.variant = "governor",
		.is_valid = is_readable,
		.is_same = same_text,
		.text = plain_text,
		.present = present_governor,
		.key = "Governor",
		.allowed = GOVERNOR_ALLOWED,
		.is_allowed = is_governor,
		.usual = "performance",
		.next = next_policy,
		.explain = explain_governor,
	},
	[KIND_GOVERNOR_SPEED] = {
		.name = "governor-speed",
		.label = "speed of policy%d, kHz",
		.path = "/sys/devices/system/cpu/cpufreq/policy%d/scaling_setspeed",
		.variant = "governor",
		.is_valid = is_readable,
		.is_same = same_text,
		.text = plain_text,
		.present = present_speed,
	},
	[KIND_IDLE_LATENCY] = {
		.name = "idle-latency",
		.label = "idle limit of CPU%d, us",
		.path = "/sys/devices/system/cpu/cpu%d/power/pm_qos_resume_latency_us",
		.variant = "idle",
		.is_valid = is_readable,
		.is_same = same_text,
		.text = plain_text,
		.present = present_latency,
		.read = read_latency,
		.key = "IdleLatency",
		.allowed = "1 to 1000000 microseconds",
		.is_allowed = is_allowed_latency,
		.usual = "20",
		.next = next_chosen_cpu,
		.explain = explain_latency,
	},
	[KIND_MEMORY_GOVERNOR] = {
		.name = "memory-governor",
		.label = "memory governor",
		.path = "/sys/class/devfreq/dmc/governor",
		.variant = "memory",
		.is_valid = is_readable,
		.is_same = same_text,
		.text = plain_text,
		.present = present_memory,
		.read = read_memory,
		.key = "MemoryGovernor",
		.allowed = GOVERNOR_ALLOWED,
		.is_allowed = is_governor,
		.usual = "performance",
		.next = only_zero,
	},
};

int kind_from_name(const char *name, enum kind *ret)
{
	for (enum kind kind = 0; kind < N_KINDS; kind++) {
		if (!strcmp(kinds[kind].name, name)) {
			*ret = kind;
			return 0;
		}
	}
	return -EINVAL;
}

char *kind_path(enum kind kind, int id)
{
	return text_format(kinds[kind].path, id);
}

char *kind_label(enum kind kind, int id)
{
	return text_format(kinds[kind].label, id);
}

int kinds_read(const struct root *root, unsigned set, struct machine *machine)
{
	int r = 0;

	for (enum kind kind = 0; r == 0 && kind < N_KINDS; kind++)
		if (set & KIND_BIT(kind) && kinds[kind].read)
			r = kinds[kind].read(root, kind, machine);
	return r;
}
