/* SPDX-License-Identifier: MIT */
/* Results of apply, revert, status and detect for people. */

#include "report/report.h"

#include "base/util.h"
#include "report/table.h"

#include <inttypes.h>
#include <string.h>

static const char *result_color(const struct op *op)
{
	switch (op->result) {
	case OP_CHANGED:
	case OP_UNCHANGED:
		return "green";
	case OP_FAILED:
		return "red";
	default:
		return "brown";
	}
}

/* "1 setting", "2 settings". */
static void print_count(size_t count, const char *rest)
{
	printf("%zu setting%s%s", count, count == 1 ? "" : "s", rest);
}

static void print_cards(const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];
		const char *separator = ", interrupt ";

		printf("Card %s: %s (%04x:%04x)", card->address, card_name(card->id),
		       card->id.vendor, card->id.device);
		if (card->driver)
			printf(", driver %s", card->driver);
		else
			printf(", no driver bound");
		for (size_t v = 0; v < card->n_vectors; v++) {
			if (!card->vectors[v].handler)
				continue;
			printf("%s%d", separator, card->vectors[v].irq);
			separator = " ";
		}
		putchar('\n');
	}
}

/* True for the same policy, and for two that hold one CPU each and have the same governor. */
static bool same_policy(const struct policy *a, const struct policy *b)
{
	return a == b || (a && b && a->governor && b->governor && cpuset_single(&a->cpus) >= 0 &&
			  cpuset_single(&b->cpus) >= 0 && !strcmp(a->governor, b->governor));
}

/* True if both CPUs can share a line of the table. */
static bool same_group(const struct cpus *cpus, const struct cpu *a, const struct cpu *b)
{
	return same_policy(cpus_policy(cpus, a->id), cpus_policy(cpus, b->id)) &&
	       cpus_are_alike(a, b);
}

/* The numbers, and why none of them would be chosen. */
static char *group_name(const struct cpu *cpu, const struct cpuset *set)
{
	CLEANUP_FREE char *list = cpuset_format_list(set);
	const char *why = cpu_excluded(cpu);

	if (!list)
		return NULL;
	return why ? text_format("%s (%s)", list, why) : strdup(list);
}

/* "policy4"; for a group with a policy for each CPU "policy0-71". */
static char *policy_name(const struct policy *policy, const struct cpuset *set)
{
	CLEANUP_FREE char *list = cpuset_format_list(set);

	if (cpuset_single(&policy->cpus) < 0)
		return text_format("policy%d", policy->id);
	return list ? text_format("policy%s", list) : NULL;
}

static void put_group(struct libscols_line *line, const struct machine *machine,
		      const struct cpu *cpu, const struct cpuset *set)
{
	const struct policy *policy = cpus_policy(&machine->cpus, cpu->id);
	uint64_t count;

	table_put(line, 0, group_name(cpu, set));
	table_put(line, 1, text_or_dash(cpu->midr >= 0 ? cpu_core_name(cpu->midr) : NULL));
	table_put(line, 2, number_or_dash(cpu->capacity));
	table_put(line, 3, number_or_dash(cpu->max_khz >= 0 ? cpu->max_khz / 1000 : -1));
	table_put(line, 4, policy ? policy_name(policy, set) : text_or_dash(NULL));
	table_put(line, 5, text_or_dash(policy ? policy->governor : NULL));
	table_put(line, 6,
		  irq_table_sum(&machine->irqs, set, &count) ? text_format("%" PRIu64, count)
							     : text_or_dash(NULL));
}

/* One line for each run of CPUs that are alike. */
static void print_cpus(const struct machine *machine, struct report_style style)
{
	static const struct column columns[] = {
		{ "CPUS", COLUMN_LEFT },       { "CORE", COLUMN_LEFT },
		{ "CAPACITY", COLUMN_RIGHT },  { "MAX MHZ", COLUMN_RIGHT },
		{ "POLICY", COLUMN_LEFT },     { "GOVERNOR", COLUMN_LEFT },
		{ "CARD IRQS", COLUMN_RIGHT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);
	const struct cpus *cpus = &machine->cpus;

	for (size_t i = 0, next; i < cpus->n_cpus; i = next) {
		struct cpuset set = { 0 };

		for (next = i;
		     next < cpus->n_cpus && same_group(cpus, &cpus->cpus[i], &cpus->cpus[next]);
		     next++)
			cpuset_add(&set, cpus->cpus[next].id);
		put_group(table_add(table, NULL), machine, &cpus->cpus[i], &set);
	}
	table_print(table);
	if (!cpus->n_policies)
		puts("This kernel has no cpufreq: there is no clock to set.");
}

static void print_machine(const struct machine *machine, struct report_style style)
{
	print_cards(machine);
	putchar('\n');
	print_cpus(machine, style);
}

/* A value as a person would write it: a mask becomes a list of CPUs. */
static char *value_text(enum kind kind, const char *value)
{
	return value ? kinds[kind].text(value) : strdup("unknown");
}

static char *result_text(const struct op *op)
{
	return strdup(op->result == OP_WOULD_CHANGE ? "would change" : op_result_name(op->result));
}

static void print_ops(const struct plan *plan, const char *after, struct report_style style)
{
	const struct column columns[] = {
		{ "SETTING", COLUMN_LEFT },
		{ "BEFORE", COLUMN_LEFT },
		{ after, COLUMN_LEFT },
		{ "RESULT", COLUMN_LEFT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		struct libscols_line *line = table_add(table, NULL);

		table_put(line, 0, kind_label(op->kind, op->id));
		table_put(line, 1, value_text(op->kind, op->had));
		table_put(line, 2, value_text(op->kind, op_after(op)));
		table_put(line, 3, result_text(op));
		table_color(line, 3, result_color(op));
	}
	table_print(table);
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].pending)
			printf("Interrupt %d takes its new CPU when it is raised next.\n",
			       plan->ops[i].id);
}

