/* SPDX-License-Identifier: MIT */
/* Measures a workload under several variants, and records what the machine did meanwhile. */

#include "bench/measure.h"

#include "base/child.h"
#include "base/cpuset.h"
#include "base/util.h"
#include "bench/session.h"
#include "bench/variant.h"
#include "machine/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define OUTPUT_MAX (16UL << 20)
/* Time for a program to release the card: if it is killed before, the card can hang. */
#define GRACE_MS 5000

/* --- What the machine did during a run -------------------------------------------------------- */

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

/* Adds the interrupts of a vector to RUN, and those that its affinity did not allow to *stray. */
static int count_vector(const struct machine *before, const struct machine *after,
			const char *address, const struct vector *vector, struct bench_run *run,
			uint64_t *stray)
{
	const struct vector *then = cards_find_vector(before->cards, before->n_cards, address,
						      vector->irq);

	for (size_t c = 0; then && c < after->irqs.n_columns; c++) {
		int cpu = after->irqs.cpus[c];
		uint64_t was = vector_count(then, &before->irqs, cpu);
		uint64_t is = vector_count(vector, &after->irqs, cpu);

		if (is <= was)
			continue;
		if (add_count(run, cpu, is - was) < 0)
			return -ENOMEM;
		if (!cpuset_has(&then->affinity, cpu))
			*stray += is - was;
	}
	return 0;
}

static int observe_run(const struct machine *before, const struct machine *after,
		       struct bench_run *run)
{
	uint64_t stray = 0, all;

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
	all = bench_run_interrupts(run, -1);
	/* After a move, the next interrupt can still be delivered to the old CPU. */
	if (stray <= 1 + all / 100)
		return 0;
	run->invalid = text_format("%" PRIu64 " of %" PRIu64
				   " interrupts were delivered to CPUs outside the IRQ affinity",
				   stray, all);
	return run->invalid ? 0 : -ENOMEM;
}

/* --- Running ---------------------------------------------------------------------------------- */

/* One workload while it is measured. */
struct measuring {
	const struct bench_job *job;
	const char *name;
	char *const *arguments;
	struct metric metric; /* the job's, or what was detected */
	int64_t n_done;	      /* runs */
	double spent_ms;      /* on them */
	char **output;	      /* of a run that failed */
};

static int fail_stopped(const struct measuring *measuring, struct error *error)
{
	return error_set(error, -ECANCELED, "%s: stopped; the previous settings are restored",
			 measuring->name);
}

static int fail_workload(const struct measuring *measuring, const struct variant *variant,
			 const struct child_end *end, struct error *error)
{
	CLEANUP_FREE char *what = NULL;

	switch (end->outcome) {
	case CHILD_STOPPED:
		return fail_stopped(measuring, error);
	case CHILD_TIMED_OUT:
		what = text_format("did not end within %ld s (--timeout)",
				   measuring->job->timeout_ms / 1000);
		break;
	case CHILD_KILLED:
		what = text_format("was killed by signal %d (%s)", end->code, strsignal(end->code));
		break;
	case CHILD_EXITED:
		what = text_format("failed with exit status %d", end->code);
		break;
	case CHILD_WAITS:
		break;
	}
	return error_set(error, -ECHILD, "%s, setting %s: %s %s", measuring->name, variant->name,
			 measuring->arguments[0], what ? what : "failed");
}

/* Runs the workload once and reads its result. */
static int run_workload(struct measuring *measuring, const struct variant *variant,
			struct measurement *ret, struct error *error)
{
	const struct bench_job *job = measuring->job;
	struct metric *metric = &measuring->metric;
	const struct child child = { .arguments = measuring->arguments,
				     .input = -1,
				     .output_max = OUTPUT_MAX,
				     .timeout_ms = job->timeout_ms,
				     .grace_ms = GRACE_MS,
				     .mask = &job->session->mask,
				     .stop_fd = job->session->stop_fd };
	struct child_end end;
	int r = child_run(&child, &end);

	if (r < 0)
		return error_set(error, -ECHILD, "cannot run %s: %s%s", measuring->arguments[0],
				 strerror(-r), r == -ENOENT ? job->missing : "");
	measuring->spent_ms += end.wall_ms;
	if (end.outcome != CHILD_EXITED || end.code) {
		r = fail_workload(measuring, variant, &end, error);
	} else {
		if (metric->kind == METRIC_AUTO)
			metric->kind = metric_detect(end.output, end.length);
		r = metric_read(metric, end.output, end.length, end.wall_ms, ret, error);
		if (r == -ENODATA)
			r = -ECHILD;
	}
	if (r == -ECHILD)
		*measuring->output = end.output;
	else
		free(end.output);
	return r;
}

static void report_progress(const struct measuring *measuring, const struct variant *variant)
{
	const struct bench_job *job = measuring->job;
	int64_t total = (job->method.rounds + job->method.warmup) * (int64_t)job->variants->count;
	double left_ms = -1;

	if (!job->progress)
		return;
	if (measuring->n_done)
		left_ms = measuring->spent_ms / (double)measuring->n_done *
			  (double)(total - measuring->n_done);
	job->progress(measuring->name, variant->name, measuring->n_done, total, left_ms);
}

