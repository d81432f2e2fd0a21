/* SPDX-License-Identifier: MIT */
/*
 * Summaries computed by hand, the signed-rank test against published tables, and trials with a
 * seeded generator, so that their outcome is always the same.
 */

#include "base/util.h"
#include "bench/stats.h"
#include "row.h"

#include <errno.h>
#include <math.h>

#define row_near(row, value, wanted, tolerance)                                           \
	do {                                                                              \
		double value_ = (value), wanted_ = (wanted);                              \
                                                                                          \
		if (!(fabs(value_ - wanted_) <= (tolerance)))                             \
			fail_msg("row '%s': %s is %.17g, not %.17g", row, #value, value_, \
				 wanted_);                                                \
	} while (0)

/* --- Summaries -------------------------------------------------------------------------------- */

static void test_summaries_computed_by_hand(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		double values[21];
		struct stats_summary wanted; /* n, median, mean, min, max, p95 */
	} rows[] = {
		{ "one", 1, { 7 }, { 1, 7, 7, 7, 7, 7 } },
		{ "two", 2, { 30, 10 }, { 2, 20, 20, 10, 30, 29 } },
		/* Ranks from 0: p95 is at 3.8 and at 2.85. */
		{ "odd", 5, { 9, 1, 5, 2, 4 }, { 5, 4, 4.2, 1, 9, 8.2 } },
		{ "even", 4, { 4, 1, 3, 2 }, { 4, 2.5, 2.5, 1, 4, 3.85 } },
		{ "alike", 3, { 0.1, 0.1, 0.1 }, { 3, 0.1, 0.1, 0.1, 0.1, 0.1 } },
		{ "below 0", 3, { -1, -4, 2 }, { 3, -1, -1, -4, 2, 1.7 } },
		{ "95 % at a rank",
		  21,
		  { 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 },
		  { 21, 10, 10, 0, 20, 19 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct stats_summary *wanted = &rows[i].wanted;
		double values[ARRAY_SIZE(rows[i].values)];
		struct stats_summary got;

		memcpy(values, rows[i].values, sizeof(values));
		row_equal(rows[i].name, stats_summarize(values, rows[i].n, &got), 0);
		row_equal(rows[i].name, got.n, wanted->n);
		row_near(rows[i].name, got.median, wanted->median, 1e-12);
		row_near(rows[i].name, got.mean, wanted->mean, 1e-12);
		row_near(rows[i].name, got.min, wanted->min, 0);
		row_near(rows[i].name, got.max, wanted->max, 0);
		row_near(rows[i].name, got.p95, wanted->p95, 1e-12);
		row_true(rows[i].name, !memcmp(values, rows[i].values, sizeof(values)));
	}
}

static void test_no_summary_of_values_that_are_not_finite(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		double values[2];
	} rows[] = {
		{ "none", 0, { 1, 2 } },
		{ "NaN", 2, { 1, NAN } },
		{ "infinite", 2, { INFINITY, 1 } },
		{ "infinite below 0", 2, { 1, -INFINITY } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stats_summary got = { .n = 42 };

		row_equal(rows[i].name, stats_summarize(rows[i].values, rows[i].n, &got), -EINVAL);
		row_equal(rows[i].name, got.n, 42);
	}
}

/* --- Effects ---------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* At least 0, less than 1. */
static double uniform(struct stats_random *random)
{
	return (double)(stats_random_next(random) >> 11) * 0x1p-53;
}

/* At least 0, mean 1, skewed as delays are. */
static double exponential(struct stats_random *random)
{
	return -log1p(-uniform(random));
}

/* Mean 0, deviation 1 (Box & Muller). */
static double normal(struct stats_random *random)
{
	double radius = sqrt(2 * exponential(random));

	return radius * cos(2 * M_PI * uniform(random));
}

/* The Walsh averages of N values, sorted; the caller frees them. */
static double *walsh(const double *values, size_t n, size_t *count)
{
	double *averages = calloc(n * (n + 1) / 2, sizeof(*averages));

	assert_non_null(averages);
	*count = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t j = i; j < n; j++)
			averages[(*count)++] = (values[i] + values[j]) / 2;
	qsort(averages, *count, sizeof(*averages), compare);
	return averages;
}

