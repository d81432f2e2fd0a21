/* SPDX-License-Identifier: MIT */
/* Statistics of repeated measurements: summaries, paired effects, random orders. Pure. */

#include "bench/stats.h"

#include "base/util.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/*
 * The probability beyond each end of the interval of one of several comparisons: 95 % for all of
 * them together (Bonferroni).
 */
static double tail_probability(size_t n_comparisons)
{
	return 0.025 / (double)n_comparisons;
}

size_t stats_pairs_needed(size_t n_comparisons)
{
	/* The lowest of all rank sums has a probability of 2^-n. */
	return (size_t)ceil(-log2(tail_probability(n_comparisons)));
}

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t n, double p)
{
	double rank = (double)(n - 1) * p;
	size_t below = (size_t)rank, above = below + (below + 1 < n);

	return sorted[below] + (rank - (double)below) * (sorted[above] - sorted[below]);
}

int stats_summarize(const double *values, size_t n, struct stats_summary *ret)
{
	CLEANUP_FREE double *sorted = NULL;
	double sum = 0;

	if (!n)
		return -EINVAL;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(values[i]))
			return -EINVAL;
		sum += values[i];
	}
	sorted = calloc(n, sizeof(*sorted));
	if (!sorted)
		return -ENOMEM;
	memcpy(sorted, values, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), compare_double);
	*ret = (struct stats_summary){
		.n = n,
		.median = percentile(sorted, n, 0.5),
		.mean = sum / (double)n,
		.min = sorted[0],
		.max = sorted[n - 1],
		.p95 = percentile(sorted, n, 0.95),
	};
	return 0;
}

/* The smallest rank sums of the signed-rank test, which it rejects at either end. */
struct tail {
	size_t count;
	double probability; /* of all of them together */
};

/*
 * The probabilities of the rank sums of N values, up to the middle, around which they are
 * symmetric. The caller frees them; NULL if out of memory.
 */
static double *rank_sums(size_t n)
{
	size_t n_sums = n * (n + 1) / 4 + 1;
	double *p = calloc(n_sums, sizeof(*p));

	if (!p)
		return NULL;
	/* A rank is in the sum with probability 1/2. A double can hold 2^-STATS_PAIRS_MAX. */
	p[0] = 1;
	for (size_t rank = 1; rank <= n; rank++) {
		size_t reach = rank * (rank + 1) / 2 + 1;

		for (size_t i = reach < n_sums ? reach : n_sums; i-- > 0;)
			p[i] = (p[i] + (i >= rank ? p[i - rank] : 0)) / 2;
	}
	return p;
}

/*
 * As many of the smallest rank sums as have a probability of at most LIMIT together. The bounds of
 * the interval are that many Walsh averages away from each end. 0: too few values.
 */
static struct tail find_tail(const double *p, double limit)
{
	struct tail tail = { 0 };

	while (tail.probability + p[tail.count] <= limit)
		tail.probability += p[tail.count++];
	return tail;
}

/* Of a rank sum as far from the middle as that of these averages, or farther, at either end. */
static double two_sided_p(const double *p, const double *averages, size_t n_averages)
{
	size_t low = 0, high = 0, rank_sum;
	double sum = 0;

	/* One that is 0 counts on both sides: it tells against a difference. */
	for (size_t i = 0; i < n_averages; i++) {
		low += averages[i] <= 0;
		high += averages[i] >= 0;
	}
	rank_sum = low < high ? low : high;
	for (size_t i = 0; i <= rank_sum && i <= n_averages / 2; i++)
		sum += p[i];
	return fmin(2 * sum, 1);
}

#define POWER 0.8

