/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of N values, in their unit. */
struct stats_summary {
	size_t n;
	double median, mean, min, max, p95;
};

/* What a variant gains over another; more than 0 is better. */
struct stats_effect {
	size_t n_pairs;
	double percent;
	bool has_interval; /* for which fewer than stats_pairs_needed() are too few */
	double low, high;  /* of the interval, in percent; 0 without one */
	bool significant;  /* there is an interval, and 0 is outside it; or see stats_step_down() */
	size_t n_comparisons; /* whose intervals hold together, at 95 % */
	double p;	      /* of the signed-rank test, two-sided, of this comparison alone */
	double deviation;     /* of the logarithms of the ratios of the pairs; NAN of one pair */
	double detectable;    /* the gain found by 80 % of such measurements, in percent; or NAN */
};

/* Limits the n(n+1)/2 Walsh averages. */
#define STATS_PAIRS_MAX 1000

/*
 * Summarizes N values. A percentile is interpolated linearly between the two ranks next to (n-1)p,
 * counted from 0 (Hyndman & Fan 1996, type 7: the default of R and NumPy). Returns 0, -EINVAL if N
 * is 0 or a value is not finite, or -ENOMEM.
 */
int stats_summarize(const double *values, size_t n, struct stats_summary *ret);

/*
 * Compares OTHER with BASE, where values of the same index are from the same round. The effect in a
 * round is base/other - 1 for times, and other/base - 1 if HIGHER_IS_BETTER. From the logarithms of
 * these ratios come the Hodges-Lehmann estimate (the median of their Walsh averages: the averages
 * of every two, and each value itself) and the interval of Wilcoxon's signed-rank test, with the
 * exact distribution of the rank sum (Hollander, Wolfe & Chicken, Nonparametric
 * Statistical Methods, 3rd ed., 3.1 to 3.3). The noise may have any distribution that both variants
 * share. The intervals of N_COMPARISONS variants with the same BASE hold together at 95 % or more
 * (Bonferroni). Returns 0, -EINVAL if a number is 0 or a value is not finite and
 * above 0, -E2BIG if N is above STATS_PAIRS_MAX, or -ENOMEM.
 */
int stats_compare(const double *base, const double *other, size_t n, bool higher_is_better,
		  size_t n_comparisons, struct stats_effect *ret);

/*
 * Of N comparisons with the same base, lets more be significant than their intervals tell (Holm,
 * Scandinavian Journal of Statistics 6, 1979, 65): what has been found need not be guarded against.
 * Where all are equal, any is called significant in 5 % of measurements at most.
 */
void stats_step_down(struct stats_effect *const *effects, size_t n);

/* How many pairs an interval needs: six for one comparison. */
size_t stats_pairs_needed(size_t n_comparisons);

/* About how many pairs with the deviation of EFFECT find a gain of PERCENT in 80 %. */
size_t stats_pairs_to_find(double percent, const struct stats_effect *effect);

/* SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195). Any seed will do. */
struct stats_random {
	uint64_t state;
};

uint64_t stats_random_next(struct stats_random *random);

/* Shuffles N elements; every order is equally likely. */
void stats_shuffle(struct stats_random *random, size_t *order, size_t n);