/*
 * The two-sided 5 % critical values of the signed-rank table (Wilcoxon & Wilcox 1964, and so in
 * most books) up to 30, the others counted with integers: P(T <= critical) is at most 2.5 %, and
 * the interval leaves out that many Walsh averages at each end.
 */
static void test_bounds_follow_the_signed_rank_table(void **state)
{
	static const struct {
		const char *name;
		size_t n;
		size_t critical;
	} rows[] = {
		{ "6", 6, 0 },	      { "7", 7, 2 },	    { "8", 8, 3 },
		{ "9", 9, 5 },	      { "10", 10, 8 },	    { "11", 11, 10 },
		{ "12", 12, 13 },     { "13", 13, 17 },	    { "14", 14, 21 },
		{ "15", 15, 25 },     { "16", 16, 29 },	    { "17", 17, 34 },
		{ "18", 18, 40 },     { "19", 19, 46 },	    { "20", 20, 52 },
		{ "25", 25, 89 },     { "30", 30, 137 },    { "50", 50, 434 },
		{ "100", 100, 1955 }, { "200", 200, 8444 }, { "1000", 1000, 232346 },
	};
	struct stats_random random = { .state = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double logarithms[STATS_PAIRS_MAX], base[STATS_PAIRS_MAX], other[STATS_PAIRS_MAX];
		size_t n = rows[i].n, count;
		CLEANUP_FREE double *averages = NULL;
		struct stats_effect got;

		for (size_t j = 0; j < n; j++) {
			logarithms[j] = uniform(&random);
			base[j] = exp(logarithms[j]);
			other[j] = 1;
		}
		averages = walsh(logarithms, n, &count);
		row_equal(rows[i].name, stats_compare(base, other, n, false, 1, &got), 0);
		row_equal(rows[i].name, got.n_pairs, n);
		row_true(rows[i].name, got.has_interval && got.significant);
		row_near(rows[i].name, log1p(got.percent / 100),
			 (averages[(count - 1) / 2] + averages[count / 2]) / 2, 1e-14);
		row_near(rows[i].name, log1p(got.low / 100), averages[rows[i].critical], 1e-14);
		row_near(rows[i].name, log1p(got.high / 100),
			 averages[count - 1 - rows[i].critical], 1e-14);
	}
}

/*
 * Hamilton depression scale factor IV of nine patients before and after (Hollander & Wolfe 1973,
 * table 3.1; the help page of wilcox.test() in R).
 */
static void test_published_example(void **state)
{
	static const double before[] = { 1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30 };
	static const double after[] = { 0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29 };
	double base[ARRAY_SIZE(before)], other[ARRAY_SIZE(before)];
	struct stats_effect got;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		base[i] = exp(before[i]);
		other[i] = exp(after[i]);
	}
	assert_int_equal(stats_compare(base, other, ARRAY_SIZE(base), true, 1, &got), 0);
	row_near("estimate", log1p(got.percent / 100), -0.46, 1e-12);
	row_near("low", log1p(got.low / 100), -0.786, 1e-12);
	row_near("high", log1p(got.high / 100), -0.01, 1e-12);
	row_near("p", got.p, 0.0390625, 1e-12);
	assert_true(got.significant);
}

