/* SPDX-License-Identifier: MIT */
/* The report of diagnose for people: one screen of 80 columns. */

#include "report.h"

#include "report-text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- The board -------------------------------------------------------------------------------- */

static char *uptime_text(long seconds)
{
	long minutes = seconds / 60, hours = minutes / 60;

	if (hours >= 24)
		return text_format(", up %ld d %ld h", hours / 24, hours % 24);
	if (hours)
		return text_format(", up %ld h %ld min", hours, minutes % 60);
	return seconds >= 0 ? text_format(", up %ld min", minutes) : strdup("");
}

static void print_board(const struct system *system)
{
	CLEANUP_FREE char *uptime = uptime_text(system->uptime_s);
	CLEANUP_FREE char *heat = system->hottest ? text_format(", %ld C",
								(system->hottest_mc + 500) / 1000)
						  : NULL;
	CLEANUP_FREE char *text = text_format("%s, Linux %s%s%s",
					      system->model ? system->model : "Unknown board",
					      system->kernel ? system->kernel : "unknown",
					      uptime ? uptime : "", heat ? heat : "");

	text_print_wrapped(0, 2, text ? text : "");
	putchar('\n');
}

/* --- The cards and what lies above them ------------------------------------------------------- */

static char *link_or_dash(long speed, long width)
{
	return speed >= 0 && width >= 0 ? link_text(speed, width) : text_or_dash(NULL);
}

struct node {
	const char *name;
	struct libscols_line *line;
};

/* The lines of the tree by name: cards below one switch share its ports. */
struct tree {
	struct libscols_table *table;
	struct node *nodes;
	size_t count;
};

/* The line of that name, made below PARENT if need be. LINK may be NULL. */
static struct libscols_line *add_device(struct tree *tree, struct libscols_line *parent,
					const char *name, const char *what, const struct link *link)
{
	struct node *grown;
	struct libscols_line *line;

	for (size_t i = 0; i < tree->count; i++)
		if (!strcmp(tree->nodes[i].name, name))
			return tree->nodes[i].line;
	grown = array_grow(tree->nodes, tree->count, sizeof(*grown));
	line = grown ? table_add(tree->table, parent) : NULL;
	if (!line)
		return NULL;
	tree->nodes = grown;
	tree->nodes[tree->count++] = (struct node){ name, line };
	table_put(line, 0, strdup(name));
	table_put(line, 1, strdup(what));
	if (!link)
		return line;
	table_put(line, 2, link_or_dash(link->speed, link->width));
	table_put(line, 3, link_or_dash(link->max_speed, link->max_width));
	table_put(line, 4, number_or_dash(link_bandwidth(link->speed, link->width)));
	return line;
}

static void add_card(struct tree *tree, const struct card *card)
{
	static const char *const limits[] = { "", "the slot", "the card" };
	struct libscols_line *line = NULL;
	const struct port *port = NULL;
	enum link_limit limit;

	if (card->controller)
		line = add_device(tree, line, card->controller, "controller", NULL);
	for (size_t i = 0; i < card->n_ports; i++) {
		port = &card->ports[i];
		line = add_device(tree, line, port->address, i ? "switch" : "root port",
				  &port->link);
	}
	line = add_device(tree, line, card->address, card_name(card->id), &card->link);
	limit = port ? link_limit(&card->link, &port->link) : LINK_LIMIT_NONE;
	table_put(line, 5,
		  strdup(port && link_is_degraded(&card->link, &port->link) ? "a fault"
									    : limits[limit]));
}

static void print_tree(const struct machine *machine, struct report_style style)
{
	static const struct column columns[] = {
		{ "PCI EXPRESS", COLUMN_TREE }, { "", COLUMN_LEFT },
		{ "LINK NOW", COLUMN_LEFT },	{ "AT MOST", COLUMN_LEFT },
		{ "MB/S", COLUMN_RIGHT },	{ "LIMITED BY", COLUMN_LEFT },
	};
	struct tree tree = { .table = table_new(columns, ARRAY_SIZE(columns), style.color) };

	for (size_t i = 0; i < machine->n_cards; i++)
		add_card(&tree, &machine->cards[i]);
	table_print(tree.table);
	free(tree.nodes);
}

static void print_registers(const struct express *express)
{
	static const char *const aspm[] = { "off", "L0s", "L1", "L0s and L1" };

	if (express->payload < 0 || express->read_request < 0)
		return;
	printf("  MaxPayload %ld, MaxReadReq %ld", express->payload, express->read_request);
	if (express->aspm >= 0)
		printf(", ASPM %s", aspm[express->aspm]);
	putchar('\n');
}

static void print_smi(const struct smi *smi, const char *address)
{
	const struct smi_card *card = smi_find(smi, address);

	if (!card)
		return;
	printf("  axcl-smi: firmware %s", *card->firmware ? card->firmware : "unknown");
	if (card->temperature_c >= 0)
		printf(", %ld C", card->temperature_c);
	if (card->npu_percent >= 0)
		printf(", NPU %ld %% busy", card->npu_percent);
	if (card->used_mib >= 0 && card->total_mib >= 0)
		printf(", %ld of %ld MiB used", card->used_mib, card->total_mib);
	putchar('\n');
}

static void print_card(const struct machine *machine, const struct card *card)
{
	printf("%s: ", card->address);
	if (card->driver)
		printf("driver %s%s%s", card->driver, card->driver_version ? " " : "",
		       card->driver_version ? card->driver_version : "");
	else
		printf("no driver");
	putchar('\n');
	print_registers(&card->express);
	if (card->aer.correctable >= 0)
		printf("  link errors since boot: %ld corrected, %ld non-fatal, %ld fatal\n",
		       card->aer.correctable, card->aer.nonfatal, card->aer.fatal);
	print_smi(&machine->smi, card->address);
}

