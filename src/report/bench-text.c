/* SPDX-License-Identifier: MIT */
/* The results of bench for people: a table, a picture, a verdict. */

#include "report/bench.h"

#include "report/table.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define PICTURE_COLUMNS 56

static char *interval_text(const struct stats_effect *effect)
{
	return effect->has_interval ? text_format("%+.1f to %+.1f %%", effect->low, effect->high)
				    : strdup("unknown");
}

static size_t count_invalid(const struct bench_variant *variant)
{
	size_t count = 0;

	for (size_t i = 0; i < variant->n_runs; i++)
		count += variant->runs[i].invalid != NULL;
	return count;
}

static bool was_throttled(const struct bench_result *result)
{
	for (size_t i = 0; i < result->n_variants; i++)
		for (size_t k = 0; k < result->variants[i].n_runs; k++)
			if (result->variants[i].runs[k].throttled)
				return true;
	return false;
}

static void print_table(const struct bench_result *result, struct report_style style)
{
	static const struct column columns[] = {
		{ "SETTING", COLUMN_LEFT },	  { "MEDIAN", COLUMN_RIGHT },
		{ "MIN", COLUMN_RIGHT },	  { "P95", COLUMN_RIGHT },
		{ "SPREAD", COLUMN_RIGHT },	  { "SPEED-UP", COLUMN_RIGHT },
		{ "95 % INTERVAL", COLUMN_LEFT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < result->n_variants; i++) {
		const struct bench_variant *variant = &result->variants[i];
		const struct stats_summary *summary = &variant->summary;
		const struct stats_effect *effect = &variant->effect;
		struct libscols_line *line = table_add(table, NULL);

		table_put(line, 0, strdup(variant->name));
		table_put(line, 1, bench_number_text(summary->median));
		table_put(line, 2, bench_number_text(summary->min));
		table_put(line, 3, bench_number_text(summary->p95));
		table_put(line, 4, bench_spread_text(result, variant));
		if (!effect->n_pairs)
			continue;
		table_put(line, 5, bench_percent_text(effect->percent));
		table_put(line, 6, interval_text(effect));
		if (effect->significant)
			table_color(line, 5, effect->percent > 0 ? "green" : "red");
	}
	table_print(table);
}

/* The lines of a picture, in UTF-8 or ASCII. */
struct pen {
	const char *line, *low, *high, *median;
};

static struct pen choose_pen(void)
{
	static const struct pen ascii = { "-", "|", "|", "#" };
	static const struct pen lines = { "─", "├", "┤", "█" };

	return text_has_pictures() ? lines : ascii;
}

static int column_of(double value, double low, double high)
{
	return high > low ? (int)lround((value - low) / (high - low) * (PICTURE_COLUMNS - 1)) : 0;
}

/* From the least to p95, with the median marked, all on one scale. */
static void print_picture(const struct bench_result *result)
{
	struct pen pen = choose_pen();
	double low = INFINITY, high = -INFINITY;
	int width = 0;

	for (size_t i = 0; i < result->n_variants; i++) {
		const struct bench_variant *variant = &result->variants[i];
		int length = (int)strlen(variant->name);

		width = length > width ? length : width;
		low = fmin(low, variant->summary.min);
		high = fmax(high, fmax(variant->summary.p95, variant->summary.median));
	}
	if (!(high > low))
		return;
	putchar('\n');
	for (size_t i = 0; i < result->n_variants; i++) {
		const struct stats_summary *summary = &result->variants[i].summary;
		int from = column_of(summary->min, low, high);
		int to = column_of(fmax(summary->p95, summary->median), low, high);
		int at = column_of(summary->median, low, high);

		if (!summary->n)
			continue;
		printf("%-*s  %*s", width, result->variants[i].name, from, "");
		for (int column = from; column <= to; column++)
			fputs(column == at     ? pen.median
			      : column == from ? pen.low
			      : column == to   ? pen.high
					       : pen.line,
			      stdout);
		putchar('\n');
	}
	printf("%*s  %-*.3f%*.3f %s\n", width, "", PICTURE_COLUMNS / 2, low, PICTURE_COLUMNS / 2,
	       high, result->unit);
}

static void print_cpu_shares(const struct bench_variant *variant)
{
	uint64_t all = bench_interrupts(variant);
	bool first = true;

	printf("  %s: ", variant->name);
	for (int cpu = 0; cpu < CPUSET_MAX; cpu++) {
		uint64_t count = 0;

		for (size_t i = 0; i < variant->n_runs; i++)
			for (size_t k = 0; k < variant->runs[i].n_counts; k++)
				if (variant->runs[i].counts[k].cpu == cpu)
					count += variant->runs[i].counts[k].count;
		if (!count)
			continue;
		printf("%sCPU%d %.0f %%", first ? "" : ", ", cpu,
		       100 * (double)count / (double)all);
		first = false;
	}
	printf(" of %" PRIu64 "\n", all);
}

static void print_interrupts(const struct bench_result *result)
{
	uint64_t all = 0;

	for (size_t i = 0; i < result->n_variants; i++)
		all += bench_interrupts(&result->variants[i]);
	if (!all) {
		puts("No interrupt of a card was counted during the runs: does this workload use a "
		     "card?");
		return;
	}
	puts("Interrupts of the cards during the runs:");
	for (size_t i = 0; i < result->n_variants; i++)
		print_cpu_shares(&result->variants[i]);
}

/* Why runs do not count: the first reason of each variant. */
static void print_invalid(const struct bench_result *result)
{
	for (size_t i = 0; i < result->n_variants; i++) {
		const struct bench_variant *variant = &result->variants[i];
		size_t count = count_invalid(variant);

		for (size_t k = 0; count && k < variant->n_runs; k++) {
			if (!variant->runs[k].invalid)
				continue;
			printf("Setting %s: %zu of %zu runs do not count; in round %zu, %s.\n",
			       variant->name, count, variant->n_runs, k + 1,
			       variant->runs[k].invalid);
			break;
		}
	}
}

static void print_bench_verdict(const struct bench_result *result)
{
	const struct bench_variant *main = bench_main_variant(result);

	if (!main)
		return;
	if (!main->effect.n_pairs) {
		printf("Verdict: no round in which both %s and %s count.\n",
		       result->variants[0].name, main->name);
		return;
	}
	if (!main->effect.has_interval)
		printf("Verdict: %zu round%s too few to tell; six are the least.\n",
		       main->effect.n_pairs, main->effect.n_pairs == 1 ? " is" : "s are");
	else if (!main->effect.significant)
		printf("Verdict: no difference between %s and %s was found in %zu rounds.\n",
		       result->variants[0].name, main->name, main->effect.n_pairs);
	else
		printf("Verdict: %s is %.1f %% %s than %s (95 %%: %+.1f to %+.1f %%).\n",
		       main->name, fabs(main->effect.percent),
		       main->effect.percent > 0 ? "faster" : "slower", result->variants[0].name,
		       main->effect.low, main->effect.high);
}

static void print_result(const struct bench *bench, const struct bench_result *result,
			 struct report_style style)
{
	const struct reference *reference = reference_find(result->name, result->unit);

	printf("%s: %s%s is better, %ld round%s\n\n", result->name, result->unit,
	       result->higher_is_better ? ", more" : ", less", bench->method.rounds,
	       bench->method.rounds == 1 ? "" : "s");
	print_table(result, style);
	print_picture(result);
	putchar('\n');
	print_interrupts(result);
	print_invalid(result);
	if (was_throttled(result))
		puts("The clocks were held down against heat in some of the runs.");
	if (reference)
		report_reference(reference);
	print_bench_verdict(result);
}

void report_bench_text(const struct bench *bench, struct report_style style)
{
	printf("%s, Linux %s, %s\n", bench->model ? bench->model : "Unknown machine",
	       bench->kernel ? bench->kernel : "unknown", bench->date);
	for (size_t i = 0; i < bench->n_results; i++) {
		putchar('\n');
		print_result(bench, &bench->results[i], style);
	}
}
