/* SPDX-License-Identifier: MIT */
/* The table of CPUs: their cores, clocks and card interrupts. */

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/cpu.h"
#include "machine/irq.h"
#include "machine/machine.h"
#include "report/report.h"
#include "report/table.h"

#include <inttypes.h>
#include <string.h>

static const char *policy_governor(const struct cpus *cpus, const struct cpu *cpu)
{
	const struct policy *policy = cpus_policy(cpus, cpu->id);

	return policy && policy->governor ? policy->governor : "-";
}

/* CPUs share a line if they are alike and have taken no card interrupts. */
static bool same_line(const struct machine *machine, const struct cpu *a, const struct cpu *b)
{
	uint64_t x = 0, y = 0;

	(void)irq_table_sum(&machine->irqs, a->id, &x);
	(void)irq_table_sum(&machine->irqs, b->id, &y);
	return !x && !y && cpus_are_alike(a, b) &&
	       !strcmp(policy_governor(&machine->cpus, a), policy_governor(&machine->cpus, b));
}

/* Drawn in eighths of a character if the locale has them. A count above 0 is always visible. */
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
	int64_t low = first->cur_khz, high = first->cur_khz;

	for (size_t i = 1; i < count; i++) {
		low = first[i].cur_khz < low ? first[i].cur_khz : low;
		high = first[i].cur_khz > high ? first[i].cur_khz : high;
	}
	if (low < 0)
		return text_or_dash(NULL);
	return low == high ? text_format("%" PRId64, low / 1000)
			   : text_format("%" PRId64 "-%" PRId64, low / 1000, high / 1000);
}

static char *cpus_text(const struct cpu *first, size_t count)
{
	struct cpuset set = { 0 };

	for (size_t i = 0; i < count; i++)
		cpuset_add(&set, first[i].id);
	return cpuset_format_list(&set);
}

/* The columns that depend on what is known. */
struct extras {
	bool clocks;	  /* MHZ NOW: at least one clock was read */
	uint64_t highest; /* SHARE: the longest bar stands for this count; 0 if all are 0 */
	bool notes;	  /* SHARE or NOTE: why a CPU is never chosen, instead of its bar */
};

static struct extras needed_extras(const struct machine *machine)
{
	struct extras extras = { 0 };

	for (size_t i = 0; i < machine->cpus.n_cpus; i++) {
		const struct cpu *cpu = &machine->cpus.cpus[i];
		uint64_t count;

		extras.clocks = extras.clocks || cpu->cur_khz >= 0;
		extras.notes = extras.notes || cpu_excluded(cpu);
		if (irq_table_sum(&machine->irqs, cpu->id, &count) && count > extras.highest)
			extras.highest = count;
	}
	return extras;
}

static struct libscols_table *new_cpu_table(const struct extras *extras, bool color)
{
	struct column columns[8];
	size_t n = 0;

	columns[n++] = (struct column){ "CPU", COLUMN_LEFT };
	columns[n++] = (struct column){ "CORE", COLUMN_LEFT };
	columns[n++] = (struct column){ "CAPACITY", COLUMN_RIGHT };
	if (extras->clocks)
		columns[n++] = (struct column){ "MHZ NOW", COLUMN_RIGHT };
	columns[n++] = (struct column){ extras->clocks ? "MAX" : "MAX MHZ", COLUMN_RIGHT };
	columns[n++] = (struct column){ "GOVERNOR", COLUMN_LEFT };
	columns[n++] = (struct column){ "CARD IRQS", COLUMN_RIGHT };
	if (extras->highest || extras->notes)
		columns[n++] = (struct column){ extras->highest ? "SHARE" : "NOTE", COLUMN_LEFT };
	return table_new(columns, n, color);
}

static void put_cpus(struct libscols_line *line, const struct machine *machine,
		     const struct cpu *first, size_t n, const struct extras *extras)
{
	const char *note = cpu_excluded(first);
	size_t column = 0;
	uint64_t count = 0;
	bool counted = irq_table_sum(&machine->irqs, first->id, &count);

	table_put(line, column++, cpus_text(first, n));
	table_put(line, column++, text_or_dash(cpus_core_name(&machine->cpus, first)));
	table_put(line, column++, number_or_dash(first->capacity));
	if (extras->clocks)
		table_put(line, column++, clock_text(first, n));
	table_put(line, column++, number_or_dash(first->max_khz >= 0 ? first->max_khz / 1000 : -1));
	table_put(line, column++, strdup(policy_governor(&machine->cpus, first)));
	table_put(line, column++, counted ? text_format("%" PRIu64, count) : text_or_dash(NULL));
	if (note) {
		table_put(line, column, strdup(note));
	} else if (extras->highest) {
		table_put(line, column, bar(count, extras->highest));
		table_color(line, column, first->big ? "green" : "red");
	}
}

void report_text_cpus(const struct machine *machine, struct report_style style)
{
	const struct extras extras = needed_extras(machine);
	struct libscols_table *table = new_cpu_table(&extras, style.color);
	const struct cpus *cpus = &machine->cpus;

	for (size_t i = 0, next; i < cpus->n_cpus; i = next) {
		for (next = i + 1;
		     next < cpus->n_cpus && same_line(machine, &cpus->cpus[i], &cpus->cpus[next]);)
			next++;
		put_cpus(table_add(table, NULL), machine, &cpus->cpus[i], next - i, &extras);
	}
	table_print(table);
}
