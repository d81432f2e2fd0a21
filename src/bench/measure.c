/* SPDX-License-Identifier: MIT */
/* Runs a workload under several variants, and notes what happened to the machine meanwhile. */

#include "bench/measure.h"

#include "base/child.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define OUTPUT_MAX (16UL << 20)
/* A program that talks to the card is given time to part from it: killed, it can leave it stuck. */
#define GRACE_MS 5000

/* --- What happened to the machine during a run ------------------------------------------------ */

static double slowest_big_khz(const struct machine *machine)
{
	double slowest = NAN;

	for (size_t i = 0; i < machine->cpus.n_cpus; i++) {
		const struct cpu *cpu = &machine->cpus.cpus[i];

		if (cpu->big && cpu->online && cpu->cur_khz >= 0)
			slowest = fmin(slowest, (double)cpu->cur_khz);
	}
	return slowest;
}

static double hottest_c(const struct machine *machine)
{
	return machine->system.hottest ? (double)machine->system.hottest_mc / 1000 : NAN;
}

static int add_count(struct bench_run *run, int cpu, uint64_t count)
{
	struct bench_count *grown;

	for (size_t i = 0; i < run->n_counts; i++) {
		if (run->counts[i].cpu == cpu) {
			run->counts[i].count += count;
			return 0;
		}
	}
	grown = array_grow(run->counts, run->n_counts, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	run->counts = grown;
	run->counts[run->n_counts++] = (struct bench_count){ .cpu = cpu, .count = count };
	return 0;
}

/* Adds what a vector counted to the run, and to *stray what came to CPUs that it was not to go to.
 */
static int count_vector(const struct machine *before, const struct machine *after,
			const char *address, const struct vector *vector, struct bench_run *run,
			uint64_t *stray)
{
	const struct vector *then = cards_find_vector(before->cards, before->n_cards, address,
						      vector->irq);

	for (size_t c = 0; then && c < after->irqs.n_columns; c++) {
		int cpu = after->irqs.cpus[c];
		uint64_t was = vector_count(then, &before->irqs, cpu),
			 is = vector_count(vector, &after->irqs, cpu);

		if (is <= was)
			continue;
		if (add_count(run, cpu, is - was) < 0)
			return -ENOMEM;
		if (!cpuset_has(&then->affinity, cpu))
			*stray += is - was;
	}
	return 0;
}

static int observe(const struct machine *before, const struct machine *after, struct bench_run *run)
{
	uint64_t stray = 0, all = 0;

	run->start_khz = slowest_big_khz(before);
	run->end_khz = slowest_big_khz(after);
	run->start_c = hottest_c(before);
	run->end_c = hottest_c(after);
	run->throttled = before->system.cooling || after->system.cooling;
	for (size_t i = 0; i < after->n_cards; i++)
		for (size_t v = 0; v < after->cards[i].n_vectors; v++)
			if (count_vector(before, after, after->cards[i].address,
					 &after->cards[i].vectors[v], run, &stray) < 0)
				return -ENOMEM;
	for (size_t i = 0; i < run->n_counts; i++)
		all += run->counts[i].count;
	/* The first one after a move can still come to the old CPU. */
	if (stray > 1 + all / 100) {
		run->invalid = text_format(
			"%" PRIu64 " of %" PRIu64
			" interrupts came to CPUs that the setting does not name",
			stray, all);
		return run->invalid ? 0 : -ENOMEM;
	}
	return 0;
}

/* --- Running ---------------------------------------------------------------------------------- */

struct measuring {
	struct session *session;
	const struct bench_method *method;
	const struct workload *workload;
	struct metric metric;
	bool has_metric;
	bench_progress *progress;
	void *data;
	size_t done;
	double spent_ms;
	char **output;
};

static int fail_stopped(const struct measuring *measuring, struct error *error)
{
	return error_set(error, -ECANCELED, "%s: stopped; the settings are put back",
			 measuring->workload->name);
}

static int fail_workload(const struct measuring *measuring, const struct variant *variant,
			 const struct child_end *end, struct error *error)
{
	const char *name = measuring->workload->arguments[0];

	if (end->outcome == CHILD_STOPPED)
		return fail_stopped(measuring, error);
	if (end->outcome == CHILD_TIMED_OUT)
		return error_set(error, -ECHILD,
				 "%s, setting %s: %s did not end within %ld s (--timeout)",
				 measuring->workload->name, variant->name, name,
				 measuring->workload->timeout_ms / 1000);
	if (end->outcome == CHILD_KILLED)
		return error_set(error, -ECHILD, "%s, setting %s: %s was ended by signal %d (%s)",
				 measuring->workload->name, variant->name, name, end->code,
				 strsignal(end->code));
	return error_set(error, -ECHILD, "%s, setting %s: %s failed with exit status %d",
			 measuring->workload->name, variant->name, name, end->code);
}

/* Runs the workload and reads its result. */
static int run_workload(struct measuring *measuring, const struct variant *variant,
			struct measurement *ret, struct error *error)
{
	const struct workload *workload = measuring->workload;
	const struct child child = { .arguments = workload->arguments,
				     .output_max = OUTPUT_MAX,
				     .timeout_ms = workload->timeout_ms,
				     .grace_ms = GRACE_MS,
				     .stop_fd = measuring->session->stop_fd };
	struct child_end end;
	int r = child_run(&child, &end);

	if (r < 0)
		return error_set(error, -ECHILD, "cannot run %s: %s%s", workload->arguments[0],
				 strerror(-r), r == -ENOENT ? workload->missing : "");
	measuring->spent_ms += end.wall_ms;
	if (end.outcome != CHILD_EXITED || end.code) {
		r = fail_workload(measuring, variant, &end, error);
	} else {
		if (!measuring->has_metric)
			measuring->metric.kind = metric_detect(end.output, end.length);
		measuring->has_metric = true;
		r = metric_read(&measuring->metric, end.output, end.length, end.wall_ms, ret,
				error);
		if (r == -ENODATA)
			r = -ECHILD;
	}
	if (r == -ECHILD)
		*measuring->output = end.output;
	else
		free(end.output);
	return r;
}

static int refuse_run(struct bench_run *run, const char *when, struct error *error)
{
	run->invalid = text_format("%s %s", when, error->text);
	return run->invalid ? 0 : error_set(error, -ENOMEM, "out of memory");
}

/* One run, under its variant. What something else has disturbed is no failure, but does not count.
 */
static int run_once(struct measuring *measuring, const struct variant *variant,
		    struct bench_run *run, struct error *error)
{
	const struct bench_method *method = measuring->method;
	size_t total = (method->rounds + method->warmup) * method->n_variants;
	double left = measuring->done ? measuring->spent_ms / (double)measuring->done *
						(double)(total - measuring->done)
				      : -1;
	struct machine before = { 0 }, after = { 0 };
	int r;

	if (session_is_stopped(measuring->session))
		return fail_stopped(measuring, error);
	measuring->progress(measuring->data, measuring->workload->name, variant->name,
			    measuring->done, total, left);
	r = session_enter(measuring->session, variant, &before, error);
	if (r == -EBUSY)
		return refuse_run(run, "at its beginning", error);
	if (r == 0)
		r = run_workload(measuring, variant, &run->result, error);
	if (r == 0) {
		r = session_check(measuring->session, variant, &after, error);
		if (r == 0 && observe(&before, &after, run) < 0)
			r = error_set(error, -ENOMEM, "out of memory");
		if (r == -EBUSY)
			r = refuse_run(run, "at its end", error);
	}
	machine_done(&before);
	machine_done(&after);
	measuring->done++;
	return r;
}

/* The order of a round of two variants or more: the first two are neighbours, in either order. */
static void shuffle(struct stats_random *random, size_t *order, size_t n)
{
	size_t blocks[VARIANTS_MAX], at = 0;

	/* Block 0 is the first two variants, block K is variant K + 1. */
	for (size_t i = 0; i < n - 1; i++)
		blocks[i] = i;
	stats_shuffle(random, blocks, n - 1);
	for (size_t i = 0; i < n - 1; i++) {
		bool swap = stats_random_next(random) >> 63;

		order[at++] = blocks[i] ? blocks[i] + 1 : swap;
		if (!blocks[i])
			order[at++] = !swap;
	}
}

/* Takes over what RUN holds. */
static int add_run(struct bench_variant *variant, struct bench_run *run)
{
	struct bench_run *grown = array_grow(variant->runs, variant->n_runs, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	variant->runs = grown;
	grown[variant->n_runs++] = *run;
	*run = (struct bench_run){ 0 };
	return 0;
}

static int measure_rounds(struct measuring *measuring, struct bench_result *result,
			  struct error *error)
{
	const struct bench_method *method = measuring->method;
	struct stats_random random = { .state = method->seed };
	size_t order[VARIANTS_MAX] = { 0 };
	int r = 0;

	for (size_t round = 0; r == 0 && round < method->warmup + method->rounds; round++) {
		shuffle(&random, order, method->n_variants);
		for (size_t i = 0; r == 0 && i < method->n_variants; i++) {
			struct bench_run run = { 0 };

			r = run_once(measuring, &method->variants[order[i]], &run, error);
			if (r == 0 && round >= method->warmup &&
			    add_run(&result->variants[order[i]], &run) < 0)
				r = error_set(error, -ENOMEM, "out of memory");
			free(run.invalid);
			free(run.counts);
		}
	}
	return r;
}

/* The variants, still without runs. */
static int prepare(const struct bench_method *method, const char *name, struct bench_result *ret)
{
	ret->name = strdup(name);
	ret->variants = calloc(method->n_variants, sizeof(*ret->variants));
	if (!ret->name || !ret->variants)
		return -ENOMEM;
	ret->n_variants = method->n_variants;
	for (size_t i = 0; i < method->n_variants; i++) {
		ret->variants[i].name = strdup(method->variants[i].name);
		if (!ret->variants[i].name)
			return -ENOMEM;
	}
	return 0;
}

int bench_measure(struct session *session, const struct bench_method *method,
		  const struct workload *workload, bench_progress *progress, void *data,
		  struct bench_result *ret, char **ret_output, struct error *error)
{
	struct measuring measuring = {
		.session = session,
		.method = method,
		.workload = workload,
		.has_metric = workload->metric != NULL,
		.progress = progress,
		.data = data,
		.output = ret_output,
	};
	struct bench_result result = { 0 };
	int r = prepare(method, workload->name, &result);

	if (workload->metric)
		measuring.metric = *workload->metric;
	if (r == 0)
		r = measure_rounds(&measuring, &result, error);
	else
		error_set(error, r, "out of memory");
	if (r == 0) {
		result.higher_is_better = metric_higher_is_better(&measuring.metric);
		result.unit = strdup(metric_unit(&measuring.metric));
		r = result.unit ? bench_evaluate(&result) : -ENOMEM;
		if (r < 0)
			error_set(error, r, "%s: cannot be evaluated: %s", result.name,
				  strerror(-r));
	}
	if (r < 0)
		bench_result_done(&result);
	else
		*ret = result;
	return r;
}
