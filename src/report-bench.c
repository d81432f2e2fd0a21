/* SPDX-License-Identifier: MIT */
/* The results of bench as text, Markdown and CSV. */

#include "report-bench.h"

#include "bench-file.h"
#include "report-text.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define PICTURE_COLUMNS 56

/* --- Numbers ---------------------------------------------------------------------------------- */

/* Four significant digits or more, so that a difference of 0.1 % shows. */
static char *number_text(double value)
{
	if (!isfinite(value))
		return text_or_dash(NULL);
	return text_format(value < 100 ? "%.3f" : value < 1000 ? "%.2f" : "%.1f", value);
}

static char *percent_text(double percent)
{
	/* No "-0.0". */
	percent = fabs(percent) < 0.05 ? 0 : percent;
	return text_format("%+.1f %%", percent);
}

static char *range_text(double low, double high)
{
	return low < high ? text_format("%g-%g", low, high) : text_format("%g", low);
}

static char *interval_text(const struct stats_effect *effect)
{
	return effect->has_interval ? text_format("%+.1f to %+.1f %%", effect->low, effect->high)
				    : strdup("unknown");
}

static bool is_ms(const struct bench_result *result)
{
	return !strcmp(result->unit, "ms");
}

/* A spread of times is told in us, as it was published. */
static char *spread_text(const struct bench_result *result, const struct bench_setting *setting)
{
	double spread = bench_spread(setting);

	if (!isfinite(spread))
		return text_or_dash(NULL);
	return is_ms(result) ? text_format("%.0f us", spread * 1000) : number_text(spread);
}

static size_t count_invalid(const struct bench_setting *setting)
{
	size_t count = 0;

	for (size_t i = 0; i < setting->n_runs; i++)
		count += setting->runs[i].invalid != NULL;
	return count;
}

static bool was_throttled(const struct bench_result *result)
{
	for (size_t i = 0; i < result->n_settings; i++)
		for (size_t k = 0; k < result->settings[i].n_runs; k++)
			if (result->settings[i].runs[k].throttled)
				return true;
	return false;
}

/* --- Text ------------------------------------------------------------------------------------- */

