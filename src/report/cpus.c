/* SPDX-License-Identifier: MIT */
/* What diagnose prints of the CPUs, and of the interrupts that they took. */

#include "report/report.h"

#include "base/util.h"
#include "report/table.h"

#include <inttypes.h>
#include <string.h>

/* Interrupts of the cards that a CPU has taken since boot; false if nobody counted. */
static bool count_on(const struct irq_table *irqs, int cpu, uint64_t *ret)
{
	struct cpuset set = { 0 };

	cpuset_add(&set, cpu);
	return irq_table_sum(irqs, &set, ret);
}

static uint64_t highest_count(const struct machine *machine)
{
	uint64_t highest = 0, count;

	for (size_t i = 0; i < machine->cpus.n_cpus; i++)
		if (count_on(&machine->irqs, machine->cpus.cpus[i].id, &count) && count > highest)
			highest = count;
	return highest;
}

static const char *policy_governor(const struct cpus *cpus, const struct cpu *cpu)
{
	const struct policy *policy = cpus_policy(cpus, cpu->id);

	return policy && policy->governor ? policy->governor : "-";
}

/* True if both CPUs are alike and neither has taken an interrupt of a card: they share a line. */
static bool same_line(const struct machine *machine, const struct cpu *a, const struct cpu *b)
{
	uint64_t x = 0, y = 0;

	(void)count_on(&machine->irqs, a->id, &x);
	(void)count_on(&machine->irqs, b->id, &y);
	return !x && !y && cpus_are_alike(a, b) &&
	       !strcmp(policy_governor(&machine->cpus, a), policy_governor(&machine->cpus, b));
}

/* A bar of eighths of a character where the terminal has them. What is there is seen. */
static char *bar(uint64_t count, uint64_t highest)
{
	static const char blocks[] = "████████", hashes[] = "########";
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	const int width = (int)sizeof(hashes) - 1, bytes = (int)strlen("█");
	int units = highest ? (int)((double)count / (double)highest * width * 8) : 0;

	if (count && !units)
		units = 1;
	return text_has_pictures()
		       ? text_format("%.*s%s", units / 8 * bytes, blocks, eighths[units % 8])
		       : text_format("%.*s", (units + 7) / 8, hashes);
}

/* "1416", or "1200-2400" for CPUs that share a line with different clocks. */
static char *clock_text(const struct cpu *first, size_t count)
{
	long low = first->cur_khz, high = first->cur_khz;

	for (size_t i = 1; i < count; i++) {
		low = first[i].cur_khz < low ? first[i].cur_khz : low;
		high = first[i].cur_khz > high ? first[i].cur_khz : high;
	}
	if (low < 0)
		return text_or_dash(NULL);
	return low == high ? text_format("%ld", low / 1000)
			   : text_format("%ld-%ld", low / 1000, high / 1000);
}

static char *cpus_text(const struct cpu *first, size_t count)
{
	struct cpuset set = { 0 };

	for (size_t i = 0; i < count; i++)
		cpuset_add(&set, first[i].id);
	return cpuset_format_list(&set);
}

static void add_cpus(struct libscols_table *table, const struct machine *machine,
		     const struct cpu *first, size_t n, uint64_t highest)
{
	const char *core = cpu_core_name(first->midr), *note = cpu_excluded(first);
	struct libscols_line *line = table_add(table, NULL);
	uint64_t count;

	table_put(line, 0, cpus_text(first, n));
	table_put(line, 1, text_or_dash(strcmp(core, "unknown") ? core : NULL));
	table_put(line, 2, number_or_dash(first->capacity));
	table_put(line, 3, clock_text(first, n));
	table_put(line, 4, number_or_dash(first->max_khz >= 0 ? first->max_khz / 1000 : -1));
	table_put(line, 5, strdup(policy_governor(&machine->cpus, first)));
	if (!count_on(&machine->irqs, first->id, &count)) {
		table_put(line, 6, text_or_dash(NULL));
		table_put(line, 7, note ? strdup(note) : NULL);
		return;
	}
	table_put(line, 6, text_format("%" PRIu64, count));
	table_put(line, 7, note ? strdup(note) : bar(count, highest));
	table_color(line, 7, first->big ? "green" : "red");
}

void report_text_cpus(const struct machine *machine, struct report_style style)
{
	static const struct column columns[] = {
		{ "CPU", COLUMN_LEFT },	       { "CORE", COLUMN_LEFT },
		{ "CAPACITY", COLUMN_RIGHT },  { "MHZ NOW", COLUMN_RIGHT },
		{ "MAX", COLUMN_RIGHT },       { "GOVERNOR", COLUMN_LEFT },
		{ "CARD IRQS", COLUMN_RIGHT }, { "SHARE", COLUMN_LEFT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);
	const struct cpus *cpus = &machine->cpus;
	uint64_t highest = highest_count(machine);

	for (size_t i = 0, next; i < cpus->n_cpus; i = next) {
		for (next = i + 1;
		     next < cpus->n_cpus && same_line(machine, &cpus->cpus[i], &cpus->cpus[next]);)
			next++;
		add_cpus(table, machine, &cpus->cpus[i], next - i, highest);
	}
	table_print(table);
}
