/* SPDX-License-Identifier: MIT */
/* The text of apply, revert, status and detect. */

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/card.h"
#include "machine/machine.h"
#include "plan/op.h"
#include "plan/plan.h"
#include "report/outcome.h"
#include "report/report.h"
#include "report/table.h"

#include <stdio.h>
#include <string.h>

static bool is_revert(const struct report *report)
{
	return !strcmp(report->command, "revert");
}

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

static void put_card(const void *what, FILE *out)
{
	const struct card *card = what;

	fprintf(out, "Card %s: %s (%04x:%04x)", card->address, card_name(card->id), card->id.vendor,
		card->id.device);
	if (card->driver)
		fprintf(out, ", driver %s", card->driver);
	else
		fprintf(out, ", no driver bound");
	for (size_t v = 0; v < card->n_vectors; v++)
		if (card->vectors[v].handler)
			fprintf(out, ", IRQ %d", card->vectors[v].irq);
}

static void print_cards(const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++)
		text_print_folded(put_card, &machine->cards[i]);
}

static void print_machine(const struct machine *machine, struct report_style style)
{
	print_cards(machine);
	putchar('\n');
	report_text_cpus(machine, style);
	if (!machine->cpus.n_policies)
		puts("This kernel has no cpufreq: there is no clock to set.");
}

/* A value as a person would write it: a mask becomes a list of CPUs. */
static char *value_text(enum kind kind, const char *value)
{
	return value ? kinds[kind].text(value) : strdup("unknown");
}

/* What revert skips, as the table says it. */
static const char *why_left_alone(const struct op *op)
{
	if (op->had)
		return "left alone: something else\nhas set it since";
	return op->error ? "left alone: it cannot be\nread now" : "left alone: it is gone";
}

static const char *result_text(const struct op *op, bool revert)
{
	if (op->result == OP_SKIPPED && revert)
		return why_left_alone(op);
	return op->result == OP_WOULD_CHANGE ? "would change" : op_result_name(op->result);
}

static void print_ops(const struct report *report, struct report_style style)
{
	const struct plan *plan = report->plan;
	const struct column columns[] = {
		{ "SETTING", COLUMN_LEFT },
		{ "BEFORE", COLUMN_LEFT },
		{ report->dry_run ? "AFTER" : "NOW", COLUMN_LEFT },
		{ "RESULT", COLUMN_LINES },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		struct libscols_line *line = table_add(table, NULL);

		table_put(line, 0, kind_label(op->kind, op->id));
		table_put(line, 1, value_text(op->kind, op->had));
		table_put(line, 2, value_text(op->kind, op_after(op)));
		table_put(line, 3, strdup(result_text(op, is_revert(report))));
		table_color(line, 3, result_color(op));
	}
	table_print(table);
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].pending)
			printf("IRQ %d moves at its next interrupt.\n", plan->ops[i].id);
}

void report_text_paths(const struct report *report)
{
	for (size_t i = 0; i < report->plan->n_ops; i++) {
		const struct op *op = &report->plan->ops[i];
		bool left_alone = op->result == OP_SKIPPED && is_revert(report);
		const char *after = op_after(op);

		printf("%s%s\n  %s -> %s  (%s)\n  ", i ? "" : "\n", op->path,
		       op->had ? op->had : "unknown", after ? after : "unknown",
		       left_alone ? "left alone" : op_result_name(op->result));
		text_print_wrapped(2, 2, op->why);
	}
}

static size_t count_results(const struct plan *plan, enum op_result result)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->n_ops; i++)
		count += plan->ops[i].result == result;
	return count;
}

static void put_apply_verdict(const void *what, FILE *out)
{
	const struct report *report = what;
	const struct plan *plan = report->plan;
	size_t changed = count_results(plan, OP_CHANGED);
	size_t unchanged = count_results(plan, OP_UNCHANGED);
	bool ready = machine_is_ready(report->machine);

	switch (plan_sum(plan, ready)) {
	case PLAN_TUNED:
		fprintf(out, "Tuned: %zu setting%s changed", changed, text_plural(changed));
		if (unchanged)
			fprintf(out, ", %zu already in force", unchanged);
		fputs(". To undo: ax650n-tune revert", out);
		break;
	case PLAN_UNCHANGED:
		fputs("Already tuned: nothing to change.", out);
		break;
	case PLAN_PARTIAL:
		fprintf(out, "Only partly tuned: %zu setting%s in force%s.", changed + unchanged,
			text_plural(changed + unchanged),
			ready ? "" : ", but not every card has its driver");
		break;
	case PLAN_FAILED:
		fputs("Not tuned.", out);
		break;
	}
}

static void put_revert_verdict(const void *what, FILE *out)
{
	const struct plan *plan = what;
	size_t back = count_results(plan, OP_CHANGED), failed = count_results(plan, OP_FAILED);

	if (!plan->n_ops) {
		fputs("Nothing to revert: no settings are saved.", out);
		return;
	}
	fprintf(out, "%s: %zu setting%s put back", failed ? "Not all reverted" : "Reverted", back,
		text_plural(back));
	if (count_results(plan, OP_UNCHANGED))
		fprintf(out, ", %zu already original", count_results(plan, OP_UNCHANGED));
	if (count_results(plan, OP_SKIPPED))
		fprintf(out, ", %zu left alone", count_results(plan, OP_SKIPPED));
	if (failed)
		fprintf(out, ", %zu failed", failed);
	fputs(".", out);
}

void report_text_run(const struct report *report, struct report_style style)
{
	bool revert = is_revert(report);
	size_t count = count_results(report->plan, OP_WOULD_CHANGE);

	if (!revert) {
		print_machine(report->machine, style);
		putchar('\n');
	}
	if (report->plan->n_ops)
		print_ops(report, style);
	if (style.verbose || report->dry_run)
		report_text_paths(report);
	if (report->plan->n_ops)
		putchar('\n');
	if (report->dry_run && (!revert || report->plan->n_ops)) {
		printf("Nothing was written; %zu setting%s would change.\n", count,
		       text_plural(count));
	} else if (revert) {
		text_print_folded(put_revert_verdict, report->plan);
	} else {
		text_print_folded(put_apply_verdict, report);
	}
}

void report_text_status(const struct report *report, struct report_style style)
{
	const struct plan *plan = report->plan;
	CLEANUP_FREE char *verdict = NULL;
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
		if (style.verbose) {
			fputs("  ", stdout);
			text_print_wrapped(2, 2, op->why);
		}
	}
	if (report_in_force(report)) {
		puts("Tuned: every setting is in force.");
		return;
	}
	if (!machine_is_ready(report->machine))
		verdict = strdup("Not tuned: a card has no working driver.");
	else if (drift == 1)
		verdict = strdup("Not tuned: 1 setting differs. To set it: ax650n-tune apply");
	else
		verdict = text_format(
			"Not tuned: %zu settings differ. To set them: ax650n-tune apply", drift);
	text_print_wrapped(0, 2, verdict ? verdict : "");
}

void report_text_detect(const struct machine *machine, struct report_style style)
{
	if (style.verbose)
		print_machine(machine, style);
	else
		print_cards(machine);
}
