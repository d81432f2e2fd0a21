/* SPDX-License-Identifier: MIT */
/* Reading the outputs of axcl_run_model and of language-model runners. */

#include "base/util.h"
#include "bench/metric.h"

#include "row.h"

#include <errno.h>
#include <math.h>

#define row_number(row, value, wanted)                                                        \
	do {                                                                                  \
		double value_ = (value), wanted_ = (wanted);                                  \
                                                                                              \
		if (isnan(value_) != isnan(wanted_) || fabs(value_ - wanted_) > 1e-9)         \
			fail_msg("row '%s': %s is %g, not %g", row, #value, value_, wanted_); \
	} while (0)

/* With -r 100 or more, and with less. */
#define HEAD                                                                                     \
	"   Run AxModel:\n         model: seg.axmodel\n          type: 1 Core\n          vnpu: " \
	"Disable\n        warmup: 10\n        repeat: 100\n         batch: { auto: 1 }\n"        \
	"    axclrt ver: 1.0.0\n   pulsar2 ver: 4.1-patch1\n      tool ver: 0.0.1\n"             \
	"      cmm size: 4719632 Bytes\n"
#define LONG_RESULT                                                                       \
	"  ---------------------------------------------------------------------------\n" \
	"  min =   8.125 ms   max =   9.750 ms   avg =   8.375 ms  median =   8.250 ms\n" \
	"   5% =   8.150 ms   90% =   8.625 ms   95% =   8.875 ms     99% =   9.500 ms\n" \
	"  ---------------------------------------------------------------------------\n"
#define SHORT_RESULT                                                 \
	"  ------------------------------------------------------\n" \
	"  min =   0.312 ms   max =   0.500 ms   avg =   0.375 ms\n" \
	"  ------------------------------------------------------\n"

static int read_text(enum metric_kind kind, const char *text, struct measurement *ret,
		     struct error *error)
{
	const struct metric metric = { .kind = kind };

	return metric_read(&metric, text, strlen(text), 77, ret, error);
}

static void test_axcl_run_model(void **state)
{
	static const struct {
		const char *name, *text;
		double value, min, max, mean, median, p95;
	} rows[] = {
		{ "100 calls", HEAD LONG_RESULT, 8.25, 8.125, 9.75, 8.375, 8.25, 8.875 },
		{ "10 calls: the mean", HEAD SHORT_RESULT, 0.375, 0.312, 0.5, 0.375, NAN, NAN },
		{ "twice: the last", LONG_RESULT SHORT_RESULT, 0.375, 0.312, 0.5, 0.375, NAN, NAN },
		{ "in colours, with carriage returns",
		  "\033[32mloading 10%\r100%\r\n\033[0m" LONG_RESULT, 8.25, 8.125, 9.75, 8.375,
		  8.25, 8.875 },
		{ "percentiles of nothing before",
		  "   5% =   8.150 ms   90% =   8.625 ms   95% =   8.875 ms     99% =   9.500 "
		  "ms\n" SHORT_RESULT,
		  0.375, 0.312, 0.5, 0.375, NAN, NAN },
		{ "second line cut off",
		  "  min =   8.125 ms   max =   9.750 ms   avg =   8.375 ms  median =   8.250 ms\n"
		  "   5% =   8.150 ms   90% =   8.625 ms   95% =   8.8",
		  8.25, 8.125, 9.75, 8.375, 8.25, NAN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measurement result;
		struct error error = { 0 };

		row_equal(rows[i].name, read_text(METRIC_AXCL, rows[i].text, &result, &error), 0);
		row_number(rows[i].name, result.value, rows[i].value);
		row_number(rows[i].name, result.min, rows[i].min);
		row_number(rows[i].name, result.max, rows[i].max);
		row_number(rows[i].name, result.mean, rows[i].mean);
		row_number(rows[i].name, result.median, rows[i].median);
		row_number(rows[i].name, result.p95, rows[i].p95);
		row_equal(rows[i].name, metric_detect(rows[i].text, strlen(rows[i].text)),
			  METRIC_AXCL);
	}
}

static void test_language_models(void **state)
{
	static const struct {
		const char *name, *text;
		double value, min, max;
	} rows[] = {
		{ "main_axcl",
		  "\033[32m[I][                             Run][1030]: ttft: 601.25 ms\n\033[0m"
		  "\033[1;35m[N][                             Run][1182]: hit eos,avg 6.25 "
		  "token/s\n\033[0m",
		  6.25, NAN, NAN },
		{ "axllm",
		  "09:10:11.001 INF Run:4680 | ttft: 402.50 ms\n"
		  "09:10:21.002 NTC Run:5095 | hit eos,decode avg 4.75 token/s\n",
		  4.75, NAN, NAN },
		{ "older axllm", "09:10:21.002 NTC Run:1145 | hit eos,avg 5.50 token/s\n", 5.5, NAN,
		  NAN },
		{ "CosyVoice", "hit eos, decode avg 13.25 token/s\n", 13.25, NAN, NAN },
		{ "Whisper", "All Token: take 640.16ms, 28.50 token/s\n", 28.5, NAN, NAN },
		{ "after other words on its line",
		  "Encoder take 20.25 ms All Token: take 5.50ms, 4.50 token/s\n", 4.5, NAN, NAN },
		{ "three answers: the median",
		  "hit eos,avg 7.00 token/s\nhit eos,avg 9.00 token/s\nhit eos,avg 6.00 token/s\n",
		  7, 6, 9 },
		{ "a progress bar with token/s",
		  " 50% | ## | 10.00 token/s\r100% | #### | 20.00 token/s\r\nhit eos,avg 8.00 "
		  "token/s\n",
		  8, NAN, NAN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measurement result;
		struct error error = { 0 };

		row_equal(rows[i].name, read_text(METRIC_LLM, rows[i].text, &result, &error), 0);
		row_number(rows[i].name, result.value, rows[i].value);
		row_number(rows[i].name, result.min, rows[i].min);
		row_number(rows[i].name, result.max, rows[i].max);
		row_equal(rows[i].name, metric_detect(rows[i].text, strlen(rows[i].text)),
			  METRIC_LLM);
	}
}

static void test_outputs_without_a_result(void **state)
{
	static const struct {
		const char *name;
		enum metric_kind kind;
		const char *text;
	} rows[] = {
		{ "nothing", METRIC_AXCL, "" },
		{ "an error", METRIC_AXCL, "[ERROR] Init axcl failed{0x8030010b}.\n" },
		{ "no unit", METRIC_AXCL, "min = 1.000 max = 2.000 avg = 1.500\n" },
		{ "another unit", METRIC_AXCL, "min = 1 s max = 2 s avg = 1 s\n" },
		{ "no avg", METRIC_AXCL, "  min =   0.312 ms   max =   0.500 ms\n" },
		{ "zero", METRIC_AXCL, "min = 0.000 ms max = 0.000 ms avg = 0.000 ms\n" },
		{ "negative", METRIC_AXCL, "min = -1.0 ms max = 2.0 ms avg = 1.0 ms\n" },
		{ "nan", METRIC_AXCL, "min = nan ms max = nan ms avg = nan ms\n" },
		{ "no digits", METRIC_AXCL, "min = . ms max = . ms avg = . ms\n" },
		{ "median cut off", METRIC_AXCL,
		  "min = 1.0 ms   max = 3.0 ms   avg = 2.0 ms  median =   1." },
		{ "too large", METRIC_LLM,
		  "hit eos,avg 1" /* of 400 digits */
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  " token/s\n" },
		{ "only a bar", METRIC_LLM, "100% | ### | 31 / 31 | 10.47 token/s\n" },
		{ "only the first token", METRIC_LLM, "ttft: 796.38 ms\n" },
		{ "no unit", METRIC_LLM, "hit eos,avg 7.38\n" },
		{ "no number", METRIC_LLM, "hit eos,avg  token/s\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measurement result;
		struct error error = { 0 };

		row_equal(rows[i].name, read_text(rows[i].kind, rows[i].text, &result, &error),
			  -ENODATA);
		row_contains(rows[i].name, error.text, "the output does not contain");
		row_equal(rows[i].name, metric_detect(rows[i].text, strlen(rows[i].text)),
			  METRIC_WALL);
	}
}

/* Wherever an output is cut off, a number that was cut is not used. */
static void test_every_beginning_of_an_output(void **state)
{
	static const char axcl[] = LONG_RESULT,
			  llm[] = "\033[1;35mhit eos,avg 12.50 token/s\n\033[0m";
	struct measurement result;
	struct error error;

	(void)state;
	for (size_t length = 0; length < sizeof(axcl); length++) {
		const struct metric metric = { .kind = METRIC_AXCL };

		if (metric_read(&metric, axcl, length, 1, &result, &error) < 0)
			continue;
		assert_true(result.min == 8.125 && result.max == 9.75 && result.mean == 8.375);
		assert_true(result.value == 8.25 && result.median == 8.25);
		assert_true(isnan(result.p95) || result.p95 == 8.875);
	}
	for (size_t length = 0; length < sizeof(llm); length++) {
		const struct metric metric = { .kind = METRIC_LLM };

		if (metric_read(&metric, llm, length, 1, &result, &error) == 0)
			assert_true(result.value == 12.5);
	}
}

static void test_nul_bytes_end_lines(void **state)
{
	static const char text[] = "garbage\0hit eos,avg 2.50 token/s\0\xff\xfe\0";
	const struct metric metric = { .kind = METRIC_LLM };
	struct measurement result;
	struct error error;

	(void)state;
	assert_int_equal(metric_read(&metric, text, sizeof(text), 1, &result, &error), 0);
	assert_true(result.value == 2.5);
}

static void test_time_of_the_run(void **state)
{
	struct measurement result;
	struct error error;

	(void)state;
	assert_int_equal(read_text(METRIC_WALL, "whatever", &result, &error), 0);
	assert_true(result.value == 77 && isnan(result.p95));
}

static void test_regular_expressions(void **state)
{
	static const struct {
		const char *regex, *text;
		int result;
		double value;
		const char *error;
	} rows[] = {
		{ "rate ([0-9.]+)", "rate 12.5\n", 0, 12.5, NULL },
		{ "rate ([0-9.]+)", "rate 1 rate 2 rate 9\n", 0, 2, NULL },
		{ "rate ([0-9.]+)", "rate 1\nrate 2\n", 0, 1.5, NULL },
		{ "(rate|speed): ([0-9]+)", "speed: 4\n", -ENODATA, 0,
		  "'speed', which is not a number" },
		{ "^([0-9]+)$", "3\n4\n5\nx6\n", 0, 4, NULL },
		{ "^([0-9])", "123\n", 0, 1, NULL },
		{ "x(y)?([0-9])", "x1\n", -ENODATA, 0,
		  "the output does not contain a match of --metric" },
		{ "([0-9.]*)", "abc\n", -ENODATA, 0, "'', which is not a number" },
		{ "t=([-0-9.e]+)", "t=-3\n", -ENODATA, 0, "'-3', which is not a number above 0" },
		{ "t=([-0-9.e]+)", "t=2.5e-1\n", 0, 0.25, NULL },
		{ "t=([-0-9.e]+)", "t=1e15\n", -ENODATA, 0, "'1e15', which is not a number" },
		{ "t=(.*)", "\033[31mt=\033[1m6\033[0m\r\n", 0, 6, NULL },
		{ "^t=([0-9])", "x\033[31\nt=6\nx\033\nt=8\n", 0, 7, NULL },
		{ "none ([0-9])", "t=1\n", -ENODATA, 0,
		  "the output does not contain a match of --metric" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measurement result;
		struct error error = { 0 };
		struct metric metric;

		row_equal(rows[i].regex, metric_init(&metric, rows[i].regex, true, &error), 0);
		row_equal(rows[i].text,
			  metric_read(&metric, rows[i].text, strlen(rows[i].text), 1, &result,
				      &error),
			  rows[i].result);
		if (rows[i].result == 0)
			row_number(rows[i].text, result.value, rows[i].value);
		else
			row_contains(rows[i].text, error.text, rows[i].error);
		metric_done(&metric);
	}
}

static void test_wrong_regular_expressions(void **state)
{
	static const struct {
		const char *regex, *error;
	} rows[] = {
		{ "(", "" },
		{ "[0-9", "" },
		{ "[0-9]+", "it needs a group in parentheses around the number" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = { 0 };
		struct metric metric;

		row_equal(rows[i].regex, metric_init(&metric, rows[i].regex, false, &error),
			  -EINVAL);
		row_true(rows[i].regex, *error.text);
		row_contains(rows[i].regex, error.text, rows[i].error);
	}
}

static void test_units(void **state)
{
	static const struct {
		struct metric metric;
		const char *unit;
		bool higher;
	} rows[] = {
		{ { .kind = METRIC_WALL }, "ms", false },
		{ { .kind = METRIC_AXCL }, "ms", false },
		{ { .kind = METRIC_LLM }, "token/s", true },
		{ { .kind = METRIC_REGEX }, "", false },
		{ { .kind = METRIC_REGEX, .higher_is_better = true }, "", true },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(metric_unit(&rows[i].metric), rows[i].unit);
		assert_int_equal(metric_higher_is_better(&rows[i].metric), rows[i].higher);
	}
}

/*
 * If reading were not linear in the length, this would take minutes. The sanitizer searches for the
 * end of the line in each regexec(), so the line with many matches is short.
 */
static void test_long_outputs(void **state)
{
	static const struct {
		const char *unit;
		size_t length;
	} rows[] = {
		{ "x\n", 4 << 20 },    { "avg\n", 4 << 20 },	 { "avg = 1 ms ", 4 << 20 },
		{ "take 1", 4 << 20 }, { "hit eos, ", 4 << 20 }, { "\033[", 4 << 20 },
		{ "8", 4 << 20 },      { "rate 1\n", 1 << 20 },	 { "rate 1 ", 64 << 10 },
	};
	struct metric metric;
	struct error error;

	(void)state;
	assert_int_equal(metric_init(&metric, "rate ([0-9]+)", true, &error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = malloc(rows[i].length);
		size_t period = strlen(rows[i].unit);
		struct measurement result;

		assert_non_null(text);
		for (size_t k = 0; k < rows[i].length; k++)
			text[k] = rows[i].unit[k % period];
		row_equal(rows[i].unit, metric_detect(text, rows[i].length), METRIC_WALL);
		row_equal(rows[i].unit,
			  metric_read(&metric, text, rows[i].length, 1, &result, &error),
			  rows[i].unit[0] == 'r' ? 0 : -ENODATA);
	}
	metric_done(&metric);
}

static void test_line_without_end(void **state)
{
	static char text[(1 << 20) + 16];
	struct measurement result;
	struct error error = { 0 };
	struct metric metric;

	(void)state;
	memset(text, '7', 1 << 20);
	strcpy(text + (1 << 20), "\n30 fps\n");
	assert_int_equal(metric_init(&metric, "([0-9.]+) fps", true, &error), 0);
	assert_int_equal(metric_read(&metric, text, strlen(text), 1, &result, &error), 0);
	assert_true(result.value == 30);
	metric_done(&metric);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_without_end),
		cmocka_unit_test(test_axcl_run_model),
		cmocka_unit_test(test_language_models),
		cmocka_unit_test(test_outputs_without_a_result),
		cmocka_unit_test(test_every_beginning_of_an_output),
		cmocka_unit_test(test_nul_bytes_end_lines),
		cmocka_unit_test(test_time_of_the_run),
		cmocka_unit_test(test_regular_expressions),
		cmocka_unit_test(test_wrong_regular_expressions),
		cmocka_unit_test(test_units),
		cmocka_unit_test(test_long_outputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
