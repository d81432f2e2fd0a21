/* SPDX-License-Identifier: MIT */
/* The results of bench as JSON: the contract, what is read back, and which files are refused. */

#include "base/util.h"
#include "bench/bench.h"
#include "bench/results-json.h"
#include "tree.h"

#include <errno.h>
#include <json-c/json.h>
#include <math.h>

/* NAN equals NAN. */
#define row_number(row, value, wanted)                                                      \
	do {                                                                                \
		double value_ = (value), wanted_ = (wanted);                                \
                                                                                            \
		if (!(fabs(value_ - wanted_) <= 1e-9 || (isnan(value_) && isnan(wanted_)))) \
			fail_msg("row '%s': %s is %.17g, not %.17g", row, #value, value_,   \
				 wanted_);                                                  \
	} while (0)

/* --- A measurement ---------------------------------------------------------------------------- */

static struct bench_count cpu0_counts[] = { { 0, 1000 } };
static struct bench_count cpu6_counts[] = { { 6, 5000000000 }, { 127, 1 } };

/* Clocks and temperatures. */
#define UNKNOWN .start_khz = NAN, .end_khz = NAN, .start_c = NAN, .end_c = NAN

/* A run with nothing but a value. */
#define RUN(VALUE) .result = { VALUE, NAN, NAN, NAN, NAN, NAN }, UNKNOWN

static struct bench_run yolo_default[] = {
	{ .result = { 6, 5.5, 9, 6.1, 6, 7 },
	  .n_counts = 1,
	  .counts = cpu0_counts,
	  .start_khz = 408000,
	  .end_khz = 2304000,
	  .start_c = 45.123,
	  .end_c = 51,
	  .throttled = true,
	  .slow_irqs = 900 },
	{ .result = { 6, 5, 8, 6, 6, 7.5 },
	  .start_khz = 0,
	  .end_khz = NAN,
	  .start_c = 0,
	  .end_c = NAN },
	{ .result = { 6, 5.25, 10, 6, 6, 8 }, UNKNOWN },
	{ RUN(6) },
	{ RUN(6) },
	{ RUN(6) },
	{ RUN(6) },
	{ RUN(6) },
};
static struct bench_run yolo_tuned[] = {
	{ RUN(4) },
	{ RUN(4) },
	{ RUN(4) },
	{ .invalid = (char *)"at its end \"policy4\" was 'ondemand'\n",
	  .result = { 100, NAN, NAN, NAN, NAN, NAN },
	  .n_counts = 2,
	  .counts = cpu6_counts,
	  UNKNOWN },
	{ RUN(4) },
	{ RUN(4) },
	{ RUN(4) },
	{ RUN(4) },
};
static struct bench_run yolo_irq[] = {
	{ .result = { 5.00000000012, 5, 5, 5, 5, 5 }, UNKNOWN },
	{ .result = { 5, 4, 6, 5, 5, 5.5 }, UNKNOWN },
};
static struct bench_run frames_default[] = { { RUN(20) } };
static struct bench_run frames_cpu[] = { { RUN(25) } };
static struct bench_run alone[] = {
	{ .invalid = (char *)"", .result = { NAN, NAN, NAN, NAN, NAN, NAN }, UNKNOWN }
};

#define VARIANT(NAME, RUNS) .name = (char *)(NAME), .n_runs = ARRAY_SIZE(RUNS), .runs = (RUNS)

static struct bench_variant yolo_variants[] = {
	{ VARIANT("default", yolo_default) },
	{ VARIANT("tuned", yolo_tuned) },
	{ VARIANT("irq", yolo_irq) },
};
static struct bench_variant frames_variants[] = {
	{ VARIANT("default", frames_default) },
	{ VARIANT("cpu5+idle", frames_cpu) },
};
static struct bench_variant alone_variants[] = { { VARIANT("default", alone) } };

static struct bench_result results[] = {
	{ .name = (char *)"YOLO11s.axmodel",
	  .metric = METRIC_INFERENCE,
	  .n_variants = 3,
	  .variants = yolo_variants },
	{ .name = (char *)"frames \"per\" second \xc3\xa4",
	  .metric = METRIC_CUSTOM,
	  .higher_is_better = true,
	  .n_variants = 2,
	  .variants = frames_variants },
	{ .name = (char *)"smolvlm2-256m llm layer",
	  .metric = METRIC_INFERENCE,
	  .n_variants = 1,
	  .variants = alone_variants },
};