/* --- CPUs ------------------------------------------------------------------------------------- */

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

static void print_cpus(const struct machine *machine, struct report_style style)
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

/* --- Interrupts ------------------------------------------------------------------------------- */

static char *set_or_dash(const struct cpuset *set)
{
	return cpuset_empty(set) ? text_or_dash(NULL) : cpuset_format_list(set);
}

static void put_thread(struct libscols_line *line, const struct irq_thread *thread)
{
	table_put(line, 5, number_or_dash(thread->pid ? thread->pid : -1));
	table_put(line, 6, number_or_dash(thread->pid ? thread->priority : -1));
	table_put(line, 7, number_or_dash(thread->pid ? thread->last_cpu : -1));
}

/* Newer kernels append the card's address, which is in the column of the action too. */
static char *chip_text(const char *chip, const char *address)
{
	size_t length = chip ? strlen(chip) : 0, tail = strlen(address);

	if (length > tail + 1 && chip[length - tail - 1] == '-' &&
	    !strcmp(chip + length - tail, address))
		length -= tail + 1;
	return chip ? text_format("%.*s", (int)length, chip) : text_or_dash(NULL);
}

static void print_irqs(const struct machine *machine, struct report_style style)
{
	static const struct column columns[] = {
		{ "IRQ", COLUMN_RIGHT },  { "CHIP", COLUMN_LEFT },	{ "ACTION", COLUMN_LEFT },
		{ "CPUS", COLUMN_LEFT },  { "EFFECTIVE", COLUMN_LEFT }, { "THREAD", COLUMN_RIGHT },
		{ "PRIO", COLUMN_RIGHT }, { "ON", COLUMN_RIGHT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < machine->n_cards; i++) {
		for (size_t v = 0; v < machine->cards[i].n_vectors; v++) {
			const struct vector *vector = &machine->cards[i].vectors[v];
			struct libscols_line *line = table_add(table, NULL);

			table_put(line, 0, text_format("%d", vector->irq));
			table_put(line, 1, chip_text(vector->chip, machine->cards[i].address));
			table_put(line, 2, text_or_dash(vector->action));
			table_put(line, 3, set_or_dash(&vector->affinity));
			table_put(line, 4, set_or_dash(&vector->effective));
			put_thread(line, &vector->thread);
		}
	}
	table_print(table);
}

/* --- Services --------------------------------------------------------------------------------- */

static void put_services(const struct services *services, FILE *out)
{
	const struct unit *own = &services->own;

	fputs("Services: " SERVICE_NAME " ", out);
	if (!services->asked)
		fputs("unknown, systemd did not answer", out);
	else if (!strcmp(own->load, "not-found"))
		fputs("not installed", out);
	else
		fprintf(out, "%s, %s", *own->file_state ? own->file_state : "not enabled",
			own->active);
	for (size_t i = 0; i < services->n_rivals; i++) {
		const struct rival *rival = &services->rivals[i];

		if (rival->running || rival->enabled)
			fprintf(out, "; %s %s", rival->name,
				!rival->daemon	 ? "at boot"
				: rival->running ? "running"
						 : "enabled");
	}
}

static void print_services(const struct services *services)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	put_services(services, out);
	if (fclose(out) == 0)
		text_print_wrapped(0, 2, text);
	putchar('\n');
}

/* --- Findings --------------------------------------------------------------------------------- */

static void print_finding(const struct finding *finding, struct report_style style)
{
	static const char *const colors[] = {
		[SEVERITY_PROBLEM] = "\033[31m",
		[SEVERITY_WARNING] = "\033[33m",
		[SEVERITY_INFO] = "",
		[SEVERITY_OK] = "\033[32m",
	};
	const char *color = style.color ? colors[finding->severity] : "";

	printf("%s%-8s%s ", color, severity_name(finding->severity), *color ? "\033[0m" : "");
	text_print_wrapped(9, 9, finding->text);
	if (finding->advice) {
		printf("%9s-> ", "");
		text_print_wrapped(12, 12, finding->advice);
	}
}

static void print_count(size_t count, const char *what)
{
	printf("%zu %s%s", count, what, count == 1 ? "" : "s");
}

static void print_verdict(const struct machine *machine, const struct findings *findings)
{
	size_t problems = findings_count(findings, SEVERITY_PROBLEM);
	size_t warnings = findings_count(findings, SEVERITY_WARNING);

	printf("\nVerdict: ");
	if (!machine->n_cards) {
		puts("no card.");
		return;
	}
	if (!problems && !warnings) {
		puts("nothing costs the card speed that could be helped.");
		return;
	}
	if (problems)
		print_count(problems, "problem");
	if (problems && warnings)
		printf(", ");
	if (warnings)
		print_count(warnings, "warning");
	puts(problems ? ": the card is not as fast as it could be."
		      : ": the card is as fast as it can be, for now.");
}

void report_text_diagnose(const struct machine *machine, const struct findings *findings,
			  struct report_style style)
{
	print_board(&machine->system);
	if (machine->n_cards) {
		print_tree(machine, style);
		for (size_t i = 0; i < machine->n_cards; i++)
			print_card(machine, &machine->cards[i]);
		putchar('\n');
	}
	print_cpus(machine, style);
	putchar('\n');
	if (machine->irqs.n_lines) {
		print_irqs(machine, style);
		putchar('\n');
	}
	print_services(&machine->services);
	for (size_t i = 0; i < findings->count; i++)
		print_finding(&findings->list[i], style);
	print_verdict(machine, findings);
}
