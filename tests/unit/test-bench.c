/* SPDX-License-Identifier: MIT */
/* Summaries and effects of runs. All expected values are computed by hand. */

#include "base/util.h"
#include "bench/bench.h"
#include "row.h"

#include <errno.h>
#include <math.h>

#define ROUNDS 8

/* NAN equals NAN. */
#define row_near(row, value, wanted)                                                        \
	do {                                                                                \
		double value_ = (value), wanted_ = (wanted);                                \
                                                                                            \
		if (!(fabs(value_ - wanted_) <= 1e-9 || (isnan(value_) && isnan(wanted_)))) \
			fail_msg("row '%s': %s is %.17g, not %.17g", row, #value, value_,   \
				 wanted_);                                                  \
	} while (0)

static struct bench_run make_run(double value)
{
	return (struct bench_run){
		/* A run that does not count still has a value, which must be ignored. */
		.invalid = value < 0 ? (char *)"at its end something else has set it" : NULL,
		.result = { fabs(value), NAN, NAN, NAN, NAN, NAN },
	};
}

/* A run for each of VALUES; those below 0 do not count. */
static struct bench_variant make_variant(const char *name, size_t n, const double *values,
					 struct bench_run *runs)
{
	for (size_t i = 0; i < n; i++)
		runs[i] = make_run(values[i]);
	return (struct bench_variant){ .name = (char *)name, .n_runs = n, .runs = runs };
}