static void test_effects_of_times_and_of_rates(void **state)
{
	static const struct {
		const char *name;
		double base, other;
		bool higher_is_better;
		double percent;
		bool significant;
	} rows[] = {
		{ "half the time", 20, 10, false, 100, true },
		{ "twice the time", 10, 20, false, -50, true },
		{ "half the rate", 20, 10, true, -50, true },
		{ "twice the rate", 10, 20, true, 100, true },
		{ "same time", 10, 10, false, 0, false },
		{ "same rate", 10, 10, true, 0, false },
		{ "from one end of double to the other", 0x1p-1000, 0x1p+1000, false, -100, true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double base[6], other[6];
		struct stats_effect got;

		for (size_t j = 0; j < ARRAY_SIZE(base); j++) {
			base[j] = rows[i].base;
			other[j] = rows[i].other;
		}
		row_equal(rows[i].name,
			  stats_compare(base, other, ARRAY_SIZE(base), rows[i].higher_is_better, 1,
					&got),
			  0);
		row_near(rows[i].name, got.percent, rows[i].percent, 1e-10);
		row_near(rows[i].name, got.low, rows[i].percent, 1e-10);
		row_near(rows[i].name, got.high, rows[i].percent, 1e-10);
		row_true(rows[i].name, got.has_interval);
		row_equal(rows[i].name, got.significant, rows[i].significant);
	}
}

static void test_fewer_than_six_pairs_have_no_interval(void **state)
{
	static const double base[] = { 20, 21, 22, 23, 24, 25 };
	static const double other[] = { 10, 10.5, 11, 11.5, 12, 12.5 };
	struct stats_effect got;

	(void)state;
	for (size_t n = 1; n <= 6; n++) {
		assert_int_equal(stats_compare(base, other, n, false, 1, &got), 0);
		assert_int_equal(got.n_pairs, n);
		row_near("estimate", got.percent, 100, 1e-10);
		assert_int_equal(got.has_interval, n == 6);
		assert_int_equal(got.significant, n == 6);
		row_near("low", got.low, n == 6 ? 100 : 0, 1e-10);
		row_near("high", got.high, n == 6 ? 100 : 0, 1e-10);
	}
}

/* Of pairs whose ratios are x, 1/x, 1/x and above, the third lowest average is 1 in decimals. */
static void test_an_average_that_is_zero_but_for_rounding_is_zero(void **state)
{
	struct stats_random random = { .state = 1 };

	(void)state;
	for (size_t i = 0; i < 100; i++) {
		double less = floor(1000 + 1000 * uniform(&random)) / 1000;
		double more = floor(2001 + 1000 * uniform(&random)) / 1000;
		double base[] = { less, more * 3, more * 7, 9, 9, 9, 9 };
		double other[] = { more, less * 3, less * 7, 1, 1, 1, 1 };
		struct stats_effect got;

		assert_int_equal(stats_compare(base, other, 7, i % 2, 1, &got), 0);
		row_near("bound", i % 2 ? got.high : got.low, 0, 0);
		assert_false(got.significant);
	}
}

static double inverse(double percent)
{
	return 100 * (1 / (1 + percent / 100) - 1);
}

static void test_swapping_the_variants_inverts_the_effect(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct stats_random random = { .state = seed };
		size_t n = 6 + (size_t)seed;
		double base[26], other[26];
		struct stats_effect there, back, rates;

		for (size_t i = 0; i < n; i++) {
			base[i] = 10 + exponential(&random);
			other[i] = 9.5 + exponential(&random);
		}
		assert_int_equal(stats_compare(base, other, n, false, 1, &there), 0);
		assert_int_equal(stats_compare(other, base, n, false, 1, &back), 0);
		assert_int_equal(stats_compare(other, base, n, true, 1, &rates), 0);
		row_near("estimate", back.percent, inverse(there.percent), 1e-10);
		row_near("low", back.low, inverse(there.high), 1e-10);
		row_near("high", back.high, inverse(there.low), 1e-10);
		assert_int_equal(back.significant, there.significant);
		row_near("estimate of rates", rates.percent, there.percent, 0);
		row_near("low of rates", rates.low, there.low, 0);
		row_near("high of rates", rates.high, there.high, 0);
	}
}

static void test_no_effect_of_values_that_cannot_be_measured(void **state)
{
	static const struct {
		const char *name;
		double value;
	} rows[] = {
		{ "0", 0 },
		{ "below 0", -1 },
		{ "NaN", NAN },
		{ "infinite", INFINITY },
		{ "infinite below 0", -INFINITY },
	};
	static const double good[] = { 1, 2, 3, 4, 5, 6 };
	static const double many[STATS_PAIRS_MAX + 1];
	struct stats_effect got = { .n_pairs = 42 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double bad[] = { 1, 2, 3, 4, 5, rows[i].value };

		row_equal(rows[i].name, stats_compare(bad, good, 6, false, 1, &got), -EINVAL);
		row_equal(rows[i].name, stats_compare(good, bad, 6, true, 1, &got), -EINVAL);
	}
	assert_int_equal(stats_compare(good, good, 0, false, 1, &got), -EINVAL);
	assert_int_equal(stats_compare(good, good, 6, false, 0, &got), -EINVAL);
	assert_int_equal(stats_compare(many, many, ARRAY_SIZE(many), false, 1, &got), -E2BIG);
	assert_int_equal(got.n_pairs, 42);
}

