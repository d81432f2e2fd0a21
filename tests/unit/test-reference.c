/* SPDX-License-Identifier: MIT */
/* The published results, and how one is found by name. */

#include "base/util.h"
#include "bench/reference.h"
#include "row.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

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
	assert_int_equal(count, 275);
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
						   strcmp(a->metric, b->metric) != 0 ||
						   (strstr(a->group, ", second run") &&
						    !strstr(b->group, ", second run")));
		}
	}
}

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Sorts VALUES; P: 0 to 1. */
static double quantile(double *values, size_t n, double p)
{
	double rank = p * (double)(n - 1), low = floor(rank);

	qsort(values, n, sizeof(*values), compare_double);
	return values[(size_t)low] +
	       (rank - low) * (values[(size_t)ceil(rank)] - values[(size_t)low]);
}

/* The manual page, its lines joined, for the caller to free. */
static char *read_man(void)
{
	char *text = calloc(1, 65536);
	FILE *file = fopen("man/ax650n-pcie.7", "r");

	assert_non_null(text);
	assert_non_null(file);
	assert_in_range(fread(text, 1, 65535, file), 1, 65534);
	fclose(file);
	for (char *end = text; (end = strchr(end, '\n'));)
		*end = ' ';
	return text;
}

#define SAYS(man, ...)                                                   \
	do {                                                             \
		CLEANUP_FREE char *says_ = text_format(" " __VA_ARGS__); \
                                                                         \
		row_contains("ax650n-pcie.7", man, says_);               \
	} while (0)

/* What tuning saves in the calls that take from LOW to HIGH ms, and their speed-ups in percent. */
static size_t saved_in_calls(double low, double high, double *saved, double *percent)
{
	const struct reference *row;
	size_t n = 0;

	for (size_t i = 0; (row = reference_at(i)); i++) {
		if (strcmp(row->metric, "inference") || row->default_low < low ||
		    row->default_low >= high)
			continue;
		saved[n] = row->default_low - row->tuned_low;
		percent[n++] = reference_speedup(row);
	}
	return n;
}

static void test_man_page_says_what_tuning_saves(void **state)
{
	static const struct {
		const char *name;
		double low, high;
	} rows[] = {
		{ "below 1 ms", -INFINITY, 1 },
		{ "1 to 5 ms", 1, 5 },
		{ "5 to 25 ms", 5, 25 },
		{ "25 to 100 ms", 25, 100 },
		{ "100 ms and more", 100, INFINITY },
	};
	double saved[300], percent[300];
	CLEANUP_FREE char *man = read_man();
	size_t count = 0, n = saved_in_calls(-INFINITY, INFINITY, saved, percent);

	(void)state;
	while (reference_at(count))
		count++;
	SAYS(man, "published %zu results", count);
	SAYS(man, "%zu are times of a single call", n);
	SAYS(man, "the quartiles are %.2f, %.2f and %.2f ms,", quantile(saved, n, 0.25),
	     quantile(saved, n, 0.5), quantile(saved, n, 0.75));
	/* Sorted. */
	assert_true(saved[0] < 0 && saved[1] > 0 && saved[2] < 0.02);
	SAYS(man, "from below 0.02 to %.2f ms; one call took %.2f ms longer.", saved[n - 1],
	     -saved[0]);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		n = saved_in_calls(rows[i].low, rows[i].high, saved, percent);
		SAYS(man, ".It %s Ta %zu Ta %.2f ms Ta %.1f %%", rows[i].name, n,
		     quantile(saved, n, 0.5), quantile(percent, n, 0.5));
	}
}

static void test_man_page_says_how_second_runs_differ(void **state)
{
	CLEANUP_FREE char *man = read_man();
	const struct reference *again;
	double most = 0;
	size_t n = 0;

	(void)state;
	for (size_t i = 0; (again = reference_at(i)); i++) {
		const struct reference *first = reference_find(again->model, again->metric);

		if (!strstr(again->group, ", second run"))
			continue;
		n++;
		row_true(again->model, first && first != again && !strstr(first->group, "run"));
		most = fmax(most, fabs(log(first->default_low / again->default_low)));
		most = fmax(most, fabs(log(first->tuned_low / again->tuned_low)));
	}
	SAYS(man, "%zu are of a model that was measured again on another day", n);
	SAYS(man, "they differ by up to %.1f %%.", expm1(most) * 100);
}

static void test_each_result_is_found_by_its_whole_name(void **state)
{
	const struct reference *row;

	(void)state;
	for (size_t i = 0; (row = reference_at(i)); i++) {
		CLEANUP_FREE char *name = text_format("%s %s", row->model, row->part);
		const struct reference *got = reference_find(name, row->metric);

		row_true(name, got && !strcmp(got->model, row->model) &&
				       !strcmp(got->part, row->part) &&
				       !strcmp(got->metric, row->metric));
	}
}

