/* SPDX-License-Identifier: MIT */
/*
 * How often a comparison is wrong, and what it finds, in 500 seeded measurements each or more, so
 * that the figures of the man page are always the same.
 */

#include "base/util.h"
#include "bench/bench.h"
#include "row.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRIALS 500
/* Where the standard deviation of a count must be below 1 %. */
#define MANY_TRIALS 2000
#define ROUNDS_MAX  40
#define VARIANTS    8

#define row_in_range(row, value, low, high)                                                      \
	do {                                                                                     \
		int value_ = (value);                                                            \
                                                                                                 \
		if (value_ < (low) || value_ > (high))                                           \
			fail_msg("row '%s': %s is %d, not %d to %d", row, #value, value_, (low), \
				 (high));                                                        \
	} while (0)

/* Mean 0, deviation 1 (Box & Muller). */
static double normal(struct stats_random *random)
{
	double a = (double)(stats_random_next(random) >> 11) * 0x1p-53;
	double b = (double)(stats_random_next(random) >> 11) * 0x1p-53;

	return sqrt(-2 * log1p(-a)) * cos(2 * M_PI * b);
}

/* What is measured. */
struct trial {
	size_t rounds, n_variants;
	double gain, spread; /* of the second variant, and of each run, in percent */
};

/* Of all trials, in how many any variant differed, one was reported as faster, the second
 * differed, and all intervals were true. */
struct outcome {
	int any, faster, second, covered;
};

static double true_gain(const struct trial *trial, size_t variant)
{
	return variant == 1 ? trial->gain : 0;
}

static void measure(const struct trial *trial, struct stats_random *random,
		    struct bench_result *result)
{
	for (size_t i = 0; i < trial->n_variants; i++)
		for (size_t k = 0; k < trial->rounds; k++) {
			double noise = exp(trial->spread / 100 * normal(random));

			/* Printed with three decimals, as by axcl_run_model. */
			result->variants[i].runs[k].result.value =
				round(10000 * noise / (1 + true_gain(trial, i) / 100)) / 1000;
		}
	assert_int_equal(bench_evaluate(result), 0);
}

static struct outcome run_trials(const struct trial *trial, uint64_t n_trials)
{
	struct bench_run runs[VARIANTS][ROUNDS_MAX] = { 0 };
	struct bench_variant variants[VARIANTS] = { 0 };
	struct bench_result result = { .n_variants = trial->n_variants, .variants = variants };
	struct outcome outcome = { 0 };

	for (size_t i = 0; i < trial->n_variants; i++) {
		variants[i] = (struct bench_variant){ .name = (char *)"",
						      .n_runs = trial->rounds,
						      .runs = runs[i] };
		for (size_t k = 0; k < trial->rounds; k++)
			bench_run_init(&runs[i][k]);
	}
	for (uint64_t seed = 0; seed < n_trials; seed++) {
		struct stats_random random = { .state = seed };
		const struct stats_effect *reported;
		bool any = false, covered = true;

		measure(trial, &random, &result);
		for (size_t i = 1; i < trial->n_variants; i++) {
			const struct stats_effect *effect = &variants[i].effect;

			any |= effect->significant;
			covered &= effect->low <= true_gain(trial, i) &&
				   true_gain(trial, i) <= effect->high;
		}
		reported = &bench_main_variant(&result)->effect;
		outcome.any += any;
		outcome.faster += reported->significant && reported->percent > 0;
		outcome.second += variants[1].effect.significant;
		outcome.covered += covered;
	}
	return outcome;
}