static struct bench sample = {
	.model = (char *)"FriendlyElec CM3588",
	.date = (char *)"2026-02-03T04:05:06Z",
	.version = (char *)"0.1.0",
	.method = { .rounds = 8, .warmup = 2, .seed = 4294967295 },
	.n_results = ARRAY_SIZE(results),
	.results = results,
};

static int sample_setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(results); i++)
		if (bench_evaluate(&results[i]) < 0)
			return -1;
	return 0;
}

static void sample_write(const char *path)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(bench_write(&sample, file), 0);
	assert_int_equal(fclose(file), 0);
}

/* --- Reading what was written ----------------------------------------------------------------- */

static void compare_runs(const char *row, const struct bench_run *got,
			 const struct bench_run *wanted)
{
	row_same(row, got->invalid, wanted->invalid);
	row_number(row, got->result.value, wanted->result.value);
	row_number(row, got->result.min, wanted->result.min);
	row_number(row, got->result.max, wanted->result.max);
	row_number(row, got->result.mean, wanted->result.mean);
	row_number(row, got->result.median, wanted->result.median);
	row_number(row, got->result.p95, wanted->result.p95);
	row_equal(row, got->n_counts, wanted->n_counts);
	for (size_t i = 0; i < wanted->n_counts; i++) {
		row_equal(row, got->counts[i].cpu, wanted->counts[i].cpu);
		row_equal(row, got->counts[i].count, wanted->counts[i].count);
	}
	row_number(row, got->start_khz, wanted->start_khz);
	row_number(row, got->end_khz, wanted->end_khz);
	row_number(row, got->start_c, wanted->start_c);
	row_number(row, got->end_c, wanted->end_c);
	row_equal(row, got->throttled, wanted->throttled);
}

static void compare_variants(const char *row, const struct bench_variant *got,
			     const struct bench_variant *wanted)
{
	row_same(row, got->name, wanted->name);
	row_equal(row, got->n_runs, wanted->n_runs);
	for (size_t i = 0; i < wanted->n_runs; i++)
		compare_runs(row, &got->runs[i], &wanted->runs[i]);
	row_equal(row, got->summary.n, wanted->summary.n);
	row_number(row, got->summary.median, wanted->summary.median);
	row_number(row, got->summary.mean, wanted->summary.mean);
	row_number(row, got->summary.min, wanted->summary.min);
	row_number(row, got->summary.max, wanted->summary.max);
	row_number(row, got->summary.p95, wanted->summary.p95);
	row_equal(row, got->effect.n_pairs, wanted->effect.n_pairs);
	row_number(row, got->effect.percent, wanted->effect.percent);
	row_equal(row, got->effect.has_interval, wanted->effect.has_interval);
	row_number(row, got->effect.low, wanted->effect.low);
	row_number(row, got->effect.high, wanted->effect.high);
	row_equal(row, got->effect.significant, wanted->effect.significant);
	row_number(row, got->effect.detectable, wanted->effect.detectable);
}

static void test_what_is_written_is_read_back(void **state)
{
	CLEANUP_FREE char *path = tree_path(*state, "/results.json");
	struct error error = { 0 };
	struct bench got;

	sample_write(path);
	if (bench_read(path, &got, &error) < 0)
		fail_msg("%s", error.text);
	assert_string_equal(got.model, "FriendlyElec CM3588");
	assert_null(got.kernel);
	assert_string_equal(got.date, "2026-02-03T04:05:06Z");
	assert_string_equal(got.version, "0.1.0");
	assert_int_equal(got.method.rounds, 8);
	assert_int_equal(got.method.warmup, 2);
	assert_int_equal(got.method.seed, 4294967295);
	assert_int_equal(got.n_results, ARRAY_SIZE(results));
	for (size_t i = 0; i < got.n_results; i++) {
		row_same(results[i].name, got.results[i].name, results[i].name);
		row_equal(results[i].name, got.results[i].metric, results[i].metric);
		row_equal(results[i].name, got.results[i].higher_is_better,
			  results[i].higher_is_better);
		row_equal(results[i].name, got.results[i].n_variants, results[i].n_variants);
		for (size_t k = 0; k < results[i].n_variants; k++)
			compare_variants(results[i].variants[k].name, &got.results[i].variants[k],
					 &results[i].variants[k]);
	}
	bench_done(&got);
}