static void test_find_by_name(void **state)
{
	static const struct {
		const char *name, *metric;
		double default_low; /* 0: not found */
	} rows[] = {
		{ "YOLO11s", "inference", 3.994 },
		{ "yolo11s.axmodel", "inference", 3.994 },
		{ "YOLO11s-Seg.axmodel", "inference", 5.266 },
		{ "yolo11s_seg.axmodel", "inference", 5.266 },
		{ "yolo11s seg", "inference", 5.266 },
		{ "mobilenetv2.axmodel", "inference", 0.983 },
		{ "squeezenet1_1.axmodel", "inference", 0.786 },
		{ "qr_yolo26n", "inference", 4.083 },
		{ "igev++(rtigev)", "inference", 143.4 },
		{ "CLIP ViT-L/14 text", "inference", 6.386 },
		/* As the vendor names its files. */
		{ "yolov8s_640x640_npu3.axmodel", "inference", 4.206 },
		{ "yolov8s_npu3_640x640.axmodel", "inference", 4.206 },
		{ "yolo11x-seg_npu3.axmodel", "inference", 35.507 },
		{ "yolov5s_ax650_npu3.axmodel", "inference", 6.923 },
		{ "resnet18_224x224_npu3.axmodel", "inference", 1.963 },
		{ "yolo26n-pose_npu3.axmodel", "inference", 2.083 },
		{ "det_npu3.axmodel", "inference", 18.411 },
		{ "det_npu1.axmodel", "inference", 29.38 },
		{ "det_10g.axmodel", "inference", 7.356 },
		{ "whisper-tiny-encoder.axmodel", "inference", 21.268 },
		{ "whisper-tiny-decoder.axmodel", "inference", 4.054 },
		{ "mobilesam_encoder.axmodel", "inference", 51.521 },
		{ "raft_stereo_256x640_npu3.axmodel", "inference", 21.19 },
		{ "kokoro_part2_decoder.axmodel", "inference", 9.958 },
		{ "qwen3_0.6b_gptq_int4_llm_post.axmodel", "inference", 8.655 },
		{ "CAM++.axmodel", "inference", 3.634 },
		{ "run_qwen3_0.6b_int8_ctx_axcl_aarch64.sh", "decode", 7.1 },
		{ "run_qwen3_0.6b_int8_ctx_axcl_aarch64.sh", "ttft", 488 },
		{ "run_qwen3_1.7b_int8_ctx_axcl_aarch64.sh", "decode", 5.1 },
		{ "run_qwen3_1.7b_int8_axcl_x86.sh", "decode", 5.1 },
		{ "run_smollm2_360m_axcl_aarch64.sh", "decode", 5 },
		{ "run_smollm3_3b_int8_ctx_axcl_aarch64.sh", "ttft", 916 },
		{ "run_qwen2.5_7b_int4_axcl_aarch64.sh", "decode", 3.7 },
		{ "run_deepseek-r1_1.5b_int4_axcl_aarch64.sh", "decode", 4.8 },
		/* One model in several metrics. */
		{ "qwen3-0.6b", "decode", 7.1 },
		{ "qwen3-0.6b", "ttft", 488 },
		{ "Qwen3-0.6B-W8A16", "ttft", 488 },
		{ "qwen3-0.6b", "inference", 0 },
		{ "Qwen3-0.6B-W8A16", "decode", 7.1 },
		{ "cosyvoice3", "decode", 13.94 },
		{ "cosyvoice3", "ttft", 125.3 },
		{ "yolo11s", "spread", 708 },
		{ "yolo11s", "decode", 0 },
		/* A time of the whole command, or of a metric that the user chose. */
		{ "yolo11s", "wall", 0 },
		{ "yolo11s", "custom", 0 },
		{ "qwen3-0.6b", "wall", 0 },
		/* With two parts, the model alone is ambiguous. */
		{ "deepseek-r1-1.5b", "decode", 0 },
		{ "deepseek-r1-1.5b", "ttft", 503 },
		{ "DeepSeek-R1-1.5B-W4A16", "decode", 4.8 },
		{ "DeepSeek-R1-1.5B-W8A16", "decode", 4 },
		{ "run_deepseek-r1_1.5b_int8_axcl_aarch64.sh", "decode", 4 },
		{ "run_deepseek-r1_1.5b_int8_axcl_aarch64.sh", "ttft", 0 },
		{ "smolvlm2-256m.axmodel", "inference", 0 },
		{ "smolvlm2-256m_llm_layer.axmodel", "inference", 0.818 },
		{ "smolvlm-256m_llm_layer.axmodel", "inference", 0.7 },
		{ "real-esrgan-x4", "inference", 0 },
		{ "real-esrgan-x4-256-to-1024-upscale", "inference", 476.199 },
		{ "codeformer.axmodel", "inference", 0 },
		{ "codeformer face restoration", "inference", 444.721 },
		/* What begins several names is none of them. */
		{ "mobileclip2.axmodel", "inference", 0 },
		{ "melotts-decoder.axmodel", "inference", 0 },
		{ "edgetam_prompt.axmodel", "inference", 0 },
		{ "det.axmodel", "inference", 0 },
		{ "whisper-tiny.axmodel", "inference", 0 },
		{ "yolo26n.axmodel", "inference", 0 },
		/* Another size, fewer cores, other weights, another model. */
		{ "yolov8s_320x320_npu3.axmodel", "inference", 0 },
		{ "yolov8s_40x640_npu3.axmodel", "inference", 0 },
		{ "yolov8s_224x224.axmodel", "inference", 0 },
		{ "resnet18_640x640.axmodel", "inference", 0 },
		{ "raft_stereo_npu3.axmodel", "inference", 0 },
		{ "raft_stereo_640x256.axmodel", "inference", 0 },
		{ "yolov8s_640x640_npu1.axmodel", "inference", 0 },
		{ "yolov8s_npu2.axmodel", "inference", 0 },
		{ "yolov8s_u16_npu3.axmodel", "inference", 0 },
		{ "yolov8n_640x640_npu3.axmodel", "inference", 0 },
		{ "yolov8s_640x640_npu3_b2.axmodel", "inference", 0 },
		{ "yolov8s_640x640_npu3_ax620e.axmodel", "inference", 0 },
		{ "yolov8s-worldv2_640x640_npu3.axmodel", "inference", 0 },
		{ "whisper-base-encoder.axmodel", "inference", 0 },
		{ "whisper-small-decoder.axmodel", "inference", 0 },
		{ "whisper-tiny-decoder-loop.axmodel", "inference", 0 },
		{ "small-encoder.axmodel", "inference", 0 },
		{ "encoder.axmodel", "inference", 0 },
		{ "decoder.axmodel", "inference", 0 },
		{ "cam.axmodel", "inference", 0 },
		{ "qwen3_post.axmodel", "inference", 0 },
		{ "qwen3_p128_l0_together.axmodel", "inference", 0 },
		{ "run_qwen3_0.6b_int4_ctx_axcl_aarch64.sh", "decode", 0 },
		{ "run_qwen3_0.6b_int4_ctx_axcl_aarch64.sh", "ttft", 0 },
		{ "run_qwen3_0.6b_gptq_int4_axcl_aarch64.sh", "decode", 0 },
		{ "run_qwen3_8b_int8_ctx_axcl_aarch64.sh", "decode", 0 },
		{ "run_qwen3_vl_2b_int8_axcl_aarch64.sh", "decode", 0 },
		{ "run_qwen2.5_7b_int8_axcl_aarch64.sh", "decode", 0 },
		{ "run_qwen2.5_1.5b_int4_axcl_aarch64.sh", "decode", 0 },
		{ "run_qwen3_0.6b_int8_ctx_axcl_aarch64.sh", "inference", 0 },
		{ "run_qwen3_0.6b_int8_ctx_axcl_aarch64.sh", "wall", 0 },
		{ "run_axcl_aarch64.sh", "decode", 0 },
		{ "run.sh", "ttft", 0 },
		{ "main_axcl_aarch64", "decode", 0 },
		{ "axllm", "decode", 0 },
		{ "npu3.axmodel", "inference", 0 },
		{ "640x640.axmodel", "inference", 0 },
		/* The whole name, and nothing but the name. */
		{ "yolo11", "inference", 0 },
		{ "yolo11s2", "inference", 0 },
		{ "my-yolo11s", "inference", 0 },
		{ "yolo11s-seg-llm-layer", "inference", 0 },
		{ "llm-layer", "inference", 0 },
		{ "yolo11s.axmodel.bak", "inference", 0 },
		{ "yolo11s.onnx", "inference", 0 },
		{ "unheard-of.axmodel", "inference", 0 },
		{ ".axmodel", "inference", 0 },
		{ "-", "inference", 0 },
		{ "/", "inference", 0 },
		{ "", "inference", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct reference *got = reference_find(rows[i].name, rows[i].metric);

		row_true(rows[i].name, !got == (rows[i].default_low == 0));
		if (got)
			row_equal(rows[i].name, lround(got->default_low * 1000),
				  lround(rows[i].default_low * 1000));
	}
}

static void test_speedups(void **state)
{
	static const struct reference spread = { .metric = "spread", .unit = "us" };
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
	assert_true(isnan(reference_speedup(&spread)));
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
		cmocka_unit_test(test_man_page_says_what_tuning_saves),
		cmocka_unit_test(test_man_page_says_how_second_runs_differ),
		cmocka_unit_test(test_each_result_is_found_by_its_whole_name),
		cmocka_unit_test(test_find_by_name),
		cmocka_unit_test(test_speedups),
		cmocka_unit_test(test_patterns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
