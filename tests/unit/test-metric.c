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

/* The metrics that LENGTH bytes of an output tell, a bit for each; or -errno. */
static int read_output(const char *output, size_t length, const regex_t *custom,
		       struct measurement results[N_METRICS], struct error *error)
{
	CLEANUP_FREE char *text = output_clean(output, length);
	unsigned metrics = 0;
	int r;

	assert_non_null(text);
	r = metrics_read(text, custom, &metrics, results, error);
	return r < 0 ? r : (int)metrics;
}

static int read_text(const char *text, struct measurement results[N_METRICS])
{
	struct error error = { 0 };

	return read_output(text, strlen(text), NULL, results, &error);
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
		struct measurement results[N_METRICS];
		int metrics = read_text(rows[i].text, results);
		const struct measurement result = results[METRIC_INFERENCE];

		row_equal(rows[i].name, metrics, METRIC_BIT(METRIC_INFERENCE));
		row_number(rows[i].name, result.value, rows[i].value);
		row_number(rows[i].name, result.min, rows[i].min);
		row_number(rows[i].name, result.max, rows[i].max);
		row_number(rows[i].name, result.mean, rows[i].mean);
		row_number(rows[i].name, result.median, rows[i].median);
		row_number(rows[i].name, result.p95, rows[i].p95);
	}
}

/* NAN: the output does not tell that metric. */
static void test_other_runners(void **state)
{
	static const struct {
		const char *name, *text;
		double inference, decode, ttft;
	} rows[] = {
		{ "main_axcl",
		  "\033[32m[I][                             Run][1030]: ttft: 601.25 ms\n\033[0m"
		  "\033[1;35m[N][                             Run][1182]: hit eos,avg 6.25 "
		  "token/s\n\033[0m",
		  NAN, 6.25, 601.25 },
		{ "axllm",
		  "09:10:11.001 INF Run:4680 | ttft: 402.50 ms\n"
		  "09:10:21.002 NTC Run:5095 | hit eos,decode avg 4.75 token/s\n",
		  NAN, 4.75, 402.5 },
		{ "older axllm", "09:10:21.002 NTC Run:1145 | hit eos,avg 5.50 token/s\n", NAN, 5.5,
		  NAN },
		{ "CosyVoice", "hit eos, decode avg 13.25 token/s\n", NAN, 13.25, NAN },
		{ "Whisper",
		  "Load encoder take 2100.50 ms\nEncoder run take 180.50 ms\n"
		  "First token: 50258       take 48.25ms\nNext Token: 300        take 29.00 ms\n"
		  "All Token: take 640.16ms, 28.50 token/s\nAll take 901.00ms\n",
		  180.5, 28.5, 48.25 },
		{ "after other words on its line",
		  "Encoder take 20.25 ms All Token: take 5.50ms, 4.50 token/s\n", NAN, 4.5, NAN },
		{ "ax-samples",
		  "Repeat 10 times, avg time 12.25 ms, max_time 13.00 ms, min_time 12.00 ms\n",
		  12.25, NAN, NAN },
		{ "llama-cli",
		  "llama_perf_context_print:        load time =     310.20 ms\n"
		  "llama_perf_context_print: prompt eval time =     120.50 ms /    14 tokens (    "
		  "8.61 ms per token,   116.18 tokens per second)\n"
		  "llama_perf_context_print:        eval time =    2000.00 ms /    40 runs   (   "
		  "50.00 ms per token,    20.00 tokens per second)\n"
		  "llama_perf_context_print:       total time =    2130.00 ms /    54 tokens\n",
		  NAN, 20, 120.5 },
		{ "llama-server",
		  "prompt eval time =      80.25 ms /     9 tokens (    8.92 ms per token,   "
		  "112.15 "
		  "tokens per second)\n       eval time =    1000.00 ms /    25 tokens (   40.00 "
		  "ms "
		  "per token,    25.00 tokens per second)\n",
		  NAN, 25, 80.25 },
		{ "three answers: the median",
		  "hit eos,avg 7.00 token/s\nhit eos,avg 9.00 token/s\nhit eos,avg 6.00 token/s\n",
		  NAN, 7, NAN },
		{ "a progress bar with token/s",
		  " 50% | ## | 10.00 token/s\r100% | #### | 20.00 token/s\r\nhit eos,avg 8.00 "
		  "token/s\n",
		  NAN, 8, NAN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const double wanted[N_METRICS] = { [METRIC_INFERENCE] = rows[i].inference,
						   [METRIC_DECODE] = rows[i].decode,
						   [METRIC_TTFT] = rows[i].ttft,
						   [METRIC_WALL] = NAN,
						   [METRIC_CUSTOM] = NAN };
		struct measurement results[N_METRICS];
		int metrics = read_text(rows[i].text, results);

		row_true(rows[i].name, metrics > 0);
		for (enum metric metric = 0; metric < N_METRICS; metric++) {
			bool told = (unsigned)metrics & METRIC_BIT(metric);

			row_equal(rows[i].name, told, !isnan(wanted[metric]));
			if (told)
				row_number(rows[i].name, results[metric].value, wanted[metric]);
		}
	}
}

static void test_outputs_without_a_result(void **state)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "nothing", "" },
		{ "an error", "[ERROR] Init axcl failed{0x8030010b}.\n" },
		{ "no unit", "min = 1.000 max = 2.000 avg = 1.500\n" },
		{ "another unit", "min = 1 s max = 2 s avg = 1 s\n" },
		{ "no avg", "  min =   0.312 ms   max =   0.500 ms\n" },
		{ "zero", "min = 0.000 ms max = 0.000 ms avg = 0.000 ms\n" },
		{ "negative", "min = -1.0 ms max = 2.0 ms avg = 1.0 ms\n" },
		{ "nan", "min = nan ms max = nan ms avg = nan ms\n" },
		{ "no digits", "min = . ms max = . ms avg = . ms\n" },
		{ "other names", "xmin = 1.0 ms xmax = 2.0 ms xavg = 1.5 ms\n" },
		{ "median cut off", "min = 1.0 ms   max = 3.0 ms   avg = 2.0 ms  median =   1." },
		{ "too large",
		  "hit eos,avg 1" /* of 400 digits */
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  "00000000000000000000000000000000000000000000000000000000000000000000000000000000"
		  " token/s\n" },
		{ "only a bar", "100% | ### | 31 / 31 | 10.47 token/s\n" },
		{ "no token/s", "hit eos,avg 7.38\n" },
		{ "no number", "hit eos,avg  token/s\n" },
		{ "eval of nothing",
		  "eval time = 0.00 ms / 1 runs ( 0.00 ms per token, inf tokens per second)\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measurement results[N_METRICS];

		row_equal(rows[i].name, read_text(rows[i].text, results), 0);
	}
}