static void print_table(const struct bench_result *result, struct report_style style)
{
	static const struct column columns[] = {
		{ "SETTING", COLUMN_LEFT },	  { "MEDIAN", COLUMN_RIGHT },
		{ "MIN", COLUMN_RIGHT },	  { "P95", COLUMN_RIGHT },
		{ "SPREAD", COLUMN_RIGHT },	  { "SPEED-UP", COLUMN_RIGHT },
		{ "95 % INTERVAL", COLUMN_LEFT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < result->n_settings; i++) {
		const struct bench_setting *setting = &result->settings[i];
		const struct stats_summary *summary = &setting->summary;
		const struct stats_effect *effect = &setting->effect;
		struct libscols_line *line = table_add(table, NULL);
		bool any = summary->n > 0;

		table_put(line, 0, strdup(setting->name));
		table_put(line, 1, any ? number_text(summary->median) : text_or_dash(NULL));
		table_put(line, 2, any ? number_text(summary->min) : text_or_dash(NULL));
		table_put(line, 3, any ? number_text(summary->p95) : text_or_dash(NULL));
		table_put(line, 4, spread_text(result, setting));
		if (!effect->n_pairs)
			continue;
		table_put(line, 5, percent_text(effect->percent));
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

	for (size_t i = 0; i < result->n_settings; i++) {
		const struct bench_setting *setting = &result->settings[i];
		int length = (int)strlen(setting->name);

		width = length > width ? length : width;
		if (!setting->summary.n)
			continue;
		low = fmin(low, setting->summary.min);
		high = fmax(high, fmax(setting->summary.p95, setting->summary.median));
	}
	if (!(high > low))
		return;
	putchar('\n');
	for (size_t i = 0; i < result->n_settings; i++) {
		const struct stats_summary *summary = &result->settings[i].summary;
		int from = column_of(summary->min, low, high);
		int to = column_of(fmax(summary->p95, summary->median), low, high);
		int at = column_of(summary->median, low, high);

		if (!summary->n)
			continue;
		printf("%-*s  %*s", width, result->settings[i].name, from, "");
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

static void print_cpus(const struct bench_setting *setting)
{
	uint64_t all = bench_interrupts(setting);
	bool first = true;

	printf("  %s: ", setting->name);
	for (int cpu = 0; cpu < CPUSET_MAX; cpu++) {
		uint64_t count = 0;

		for (size_t i = 0; i < setting->n_runs; i++)
			for (size_t k = 0; k < setting->runs[i].n_counts; k++)
				if (setting->runs[i].counts[k].cpu == cpu)
					count += setting->runs[i].counts[k].count;
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

	for (size_t i = 0; i < result->n_settings; i++)
		all += bench_interrupts(&result->settings[i]);
	if (!all) {
		puts("No interrupt of a card was counted during the runs: does this workload use a "
		     "card?");
		return;
	}
	puts("Interrupts of the cards during the runs:");
	for (size_t i = 0; i < result->n_settings; i++)
		print_cpus(&result->settings[i]);
}

/* Why runs do not count: the first reason of each setting. */
static void print_invalid(const struct bench_result *result)
{
	for (size_t i = 0; i < result->n_settings; i++) {
		const struct bench_setting *setting = &result->settings[i];
		size_t count = count_invalid(setting);

		for (size_t k = 0; count && k < setting->n_runs; k++) {
			if (!setting->runs[k].invalid)
				continue;
			printf("Setting %s: %zu of %zu runs do not count; in round %zu, %s.\n",
			       setting->name, count, setting->n_runs, k + 1,
			       setting->runs[k].invalid);
			break;
		}
	}
}

static void print_reference(const struct reference *reference)
{
	CLEANUP_FREE char *base = range_text(reference->default_low, reference->default_high);
	CLEANUP_FREE char *tuned = range_text(reference->tuned_low, reference->tuned_high);

	printf("Published for %s%s%s on a CM3588, not measured here: %s -> %s %s, %+.1f %%\n",
	       reference->model, *reference->part ? ", " : "", reference->part, base ? base : "?",
	       tuned ? tuned : "?", reference->unit, reference_speedup(reference));
}

static void print_verdict(const struct bench_result *result)
{
	const struct bench_setting *main = bench_main_setting(result);

	if (!main)
		return;
	if (!main->effect.n_pairs) {
		printf("Verdict: no round in which both %s and %s count.\n",
		       result->settings[0].name, main->name);
		return;
	}
	if (!main->effect.has_interval)
		printf("Verdict: %zu round%s too few to tell; six are the least.\n",
		       main->effect.n_pairs, main->effect.n_pairs == 1 ? " is" : "s are");
	else if (!main->effect.significant)
		printf("Verdict: no difference between %s and %s was found in %zu rounds.\n",
		       result->settings[0].name, main->name, main->effect.n_pairs);
	else
		printf("Verdict: %s is %.1f %% %s than %s (95 %%: %+.1f to %+.1f %%).\n",
		       main->name, fabs(main->effect.percent),
		       main->effect.percent > 0 ? "faster" : "slower", result->settings[0].name,
		       main->effect.low, main->effect.high);
}

static void print_result(const struct bench *bench, const struct bench_result *result,
			 const struct references *references, struct report_style style)
{
	const struct reference *reference = references_find(references, result->name, result->unit);

	printf("%s: %s%s is better, %zu round%s\n\n", result->name, result->unit,
	       result->higher_is_better ? ", more" : ", less", bench->rounds,
	       bench->rounds == 1 ? "" : "s");
	print_table(result, style);
	print_picture(result);
	putchar('\n');
	print_interrupts(result);
	print_invalid(result);
	if (was_throttled(result))
		puts("The clocks were held down against heat in some of the runs.");
	if (reference)
		print_reference(reference);
	print_verdict(result);
}

static void print_text(const struct bench *bench, const struct references *references,
		       struct report_style style)
{
	printf("%s, Linux %s, %s\n", bench->model ? bench->model : "Unknown machine",
	       bench->kernel ? bench->kernel : "unknown", bench->date);
	for (size_t i = 0; i < bench->n_results; i++) {
		putchar('\n');
		print_result(bench, &bench->results[i], references, style);
	}
}

/* --- Markdown --------------------------------------------------------------------------------- */

static void put_cell(char *text)
{
	printf(" %s |", text ? text : "?");
	free(text);
}

static char *value_cell(const struct bench_result *result, const struct bench_setting *setting)
{
	CLEANUP_FREE char *value = setting->summary.n ? number_text(setting->summary.median)
						      : text_or_dash(NULL);

	return value ? text_format("%s%s%s", value, *result->unit ? " " : "", result->unit) : NULL;
}

static char *change_cell(char *before, char *after)
{
	char *text = before && after ? text_format("%s -> %s", before, after) : NULL;

	free(before);
	free(after);
	return text;
}

static char *fps_text(const struct bench_result *result, const struct bench_setting *setting)
{
	return is_ms(result) && setting->summary.n
		       ? text_format("%.1f", 1000 / setting->summary.median)
		       : text_or_dash(NULL);
}

/* A name in a cell: a bar would end it. */
static char *name_cell(const struct bench_result *result, const struct bench_setting *setting)
{
	char *text = strcmp(setting->name, "tuned")
			     ? text_format("%s (%s)", result->name, setting->name)
			     : strdup(result->name);

	for (char *p = text; p && *p; p++)
		if (*p == '|' || *p == '\n')
			*p = '/';
	return text;
}

static char *speedup_cell(const struct stats_effect *effect)
{
	if (!effect->n_pairs)
		return text_or_dash(NULL);
	if (!effect->has_interval)
		return text_format("%+.1f %%", effect->percent);
	return text_format("%+.1f %% (%+.1f to %+.1f)%s", effect->percent, effect->low,
			   effect->high, effect->significant ? "" : ", not significant");
}

static void print_markdown(const struct bench *bench)
{
	puts("| Model | Default | Tuned | Speed-up | FPS | Spread |");
	puts("|---|---|---|---|---|---|");
	for (size_t i = 0; i < bench->n_results; i++) {
		const struct bench_result *result = &bench->results[i];
		const struct bench_setting *base = &result->settings[0];

		for (size_t k = 1; k < result->n_settings; k++) {
			const struct bench_setting *setting = &result->settings[k];

			putchar('|');
			put_cell(name_cell(result, setting));
			put_cell(value_cell(result, base));
			put_cell(value_cell(result, setting));
			put_cell(speedup_cell(&setting->effect));
			put_cell(change_cell(fps_text(result, base), fps_text(result, setting)));
			put_cell(change_cell(spread_text(result, base),
					     spread_text(result, setting)));
			putchar('\n');
		}
	}
	printf("\n%s, Linux %s, ax650n-tune %s, %s: %zu interleaved round%s; speed-up with 95 "
	       "%% interval (Wilcoxon signed-rank).\n",
	       bench->model ? bench->model : "Unknown machine",
	       bench->kernel ? bench->kernel : "unknown", bench->version, bench->date,
	       bench->rounds, bench->rounds == 1 ? "" : "s");
}

/* --- CSV (RFC 4180): a line for each run ------------------------------------------------------ */

static void put_field(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void put_value(double value)
{
	putchar(',');
	if (isfinite(value))
		printf("%.9g", value);
}

static void put_run(const struct bench_result *result, const struct bench_setting *setting,
		    size_t round)
{
	const struct bench_run *run = &setting->runs[round];
	uint64_t irqs = 0;

	for (size_t i = 0; i < run->n_counts; i++)
		irqs += run->counts[i].count;
	put_field(result->name);
	putchar(',');
	put_field(setting->name);
	printf(",%zu", round + 1);
	put_value(run->result.value);
	putchar(',');
	put_field(result->unit);
	put_value(run->result.min);
	put_value(run->result.p95);
	put_value(run->result.max);
	printf(",%" PRIu64, irqs);
	put_value(run->start_khz < 0 ? NAN : (double)run->start_khz);
	put_value(run->end_khz < 0 ? NAN : (double)run->end_khz);
	put_value(run->start_mc < 0 ? NAN : (double)run->start_mc / 1000);
	put_value(run->end_mc < 0 ? NAN : (double)run->end_mc / 1000);
	printf(",%d,", run->throttled);
	put_field(run->invalid ? run->invalid : "");
	fputs("\r\n", stdout);
}

static void print_csv(const struct bench *bench)
{
	fputs("model,setting,round,value,unit,min,p95,max,interrupts,start_khz,end_khz,start_c,"
	      "end_c,throttled,invalid\r\n",
	      stdout);
	for (size_t i = 0; i < bench->n_results; i++)
		for (size_t k = 0; k < bench->results[i].n_settings; k++)
			for (size_t n = 0; n < bench->results[i].settings[k].n_runs; n++)
				put_run(&bench->results[i], &bench->results[i].settings[k], n);
}

/* --- All -------------------------------------------------------------------------------------- */

static const char *const format_names[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_MARKDOWN] = "markdown",
	[FORMAT_CSV] = "csv",
	[FORMAT_JSON] = "json",
};

int bench_format_from_name(const char *name, enum bench_format *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(format_names); i++) {
		if (!strcmp(format_names[i], name)) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

int report_bench(const struct bench *bench, const struct references *references,
		 enum bench_format format, struct report_style style)
{
	switch (format) {
	case FORMAT_JSON:
		return bench_write(bench, references, stdout);
	case FORMAT_MARKDOWN:
		print_markdown(bench);
		break;
	case FORMAT_CSV:
		print_csv(bench);
		break;
	case FORMAT_TEXT:
		print_text(bench, references, style);
		break;
	}
	return 0;
}

void report_references(const struct references *references, const char *pattern,
		       struct report_style style)
{
	static const struct column columns[] = {
		{ "MODEL", COLUMN_LEFT },  { "PART", COLUMN_LEFT }, { "DEFAULT", COLUMN_RIGHT },
		{ "TUNED", COLUMN_RIGHT }, { "UNIT", COLUMN_LEFT }, { "SPEED-UP", COLUMN_RIGHT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < references->count; i++) {
		const struct reference *reference = &references->list[i];
		struct libscols_line *line;

		if (pattern && !reference_matches(reference, pattern))
			continue;
		line = table_add(table, NULL);
		table_put(line, 0, strdup(reference->model));
		table_put(line, 1, strdup(*reference->part ? reference->part : reference->metric));
		table_put(line, 2, range_text(reference->default_low, reference->default_high));
		table_put(line, 3, range_text(reference->tuned_low, reference->tuned_high));
		table_put(line, 4, strdup(reference->unit));
		table_put(line, 5, percent_text(reference_speedup(reference)));
	}
	table_print(table);
	puts("\nPublished for a CM3588 by " REFERENCE_SOURCE ",\nnot measured here.");
}
