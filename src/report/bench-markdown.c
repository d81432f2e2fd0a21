/* SPDX-License-Identifier: MIT */
/* The results of bench in Markdown, as a table like that of the published results. */

#include "report/bench.h"

#include "base/util.h"
#include "bench/bench.h"
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void put_cell(char *text)
{
	printf(" %s |", text ? text : "?");
	free(text);
}

/* The result of the same workload for METRIC; NULL if there is none. */
static const struct bench_result *find_result(const struct bench *bench, const char *name,
					      enum metric metric)
{
	for (size_t i = 0; i < bench->n_results; i++)
		if (bench->results[i].metric == metric && !strcmp(bench->results[i].name, name))
			return &bench->results[i];
	return NULL;
}

static char *value_cell(const struct bench_result *result, const struct bench_variant *variant)
{
	CLEANUP_FREE char *value = bench_number_text(variant->summary.median);
	const char *unit = variant->summary.n ? metric_unit(result->metric) : "";

	return value ? text_format("%s%s%s", value, *unit ? " " : "", unit) : NULL;
}

/* Takes over both texts. */
static char *change_cell(char *before, char *after)
{
	char *text = before && after ? text_format("%s -> %s", before, after) : NULL;

	free(before);
	free(after);
	return text;
}

static char *fps_text(const struct bench_result *result, const struct bench_variant *variant)
{
	return result->metric == METRIC_INFERENCE && variant->summary.n
		       ? text_format("%.1f", 1000 / variant->summary.median)
		       : text_or_dash(NULL);
}

/* Without what would end the cell or the line. */
static char *name_cell(const struct bench_result *result, const struct bench_variant *variant)
{
	char *text = strcmp(variant->name, "tuned")
			     ? text_format("%s (%s)", result->name, variant->name)
			     : strdup(result->name);

	for (char *p = text; p && *p; p++)
		if (*p == '|' || *p == '\n')
			*p = '/';
	return text;
}

static char *speedup_cell(const struct stats_effect *effect)
{
	CLEANUP_FREE char *interval = bench_interval_text(effect);

	if (!effect->n_pairs)
		return text_or_dash(NULL);
	if (!effect->has_interval)
		return text_format("%+.1f %%", effect->percent);
	return text_format("%+.1f %% (%s)%s", effect->percent, interval ? interval : "?",
			   effect->significant ? "" : ", not significant");
}

static char *interrupts_cell(const struct bench_variant *variant)
{
	return variant->n_runs ? text_format("%.0f", bench_run_mean(variant)) : text_or_dash(NULL);
}

static void print_markdown_row(const struct bench_result *result, const struct bench_result *ttft,
			       size_t k)
{
	const struct bench_variant *base = &result->variants[0], *variant = &result->variants[k];

	putchar('|');
	put_cell(name_cell(result, variant));
	put_cell(value_cell(result, base));
	put_cell(value_cell(result, variant));
	put_cell(speedup_cell(&variant->effect));
	put_cell(change_cell(fps_text(result, base), fps_text(result, variant)));
	put_cell(change_cell(bench_spread_text(result, base), bench_spread_text(result, variant)));
	put_cell(ttft && k < ttft->n_variants ? change_cell(value_cell(ttft, &ttft->variants[0]),
							    value_cell(ttft, &ttft->variants[k]))
					      : text_or_dash(NULL));
	put_cell(change_cell(interrupts_cell(base), interrupts_cell(variant)));
	putchar('\n');
}

void report_bench_markdown(const struct bench *bench)
{
	puts("| Model | Default | Tuned | Speed-up | FPS | Spread | TTFT | Interrupts a run |");
	puts("|---|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < bench->n_results; i++) {
		const struct bench_result *result = &bench->results[i];

		/* A column of the row of its tokens per second. */
		if (result->metric == METRIC_TTFT &&
		    find_result(bench, result->name, METRIC_DECODE))
			continue;
		for (size_t k = 1; k < result->n_variants; k++)
			print_markdown_row(result,
					   result->metric == METRIC_DECODE
						   ? find_result(bench, result->name, METRIC_TTFT)
						   : NULL,
					   k);
	}
	putchar('\n');
	bench_print_machine(bench);
	printf("ax650n-tune %s, %s: %" PRId64
	       " interleaved round%s%s; speed-up with simultaneous 95 %% "
	       "intervals (Wilcoxon signed-rank).\n",
	       bench->version, bench->date, bench->method.rounds,
	       bench->method.rounds == 1 ? "" : "s", bench->method.cut_short ? ", cut short" : "");
}
