/* SPDX-License-Identifier: MIT */
/* Evaluates the runs of a measurement. Pure. */

#include "bench/bench.h"

#include "bench/reference.h"
#include "bench/variant.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void bench_run_init(struct bench_run *ret)
{
	*ret = (struct bench_run){
		.result = MEASUREMENT_UNKNOWN,
		.start_khz = NAN,
		.end_khz = NAN,
		.start_c = NAN,
		.end_c = NAN,
		.slow_irqs = -1,
	};
}

int bench_run_copy(const struct bench_run *run, struct bench_run *ret)
{
	struct bench_run copy = *run;

	copy.invalid = run->invalid ? strdup(run->invalid) : NULL;
	copy.counts = calloc(run->n_counts + 1, sizeof(*copy.counts));
	if (!copy.counts || (run->invalid && !copy.invalid)) {
		bench_run_done(&copy);
		return -ENOMEM;
	}
	if (run->n_counts)
		memcpy(copy.counts, run->counts, run->n_counts * sizeof(*copy.counts));
	*ret = copy;
	return 0;
}

void bench_run_done(struct bench_run *run)
{
	free(run->invalid);
	free(run->counts);
	*run = (struct bench_run){ 0 };
}

void bench_result_done(struct bench_result *result)
{
	for (size_t i = 0; i < result->n_variants; i++) {
		struct bench_variant *variant = &result->variants[i];

		for (size_t k = 0; k < variant->n_runs; k++)
			bench_run_done(&variant->runs[k]);
		free(variant->runs);
		free(variant->name);
	}
	free(result->variants);
	free(result->name);
	*result = (struct bench_result){ 0 };
}

void bench_done(struct bench *bench)
{
	for (size_t i = 0; i < bench->n_results; i++)
		bench_result_done(&bench->results[i]);
	free(bench->results);
	free(bench->model);
	free(bench->kernel);
	free(bench->date);
	free(bench->version);
	*bench = (struct bench){ 0 };
}

/* One that was found to be faster comes first: a higher estimate alone may be chance. */
static bool is_better(const struct stats_effect *a, const struct stats_effect *b)
{
	bool a_is_faster = a->significant && a->percent > 0;
	bool b_is_faster = b->significant && b->percent > 0;

	if (a_is_faster != b_is_faster)
		return a_is_faster;
	return a->n_pairs && (!b->n_pairs || a->percent > b->percent);
}

const struct bench_variant *bench_main_variant(const struct bench_result *result)
{
	const struct bench_variant *best = NULL;

	for (size_t i = 1; i < result->n_variants; i++) {
		const struct bench_variant *variant = &result->variants[i];

		if (!strcmp(variant->name, "tuned"))
			return variant;
		if (!best || is_better(&variant->effect, &best->effect))
			best = variant;
	}
	return best;
}

const struct reference *bench_reference(const struct bench_result *result)
{
	return reference_find(result->name, metric_name(result->metric));
}

uint64_t bench_run_interrupts(const struct bench_run *run, int cpu)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < run->n_counts; i++)
		if (cpu < 0 || run->counts[i].cpu == cpu)
			sum += run->counts[i].count;
	return sum;
}

uint64_t bench_interrupts(const struct bench_variant *variant, int cpu)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < variant->n_runs; i++)
		sum += bench_run_interrupts(&variant->runs[i], cpu);
	return sum;
}

double bench_run_mean(const struct bench_variant *variant)
{
	return (double)bench_interrupts(variant, -1) / (double)variant->n_runs;
}

bool bench_used_card(const struct bench_result *result)
{
	for (size_t i = 0; i < result->n_variants; i++)
		if (bench_interrupts(&result->variants[i], -1))
			return true;
	return false;
}

size_t bench_fast_runs(const struct bench_variant *variant)
{
	size_t fast = 0;

	for (size_t i = 0; i < variant->n_runs; i++) {
		const struct bench_run *run = &variant->runs[i];
		uint64_t all = bench_run_interrupts(run, -1);

		fast += run->slow_irqs >= 0 && (uint64_t)run->slow_irqs * 2 < all;
	}
	return fast;
}

double bench_spread(const struct bench_variant *variant)
{
	return variant->summary.p95 - variant->summary.min;
}

static int summarize_runs(struct bench_variant *variant, double *values)
{
	double min = INFINITY, max = -INFINITY;
	size_t n = 0, n_p95 = 0;
	struct stats_summary p95;
	int r;

	for (size_t i = 0; i < variant->n_runs; i++)
		if (!variant->runs[i].invalid)
			values[n++] = variant->runs[i].result.value;
	variant->summary = (struct stats_summary){
		.median = NAN, .mean = NAN, .min = NAN, .max = NAN, .p95 = NAN
	};
	if (!n)
		return 0;
	r = stats_summarize(values, n, &variant->summary);
	/* If each run has many calls, the extremes are those of the calls. */
	for (size_t i = 0; r == 0 && i < variant->n_runs; i++) {
		const struct measurement *result = &variant->runs[i].result;

		if (variant->runs[i].invalid || isnan(result->p95) || isnan(result->min) ||
		    isnan(result->max))
			continue;
		values[n_p95++] = result->p95;
		min = fmin(min, result->min);
		max = fmax(max, result->max);
	}
	if (r < 0 || n_p95 < n)
		return r;
	r = stats_summarize(values, n, &p95);
	variant->summary.p95 = p95.median;
	variant->summary.min = min;
	variant->summary.max = max;
	return r;
}

/* VALUES has room for the runs of both. */
static int compare_runs(const struct bench_result *result, struct bench_variant *other,
			double *values)
{
	const struct bench_variant *base = &result->variants[0];
	double *base_values = values, *other_values = values + base->n_runs;
	size_t n = 0;

	for (size_t i = 0; i < base->n_runs && i < other->n_runs; i++) {
		if (base->runs[i].invalid || other->runs[i].invalid)
			continue;
		base_values[n] = base->runs[i].result.value;
		other_values[n++] = other->runs[i].result.value;
	}
	if (!n)
		return 0;
	return stats_compare(base_values, other_values, n, result->higher_is_better,
			     result->n_variants - 1, &other->effect);
}

int bench_evaluate(struct bench_result *result)
{
	struct stats_effect *effects[VARIANTS_MAX];
	size_t most = 1, n_effects = 0;
	double *values;
	int r = 0;

	for (size_t i = 0; i < result->n_variants; i++)
		most = result->variants[i].n_runs > most ? result->variants[i].n_runs : most;
	values = calloc(2 * most, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < result->n_variants; i++) {
		r = summarize_runs(&result->variants[i], values);
		if (r == 0 && i)
			r = compare_runs(result, &result->variants[i], values);
		if (i)
			effects[n_effects++] = &result->variants[i].effect;
	}
	if (r == 0)
		stats_step_down(effects, n_effects);
	free(values);
	return r;
}