static void test_written_again_it_is_the_same(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *path = tree_path(tree, "/first.json");
	CLEANUP_FREE char *text = NULL, *again = NULL;
	struct error error = { 0 };
	struct bench got;
	size_t size;
	FILE *out = open_memstream(&again, &size);

	assert_non_null(out);
	sample_write(path);
	assert_int_equal(bench_read(path, &got, &error), 0);
	assert_int_equal(bench_write(&got, out), 0);
	assert_int_equal(fclose(out), 0);
	text = tree_read(tree, "/first.json");
	assert_string_equal(again, text);
	bench_done(&got);
}

static void test_disk_that_is_full(void **state)
{
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (!full)
		skip();
	assert_int_equal(bench_write(&sample, full), -ENOSPC);
	fclose(full);
}

/* --- The contract ----------------------------------------------------------------------------- */

/* The value at a path such as "results.0.name". NULL if it is null; fails if it is missing. */
static struct json_object *follow(struct json_object *root, const char *path)
{
	CLEANUP_FREE char *copy = strdup(path);
	char *rest = copy, *key;

	assert_non_null(copy);
	while ((key = strsep(&rest, "."))) {
		int64_t index;

		if (json_object_is_type(root, json_type_array) &&
		    parse_long(key, 0, (int64_t)json_object_array_length(root) - 1, &index) == 0)
			root = json_object_array_get_idx(root, (size_t)index);
		else if (!json_object_object_get_ex(root, key, &root))
			fail_msg("no %s of %s", key, path);
	}
	return root;
}

