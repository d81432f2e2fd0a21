/* SPDX-License-Identifier: MIT */
/* The results of bench as JSON: printed, saved, and read again. */

#include "bench/results-json.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/util.h"
#include "bench/bench.h"
#include "bench/reference.h"
#include "bench/variant.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MAX (64L << 20)
/* How long a pipe may take to deliver all of it. */
#define PIPE_MS 5000

/* --- Writing ---------------------------------------------------------------------------------- */

/* More than any measurement has. */
#define DIGITS 12

static void put_figure(struct json_object *object, const char *key, double figure)
{
	js_put_double(object, key, figure, DIGITS);
}

static void put_range(struct json_object *object, const char *key, double low, double high)
{
	struct json_object *list = js_new_list();

	js_append_double(list, low, DIGITS);
	js_append_double(list, high, DIGITS);
	js_put(object, key, list);
}

/* EFFECT may be NULL. */
static void put_effect(struct json_object *object, const struct stats_effect *effect)
{
	put_figure(object, "speedup_percent", effect && effect->n_pairs ? effect->percent : NAN);
	if (effect && effect->has_interval) {
		put_range(object, "interval_percent", effect->low, effect->high);
		js_put_bool(object, "significant", effect->significant);
	} else {
		js_put(object, "interval_percent", NULL);
		js_put(object, "significant", NULL);
	}
	put_figure(object, "detectable_percent",
		   effect && effect->has_interval ? effect->detectable : NAN);
}

static struct json_object *new_run(const struct bench_run *run)
{
	struct json_object *object = js_new_object(), *irqs = js_new_object();

	js_put_text(object, "invalid", run->invalid);
	put_figure(object, "value", run->result.value);
	put_figure(object, "min", run->result.min);
	put_figure(object, "max", run->result.max);
	put_figure(object, "mean", run->result.mean);
	put_figure(object, "median", run->result.median);
	put_figure(object, "p95", run->result.p95);
	for (size_t i = 0; i < run->n_counts; i++) {
		char cpu[16];

		snprintf(cpu, sizeof(cpu), "%d", run->counts[i].cpu);
		js_put_number(irqs, cpu, (int64_t)run->counts[i].count);
	}
	js_put(object, "irqs", irqs);
	js_put_number(object, "slow_irqs", run->slow_irqs);
	put_figure(object, "start_khz", run->start_khz);
	put_figure(object, "end_khz", run->end_khz);
	put_figure(object, "start_c", run->start_c);
	put_figure(object, "end_c", run->end_c);
	js_put_bool(object, "throttled", run->throttled);
	return object;
}

static struct json_object *new_variant(const struct bench_variant *variant, bool compared)
{
	struct json_object *object = js_new_object();
	struct json_object *values = js_new_list(), *details = js_new_list();
	const struct stats_summary *summary = &variant->summary;

	put_figure(object, "median", summary->median);
	put_figure(object, "mean", summary->mean);
	put_figure(object, "min", summary->min);
	put_figure(object, "max", summary->max);
	put_figure(object, "p95", summary->p95);
	for (size_t i = 0; i < variant->n_runs; i++) {
		if (!variant->runs[i].invalid)
			js_append_double(values, variant->runs[i].result.value, DIGITS);
		js_append(details, new_run(&variant->runs[i]));
	}
	js_put(object, "runs", values);
	if (compared)
		put_effect(object, &variant->effect);
	js_put(object, "details", details);
	return object;
}

struct json_object *bench_new_reference(const struct reference *reference)
{
	struct json_object *object = js_new_object();

	js_put_text(object, "group", reference->group);
	js_put_text(object, "model", reference->model);
	js_put_text(object, "part", *reference->part ? reference->part : NULL);
	js_put_text(object, "metric", reference->metric);
	js_put_text(object, "unit", reference->unit);
	put_range(object, "default", reference->default_low, reference->default_high);
	put_range(object, "tuned", reference->tuned_low, reference->tuned_high);
	if (isnan(reference->native_low))
		js_put(object, "native", NULL);
	else
		put_range(object, "native", reference->native_low, reference->native_high);
	return object;
}

static struct json_object *new_result(const struct bench_result *result)
{
	struct json_object *object = js_new_object(), *variants = js_new_object();
	const struct bench_variant *main = bench_main_variant(result);
	const struct reference *reference = bench_reference(result);
	struct json_object *published = NULL;

	js_put_text(object, "name", result->name);
	js_put_text(object, "metric", metric_name(result->metric));
	js_put_text(object, "unit",
		    *metric_unit(result->metric) ? metric_unit(result->metric) : NULL);
	js_put_bool(object, "higher_is_better", result->higher_is_better);
	for (size_t i = 0; i < result->n_variants; i++)
		js_put(variants, result->variants[i].name,
		       new_variant(&result->variants[i], i > 0));
	js_put(object, "settings", variants);
	put_effect(object, main ? &main->effect : NULL);
	if (reference) {
		published = bench_new_reference(reference);
		js_put_text(published, "source", REFERENCE_SOURCE);
		put_figure(published, "speedup_percent", reference_speedup(reference));
	}
	js_put(object, "reference", published);
	return object;
}