/*
 * Runs the workload once with VARIANT in force. If something else changed a setting meanwhile, that
 * is not a failure, but the run does not count.
 */
static int run_once(struct measuring *measuring, const struct variant *variant,
		    struct bench_run *run, struct error *error)
{
	struct session *session = measuring->job->session;
	struct machine before = { 0 }, after = { 0 };
	const char *when = "start";
	int r;

	if (session_is_stopped(session))
		return fail_stopped(measuring, error);
	report_progress(measuring, variant);
	bench_run_init(run);
	r = session_enter(session, variant, &before, error);
	if (r == 0)
		r = run_workload(measuring, variant, &run->result, error);
	if (r == 0) {
		when = "end";
		r = session_check(session, variant, &after, error);
	}
	if (r == 0)
		r = observe_run(&before, &after, run);
	if (r == -EBUSY) {
		run->invalid = text_format("at its %s %s", when, error->text);
		r = run->invalid ? 0 : -ENOMEM;
	}
	machine_done(&before);
	machine_done(&after);
	measuring->n_done += r == 0;
	return r;
}

/* The order of a round of two variants or more: the first two are neighbours, in either order. */
static void shuffle_variants(struct stats_random *random, size_t *order, size_t n)
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

static int add_run(struct bench_variant *variant, struct bench_run **ret)
{
	struct bench_run *grown = array_grow(variant->runs, variant->n_runs, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	variant->runs = grown;
	*ret = &grown[variant->n_runs++];
	return 0;
}

static int measure_rounds(struct measuring *measuring, struct bench_result *result,
			  struct error *error)
{
	const struct bench_method *method = &measuring->job->method;
	const struct variants *variants = measuring->job->variants;
	struct stats_random random = { .state = (uint64_t)method->seed };
	size_t order[VARIANTS_MAX] = { 0 };
	int r = 0;

	for (int64_t round = 0; r == 0 && round < method->warmup + method->rounds; round++) {
		shuffle_variants(&random, order, variants->count);
		for (size_t i = 0; r == 0 && i < variants->count; i++) {
			struct bench_run warmup = { 0 }, *run = &warmup;

			if (round >= method->warmup)
				r = add_run(&result->variants[order[i]], &run);
			if (r == 0)
				r = run_once(measuring, &variants->list[order[i]], run, error);
			bench_run_done(&warmup);
		}
	}
	return r;
}

/* Drops the runs of a round that was cut short. Returns the number of whole rounds. */
static size_t keep_whole_rounds(const struct measuring *measuring, struct bench_result *result)
{
	const struct bench_job *job = measuring->job;
	int64_t rounds = measuring->n_done / (int64_t)job->variants->count - job->method.warmup;
	size_t whole = rounds > 0 ? (size_t)rounds : 0;

	for (size_t i = 0; i < result->n_variants; i++) {
		struct bench_variant *variant = &result->variants[i];

		while (variant->n_runs > whole)
			bench_run_done(&variant->runs[--variant->n_runs]);
	}
	return whole;
}

/* A result with all variants, but no runs. */
static int begin_result(const char *name, const struct variants *variants, struct bench_result *ret)
{
	ret->name = strdup(name);
	ret->variants = calloc(variants->count, sizeof(*ret->variants));
	if (!ret->name || !ret->variants)
		return -ENOMEM;
	ret->n_variants = variants->count;
	for (size_t i = 0; i < variants->count; i++) {
		ret->variants[i].name = strdup(variants->list[i].name);
		if (!ret->variants[i].name)
			return -ENOMEM;
	}
	return 0;
}

static int evaluate_result(const struct metric *metric, struct bench_result *result,
			   struct error *error)
{
	int r;

	result->higher_is_better = metric_higher_is_better(metric);
	result->unit = strdup(metric_unit(metric));
	r = result->unit ? bench_evaluate(result) : -ENOMEM;
	return r < 0 ? error_set(error, r, "cannot evaluate %s: %s", result->name, strerror(-r))
		     : 0;
}

int bench_measure(const struct bench_job *job, const char *name, char *const *arguments,
		  struct bench_result *ret, char **ret_output, struct error *error)
{
	struct measuring measuring = {
		.job = job,
		.name = name,
		.arguments = arguments,
		.metric = job->metric,
		.output = ret_output,
	};
	struct bench_result result = { 0 };
	int r = begin_result(name, job->variants, &result);

	if (r == 0)
		r = measure_rounds(&measuring, &result, error);
	if (r == -ECANCELED && keep_whole_rounds(&measuring, &result))
		r = 1;
	if (r >= 0 && evaluate_result(&measuring.metric, &result, error) < 0)
		r = -ENOMEM;
	if (r == -ENOMEM)
		error_set(error, r, "out of memory");
	if (r < 0)
		bench_result_done(&result);
	else
		*ret = result;
	return r;
}
