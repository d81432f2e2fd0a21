/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/metric.h"
#include "bench/stats.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reference;

/* Interrupts of the cards that a CPU took during a run. */
struct bench_count {
	int cpu;
	uint64_t count;
};

/* One run of the workload. */
struct bench_run {
	char *invalid; /* why it does not count; NULL if it does */
	struct measurement result;
	size_t n_counts;
	struct bench_count *counts; /* of the CPUs that took any */
	int64_t slow_irqs;	    /* of these by slow cores; -1 if the machine has none */
	double start_khz, end_khz;  /* of the slowest of the big CPUs; NAN unknown */
	double start_c, end_c;	    /* of the hottest thermal zone; NAN unknown */
	bool throttled;		    /* a cooling device was active at its start or end */
};

/* All runs under one variant: run K is that of round K. */
struct bench_variant {
	char *name;
	size_t n_runs;
	struct bench_run *runs;
	struct stats_summary summary; /* of the runs that count; without any n is 0, all else NAN */
	struct stats_effect effect;   /* against the first variant; n_pairs is 0 if unknown */
};

/* What one workload tells of one metric, under all variants. */
struct bench_result {
	char *name;
	enum metric metric;
	bool higher_is_better;
	size_t n_variants;
	struct bench_variant *variants;
};

/* How often the variants are run, and in which order. */
struct bench_method {
	int64_t rounds; /* each runs every variant once */
	int64_t warmup; /* rounds before those, which are not counted */
	int64_t seed;	/* of the random order in a round; below 2^32 */
	bool cut_short; /* stopped by a signal: the last result has fewer rounds */
};

/* A whole measurement, as it is printed and saved. */
struct bench {
	char *model, *kernel; /* of the machine; NULL unknown */
	char *date;	      /* ISO 8601, UTC */
	char *version;	      /* of this program */
	struct bench_method method;
	size_t n_results;
	struct bench_result *results;
};

/* A run of which nothing is known yet. */
void bench_run_init(struct bench_run *ret);
/* Returns 0 or -ENOMEM; the caller calls bench_run_done(). */
int bench_run_copy(const struct bench_run *run, struct bench_run *ret);
void bench_run_done(struct bench_run *run);
void bench_result_done(struct bench_result *result);
void bench_done(struct bench *bench);

/*
 * Works out the summaries and effects; the intervals of all variants hold together, so that the
 * best of them may be picked afterwards. Returns 0, -ENOMEM, or -EINVAL if a value is not above 0.
 */
int bench_evaluate(struct bench_result *result);

/*
 * The variant whose effect is reported: "tuned", else the best of those found to be faster, else
 * the best; NULL if there is only one.
 */
const struct bench_variant *bench_main_variant(const struct bench_result *result);

/* What was published for it; NULL if nothing, or not surely this. */
const struct reference *bench_reference(const struct bench_result *result);

/* The interrupts that CPU took, or all CPUs if it is -1, in one run and in all runs of a variant.
 */
uint64_t bench_run_interrupts(const struct bench_run *run, int cpu);
uint64_t bench_interrupts(const struct bench_variant *variant, int cpu);

/* The interrupts of a run, on average; NAN without runs. */
double bench_run_mean(const struct bench_variant *variant);

/* True if any run took an interrupt of a card. */
bool bench_used_card(const struct bench_result *result);

/* The runs in which slow cores took less than half of the interrupts; 0 without slow cores. */
size_t bench_fast_runs(const struct bench_variant *variant);

/* p95 - min, the spread that the published results give; NAN if no run counts. */
double bench_spread(const struct bench_variant *variant);
