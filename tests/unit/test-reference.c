/* SPDX-License-Identifier: MIT */
/* The published results, and how one is found by name. */

#include "base/util.h"
#include "bench/reference.h"
#include "row.h"

#include <math.h>

static bool is_range(double low, double high)
{
	return isfinite(low) && isfinite(high) && low > 0 && low <= high;
}

static void test_all_rows_are_complete(void **state)
{
	const struct reference *row;
	size_t count = 0;

	(void)state;
	for (; (row = reference_at(count)); count++) {
		row_true(row->model, *row->group && *row->model && *row->metric && *row->unit);
		row_true(row->model, is_range(row->default_low, row->default_high));
		row_true(row->model, is_range(row->tuned_low, row->tuned_high));
		row_true(row->model, is_range(row->native_low, row->native_high) ||
					     (isnan(row->native_low) && isnan(row->native_high)));
	}
	assert_int_equal(count, 134);
}

static void test_no_result_is_there_twice(void **state)
{
	const struct reference *a;

	(void)state;
	for (size_t i = 0; (a = reference_at(i)); i++) {
		for (size_t k = 0; k < i; k++) {
			const struct reference *b = reference_at(k);

			row_true(a->model, strcmp(a->model, b->model) != 0 ||
						   strcmp(a->part, b->part) != 0 ||
						   strcmp(a->metric, b->metric) != 0);
		}
	}
}

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void test_quartiles_of_what_tuning_saves(void **state)
{
	static const struct {
		const char *name;
		double p, saved_ms;
	} rows[] = {
		{ "lower", 0.25, 0.255 },
		{ "median", 0.5, 0.49 },
		{ "upper", 0.75, 0.63 },
	};
	const struct reference *row;
	double saved[200];
	size_t n = 0;

	(void)state;
	for (size_t i = 0; (row = reference_at(i)); i++) {
		if (!strcmp(row->metric, "inference"))
			saved[n++] = row->default_low - row->tuned_low;
	}
	assert_int_equal(n, 115);
	qsort(saved, n, sizeof(*saved), compare_double);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Ranks 28.5, 57 and 85.5 of 0 to 114. */
		double rank = 114 * rows[i].p;
		double got = (saved[(size_t)floor(rank)] + saved[(size_t)ceil(rank)]) / 2;

		row_true(rows[i].name, fabs(got - rows[i].saved_ms) < 1e-9);
	}
}

static void test_find_by_name(void **state)
{
	static const struct {
		const char *name, *unit;
		double default_low; /* 0: not found */
	} rows[] = {
		{ "YOLO11s", "ms", 3.99 },
		{ "yolo11s.axmodel", "ms", 3.99 },
		{ "/m/YOLO11s-Seg.axmodel", "ms", 5.27 },
		{ "models/yolo11s_seg.axmodel", "ms", 5.27 },
		{ "./yolo11s seg", "ms", 5.27 },
		{ "mobilenetv2.axmodel", "ms", 0.983 },
		{ "squeezenet1_1.axmodel", "ms", 0.786 },
		{ "qr_yolo26n", "ms", 4.08 },
		{ "igev++(rtigev)", "ms", 143.4 },
		/* One model in two units. */
		{ "qwen3-0.6b", "token/s", 7.1 },
		{ "qwen3-0.6b", "ms", 0 },
		{ "Qwen3-0.6B-W8A16", "token/s", 7.1 },
		{ "cosyvoice3", "token/s", 13.9 },
		{ "cosyvoice3", "x realtime", 2 },
		{ "yolo11s", "token/s", 0 },
		{ "yolo11s", "", 0 },
		/* With two parts, the model alone is ambiguous. */
		{ "deepseek-r1-1.5b", "token/s", 0 },
		{ "deepseek-r1-1.5b", "ms", 0 },
		{ "DeepSeek-R1-1.5B-W4A16", "token/s", 4.8 },
		{ "DeepSeek-R1-1.5B-W8A16", "token/s", 4 },
		{ "smolvlm2-256m.axmodel", "ms", 0 },
		{ "smolvlm2-256m_llm_layer.axmodel", "ms", 0.818 },
		{ "smolvlm-256m_llm_layer.axmodel", "ms", 0.7 },
		{ "real-esrgan-x4", "ms", 0 },
		{ "real-esrgan-x4-256-to-1024-upscale", "ms", 476.2 },
		{ "det_10g", "ms", 7.36 },
		/* The whole name, and nothing but the name. */
		{ "yolo11", "ms", 0 },
		{ "yolo11s2", "ms", 0 },
		{ "my-yolo11s", "ms", 0 },
		{ "yolo11s-seg-llm-layer", "ms", 0 },
		{ "llm-layer", "ms", 0 },
		{ "yolo11s.axmodel.bak", "ms", 0 },
		{ "resnet18.axmodel/", "ms", 0 },
		{ "unheard-of.axmodel", "ms", 0 },
		{ ".axmodel", "ms", 0 },
		{ "-", "ms", 0 },
		{ "/", "ms", 0 },
		{ "", "ms", 0 },
		{ "", "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct reference *got = reference_find(rows[i].name, rows[i].unit);

		row_true(rows[i].name, !got == !rows[i].default_low);
		if (got)
			row_equal(rows[i].name, lround(got->default_low * 1000),
				  lround(rows[i].default_low * 1000));
	}
}

static void test_speedups(void **state)
{
	static const struct {
		const char *name;
		struct reference reference;
		bool rate;
		double percent;
	} rows[] = {
#define RANGES(...) { "", "", "", "", __VA_ARGS__, NAN, NAN }
		{ "time", RANGES("ms", 6, 6, 4, 4), false, 50 },
		{ "time that is longer", RANGES("ms", 4, 4, 5, 5), false, -20 },
		{ "rate", RANGES("token/s", 4, 4, 6, 6), true, 50 },
		{ "rate that is lower", RANGES("token/s", 8, 8, 2, 2), true, -75 },
		/* The middles: 8 and 5, 5 and 8. */
		{ "times from to", RANGES("ms", 6, 10, 4, 6), false, 60 },
		{ "rates from to", RANGES("token/s", 4, 6, 6, 10), true, 60 },
		/* A second of sound takes less time: 3 and 2. */
		{ "times of real time", RANGES("x realtime", 2, 4, 1.5, 2.5), false, 50 },
		{ "no difference", RANGES("ms", 3, 3, 3, 3), false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		row_equal(rows[i].name, reference_is_rate(&rows[i].reference), rows[i].rate);
		row_true(rows[i].name,
			 fabs(reference_speedup(&rows[i].reference) - rows[i].percent) < 1e-9);
	}
}

static void test_patterns(void **state)
{
	static const struct reference reference = {
		.group = "VLM components",
		.model = "SmolVLM2-256M",
		.part = "LLM Layer",
		.metric = "inference",
		.unit = "ms",
	};
	static const struct {
		const char *pattern;
		bool matches;
	} rows[] = {
		{ "SmolVLM2", true },	{ "smolvlm2-256m", true }, { "vlm comp", true },
		{ "llm layer", true },	{ "LAYER", true },	   { "", true },
		{ "inference", false }, { "yolo", false },	   { "smolvlm2 256m", false },
		{ "256M LLM", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].pattern, reference_matches(&reference, rows[i].pattern),
			  rows[i].matches);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_rows_are_complete),
		cmocka_unit_test(test_no_result_is_there_twice),
		cmocka_unit_test(test_quartiles_of_what_tuning_saves),
		cmocka_unit_test(test_find_by_name),
		cmocka_unit_test(test_speedups),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