static struct json_object *new_method(const struct bench *bench)
{
	struct json_object *object = js_new_object();

	js_put_number(object, "rounds", bench->method.rounds);
	js_put_number(object, "warmup", bench->method.warmup);
	js_put_number(object, "seed", bench->method.seed);
	if (bench->method.cut_short)
		js_put_bool(object, "cut_short", true);
	js_put_text(object, "order", "interleaved, random in each round");
	js_put_text(object, "interval",
		    "95 % Wilcoxon signed-rank intervals of the pairs of a round, simultaneous "
		    "(Bonferroni)");
	js_put_text(object, "version", bench->version);
	js_put_text(object, "date", bench->date);
	js_put_text(object, "model", bench->model);
	js_put_text(object, "kernel", bench->kernel);
	return object;
}

int bench_write(const struct bench *bench, FILE *file)
{
	struct json_object *root = js_new_object(), *results = js_new_list();
	const char *text;
	int r = -ENOMEM;

	js_put_number(root, "schema", 1);
	js_put_text(root, "command", "bench");
	js_put(root, "method", new_method(bench));
	for (size_t i = 0; i < bench->n_results; i++)
		js_append(results, new_result(&bench->results[i]));
	js_put(root, "results", results);
	text = js_text(root);
	if (text)
		r = fprintf(file, "%s\n", text) < 0 || fflush(file) ? -errno : 0;
	js_free(root);
	return r;
}

/* --- Reading ---------------------------------------------------------------------------------- */

/* A printable copy for the caller to free; NULL if there is no such text. */
static char *get_printable(struct json_object *object, const char *key)
{
	const char *text = js_get_text(object, key);
	char *copy = text ? strdup(text) : NULL;

	if (copy)
		text_make_printable(copy);
	return copy;
}

/* NAN if there is none. False if it is none that can have been measured. */
static bool get_figure(struct json_object *object, const char *key, double *ret)
{
	*ret = js_get_double(object, key);
	return isnan(*ret) || (*ret > 0 && *ret < METRIC_MAX);
}

/* A clock or a temperature; NAN if there is none, or none that is possible. */
static double get_known(struct json_object *object, const char *key)
{
	double value = js_get_double(object, key);

	return fabs(value) < METRIC_MAX ? value : NAN;
}

/* What js_for_each() of the counts works on. */
struct counting {
	struct json_object *irqs;
	struct bench_run *run;
};

static int get_count(const char *key, struct json_object *value, void *data)
{
	const struct counting *counting = data;
	struct bench_run *run = counting->run;
	int64_t count;
	int64_t cpu;

	(void)value;
	if (parse_long(key, 0, 65535, &cpu) < 0 ||
	    js_get_number(counting->irqs, key, INT64_MAX, &count) < 0)
		return -EBADMSG;
	run->counts[run->n_counts++] = (struct bench_count){ .cpu = (int)cpu,
							     .count = (uint64_t)count };
	return 0;
}

static int get_run(struct json_object *object, struct bench_run *run)
{
	struct json_object *irqs = js_get_object(object, "irqs");
	struct counting counting = { .irqs = irqs, .run = run };
	struct measurement *result = &run->result;

	run->invalid = get_printable(object, "invalid");
	if (!get_figure(object, "value", &result->value) ||
	    !get_figure(object, "min", &result->min) || !get_figure(object, "max", &result->max) ||
	    !get_figure(object, "mean", &result->mean) ||
	    !get_figure(object, "median", &result->median) ||
	    !get_figure(object, "p95", &result->p95) || (!run->invalid && isnan(result->value)) ||
	    !irqs)
		return -EBADMSG;
	run->start_khz = get_known(object, "start_khz");
	run->end_khz = get_known(object, "end_khz");
	run->start_c = get_known(object, "start_c");
	run->end_c = get_known(object, "end_c");
	run->throttled = js_get_bool(object, "throttled");
	if (js_get_number(object, "slow_irqs", INT64_MAX, &run->slow_irqs) < 0)
		run->slow_irqs = -1;
	run->counts = calloc(js_count(irqs) + 1, sizeof(*run->counts));
	return run->counts ? js_for_each(irqs, get_count, &counting) : -ENOMEM;
}