/* The files behind the settings, for those who want to know exactly. */
static void print_paths(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		const char *after = op_after(op);

		printf("%s%s\n  %s -> %s  (%s)\n  %s\n", i ? "" : "\n", op->path,
		       op->had ? op->had : "unknown", after ? after : "unknown",
		       op_result_name(op->result), op->why);
	}
}

static size_t count_results(const struct plan *plan, enum op_result result)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->n_ops; i++)
		count += plan->ops[i].result == result;
	return count;
}

static void print_apply_verdict(const struct report *report)
{
	const struct plan *plan = report->plan;
	size_t in_force = count_results(plan, OP_CHANGED) + count_results(plan, OP_UNCHANGED);
	bool ready = machine_is_ready(report->machine);

	switch (plan_sum(plan, ready)) {
	case PLAN_TUNED:
		printf("Tuned: ");
		print_count(count_results(plan, OP_CHANGED), " changed");
		if (count_results(plan, OP_UNCHANGED))
			printf(", %zu as wanted already", count_results(plan, OP_UNCHANGED));
		puts(". To undo: ax650n-tune revert");
		break;
	case PLAN_UNCHANGED:
		puts("Tuned already: nothing had to be changed.");
		break;
	case PLAN_PARTIAL:
		printf("Only partly tuned: ");
		print_count(in_force, " in force");
		puts(ready ? "." : ", not every card has its driver.");
		break;
	case PLAN_FAILED:
		puts("Not tuned.");
		break;
	}
}

static void print_revert_verdict(const struct plan *plan)
{
	size_t back = count_results(plan, OP_CHANGED), failed = count_results(plan, OP_FAILED);

	if (!plan->n_ops) {
		puts("Nothing to revert: there are no saved settings.");
		return;
	}
	printf("%s: ", failed ? "Not all reverted" : "Reverted");
	print_count(back, " put back");
	if (count_results(plan, OP_UNCHANGED))
		printf(", %zu original already", count_results(plan, OP_UNCHANGED));
	if (count_results(plan, OP_SKIPPED))
		printf(", %zu left alone", count_results(plan, OP_SKIPPED));
	if (failed)
		printf(", %zu failed", failed);
	puts(".");
}

void report_text_run(const struct report *report, struct report_style style)
{
	bool revert = !strcmp(report->command, "revert");
	size_t count = count_results(report->plan, OP_WOULD_CHANGE);

	if (!revert) {
		print_machine(report->machine, style);
		putchar('\n');
	}
	if (report->plan->n_ops)
		print_ops(report->plan, report->dry_run ? "AFTER" : "NOW", style);
	if (style.verbose || report->dry_run)
		print_paths(report->plan);
	if (report->plan->n_ops)
		putchar('\n');
	if (report->dry_run) {
		printf("Nothing was written; ");
		print_count(count, " would change.\n");
	} else if (revert) {
		print_revert_verdict(report->plan);
	} else {
		print_apply_verdict(report);
	}
}

void report_text_status(const struct report *report, struct report_style style)
{
	const struct plan *plan = report->plan;
	size_t drift = 0;

	print_machine(report->machine, style);
	putchar('\n');
	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		CLEANUP_FREE char *name = kind_label(op->kind, op->id);
		CLEANUP_FREE char *have = value_text(op->kind, op->had);
		CLEANUP_FREE char *want = value_text(op->kind, op->want);

		if (!name || !have || !want || (!op_is_drift(op) && !style.verbose))
			continue;
		drift += op_is_drift(op);
		if (op_is_drift(op))
			printf("%s: %s, should be %s\n  %s\n", name, have, want, op->path);
		else
			printf("%s: %s (%s)\n  %s\n", name, have, op_result_name(op->result),
			       op->path);
	}
	if (report_in_force(report)) {
		puts("Tuned: every setting is in force.");
		return;
	}
	printf("Not tuned: ");
	if (!machine_is_ready(report->machine))
		puts("a card has no working driver.");
	else
		print_count(drift, drift == 1 ? " differs. To set it: ax650n-tune apply\n"
					      : " differ. To set them: ax650n-tune apply\n");
}

void report_text_detect(const struct machine *machine, struct report_style style)
{
	print_cards(machine);
	if (style.verbose) {
		putchar('\n');
		print_cpus(machine, style);
	}
}
