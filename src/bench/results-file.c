/* SPDX-License-Identifier: MIT */
/* The results of bench as JSON: printed, saved, and read again. */

#include "bench/results-file.h"

#include "bench/variant.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <math.h>
#include <string.h>

#define FILE_MAX (64L << 20)

/* --- Writing ---------------------------------------------------------------------------------- */

static void add(struct json_object *object, const char *key, struct json_object *value)
{
	json_object_object_add(object, key, value);
}

static struct json_object *text_or_null(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

/* More digits than any measurement has. */
static struct json_object *number(double value)
{
	char text[40];

	if (!isfinite(value))
		return NULL;
	snprintf(text, sizeof(text), "%.12g", value);
	return json_object_new_double_s(value, text);
}

static struct json_object *known(long value, double unit)
{
	return value >= 0 ? number((double)value / unit) : NULL;
}

static struct json_object *put_interval(const struct stats_effect *effect)
{
	struct json_object *list;

	if (!effect->has_interval)
		return NULL;
	list = json_object_new_array();
	json_object_array_add(list, number(effect->low));
	json_object_array_add(list, number(effect->high));
	return list;
}

static void put_effect(struct json_object *object, const struct stats_effect *effect)
{
	bool any = effect && effect->n_pairs;

	add(object, "speedup_percent", any ? number(effect->percent) : NULL);
	add(object, "interval_percent", any ? put_interval(effect) : NULL);
	add(object, "significant",
	    any && effect->has_interval ? json_object_new_boolean(effect->significant) : NULL);
}

static struct json_object *put_run(const struct bench_run *run)
{
	struct json_object *object = json_object_new_object(), *irqs = json_object_new_object();
	const struct measurement *result = &run->result;

	add(object, "invalid", text_or_null(run->invalid));
	add(object, "value", number(result->value));
	add(object, "min", number(result->min));
	add(object, "max", number(result->max));
	add(object, "mean", number(result->mean));
	add(object, "median", number(result->median));
	add(object, "p95", number(result->p95));
	for (size_t i = 0; i < run->n_counts; i++) {
		char cpu[16];

		snprintf(cpu, sizeof(cpu), "%d", run->counts[i].cpu);
		add(irqs, cpu, json_object_new_int64((int64_t)run->counts[i].count));
	}
	add(object, "irqs", irqs);
	add(object, "start_khz", known(run->start_khz, 1));
	add(object, "end_khz", known(run->end_khz, 1));
	add(object, "start_c", known(run->start_mc, 1000));
	add(object, "end_c", known(run->end_mc, 1000));
	add(object, "throttled", json_object_new_boolean(run->throttled));
	return object;
}

static struct json_object *put_variant(const struct bench_variant *variant, bool compared)
{
	struct json_object *object = json_object_new_object();
	struct json_object *runs = json_object_new_array(), *details = json_object_new_array();
	const struct stats_summary *summary = &variant->summary;
	bool any = summary->n > 0;

	add(object, "median", any ? number(summary->median) : NULL);
	add(object, "mean", any ? number(summary->mean) : NULL);
	add(object, "min", any ? number(summary->min) : NULL);
	add(object, "max", any ? number(summary->max) : NULL);
	add(object, "p95", any ? number(summary->p95) : NULL);
	for (size_t i = 0; i < variant->n_runs; i++) {
		if (!variant->runs[i].invalid)
			json_object_array_add(runs, number(variant->runs[i].result.value));
		json_object_array_add(details, put_run(&variant->runs[i]));
	}
	add(object, "runs", runs);
	if (compared)
		put_effect(object, &variant->effect);
	add(object, "details", details);
	return object;
}

static struct json_object *put_range(double low, double high)
{
	struct json_object *list = json_object_new_array();

	json_object_array_add(list, number(low));
	json_object_array_add(list, number(high));
	return list;
}

static struct json_object *put_reference(const struct reference *reference)
{
	struct json_object *object;

	if (!reference)
		return NULL;
	object = json_object_new_object();
	add(object, "source", json_object_new_string(REFERENCE_SOURCE));
	add(object, "model", json_object_new_string(reference->model));
	add(object, "part", *reference->part ? json_object_new_string(reference->part) : NULL);
	add(object, "unit", json_object_new_string(reference->unit));
	add(object, "default", put_range(reference->default_low, reference->default_high));
	add(object, "tuned", put_range(reference->tuned_low, reference->tuned_high));
	add(object, "speedup_percent", number(reference_speedup(reference)));
	return object;
}

static struct json_object *put_result(const struct bench_result *result,
				      const struct references *references)
{
	struct json_object *object = json_object_new_object();
	struct json_object *variants = json_object_new_object();
	const struct bench_variant *main = bench_main_variant(result);

	add(object, "name", json_object_new_string(result->name));
	add(object, "unit", text_or_null(*result->unit ? result->unit : NULL));
	add(object, "higher_is_better", json_object_new_boolean(result->higher_is_better));
	for (size_t i = 0; i < result->n_variants; i++)
		add(variants, result->variants[i].name, put_variant(&result->variants[i], i > 0));
	add(object, "settings", variants);
	put_effect(object, main ? &main->effect : NULL);
	add(object, "reference",
	    put_reference(references_find(references, result->name, result->unit)));
	return object;
}

static struct json_object *put_method(const struct bench *bench)
{
	struct json_object *object = json_object_new_object();

	add(object, "rounds", json_object_new_int64((int64_t)bench->rounds));
	add(object, "warmup", json_object_new_int64((int64_t)bench->warmup));
	add(object, "seed", json_object_new_int64(bench->seed));
	add(object, "order", json_object_new_string("interleaved, random in each round"));
	add(object, "interval",
	    json_object_new_string("95 % Wilcoxon signed-rank interval of the pairs of a round"));
	add(object, "version", json_object_new_string(bench->version));
	add(object, "date", json_object_new_string(bench->date));
	add(object, "model", text_or_null(bench->model));
	add(object, "kernel", text_or_null(bench->kernel));
	return object;
}

int bench_write(const struct bench *bench, const struct references *references, FILE *file)
{
	struct json_object *root = json_object_new_object(), *results = json_object_new_array();
	const char *text;
	int r = -ENOMEM;

	add(root, "schema", json_object_new_int(1));
	add(root, "command", json_object_new_string("bench"));
	add(root, "method", put_method(bench));
	for (size_t i = 0; i < bench->n_results; i++)
		json_object_array_add(results, put_result(&bench->results[i], references));
	add(root, "results", results);
	text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY |
							    JSON_C_TO_STRING_SPACED |
							    JSON_C_TO_STRING_NOSLASHESCAPE);
	if (text)
		r = fprintf(file, "%s\n", text) < 0 || fflush(file) ? -errno : 0;
	json_object_put(root);
	return r;
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* A member of that type, or NULL. */
static struct json_object *get(struct json_object *object, const char *key, enum json_type type)
{
	struct json_object *member;

	return json_object_object_get_ex(object, key, &member) && json_object_is_type(member, type)
		       ? member
		       : NULL;
}

/* A text for the caller to free; NULL if there is none. */
static char *get_text(struct json_object *object, const char *key)
{
	struct json_object *member = get(object, key, json_type_string);
	char *text = member ? strdup(json_object_get_string(member)) : NULL;

	if (text)
		text_make_printable(text);
	return text;
}

/* NAN if there is none. */
static double get_number(struct json_object *object, const char *key)
{
	struct json_object *member;

	if (!json_object_object_get_ex(object, key, &member) ||
	    !(json_object_is_type(member, json_type_double) ||
	      json_object_is_type(member, json_type_int)))
		return NAN;
	return json_object_get_double(member);
}

/* -1 if there is none, or none that is possible. */
static long get_long(struct json_object *object, const char *key, double unit)
{
	double value = get_number(object, key) * unit;

	return value >= 0 && value < METRIC_MAX ? lround(value) : -1;
}

static int get_counts(struct json_object *object, struct bench_run *run)
{
	struct json_object *irqs = get(object, "irqs", json_type_object);

	if (!irqs)
		return -EBADMSG;
	run->counts = calloc((size_t)json_object_object_length(irqs) + 1, sizeof(*run->counts));
	if (!run->counts)
		return -ENOMEM;
	json_object_object_foreach(irqs, key, value)
	{
		long cpu;

		if (parse_long(key, 0, 65535, &cpu) < 0 ||
		    !json_object_is_type(value, json_type_int) || json_object_get_int64(value) < 0)
			return -EBADMSG;
		run->counts[run->n_counts++] = (struct bench_count){
			.cpu = (int)cpu,
			.count = (uint64_t)json_object_get_int64(value),
		};
	}
	return 0;
}

/* None, or one that can have been measured. */
static bool is_possible(double value)
{
	return isnan(value) || (value > 0 && value < METRIC_MAX);
}

static int get_run(struct json_object *object, struct bench_run *run)
{
	run->invalid = get_text(object, "invalid");
	run->result = (struct measurement){
		.value = get_number(object, "value"),
		.min = get_number(object, "min"),
		.max = get_number(object, "max"),
		.mean = get_number(object, "mean"),
		.median = get_number(object, "median"),
		.p95 = get_number(object, "p95"),
	};
	if ((!run->invalid && isnan(run->result.value)) || !is_possible(run->result.value) ||
	    !is_possible(run->result.min) || !is_possible(run->result.max) ||
	    !is_possible(run->result.mean) || !is_possible(run->result.median) ||
	    !is_possible(run->result.p95))
		return -EBADMSG;
	run->start_khz = get_long(object, "start_khz", 1);
	run->end_khz = get_long(object, "end_khz", 1);
	run->start_mc = get_long(object, "start_c", 1000);
	run->end_mc = get_long(object, "end_c", 1000);
	run->throttled = json_object_get_boolean(get(object, "throttled", json_type_boolean));
	return get_counts(object, run);
}

static int get_variant(const char *name, struct json_object *object, struct bench_variant *variant)
{
	struct json_object *details = get(object, "details", json_type_array);
	size_t n = details ? json_object_array_length(details) : 0;
	int r = 0;

	if (!details || n > STATS_PAIRS_MAX)
		return -EBADMSG;
	variant->name = strdup(name);
	variant->runs = calloc(n + 1, sizeof(*variant->runs));
	if (!variant->name || !variant->runs)
		return -ENOMEM;
	text_make_printable(variant->name);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = get_run(json_object_array_get_idx(details, i),
			    &variant->runs[variant->n_runs++]);
	return r;
}

static int get_result(struct json_object *object, struct bench_result *result)
{
	struct json_object *variants = get(object, "settings", json_type_object);
	int n = variants ? json_object_object_length(variants) : 0, r = 0;

	if (n < 1 || n > VARIANTS_MAX)
		return -EBADMSG;
	result->name = get_text(object, "name");
	result->unit = get_text(object, "unit");
	if (!result->unit)
		result->unit = strdup("");
	result->higher_is_better = json_object_get_boolean(
		get(object, "higher_is_better", json_type_boolean));
	result->variants = calloc((size_t)n, sizeof(*result->variants));
	if (!result->name || !result->unit || !result->variants)
		return result->name ? -ENOMEM : -EBADMSG;
	json_object_object_foreach(variants, key, value)
	{
		if (r == 0)
			r = get_variant(key, value, &result->variants[result->n_variants++]);
	}
	return r < 0 ? r : bench_evaluate(result);
}

static int get_bench(struct json_object *root, struct bench *bench)
{
	struct json_object *method = get(root, "method", json_type_object);
	struct json_object *results = get(root, "results", json_type_array);
	CLEANUP_FREE char *command = get_text(root, "command");
	size_t n = results ? json_object_array_length(results) : 0;
	long rounds, warmup, seed;
	int r = 0;

	if (!method || !results || !command || strcmp(command, "bench") != 0 ||
	    get_long(root, "schema", 1) != 1)
		return -EBADMSG;
	rounds = get_long(method, "rounds", 1);
	warmup = get_long(method, "warmup", 1);
	seed = get_long(method, "seed", 1);
	bench->version = get_text(method, "version");
	bench->date = get_text(method, "date");
	bench->model = get_text(method, "model");
	bench->kernel = get_text(method, "kernel");
	bench->results = calloc(n + 1, sizeof(*bench->results));
	if (rounds < 1 || warmup < 0 || seed < 0 || seed > UINT32_MAX || !bench->version ||
	    !bench->date)
		return -EBADMSG;
	bench->rounds = (size_t)rounds;
	bench->warmup = (size_t)warmup;
	bench->seed = (uint32_t)seed;
	if (!bench->results)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = get_result(json_object_array_get_idx(results, i),
			       &bench->results[bench->n_results++]);
	return r;
}

/* The whole file; the caller frees *ret. */
static int read_whole_file(const char *path, char **ret)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	long size;
	int r;

	if (!file)
		return -errno;
	if (fseek(file, 0, SEEK_END) < 0 || (size = ftell(file)) < 0 ||
	    fseek(file, 0, SEEK_SET) < 0)
		r = -errno;
	else if (size > FILE_MAX)
		r = -EFBIG;
	else {
		text = calloc((size_t)size + 1, 1);
		r = !text ? -ENOMEM : fread(text, 1, (size_t)size, file) < (size_t)size ? -EIO : 0;
	}
	fclose(file);
	if (r < 0)
		free(text);
	else
		*ret = text;
	return r;
}

int bench_read(const char *path, struct bench *ret, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	struct bench bench = { 0 };
	struct json_object *root;
	int r = read_whole_file(path, &text);

	if (r < 0)
		return error_set(error, r, "cannot read %s: %s", path, strerror(-r));
	root = json_tokener_parse(text);
	r = root ? get_bench(root, &bench) : -EBADMSG;
	json_object_put(root);
	if (r == 0) {
		*ret = bench;
		return 0;
	}
	bench_done(&bench);
	return r == -ENOMEM ? error_set(error, r, "out of memory")
			    : error_set(error, -EBADMSG,
					"%s does not hold results that 'bench --save' has written",
					path);
}