/* Wherever an output is cut off, a number that was cut is not used. */
static void test_every_beginning_of_an_output(void **state)
{
	static const char axcl[] = LONG_RESULT,
			  llm[] = "\033[1;35mhit eos,avg 12.50 token/s\n\033[0m";
	struct measurement results[N_METRICS];
	struct error error;

	(void)state;
	for (size_t length = 0; length < sizeof(axcl); length++) {
		const struct measurement *result = &results[METRIC_INFERENCE];

		if (!read_output(axcl, length, NULL, results, &error))
			continue;
		assert_true(result->min == 8.125 && result->max == 9.75 && result->mean == 8.375);
		assert_true(result->value == 8.25 && result->median == 8.25);
		assert_true(isnan(result->p95) || result->p95 == 8.875);
	}
	for (size_t length = 0; length < sizeof(llm); length++)
		if (read_output(llm, length, NULL, results, &error))
			assert_true(results[METRIC_DECODE].value == 12.5);
}

static void test_nul_bytes_end_lines(void **state)
{
	static const char text[] = "garbage\0hit eos,avg 2.50 token/s\0\xff\xfe\0";
	struct measurement results[N_METRICS];
	struct error error;

	(void)state;
	assert_int_equal(read_output(text, sizeof(text), NULL, results, &error),
			 METRIC_BIT(METRIC_DECODE));
	assert_true(results[METRIC_DECODE].value == 2.5);
}