/*
 * The least two-sided probability of n pairs is 2/2^n; of ten it is 0.00195, which 25 comparisons
 * have at 5 % together, and 26 do not.
 */
static void test_more_comparisons_need_more_pairs(void **state)
{
	static const struct {
		const char *name;
		size_t n_comparisons, n_pairs;
	} rows[] = {
		{ "1", 1, 6 },	  { "2", 2, 7 },    { "3", 3, 7 },    { "4", 4, 8 },
		{ "7", 7, 9 },	  { "12", 12, 9 },  { "13", 13, 10 }, { "25", 25, 10 },
		{ "26", 26, 11 }, { "31", 31, 11 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		static const double base[] = { 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2 };
		static const double other[] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
		size_t n = rows[i].n_pairs, m = rows[i].n_comparisons;
		struct stats_effect got;

		row_equal(rows[i].name, stats_pairs_needed(m), n);
		row_equal(rows[i].name, stats_compare(base, other, n - 1, false, m, &got), 0);
		row_true(rows[i].name, !got.has_interval && !got.significant);
		row_equal(rows[i].name, stats_compare(base, other, n, false, m, &got), 0);
		row_true(rows[i].name, got.has_interval && got.significant);
	}
}

/* --- Trials ----------------------------------------------------------------------------------- */

/*
 * The effect in ROUNDS rounds with times of about 10, where both runs share a drift of up to 20 %.
 * OTHER is FACTOR times as fast.
 */
static struct stats_effect trial(uint64_t seed, size_t rounds, double factor, double noise,
				 double (*draw)(struct stats_random *random))
{
	struct stats_random random = { .state = seed };
	double base[30], other[30];
	struct stats_effect effect;

	assert_true(rounds <= ARRAY_SIZE(base));
	for (size_t i = 0; i < rounds; i++) {
		double drift = 10 * (1 + 0.2 * uniform(&random));

		base[i] = drift * (1 + noise * draw(&random));
		other[i] = drift * (1 + noise * draw(&random)) / factor;
	}
	assert_int_equal(stats_compare(base, other, rounds, false, 1, &effect), 0);
	return effect;
}

/*
 * The test may be wrong in 5 % of the trials. The limit is that mean, which the seeds below keep;
 * the standard deviation of a count is 7.
 */
static void test_a_variant_against_itself_is_seldom_significant(void **state)
{
	static const struct {
		const char *name;
		size_t rounds;
	} rows[] = { { "6 rounds", 6 }, { "12 rounds", 12 }, { "30 rounds", 30 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int n_significant = 0;

		for (uint64_t seed = 0; seed < 1000; seed++)
			n_significant +=
				trial(seed, rows[i].rounds, 1, 0.05, exponential).significant;
		row_true(rows[i].name, n_significant <= 50);
	}
}

static void test_effects_are_found(void **state)
{
	static const struct {
		const char *name;
		size_t rounds;
		double factor, noise;
		double (*draw)(struct stats_random *random);
		int at_least; /* of 100 trials have the effect in their interval */
	} rows[] = {
		{ "49.6 % in 12 rounds", 12, 1.496, 0.05, exponential, 92 },
		{ "1 % in 30 rounds", 30, 1.01, 0.005, normal, 92 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		double percent = (rows[i].factor - 1) * 100;
		int n_inside = 0;

		for (uint64_t seed = 0; seed < 100; seed++) {
			struct stats_effect got = trial(seed, rows[i].rounds, rows[i].factor,
							rows[i].noise, rows[i].draw);

			row_true(rows[i].name, got.significant && got.low > 0);
			row_true(rows[i].name, got.low <= got.percent && got.percent <= got.high);
			n_inside += got.low <= percent && percent <= got.high;
		}
		row_true(rows[i].name, n_inside >= rows[i].at_least);
	}
}

/* --- Random orders ---------------------------------------------------------------------------- */

/* The first outputs of splitmix64.c (Vigna, prng.di.unimi.it). */
static void test_random_numbers_are_those_of_splitmix64(void **state)
{
	static const uint64_t wanted[] = { 0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4,
					   0x06c45d188009454f };
	struct stats_random random = { .state = 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_true(stats_random_next(&random) == wanted[i]);
}

static void test_a_shuffle_keeps_every_element(void **state)
{
	(void)state;
	for (size_t n = 0; n <= 20; n++) {
		struct stats_random random = { .state = n };
		size_t order[21];
		bool seen[20] = { false };

		for (size_t i = 0; i < ARRAY_SIZE(order); i++)
			order[i] = i;
		stats_shuffle(&random, order, n);
		for (size_t i = 0; i < n; i++) {
			assert_true(order[i] < n && !seen[order[i]]);
			seen[order[i]] = true;
		}
		assert_int_equal(order[n], n);
	}
}

static void test_each_order_is_as_likely(void **state)
{
	int counts[27] = { 0 }, n_orders = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 6000; seed++) {
		struct stats_random random = { .state = seed };
		size_t order[] = { 0, 1, 2 };

		stats_shuffle(&random, order, 3);
		counts[order[0] * 9 + order[1] * 3 + order[2]]++;
	}
	/* The standard deviation of each is 29. */
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		if (counts[i]) {
			assert_in_range(counts[i], 880, 1120);
			n_orders++;
		}
	assert_int_equal(n_orders, 6);
}

/* 2^64 is a multiple of 3 plus 1, so one 64-bit value, 0, must be rejected. */
static void test_a_shuffle_draws_again_what_would_be_biased(void **state)
{
	/* Its first output is 0; then it continues as if seeded with 0. */
	struct stats_random drawn_again = { .state = -0x9e3779b97f4a7c15 }, plain = { .state = 0 };
	size_t a[] = { 0, 1, 2 }, b[] = { 0, 1, 2 };

	(void)state;
	stats_shuffle(&drawn_again, a, 3);
	stats_shuffle(&plain, b, 3);
	assert_memory_equal(a, b, sizeof(a));
	assert_true(drawn_again.state == plain.state);
}

/* By hand: of three, p must be at most 0.0167, of the two that are left 0.025, of the last 0.05. */
static void test_what_is_found_is_not_guarded_against(void **state)
{
	static const struct {
		const char *name;
		double p[3];
		bool significant[3];
	} rows[] = {
		{ "all in steps", { 0.04, 0.01, 0.02 }, { true, true, true } },
		{ "the first step fails", { 0.04, 0.02, 0.02 }, { false, false, false } },
		{ "the second fails", { 0.04, 0.03, 0.001 }, { false, false, true } },
		{ "at the limit", { 0.05, 0.025, 0.016 }, { true, true, true } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct stats_effect effects[3], *list[3];

		for (size_t k = 0; k < 3; k++) {
			effects[k] = (struct stats_effect){ .has_interval = true,
							    .p = rows[i].p[k] };
			list[k] = &effects[k];
		}
		stats_step_down(list, 3);
		for (size_t k = 0; k < 3; k++)
			row_equal(rows[i].name, effects[k].significant, rows[i].significant[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_summaries_computed_by_hand),
		cmocka_unit_test(test_no_summary_of_values_that_are_not_finite),
		cmocka_unit_test(test_bounds_follow_the_signed_rank_table),
		cmocka_unit_test(test_published_example),
		cmocka_unit_test(test_effects_of_times_and_of_rates),
		cmocka_unit_test(test_fewer_than_six_pairs_have_no_interval),
		cmocka_unit_test(test_an_average_that_is_zero_but_for_rounding_is_zero),
		cmocka_unit_test(test_swapping_the_variants_inverts_the_effect),
		cmocka_unit_test(test_no_effect_of_values_that_cannot_be_measured),
		cmocka_unit_test(test_more_comparisons_need_more_pairs),
		cmocka_unit_test(test_a_variant_against_itself_is_seldom_significant),
		cmocka_unit_test(test_what_is_found_is_not_guarded_against),
		cmocka_unit_test(test_effects_are_found),
		cmocka_unit_test(test_random_numbers_are_those_of_splitmix64),
		cmocka_unit_test(test_a_shuffle_keeps_every_element),
		cmocka_unit_test(test_each_order_is_as_likely),
		cmocka_unit_test(test_a_shuffle_draws_again_what_would_be_biased),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