static int get_variant(const char *name, struct json_object *object, void *data)
{
	struct bench_result *result = data;
	struct bench_variant *variant = &result->variants[result->n_variants++];
	struct json_object *details = js_get_list(object, "details");
	size_t n = js_count(details);
	int r = 0;

	if (!details || n > STATS_PAIRS_MAX)
		return -EBADMSG;
	variant->name = strdup(name);
	variant->runs = calloc(n + 1, sizeof(*variant->runs));
	if (!variant->name || !variant->runs)
		return -ENOMEM;
	text_make_printable(variant->name);
	for (size_t i = 0; r == 0 && i < n; i++)
		r = get_run(js_element(details, i), &variant->runs[variant->n_runs++]);
	return r;
}

/* Version 0.1.0 saved only the unit; its times may be of whole commands. */
static enum metric get_metric(struct json_object *object)
{
	const char *name = js_get_text(object, "metric"), *unit = js_get_text(object, "unit");
	enum metric metric;

	if (name && metric_from_name(name, &metric) == 0)
		return metric;
	return !unit ? METRIC_CUSTOM : !strcmp(unit, "ms") ? METRIC_WALL : METRIC_DECODE;
}

static int get_result(struct json_object *object, struct bench_result *result)
{
	struct json_object *variants = js_get_object(object, "settings");
	size_t n = js_count(variants);
	int r;

	result->name = get_printable(object, "name");
	if (!result->name || n < 1 || n > VARIANTS_MAX)
		return -EBADMSG;
	result->metric = get_metric(object);
	result->higher_is_better = js_get_bool(object, "higher_is_better");
	result->variants = calloc(n, sizeof(*result->variants));
	if (!result->variants)
		return -ENOMEM;
	r = js_for_each(variants, get_variant, result);
	return r < 0 ? r : bench_evaluate(result);
}

static int get_bench(struct json_object *root, struct bench *bench)
{
	struct json_object *method = js_get_object(root, "method");
	struct json_object *results = js_get_list(root, "results");
	const char *command = js_get_text(root, "command");
	size_t n = js_count(results);
	int64_t schema, rounds, warmup, seed;
	int r = 0;

	if (!results || !command || strcmp(command, "bench") != 0 ||
	    js_get_number(root, "schema", 1, &schema) < 0 || schema != 1 ||
	    js_get_number(method, "rounds", INT64_MAX, &rounds) < 0 || rounds < 1 ||
	    js_get_number(method, "warmup", INT64_MAX, &warmup) < 0 ||
	    js_get_number(method, "seed", UINT32_MAX, &seed) < 0)
		return -EBADMSG;
	*bench = (struct bench){
		.method = { .rounds = rounds,
			    .warmup = warmup,
			    .seed = seed,
			    .cut_short = js_get_bool(method, "cut_short") },
		.version = get_printable(method, "version"),
		.date = get_printable(method, "date"),
		.model = get_printable(method, "model"),
		.kernel = get_printable(method, "kernel"),
		.results = calloc(n + 1, sizeof(*bench->results)),
	};
	if (!bench->version || !bench->date)
		return -EBADMSG;
	if (!bench->results)
		return -ENOMEM;
	for (size_t i = 0; r == 0 && i < n; i++)
		r = get_result(js_element(results, i), &bench->results[bench->n_results++]);
	return r;
}

/* Copies FD to its end into OUT. Returns 0 or -errno. */
static int copy_until(int fd, double deadline, FILE *out)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char chunk[4096];
	ssize_t n = 1;

	for (size_t length = 0; n && length <= FILE_MAX;) {
		int left = clock_left_ms(deadline);

		if (!left)
			return -ETIMEDOUT;
		if (poll(&ready, 1, left) <= 0)
			continue;
		n = read(fd, chunk, sizeof(chunk));
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		if (n > 0)
			length += fwrite(chunk, 1, (size_t)n, out);
	}
	return n ? -EFBIG : 0;
}

/* A file or a pipe, up to its first NUL byte, which JSON does not have; the caller frees *ret. */
static int read_results_text(const char *path, char **ret)
{
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	CLEANUP_FREE char *text = NULL;
	size_t length;
	struct stat st;
	FILE *out;
	int r;

	if (fd < 0 || fstat(fd, &st))
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return -EOPNOTSUPP;
	out = open_memstream(&text, &length);
	if (!out)
		return -ENOMEM;
	r = copy_until(fd, clock_ms() + PIPE_MS, out);
	if (fclose(out) && r == 0)
		r = -ENOMEM;
	if (r < 0)
		return r;
	*ret = text;
	text = NULL;
	return 0;
}

int bench_read(const char *path, struct bench *ret, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	struct json_object *root = NULL;
	struct bench bench = { 0 };
	int r = read_results_text(path, &text);

	if (r < 0)
		return error_set(error, r, "cannot read %s: %s", path,
				 r == -ETIMEDOUT ? "the pipe did not end within 5 s"
						 : root_strerror(r));
	root = js_parse(text);
	r = get_bench(root, &bench);
	js_free(root);
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