static void test_summaries_of_the_runs_that_count(void **state)
{
	static const struct {
		const char *name;
		size_t n_runs;
		double values[ROUNDS];
		struct stats_summary wanted; /* n, median, mean, min, max, p95 */
	} rows[] = {
		{ "one", 1, { 5 }, { 1, 5, 5, 5, 5, 5 } },
		/* p95 is at rank 3.8. */
		{ "five", 5, { 9, 1, 5, 2, 4 }, { 5, 4, 4.2, 1, 9, 8.2 } },
		{ "invalid ones left out", 5, { 3, -100, 1, 2, -0.1 }, { 3, 2, 2, 1, 3, 2.9 } },
		{ "first invalid", 3, { -1, 10, 30 }, { 2, 20, 20, 10, 30, 29 } },
		{ "all invalid", 3, { -1, -2, -3 }, { 0, NAN, NAN, NAN, NAN, NAN } },
		{ "no run", 0, { 0 }, { 0, NAN, NAN, NAN, NAN, NAN } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct stats_summary *wanted = &rows[i].wanted;
		struct bench_run runs[ROUNDS];
		struct bench_variant variant = make_variant("default", rows[i].n_runs,
							    rows[i].values, runs);
		struct bench_result result = { .n_variants = 1, .variants = &variant };

		row_equal(rows[i].name, bench_evaluate(&result), 0);
		row_equal(rows[i].name, variant.summary.n, wanted->n);
		row_near(rows[i].name, variant.summary.median, wanted->median);
		row_near(rows[i].name, variant.summary.mean, wanted->mean);
		row_near(rows[i].name, variant.summary.min, wanted->min);
		row_near(rows[i].name, variant.summary.max, wanted->max);
		row_near(rows[i].name, variant.summary.p95, wanted->p95);
		row_near(rows[i].name, bench_spread(&variant), wanted->p95 - wanted->min);
	}
}

static void test_extremes_of_the_calls_in_the_runs(void **state)
{
	/* As from axcl_run_model: value, min, max, mean, median, p95. */
	struct bench_run runs[] = {
		{ .result = { 4, 3.5, 6, 4.1, 4, 5 } },
		{ .result = { 5, 3.2, 7, 4.9, 5, 6.5 } },
		{ .invalid = (char *)"no", .result = { 1, 0.5, 99, 1, 1, 98 } },
		{ .result = { 4.5, 3.9, 6.5, 4.6, 4.5, 5.5 } },
	};
	struct bench_variant variant = { .n_runs = ARRAY_SIZE(runs), .runs = runs };
	struct bench_result result = { .n_variants = 1, .variants = &variant };

	(void)state;
	assert_int_equal(bench_evaluate(&result), 0);
	assert_int_equal(variant.summary.n, 3);
	row_near("median of the values", variant.summary.median, 4.5);
	row_near("mean of the values", variant.summary.mean, 4.5);
	row_near("median of p95", variant.summary.p95, 5.5);
	row_near("least min", variant.summary.min, 3.2);
	row_near("largest max", variant.summary.max, 7);
	row_near("spread", bench_spread(&variant), 2.3);

	/* If one run lacks them, the extremes are those of the runs: p95 is at rank 1.9. */
	runs[1].result.p95 = NAN;
	assert_int_equal(bench_evaluate(&result), 0);
	row_near("values: p95", variant.summary.p95, 4.95);
	row_near("values: min", variant.summary.min, 4);
	row_near("values: max", variant.summary.max, 5);
}

static void test_effects(void **state)
{
	static const struct {
		const char *name;
		bool higher_is_better;
		size_t n_base, n_other;
		double base[ROUNDS], other[ROUNDS];
		struct {
			size_t n_pairs;
			double percent;
			bool has_interval;
			double low, high;
			bool significant;
		} wanted;
	} rows[] = {
		{ "faster",
		  false,
		  6,
		  6,
		  { 6, 6, 6, 6, 6, 6 },
		  { 4, 4, 4, 4, 4, 4 },
		  { 6, 50, true, 50, 50, true } },
		{ "slower",
		  false,
		  6,
		  6,
		  { 4, 4, 4, 4, 4, 4 },
		  { 8, 8, 8, 8, 8, 8 },
		  { 6, -50, true, -50, -50, true } },
		{ "more in a second",
		  true,
		  6,
		  6,
		  { 4, 4, 4, 4, 4, 4 },
		  { 6, 6, 6, 6, 6, 6 },
		  { 6, 50, true, 50, 50, true } },
		{ "less in a second",
		  true,
		  6,
		  6,
		  { 8, 8, 8, 8, 8, 8 },
		  { 2, 2, 2, 2, 2, 2 },
		  { 6, -75, true, -75, -75, true } },
		/* With six pairs the interval is from the lowest to the highest. */
		{ "no difference",
		  false,
		  6,
		  6,
		  { 4, 5, 4, 5, 4, 5 },
		  { 5, 4, 5, 4, 5, 4 },
		  { 6, 0, true, -20, 25, false } },
		{ "five pairs",
		  false,
		  5,
		  5,
		  { 6, 6, 6, 6, 6 },
		  { 4, 4, 4, 4, 4 },
		  { 5, 50, false, 0, 0, false } },
		{ "one pair", false, 1, 1, { 3 }, { 2 }, { 1, 50, false, 0, 0, false } },
		/* A round counts only if both runs do. */
		{ "six pairs of eight",
		  false,
		  8,
		  8,
		  { 6, -1, 6, 6, 6, 6, 6, 6 },
		  { 4, 100, 4, 4, -1, 4, 4, 4 },
		  { 6, 50, true, 50, 50, true } },
		{ "five pairs of seven",
		  false,
		  7,
		  7,
		  { 6, 6, -6, 6, 6, 6, 6 },
		  { 4, 4, 4, 4, 4, 4, -4 },
		  { 5, 50, false, 0, 0, false } },
		{ "no pair", false, 2, 2, { 6, -6 }, { -4, 4 }, { 0, 0, false, 0, 0, false } },
		{ "no valid run of the first",
		  false,
		  2,
		  2,
		  { -6, -6 },
		  { 4, 4 },
		  { 0, 0, false, 0, 0, false } },
		{ "no valid run of the other",
		  false,
		  2,
		  2,
		  { 6, 6 },
		  { -4, -4 },
		  { 0, 0, false, 0, 0, false } },
		/* As after a measurement that was stopped. */
		{ "last round without the other",
		  false,
		  3,
		  2,
		  { 6, 6, 600 },
		  { 4, 4 },
		  { 2, 50, false, 0, 0, false } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench_run base[ROUNDS], other[ROUNDS];
		struct bench_variant variants[] = {
			make_variant("default", rows[i].n_base, rows[i].base, base),
			make_variant("tuned", rows[i].n_other, rows[i].other, other),
		};
		struct bench_result result = { .higher_is_better = rows[i].higher_is_better,
					       .n_variants = 2,
					       .variants = variants };
		const struct stats_effect *got = &variants[1].effect;

		row_equal(rows[i].name, bench_evaluate(&result), 0);
		row_equal(rows[i].name, variants[0].effect.n_pairs, 0);
		row_equal(rows[i].name, got->n_pairs, rows[i].wanted.n_pairs);
		row_near(rows[i].name, got->percent, rows[i].wanted.percent);
		row_equal(rows[i].name, got->has_interval, rows[i].wanted.has_interval);
		row_near(rows[i].name, got->low, rows[i].wanted.low);
		row_near(rows[i].name, got->high, rows[i].wanted.high);
		row_equal(rows[i].name, got->significant, rows[i].wanted.significant);
	}
}

static void test_each_variant_is_compared_to_the_first(void **state)
{
	static const double base[] = { 6, 6 }, irq[] = { 5, 5 }, tuned[] = { 4, 4 };
	struct bench_run runs[3][2];
	struct bench_variant variants[] = {
		make_variant("default", 2, base, runs[0]),
		make_variant("irq", 2, irq, runs[1]),
		make_variant("tuned", 2, tuned, runs[2]),
	};
	struct bench_result result = { .n_variants = 3, .variants = variants };

	(void)state;
	assert_int_equal(bench_evaluate(&result), 0);
	row_near("irq", variants[1].effect.percent, 20);
	row_near("tuned", variants[2].effect.percent, 50);
}

/* Six pairs are enough for an interval of one comparison, not of two. */
static void test_intervals_hold_together(void **state)
{
	static const double base[] = { 6, 6, 6, 6, 6, 6, 6 }, tuned[] = { 4, 4, 4, 4, 4, 4, 4 };

	(void)state;
	for (size_t n_runs = 6; n_runs <= 7; n_runs++) {
		struct bench_run runs[3][7];
		struct bench_variant variants[] = {
			make_variant("default", n_runs, base, runs[0]),
			make_variant("irq", n_runs, tuned, runs[1]),
			make_variant("tuned", n_runs, tuned, runs[2]),
		};
		struct bench_result result = { .n_variants = 2, .variants = variants };

		assert_int_equal(bench_evaluate(&result), 0);
		assert_true(variants[1].effect.significant);
		result.n_variants = 3;
		assert_int_equal(bench_evaluate(&result), 0);
		assert_int_equal(variants[1].effect.significant, n_runs == 7);
		assert_int_equal(variants[2].effect.has_interval, n_runs == 7);
	}
}

static void test_value_that_cannot_be_compared(void **state)
{
	static const double base[] = { 6 }, other[] = { 0 };
	struct bench_run runs[2][1];
	struct bench_variant variants[] = {
		make_variant("default", 1, base, runs[0]),
		make_variant("tuned", 1, other, runs[1]),
	};
	struct bench_result result = { .n_variants = 2, .variants = variants };

	(void)state;
	assert_int_equal(bench_evaluate(&result), -EINVAL);
}

static void test_main_variant(void **state)
{
	static const struct {
		const char *name;
		size_t n_variants;
		struct {
			const char *name;
			size_t n_pairs;
			double percent;
		} variants[4];
		const char *wanted;
	} rows[] = {
		{ "one", 1, { { "default", 0, 0 } }, NULL },
		{ "one that is tuned", 1, { { "tuned", 0, 0 } }, NULL },
		{ "none", 0, { { "default", 0, 0 } }, NULL },
		{ "two", 2, { { "default", 0, 0 }, { "irq", 6, -5 } }, "irq" },
		{ "best",
		  4,
		  { { "default", 0, 0 }, { "irq", 6, 5 }, { "cpu7", 6, 9 }, { "idle", 6, 7 } },
		  "cpu7" },
		{ "tuned, though not the best",
		  4,
		  { { "default", 0, 0 }, { "irq", 6, 5 }, { "tuned", 6, 3 }, { "idle", 6, 7 } },
		  "tuned" },
		{ "tuned, though unknown",
		  3,
		  { { "default", 0, 0 }, { "irq", 6, 5 }, { "tuned", 0, 0 } },
		  "tuned" },
		{ "tuned is the first",
		  3,
		  { { "tuned", 0, 0 }, { "irq", 6, -5 }, { "idle", 6, -3 } },
		  "idle" },
		/* A loss is still better than unknown. */
		{ "unknown before",
		  3,
		  { { "default", 0, 0 }, { "irq", 0, 0 }, { "idle", 6, -3 } },
		  "idle" },
		{ "unknown after",
		  3,
		  { { "default", 0, 0 }, { "irq", 6, -3 }, { "idle", 0, 0 } },
		  "irq" },
		{ "all unknown",
		  3,
		  { { "default", 0, 0 }, { "irq", 0, 0 }, { "idle", 0, 0 } },
		  "irq" },
		{ "part of a name",
		  3,
		  { { "default", 0, 0 }, { "cpu5+tuned", 6, 1 }, { "irq", 6, 2 } },
		  "irq" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct bench_variant variants[4] = { 0 };
		struct bench_result result = { .n_variants = rows[i].n_variants,
					       .variants = variants };
		const struct bench_variant *got;

		for (size_t k = 0; k < rows[i].n_variants; k++) {
			variants[k].name = (char *)rows[i].variants[k].name;
			variants[k].effect.n_pairs = rows[i].variants[k].n_pairs;
			variants[k].effect.percent = rows[i].variants[k].percent;
		}
		got = bench_main_variant(&result);
		row_same(rows[i].name, got ? got->name : NULL, rows[i].wanted);
	}
}

/* A higher estimate that was not found to be a gain is none to report. */
static void test_main_variant_is_one_that_is_faster(void **state)
{
	struct bench_variant variants[] = {
		{ .name = (char *)"default" },
		{ .name = (char *)"cpu5", .effect = { .n_pairs = 9, .percent = 9 } },
		{ .name = (char *)"irq", .effect = { .n_pairs = 9, .percent = 2 } },
		{ .name = (char *)"idle", .effect = { .n_pairs = 9, .percent = 1 } },
	};
	struct bench_result result = { .n_variants = 4, .variants = variants };

	(void)state;
	variants[2].effect.significant = variants[3].effect.significant = true;
	assert_string_equal(bench_main_variant(&result)->name, "irq");
	/* One that is slower does not come first. */
	variants[2].effect.percent = variants[3].effect.percent = -2;
	assert_string_equal(bench_main_variant(&result)->name, "cpu5");
}

static void test_interrupts_of_all_runs(void **state)
{
	struct bench_count first[] = { { 0, 100 }, { 6, 20 } }, second[] = { { 6, 5000000000 } };
	struct bench_run runs[] = {
		{ .n_counts = 2, .counts = first },
		{ 0 },
		{ .invalid = (char *)"no", .n_counts = 1, .counts = second },
	};
	struct bench_variant variant = { .n_runs = ARRAY_SIZE(runs), .runs = runs };
	struct bench_variant none = { 0 };

	(void)state;
	assert_true(bench_run_interrupts(&runs[0], -1) == 120);
	assert_true(bench_run_interrupts(&runs[0], 6) == 20);
	assert_true(bench_interrupts(&variant, -1) == 5000000120);
	assert_true(bench_interrupts(&variant, 6) == 5000000020);
	assert_true(bench_interrupts(&variant, 0) == 100);
	assert_true(bench_interrupts(&variant, 5) == 0);
	assert_true(bench_interrupts(&none, -1) == 0);
}

static void test_run_that_knows_only_its_p95(void **state)
{
	struct bench_run runs[2] = { 0 };
	struct bench_variant variant = { .name = (char *)"default", .n_runs = 2, .runs = runs };
	struct bench_result result = { .n_variants = 1, .variants = &variant };

	(void)state;
	for (size_t i = 0; i < 2; i++)
		runs[i].result = (struct measurement){
			.value = 6, .min = NAN, .max = NAN, .mean = NAN, .median = NAN, .p95 = 7
		};
	assert_int_equal(bench_evaluate(&result), 0);
	assert_true(variant.summary.min == 6 && variant.summary.max == 6);
	assert_true(bench_spread(&variant) == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_run_that_knows_only_its_p95),
		cmocka_unit_test(test_summaries_of_the_runs_that_count),
		cmocka_unit_test(test_extremes_of_the_calls_in_the_runs),
		cmocka_unit_test(test_effects),
		cmocka_unit_test(test_each_variant_is_compared_to_the_first),
		cmocka_unit_test(test_intervals_hold_together),
		cmocka_unit_test(test_value_that_cannot_be_compared),
		cmocka_unit_test(test_main_variant),
		cmocka_unit_test(test_main_variant_is_one_that_is_faster),
		cmocka_unit_test(test_interrupts_of_all_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
