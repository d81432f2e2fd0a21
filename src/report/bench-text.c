/* SPDX-License-Identifier: MIT */
/* The results of bench as text: a table, a picture, a verdict. */

#include "report/bench.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "bench/bench.h"
#include "bench/reference.h"
#include "report/table.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define PICTURE_COLUMNS 56

static char *interval_text(const struct stats_effect *effect)
{
	CLEANUP_FREE char *text = effect->has_interval ? bench_interval_text(effect) : NULL;

	return text ? text_format("%s %%", text) : strdup("unknown");
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

/* What a picture is drawn with. */
struct pen {
	const char *line, *low, *high, *median;
};

static const struct pen ascii_pen = { "-", "|", "|", "#" };
static const struct pen utf8_pen = { "─", "├", "┤", "█" };

static void draw_variant(const struct pen *pen, int low, int median, int high)
{
	printf("%*s", low, "");
	for (int column = low; column <= high; column++)
		fputs(column == median ? pen->median
		      : column == low  ? pen->low
		      : column == high ? pen->high
				       : pen->line,
		      stdout);
	putchar('\n');
}

static int column_of(double value, double low, double high)
{
	return (int)lround((value - low) / (high - low) * (PICTURE_COLUMNS - 1));
}

/* From the minimum to p95 of each variant, with the median marked, on one scale. */
static void print_picture(const struct bench_result *result)
{
	const struct pen *pen = text_has_pictures() ? &utf8_pen : &ascii_pen;
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

		if (!summary->n)
			continue;
		printf("%-*s  ", width, result->variants[i].name);
		draw_variant(pen, column_of(summary->min, low, high),
			     column_of(summary->median, low, high),
			     column_of(fmax(summary->p95, summary->median), low, high));
	}
	printf("%*s  %-*.3f%*.3f %s\n", width, "", PICTURE_COLUMNS / 2, low, PICTURE_COLUMNS / 2,
	       high, metric_unit(result->metric));
}

static void print_cpu_shares(const struct bench_variant *variant)
{
	uint64_t all = bench_interrupts(variant, -1), left = all;

	printf("  %s:", variant->name);
	for (int cpu = 0; left; cpu++) {
		uint64_t count = bench_interrupts(variant, cpu);

		if (!count)
			continue;
		printf("%s CPU%d %.0f %%", left < all ? "," : "", cpu,
		       100 * (double)count / (double)all);
		left -= count;
	}
	printf(all ? " of %.0f a run\n" : " none\n", bench_run_mean(variant));
}

/* The kernel chooses the CPU of the default anew each time, and that can be a fast one. */
static void print_fast_baseline(const struct bench_result *result)
{
	const struct bench_variant *base = &result->variants[0];
	size_t fast = bench_fast_runs(base);

	if (fast)
		printf("In %zu of %zu runs of %s, a fast core took the interrupts: %s\n", fast,
		       base->n_runs, base->name,
		       2 * fast > base->n_runs ? "the baseline was fast already."
					       : "the baseline is mixed.");
}

static void print_interrupts(const struct bench_result *result)
{
	if (!bench_used_card(result))
		return;
	puts("Interrupts of the cards during the runs:");
	for (size_t i = 0; i < result->n_variants; i++)
		print_cpu_shares(&result->variants[i]);
	print_fast_baseline(result);
}

/* How many runs of each variant do not count, and why the first of them does not. */
static void print_invalid(const struct bench_result *result)
{
	for (size_t i = 0; i < result->n_variants; i++) {
		const struct bench_variant *variant = &result->variants[i];
		CLEANUP_FREE char *text = NULL;
		size_t count = 0, first = 0;

		for (size_t k = variant->n_runs; k-- > 0;) {
			if (!variant->runs[k].invalid)
				continue;
			first = k;
			count++;
		}
		if (!count)
			continue;
		text = text_format("Setting %s: %zu of %zu runs do not count; in round %zu, %s.",
				   variant->name, count, variant->n_runs, first + 1,
				   variant->runs[first].invalid);
		text_print_wrapped(0, 2, text ? text : "");
	}
}

/* More rounds are of use while a gain of this many percent may be there unseen. */
#define GAIN_OF_INTEREST 1

static void put_detectable(const void *what, FILE *out)
{
	const struct stats_effect *effect = what;
	size_t n = stats_pairs_to_find(GAIN_OF_INTEREST, effect);

	fprintf(out, "These %zu rounds would have found %.*f %% or more", effect->n_pairs,
		bench_decimals(effect->detectable), effect->detectable);
	if (n > effect->n_pairs && n <= STATS_PAIRS_MAX)
		fprintf(out, " (%d %%: about %zu rounds)", GAIN_OF_INTEREST, n);
	putc('.', out);
}

static void put_bench_verdict(const void *what, FILE *out)
{
	const struct bench_result *result = what;
	const struct bench_variant *main = bench_main_variant(result);
	const struct stats_effect *effect = &main->effect;
	CLEANUP_FREE char *interval = bench_interval_text(effect);
	const char *base = result->variants[0].name;

	if (!bench_used_card(result))
		fputs("Verdict: none. No card raised an interrupt in any run: the workload did not "
		      "use one.",
		      out);
	else if (!effect->n_pairs)
		fprintf(out, "Verdict: no round in which both %s and %s count.", base, main->name);
	else if (!effect->has_interval)
		fprintf(out, "Verdict: %zu round%s too few to tell; at least %zu are needed.",
			effect->n_pairs, effect->n_pairs == 1 ? " is" : "s are",
			stats_pairs_needed(effect->n_comparisons));
	else if (!effect->significant)
		fprintf(out, "Verdict: no difference between %s and %s was found in %zu rounds.",
			base, main->name, effect->n_pairs);
	else
		fprintf(out, "Verdict: %s is %.*f %% %s than %s (95 %%: %s %%).", main->name,
			bench_decimals(effect->percent), fabs(effect->percent),
			effect->percent > 0 ? "faster" : "slower", base, interval ? interval : "?");
}

static void print_bench_verdict(const struct bench_result *result)
{
	const struct bench_variant *main = bench_main_variant(result);

	if (!main)
		return;
	text_print_folded(put_bench_verdict, result);
	if (bench_used_card(result) && main->effect.has_interval && !main->effect.significant &&
	    main->effect.detectable > 0)
		text_print_folded(put_detectable, &main->effect);
}

static void print_result(const struct bench *bench, const struct bench_result *result,
			 struct report_style style)
{
	const struct reference *reference = bench_reference(result);
	const char *unit = metric_unit(result->metric);
	size_t rounds = result->variants[0].n_runs;

	printf("%s, %s: %s%s%s is better, %zu round%s", result->name, metric_name(result->metric),
	       unit, *unit ? ", " : "", result->higher_is_better ? "higher" : "lower", rounds,
	       rounds == 1 ? "" : "s");
	if (bench->method.cut_short && rounds < (size_t)bench->method.rounds)
		printf(" of %" PRId64 ": cut short", bench->method.rounds);
	fputs("\n\n", stdout);
	print_table(result, style);
	print_picture(result);
	putchar('\n');
	print_interrupts(result);
	print_invalid(result);
	if (was_throttled(result))
		puts("A cooling device throttled the CPUs in some of the runs.");
	if (reference && bench_used_card(result))
		report_reference(reference);
	print_bench_verdict(result);
}

void report_bench_text(const struct bench *bench, struct report_style style)
{
	bench_print_machine(bench);
	printf("%s\n", bench->date);
	for (size_t i = 0; i < bench->n_results; i++) {
		putchar('\n');
		print_result(bench, &bench->results[i], style);
	}
}
