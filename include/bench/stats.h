/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the runs under one variant, in the unit of the values. */
struct stats_summary {
	size_t n;
	double median, mean, min, max, p95;
};

/* What a variant gains over another; more than 0 is better. */
struct stats_effect {
	size_t n_pairs;
	double percent;
	bool has_interval; /* fewer than six pairs cannot give one of 95 % */
	double low, high;  /* of the interval, in percent; 0 without one */
	bool significant;  /* the interval is known and 0 is not in it */
};

/* So that the n(n+1)/2 Walsh averages, and the time they take, stay small. */
#define STATS_PAIRS_MAX 1000

/*
 * VALUES is left as it is. A percentile is interpolated linearly between the two closest ranks,
 * (n-1)p counted from 0 (Hyndman & Fan 1996, type 7: the default of R and NumPy). Returns 0,
 * -EINVAL if N is 0 or a value is not finite, or -ENOMEM.
 */
int stats_summarize(const double *values, size_t n, struct stats_summary *ret);

/*
 * Compares OTHER with BASE; values of the same index are of the same round. The effect in a round
 * is base/other - 1 for times, and other/base - 1 if HIGHER_IS_BETTER. Of the logarithms of these
 * ratios it takes the Hodges-Lehmann estimate (median of their Walsh averages: of every two, and of
 * each with itself) and the interval of at least 95 % that belongs to Wilcoxon's signed-rank test,
 * by the exact distribution of the rank sum (Hollander, Wolfe & Chicken, Nonparametric Statistical
 * Methods, 3rd ed., 3.1 to 3.3). The noise may have any shape that is the same under both variants.
 * Returns 0, -EINVAL if N is 0 or a value is not finite and above 0, -E2BIG if N is more than
 * STATS_PAIRS_MAX, or -ENOMEM.
 */
int stats_compare(const double *base, const double *other, size_t n, bool higher_is_better,
		  struct stats_effect *ret);

/* SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195). Any state is a good seed. */
struct stats_random {
	uint64_t state;
};

uint64_t stats_random_next(struct stats_random *random);

/* Brings the N elements into an order of which each is as likely as the others. */
void stats_shuffle(struct stats_random *random, size_t *order, size_t n);