/* Above which a normal value is with PROBABILITY, which is below 1/2, in deviations. */
static double normal_above(double probability)
{
	double low = 0, high = 40;

	for (int i = 0; i < 60; i++) {
		double middle = (low + high) / 2;

		if (erfc(middle * M_SQRT1_2) / 2 > probability)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * The effect that N pairs show with POWER, in deviations of a pair. From the sample size of the t
 * test, with its term for small samples (Guenther, The American Statistician 35, 1981, 243), times
 * pi/3, for the signed-rank test has 3/pi of its efficiency (Lehmann, Nonparametrics, 1975). If the
 * test needs all pairs on one side, the effect follows from the probability of that.
 */
static double detectable(size_t n, struct tail tail)
{
	double z = normal_above(tail.probability);

	if (tail.count == 1)
		return normal_above(1 - pow(POWER, 1 / (double)n));
	return (z + normal_above(1 - POWER)) * sqrt(M_PI / 3 / ((double)n - z * z / 2));
}

size_t stats_pairs_to_find(double percent, const struct stats_effect *effect)
{
	double z = normal_above(tail_probability(effect->n_comparisons));
	double ratio = (z + normal_above(1 - POWER)) * effect->deviation / log1p(percent / 100);
	size_t n = (size_t)ceil(fmin(M_PI / 3 * ratio * ratio + z * z / 2, 1e9));
	size_t needed = stats_pairs_needed(effect->n_comparisons);

	return n > needed ? n : needed;
}

static double deviation_of(const double *values, size_t n)
{
	double mean = 0, sum = 0;

	for (size_t i = 0; i < n; i++)
		mean += values[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		sum += (values[i] - mean) * (values[i] - mean);
	return sqrt(sum / (double)(n - 1));
}

static double percent(double logarithm)
{
	return expm1(logarithm) * 100;
}

/*
 * The change of a ratio below which it counts as none. Figures with three decimals, and
 * their logarithms, leave errors of about 1e-15 in an average that is 0; no run tells 1e-12.
 */
#define ROUNDING 1e-12

static double unless_rounding(double average)
{
	return fabs(average) < ROUNDING ? 0 : average;
}

int stats_compare(const double *base, const double *other, size_t n, bool higher_is_better,
		  size_t n_comparisons, struct stats_effect *ret)
{
	CLEANUP_FREE double *averages = NULL, *p = NULL;
	size_t n_averages = n;
	struct tail tail;
	double deviation;

	if (!n || !n_comparisons)
		return -EINVAL;
	if (n > STATS_PAIRS_MAX)
		return -E2BIG;
	averages = calloc(n * (n + 1) / 2, sizeof(*averages));
	if (!averages)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++) {
		if (!isfinite(base[i]) || !isfinite(other[i]) || base[i] <= 0 || other[i] <= 0)
			return -EINVAL;
		averages[i] = unless_rounding(higher_is_better ? log(other[i]) - log(base[i])
							       : log(base[i]) - log(other[i]));
	}
	deviation = unless_rounding(deviation_of(averages, n));
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			averages[n_averages++] = unless_rounding((averages[i] + averages[j]) / 2);
	qsort(averages, n_averages, sizeof(*averages), compare_double);

	p = rank_sums(n);
	if (!p)
		return -ENOMEM;
	tail = find_tail(p, tail_probability(n_comparisons));
	*ret = (struct stats_effect){
		.n_pairs = n,
		.percent = percent(percentile(averages, n_averages, 0.5)),
		.has_interval = tail.count > 0,
		.n_comparisons = n_comparisons,
		.p = two_sided_p(p, averages, n_averages),
		.deviation = deviation,
		.detectable = NAN,
	};
	if (tail.count) {
		ret->low = percent(averages[tail.count - 1]);
		ret->high = percent(averages[n_averages - tail.count]);
		ret->detectable = percent(detectable(n, tail) * deviation);
		ret->significant = ret->low > 0 || ret->high < 0;
	}
	return 0;
}

void stats_step_down(struct stats_effect *const *effects, size_t n)
{
	bool found;

	do {
		size_t left = 0;

		found = false;
		for (size_t i = 0; i < n; i++)
			left += !effects[i]->significant;
		for (size_t i = 0; i < n; i++)
			if (!effects[i]->significant && effects[i]->has_interval &&
			    effects[i]->p <= 2 * tail_probability(left))
				effects[i]->significant = found = true;
	} while (found);
}

uint64_t stats_random_next(struct stats_random *random)
{
	uint64_t z = random->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static size_t random_below(struct stats_random *random, size_t n)
{
	/* Without the lowest 2^64 mod N values, every remainder is equally likely. */
	uint64_t surplus = -(uint64_t)n % n, value;

	do
		value = stats_random_next(random);
	while (value < surplus);
	return (size_t)(value % n);
}

void stats_shuffle(struct stats_random *random, size_t *order, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = random_below(random, i), last = order[i - 1];

		order[i - 1] = order[j];
		order[j] = last;
	}
}