static void test_contract(void **state)
{
	static const struct {
		const char *path, *value; /* as JSON, without blanks */
	} rows[] = {
		{ "schema", "1" },
		{ "command", "\"bench\"" },
		{ "method.rounds", "8" },
		{ "method.warmup", "2" },
		{ "method.seed", "4294967295" },
		{ "method.version", "\"0.1.0\"" },
		{ "method.date", "\"2026-02-03T04:05:06Z\"" },
		{ "method.model", "\"FriendlyElec CM3588\"" },
		{ "method.kernel", "null" },
		{ "results.0.name", "\"YOLO11s.axmodel\"" },
		{ "results.0.metric", "\"inference\"" },
		{ "results.0.unit", "\"ms\"" },
		{ "results.0.higher_is_better", "false" },
		{ "results.0.speedup_percent", "50" },
		{ "results.0.interval_percent", "[50,50]" },
		{ "results.0.significant", "true" },
		{ "results.0.settings.default.median", "6" },
		{ "results.0.settings.default.mean", "6" },
		{ "results.0.settings.default.min", "6" },
		{ "results.0.settings.default.max", "6" },
		{ "results.0.settings.default.p95", "6" },
		{ "results.0.settings.default.runs", "[6,6,6,6,6,6,6,6]" },
		{ "results.0.settings.default.details.0.invalid", "null" },
		{ "results.0.settings.default.details.0.value", "6" },
		{ "results.0.settings.default.details.0.min", "5.5" },
		{ "results.0.settings.default.details.0.max", "9" },
		{ "results.0.settings.default.details.0.mean", "6.1" },
		{ "results.0.settings.default.details.0.median", "6" },
		{ "results.0.settings.default.details.0.p95", "7" },
		{ "results.0.settings.default.details.0.irqs", "{\"0\":1000}" },
		{ "results.0.settings.default.details.0.slow_irqs", "900" },
		{ "results.0.settings.default.details.0.start_khz", "408000" },
		{ "results.0.settings.default.details.0.end_khz", "2304000" },
		{ "results.0.settings.default.details.0.start_c", "45.123" },
		{ "results.0.settings.default.details.0.end_c", "51" },
		{ "results.0.settings.default.details.0.throttled", "true" },
		{ "results.0.settings.default.details.1.start_khz", "0" },
		{ "results.0.settings.default.details.1.end_c", "null" },
		{ "results.0.settings.default.details.3.p95", "null" },
		{ "results.0.settings.default.details.3.end_khz", "null" },
		{ "results.0.settings.default.details.3.throttled", "false" },
		/* A run that does not count is only in the details. */
		{ "results.0.settings.tuned.runs", "[4,4,4,4,4,4,4]" },
		{ "results.0.settings.tuned.details.3.invalid",
		  "\"at its end \\\"policy4\\\" was 'ondemand'\\n\"" },
		{ "results.0.settings.tuned.details.3.value", "100" },
		{ "results.0.settings.tuned.details.3.irqs", "{\"6\":5000000000,\"127\":1}" },
		{ "results.0.settings.tuned.speedup_percent", "50" },
		{ "results.0.settings.tuned.interval_percent", "[50,50]" },
		{ "results.0.settings.tuned.significant", "true" },
		/* The ratios of its pairs are all alike. */
		{ "results.0.settings.tuned.detectable_percent", "0" },
		/* p95 is the median of 5 and 5.5. */
		{ "results.0.settings.irq.p95", "5.25" },
		{ "results.0.settings.irq.min", "4" },
		{ "results.0.settings.irq.max", "6" },
		{ "results.0.settings.irq.interval_percent", "null" },
		{ "results.0.settings.irq.significant", "null" },
		{ "results.0.settings.irq.detectable_percent", "null" },
		{ "results.0.reference.source",
		  "\"https://github.com/MasterVVK/cm3588-ax650n-pcie-tuning\"" },
		{ "results.0.reference.model", "\"YOLO11s\"" },
		{ "results.0.reference.part", "null" },
		{ "results.0.reference.unit", "\"ms\"" },
		{ "results.0.reference.group", "\"Vision 640x640\"" },
		{ "results.0.reference.metric", "\"inference\"" },
		{ "results.0.reference.default", "[3.994,3.994]" },
		{ "results.0.reference.tuned", "[3.548,3.548]" },
		{ "results.0.reference.native", "null" },
		/* 3.994 / 3.548 */
		{ "results.0.reference.speedup_percent", "12.5704622322" },
		{ "results.1.name", "\"frames \\\"per\\\" second \xc3\xa4\"" },
		{ "results.1.metric", "\"custom\"" },
		{ "results.1.unit", "null" },
		{ "results.1.higher_is_better", "true" },
		{ "results.1.settings.cpu5+idle.median", "25" },
		{ "results.1.settings.cpu5+idle.speedup_percent", "25" },
		{ "results.1.speedup_percent", "25" },
		{ "results.1.interval_percent", "null" },
		{ "results.1.significant", "null" },
		{ "results.1.reference", "null" },
		{ "results.2.speedup_percent", "null" },
		{ "results.2.interval_percent", "null" },
		{ "results.2.significant", "null" },
		{ "results.2.detectable_percent", "null" },
		{ "results.2.settings.default.median", "null" },
		{ "results.2.settings.default.p95", "null" },
		{ "results.2.settings.default.runs", "[]" },
		{ "results.2.settings.default.details.0.invalid", "\"\"" },
		{ "results.2.settings.default.details.0.value", "null" },
		{ "results.2.reference.part", "\"LLM Layer\"" },
	};
	CLEANUP_FREE char *path = tree_path(*state, "/results.json");
	struct json_object *root, *first;

	sample_write(path);
	root = json_object_from_file(path);
	assert_non_null(root);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_same(rows[i].path,
			 json_object_to_json_string_ext(follow(root, rows[i].path),
							JSON_C_TO_STRING_PLAIN |
								JSON_C_TO_STRING_NOSLASHESCAPE),
			 rows[i].value);
	/* The first variant is not compared. */
	first = follow(root, "results.0.settings.default");
	assert_false(json_object_object_get_ex(first, "speedup_percent", NULL));
	json_object_put(root);
}

/* --- Other files ------------------------------------------------------------------------------ */

#define METHOD	   "{\"rounds\":1,\"warmup\":0,\"seed\":1,\"version\":\"0\",\"date\":\"d\"}"
#define HEAD	   "{\"schema\":1,\"command\":\"bench\",\"method\":" METHOD ",\"results\":"
#define RESULT(s)  HEAD "[{\"name\":\"w\",\"settings\":" s "}]}"
#define DETAILS(d) RESULT("{\"default\":{\"details\":" d "}}")
#define IRQS(irqs) DETAILS("[{\"value\":1,\"irqs\":" irqs "}]")
#define BY(method) "{\"schema\":1,\"command\":\"bench\",\"method\":" method ",\"results\":[]}"