static void test_regular_expressions(void **state)
{
	static const struct {
		const char *regex, *text;
		int result;
		double value; /* 0: no match */
		const char *error;
	} rows[] = {
		{ "rate ([0-9.]+)", "rate 12.5\n", 0, 12.5, NULL },
		{ "rate ([0-9.]+)", "rate 1 rate 2 rate 9\n", 0, 2, NULL },
		{ "rate ([0-9.]+)", "rate 1\nrate 2\n", 0, 1.5, NULL },
		{ "(rate|speed): ([0-9]+)", "speed: 4\n", -EINVAL, 0,
		  "'speed', which is not a number" },
		{ "^([0-9]+)$", "3\n4\n5\nx6\n", 0, 4, NULL },
		{ "^([0-9])", "123\n", 0, 1, NULL },
		{ "x(y)?([0-9])", "x1\n", 0, 0, NULL },
		{ "([0-9.]*)", "abc\n", -EINVAL, 0, "'', which is not a number" },
		{ "t=([-0-9.e]+)", "t=-3\n", -EINVAL, 0, "'-3', which is not a number above 0" },
		{ "t=([-0-9.e]+)", "t=2.5e-1\n", 0, 0.25, NULL },
		{ "t=([-0-9.e]+)", "t=1e15\n", -EINVAL, 0, "'1e15', which is not a number" },
		{ "t=(.*)", "\033[31mt=\033[1m6\033[0m\r\n", 0, 6, NULL },
		{ "^t=([0-9])", "x\033[31\nt=6\nx\033\nt=8\n", 0, 7, NULL },
		{ "none ([0-9])", "t=1\n", 0, 0, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct measurement results[N_METRICS];
		struct error error = { 0 };
		regex_t regex;
		int r;

		row_equal(rows[i].regex, metric_compile(rows[i].regex, &regex, &error), 0);
		r = read_output(rows[i].text, strlen(rows[i].text), &regex, results, &error);
		row_equal(rows[i].text, r < 0 ? r : 0, rows[i].result);
		if (r >= 0)
			row_equal(rows[i].text, r,
				  rows[i].value > 0 ? METRIC_BIT(METRIC_CUSTOM) : 0);
		if (r > 0)
			row_number(rows[i].text, results[METRIC_CUSTOM].value, rows[i].value);
		if (r < 0)
			row_contains(rows[i].text, error.text, rows[i].error);
		regfree(&regex);
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
		regex_t regex;

		row_equal(rows[i].regex, metric_compile(rows[i].regex, &regex, &error), -EINVAL);
		row_true(rows[i].regex, *error.text);
		row_contains(rows[i].regex, error.text, rows[i].error);
	}
}

static void test_names_and_units(void **state)
{
	static const struct {
		enum metric metric;
		const char *name, *unit;
	} rows[] = {
		{ METRIC_INFERENCE, "inference", "ms" }, { METRIC_DECODE, "decode", "token/s" },
		{ METRIC_TTFT, "ttft", "ms" },		 { METRIC_WALL, "wall", "ms" },
		{ METRIC_CUSTOM, "custom", "" },
	};
	enum metric metric;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(metric_name(rows[i].metric), rows[i].name);
		assert_string_equal(metric_unit(rows[i].metric), rows[i].unit);
		assert_int_equal(metric_from_name(rows[i].name, &metric), 0);
		assert_int_equal(metric, rows[i].metric);
	}
	assert_int_equal(metric_from_name("ms", &metric), -EINVAL);
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
		{ "x\n", 4 << 20 },	    { "avg\n", 4 << 20 },
		{ "avg = 1 ms ", 4 << 20 }, { "take 1", 4 << 20 },
		{ "hit eos, ", 4 << 20 },   { "\033[", 4 << 20 },
		{ "8", 4 << 20 },	    { "eval time = 1 ms / ", 4 << 20 },
		{ "rate 1\n", 1 << 20 },    { "rate 1 ", 64 << 10 },
	};
	struct error error;
	regex_t regex;

	(void)state;
	assert_int_equal(metric_compile("rate ([0-9]+)", &regex, &error), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = malloc(rows[i].length);
		size_t period = strlen(rows[i].unit);
		struct measurement results[N_METRICS];

		assert_non_null(text);
		for (size_t k = 0; k < rows[i].length; k++)
			text[k] = rows[i].unit[k % period];
		row_equal(rows[i].unit, read_output(text, rows[i].length, NULL, results, &error),
			  0);
		row_equal(rows[i].unit, read_output(text, rows[i].length, &regex, results, &error),
			  rows[i].unit[0] == 'r' ? METRIC_BIT(METRIC_CUSTOM) : 0);
	}
	regfree(&regex);
}

static void test_line_without_end(void **state)
{
	static char text[(1 << 20) + 16];
	struct measurement results[N_METRICS];
	struct error error = { 0 };
	regex_t regex;

	(void)state;
	memset(text, '7', 1 << 20);
	strcpy(text + (1 << 20), "\n30 fps\n");
	assert_int_equal(metric_compile("([0-9.]+) fps", &regex, &error), 0);
	assert_int_equal(read_output(text, strlen(text), &regex, results, &error),
			 METRIC_BIT(METRIC_CUSTOM));
	assert_true(results[METRIC_CUSTOM].value == 30);
	regfree(&regex);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_without_end),
		cmocka_unit_test(test_axcl_run_model),
		cmocka_unit_test(test_other_runners),
		cmocka_unit_test(test_outputs_without_a_result),
		cmocka_unit_test(test_every_beginning_of_an_output),
		cmocka_unit_test(test_nul_bytes_end_lines),
		cmocka_unit_test(test_regular_expressions),
		cmocka_unit_test(test_wrong_regular_expressions),
		cmocka_unit_test(test_names_and_units),
		cmocka_unit_test(test_long_outputs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