/* The standard deviation of a count of 25, which is 5 %, is 5. */
static void test_equal_settings_differ_in_5_percent_at_most(void **state)
{
	static const struct {
		const char *name;
		struct trial trial;
	} rows[] = {
		{ "2 settings, 6 rounds", { 6, 2, 0, 1 } },
		{ "2 settings, 10 rounds", { 10, 2, 0, 1 } },
		{ "2 settings, 40 rounds", { 40, 2, 0, 1 } },
		{ "8 settings, 10 rounds", { 10, 8, 0, 1 } },
		{ "8 settings, 20 rounds", { 20, 8, 0, 1 } },
		{ "8 settings, hardly any spread", { 10, 8, 0, 0.01 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct outcome got = run_trials(&rows[i].trial, TRIALS);

		row_in_range(rows[i].name, got.faster, 0, TRIALS * 5 / 100);
		row_in_range(rows[i].name, got.any, 0, TRIALS * 7 / 100);
	}
}

/* The standard deviation of a count of 475 is 5. */
static void test_intervals_hold_the_true_gains(void **state)
{
	static const struct {
		const char *name;
		struct trial trial;
	} rows[] = {
		{ "2 settings", { 10, 2, 2, 1 } },
		{ "2 settings, 30 rounds", { 30, 2, 50, 2 } },
		{ "8 settings", { 10, 8, 2, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		row_in_range(rows[i].name, run_trials(&rows[i].trial, TRIALS).covered,
			     TRIALS * 94 / 100, TRIALS);
	}
}

/* As of a measurement whose pairs have exactly the deviation that is usual in TRIAL. */
static struct stats_effect usual_effect(const struct trial *trial)
{
	double base[ROUNDS_MAX], other[ROUNDS_MAX], n = (double)trial->rounds;
	double step = M_SQRT2 * trial->spread / 100 * sqrt((n - 1) / n);
	struct stats_effect effect;

	for (size_t i = 0; i < trial->rounds; i++) {
		base[i] = 10 * exp(i % 2 ? step : -step);
		other[i] = 10;
	}
	assert_int_equal(
		stats_compare(base, other, trial->rounds, false, trial->n_variants - 1, &effect),
		0);
	return effect;
}

static void test_the_detectable_gain_is_found_in_80_percent(void **state)
{
	static const struct {
		const char *name;
		struct trial trial;
	} rows[] = {
		{ "6 rounds, all on one side", { 6, 2, 0, 1 } },
		{ "8 rounds", { 8, 2, 0, 1 } },
		{ "10 rounds", { 10, 2, 0, 1 } },
		{ "10 rounds, little spread", { 10, 2, 0, 0.2 } },
		{ "10 rounds, much spread", { 10, 2, 0, 5 } },
		{ "40 rounds", { 40, 2, 0, 2 } },
		{ "8 settings, 10 rounds", { 10, 8, 0, 1 } },
		{ "8 settings, 20 rounds", { 20, 8, 0, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct trial trial = rows[i].trial;
		struct stats_effect usual = usual_effect(&trial);

		trial.gain = usual.detectable;
		row_in_range(rows[i].name, run_trials(&trial, MANY_TRIALS).second,
			     MANY_TRIALS * 75 / 100, MANY_TRIALS * 85 / 100);
	}
}

static void test_the_pairs_that_find_a_gain(void **state)
{
	static const struct {
		const char *name;
		struct trial trial; /* from whose spread the rounds are worked out, for its gain */
	} rows[] = {
		{ "1 %", { 10, 2, 1, 1 } },
		{ "2 %", { 10, 2, 2, 1 } },
		{ "1 % of 8 settings", { 10, 8, 1, 0.8 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct trial trial = rows[i].trial;
		struct stats_effect usual = usual_effect(&trial);

		trial.rounds = stats_pairs_to_find(trial.gain, &usual);
		row_true(rows[i].name, trial.rounds <= ROUNDS_MAX);
		row_in_range(rows[i].name, run_trials(&trial, TRIALS).second, TRIALS * 75 / 100,
			     TRIALS * 85 / 100);
	}
	/* Fewer than an interval needs find nothing. */
	assert_int_equal(stats_pairs_to_find(1000, &(struct stats_effect){ .n_comparisons = 7,
									   .deviation = 0.01 }),
			 9);
}

/* The table of the man page, of which each row must be as it is worked out here. */
static void test_the_power_table_of_the_man_page(void **state)
{
	static const double spreads[] = { 0.5, 1, 2 }, gains[] = { 1, 2, 5 };
	static char page[1 << 18];
	FILE *file = fopen("man/ax650n-tune.8", "r");

	(void)state;
	assert_non_null(file);
	assert_true(fread(page, 1, sizeof(page) - 1, file) > 0);
	fclose(file);
	for (size_t i = 0; i < ARRAY_SIZE(spreads); i++) {
		int percent[ARRAY_SIZE(gains)];
		char row[80];

		for (size_t k = 0; k < ARRAY_SIZE(gains); k++) {
			struct trial trial = { 10, 2, gains[k], spreads[i] };

			percent[k] = run_trials(&trial, TRIALS).second * 100 / TRIALS;
		}
		snprintf(row, sizeof(row), "\n.It %g %% Ta %d %% Ta %d %% Ta %d %%\n", spreads[i],
			 percent[0], percent[1], percent[2]);
		row_true(row, strstr(page, row));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_settings_differ_in_5_percent_at_most),
		cmocka_unit_test(test_intervals_hold_the_true_gains),
		cmocka_unit_test(test_the_detectable_gain_is_found_in_80_percent),
		cmocka_unit_test(test_the_pairs_that_find_a_gain),
		cmocka_unit_test(test_the_power_table_of_the_man_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
