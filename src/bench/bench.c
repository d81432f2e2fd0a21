/* SPDX-License-Identifier: MIT */
/* The results of a measurement, and what they say. Pure. */

#include "bench/bench.h"

#include <errno.h>
#include <math.h>
#include <string.h>

void bench_result_done(struct bench_result *result)
{
	for (size_t i = 0; i < result->n_settings; i++) {
		struct bench_setting *setting = &result->settings[i];

		for (size_t k = 0; k < setting->n_runs; k++) {
			free(setting->runs[k].invalid);
			free(setting->runs[k].counts);
		}
		free(setting->runs);
		free(setting->name);
	}
	free(result->settings);
	free(result->name);
	free(result->unit);
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

const struct bench_setting *bench_main_setting(const struct bench_result *result)
{
	const struct bench_setting *best = NULL;

	for (size_t i = 1; i < result->n_settings; i++) {
		const struct bench_setting *setting = &result->settings[i];

		if (!strcmp(setting->name, "tuned"))
			return setting;
		if (!best ||
		    (setting->effect.n_pairs &&
		     (!best->effect.n_pairs || setting->effect.percent > best->effect.percent)))
			best = setting;
	}
	return best;
}

uint64_t bench_interrupts(const struct bench_setting *setting)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < setting->n_runs; i++)
		for (size_t k = 0; k < setting->runs[i].n_counts; k++)
			sum += setting->runs[i].counts[k].count;
	return sum;
}

double bench_spread(const struct bench_setting *setting)
{
	return setting->summary.n ? setting->summary.p95 - setting->summary.min : NAN;
}

static int summarize(struct bench_setting *setting, double *values)
{
	double min = INFINITY, max = -INFINITY;
	size_t n = 0, n_p95 = 0;
	struct stats_summary p95;
	int r;

	for (size_t i = 0; i < setting->n_runs; i++)
		if (!setting->runs[i].invalid)
			values[n++] = setting->runs[i].result.value;
	if (!n)
		return 0;
	r = stats_summarize(values, n, &setting->summary);
	/* A run of many calls knows its own extremes: one call in a run is not a whole run. */
	for (size_t i = 0; r == 0 && i < setting->n_runs; i++) {
		const struct measurement *result = &setting->runs[i].result;

		if (setting->runs[i].invalid || isnan(result->p95) || isnan(result->min) ||
		    isnan(result->max))
			continue;
		values[n_p95++] = result->p95;
		min = fmin(min, result->min);
		max = fmax(max, result->max);
	}
	if (r < 0 || n_p95 < n)
		return r;
	r = stats_summarize(values, n, &p95);
	setting->summary.p95 = p95.median;
	setting->summary.min = min;
	setting->summary.max = max;
	return r;
}

static int compare(const struct bench_setting *base, struct bench_setting *other, bool higher,
		   double *values)
{
	double *base_values = values, *other_values = values + base->n_runs;
	size_t n = 0;

	for (size_t i = 0; i < base->n_runs && i < other->n_runs; i++) {
		if (base->runs[i].invalid || other->runs[i].invalid)
			continue;
		base_values[n] = base->runs[i].result.value;
		other_values[n++] = other->runs[i].result.value;
	}
	return n ? stats_compare(base_values, other_values, n, higher, &other->effect) : 0;
}

int bench_evaluate(struct bench_result *result)
{
	size_t most = 1;
	double *values;
	int r = 0;

	for (size_t i = 0; i < result->n_settings; i++)
		most = result->settings[i].n_runs > most ? result->settings[i].n_runs : most;
	values = calloc(2 * most, sizeof(*values));
	if (!values)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < result->n_settings; i++) {
		r = summarize(&result->settings[i], values);
		if (r == 0 && i)
			r = compare(&result->settings[0], &result->settings[i],
				    result->higher_is_better, values);
	}
	free(values);
	return r;
}