static void read_text(const struct tree *tree, const char *row, const char *text, int wanted)
{
	CLEANUP_FREE char *path = tree_path(tree, "/results.json");
	struct bench got = { .method.seed = 42 };
	struct error error = { 0 };

	tree_write(tree, "/results.json", text, strlen(text));
	row_equal(row, bench_read(path, &got, &error), wanted);
	if (wanted < 0) {
		row_contains(row, error.text, path);
		row_equal(row, got.method.seed, 42);
	} else
		bench_done(&got);
}

static void test_least_that_is_read(void **state)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "no results", HEAD "[]}" },
		{ "no runs", DETAILS("[]") },
		{ "one run", IRQS("{}") },
		{ "run that does not count", DETAILS("[{\"invalid\":\"no\",\"irqs\":{}}]") },
		{ "count", IRQS("{\"0\":0,\"65535\":9223372036854775807}") },
		{ "unknown key",
		  "{\"new\":[{}],\"schema\":1,\"command\":\"bench\",\"method\":" METHOD
		  ",\"results\":[]}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		read_text(*state, rows[i].name, rows[i].text, 0);
}

static void test_files_that_are_refused(void **state)
{
	static const struct {
		const char *name, *text;
	} rows[] = {
		{ "empty", "" },
		{ "blank", " \n" },
		{ "no JSON", "model: yolo11s\n" },
		{ "number", "1" },
		{ "list", "[]" },
		{ "null", "null" },
		{ "nothing in it", "{}" },
		{ "schema 2",
		  "{\"schema\":2,\"command\":\"bench\",\"method\":" METHOD ",\"results\":[]}" },
		{ "no schema", "{\"command\":\"bench\",\"method\":" METHOD ",\"results\":[]}" },
		{ "schema is a text",
		  "{\"schema\":\"1\",\"command\":\"bench\",\"method\":" METHOD ",\"results\":[]}" },
		{ "status",
		  "{\"schema\":1,\"command\":\"status\",\"method\":" METHOD ",\"results\":[]}" },
		{ "no command", "{\"schema\":1,\"method\":" METHOD ",\"results\":[]}" },
		{ "no method", "{\"schema\":1,\"command\":\"bench\",\"results\":[]}" },
		{ "method is a list", BY("[]") },
		{ "no results", "{\"schema\":1,\"command\":\"bench\",\"method\":" METHOD "}" },
		{ "results are an object", HEAD "{}}" },
		{ "no rounds", BY("{\"warmup\":0,\"seed\":1,\"version\":\"0\",\"date\":\"d\"}") },
		{ "0 rounds",
		  BY("{\"rounds\":0,\"warmup\":0,\"seed\":1,\"version\":\"0\",\"date\":\"d\"}") },
		{ "warmup -1",
		  BY("{\"rounds\":1,\"warmup\":-1,\"seed\":1,\"version\":\"0\",\"date\":\"d\"}") },
		{ "seed -1",
		  BY("{\"rounds\":1,\"warmup\":0,\"seed\":-1,\"version\":\"0\",\"date\":\"d\"}") },
		{ "seed of 33 bits", BY("{\"rounds\":1,\"warmup\":0,\"seed\":4294967296,"
					"\"version\":\"0\",\"date\":\"d\"}") },
		{ "no version", BY("{\"rounds\":1,\"warmup\":0,\"seed\":1,\"date\":\"d\"}") },
		{ "date is a number",
		  BY("{\"rounds\":1,\"warmup\":0,\"seed\":1,\"version\":\"0\",\"date\":5}") },
		{ "result is null", HEAD "[null]}" },
		{ "result is a text", HEAD "[\"w\"]}" },
		{ "result without settings", HEAD "[{\"name\":\"w\"}]}" },
		{ "settings are a list", RESULT("[]") },
		{ "no setting", RESULT("{}") },
		{ "result without name", HEAD "[{\"settings\":{\"default\":{\"details\":[]}}}]}" },
		{ "name with a NUL character",
		  HEAD "[{\"name\":\"a\\u0000b\",\"settings\":{\"default\":{\"details\":[]}}}]}" },
		{ "text after the JSON", HEAD "[]}[]" },
		{ "second result is broken",
		  HEAD "[{\"name\":\"w\",\"settings\":{\"default\":{\"details\":[]}}},{}]}" },
		{ "setting is null", RESULT("{\"default\":null}") },
		{ "setting without details", RESULT("{\"default\":{\"runs\":[1]}}") },
		{ "second setting without details",
		  RESULT("{\"default\":{\"details\":[{\"value\":1,\"irqs\":{}}]},\"tuned\":{}}") },
		{ "details are an object", DETAILS("{}") },
		{ "run is null", DETAILS("[null]") },
		{ "run is a number", DETAILS("[1]") },
		{ "run without value", DETAILS("[{\"irqs\":{}}]") },
		{ "value is a text", DETAILS("[{\"value\":\"1\",\"irqs\":{}}]") },
		{ "value 0", DETAILS("[{\"value\":0,\"irqs\":{}}]") },
		{ "negative value", DETAILS("[{\"value\":-1,\"irqs\":{}}]") },
		{ "value too large", DETAILS("[{\"value\":1e999,\"irqs\":{}}]") },
		{ "value whose sums are not finite", DETAILS("[{\"value\":1e308,\"irqs\":{}}]") },
		{ "p95 too large", DETAILS("[{\"value\":1,\"p95\":1e999,\"irqs\":{}}]") },
		{ "second run is broken", DETAILS("[{\"value\":1,\"irqs\":{}},{}]") },
		{ "no counts", DETAILS("[{\"value\":1}]") },
		{ "counts are a list", IRQS("[]") },
		{ "negative count", IRQS("{\"0\":1,\"6\":-1}") },
		{ "count is a text", IRQS("{\"0\":\"1\"}") },
		{ "count with a fraction", IRQS("{\"0\":1.5}") },
		{ "negative CPU", IRQS("{\"-1\":1}") },
		{ "CPU is no number", IRQS("{\"cpu0\":1}") },
		{ "CPU 65536", IRQS("{\"65536\":1}") },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		read_text(*state, rows[i].name, rows[i].text, -EBADMSG);
}

/* A file with that many variants of one result. */
static char *make_variants(int n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fputs(HEAD "[{\"name\":\"w\",\"settings\":{", out);
	for (int i = 0; i < n; i++)
		fprintf(out, "%s\"cpu%d\":{\"details\":[]}", i ? "," : "", i);
	fputs("}}]}", out);
	assert_int_equal(fclose(out), 0);
	return text;
}

/* A file with that many runs of one variant. */
static char *make_runs(int n)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	fputs(HEAD "[{\"name\":\"w\",\"settings\":{\"default\":{\"details\":[", out);
	for (int i = 0; i < n; i++)
		fprintf(out, "%s{\"value\":1,\"irqs\":{}}", i ? "," : "");
	fputs("]}}}]}", out);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void test_no_more_than_there_is_room_for(void **state)
{
	CLEANUP_FREE char *variants = make_variants(32), *more_variants = make_variants(33);
	CLEANUP_FREE char *runs = make_runs(1000), *more_runs = make_runs(1001);

	read_text(*state, "32 settings", variants, 0);
	read_text(*state, "33 settings", more_variants, -EBADMSG);
	read_text(*state, "1000 runs", runs, 0);
	read_text(*state, "1001 runs", more_runs, -EBADMSG);
}

static void test_missing_file(void **state)
{
	CLEANUP_FREE char *path = tree_path(*state, "/results.json");
	struct error error = { 0 };
	struct bench got;

	assert_int_equal(bench_read(path, &got, &error), -ENOENT);
	row_contains("missing", error.text, path);
	row_contains("missing", error.text, "No such file");
}

static void test_each_part_of_a_file_is_refused(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *path = tree_path(tree, "/results.json");
	CLEANUP_FREE char *text = NULL;
	size_t length;

	sample_write(path);
	text = tree_read(tree, "/results.json");
	assert_non_null(text);
	length = strlen(text);
	assert_string_equal(text + length - 2, "}\n");
	/* The last byte is the newline, which may be missing. */
	for (size_t n = length - 1; n-- > 0;) {
		struct error error = { 0 };
		struct bench got;

		assert_int_equal(truncate(path, (off_t)n), 0);
		if (bench_read(path, &got, &error) != -EBADMSG)
			fail_msg("%zu bytes were not refused", n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_what_is_written_is_read_back),
		tree_test(test_written_again_it_is_the_same),
		cmocka_unit_test(test_disk_that_is_full),
		tree_test(test_contract),
		tree_test(test_least_that_is_read),
		tree_test(test_files_that_are_refused),
		tree_test(test_no_more_than_there_is_room_for),
		tree_test(test_missing_file),
		tree_test(test_each_part_of_a_file_is_refused),
	};

	return cmocka_run_group_tests(tests, sample_setup, NULL);
}
