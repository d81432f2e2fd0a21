/* SPDX-License-Identifier: MIT */
/* Measures a workload under several variants, and records what the machine did meanwhile. */

#include "bench/measure.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "bench/session.h"
#include "bench/variant.h"
#include "bench/workload.h"
#include "machine/machine.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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

static bool is_slow(const struct machine *machine, int cpu)
{
	const struct cpu *found = cpus_find(&machine->cpus, cpu);

	return found && !found->big;
}

static bool has_slow_cores(const struct machine *machine)
{
	for (size_t i = 0; i < machine->cpus.n_cpus; i++)
		if (!machine->cpus.cpus[i].big)
			return true;
	return false;
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
		if (is_slow(after, cpu))
			run->slow_irqs += (int64_t)(is - was);
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
	run->slow_irqs = has_slow_cores(after) ? 0 : -1;
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
	struct workload *workload;
	unsigned metrics; /* what its first run told, a bit for each; 0 not known yet */
	int64_t n_done;	  /* runs */
	double spent_ms;  /* on them */
	struct bench_result results[N_METRICS];
};

static int64_t count_all(const struct bench_job *job)
{
	return (job->method.rounds + job->method.warmup) * (int64_t)job->variants->count;
}

static void PRINTF(2, 3) tell(const struct measuring *measuring, const char *format, ...)
{
	const struct bench_job *job = measuring->job;
	CLEANUP_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	if (vasprintf(&text, format, args) >= 0)
		job->tell(job->log, text);
	va_end(args);
}

static void report_progress(const struct measuring *measuring, const struct variant *variant)
{
	const struct bench_job *job = measuring->job;
	int64_t left = count_all(job) - measuring->n_done;
	double left_ms = -1;

	if (measuring->n_done)
		left_ms = measuring->spent_ms / (double)measuring->n_done * (double)left;
	if (measuring->n_done == 1)
		tell(measuring, "%s: %" PRId64 " more runs, about %.0f %s",
		     measuring->workload->name, left,
		     left_ms < 120000 ? left_ms / 1000 : left_ms / 60000,
		     left_ms < 120000 ? "s" : "minutes");
	if (job->progress)
		job->progress(measuring->workload->name, variant->name, measuring->n_done,
			      count_all(job), left_ms);
}

/* What the first run told is what every run has to tell. */
static int check_told(struct measuring *measuring, const struct told *told, struct error *error)
{
	const bool first = !measuring->metrics;

	if (first)
		measuring->metrics = told->metrics ? told->metrics : METRIC_BIT(METRIC_WALL);
	if (first && !told->metrics)
		tell(measuring, "%s: no known result in the output: the whole %s is timed",
		     measuring->workload->name, measuring->workload->prompt ? "answer" : "command");
	for (enum metric metric = 0; metric < N_METRICS; metric++)
		if (metric != METRIC_WALL && measuring->metrics & METRIC_BIT(metric) &&
		    !(told->metrics & METRIC_BIT(metric)))
			return error_set(error, -ECHILD,
					 "no %s result in the output, where the first run had one",
					 metric_name(metric));
	return 0;
}

static int run_workload(struct measuring *measuring, const struct variant *variant,
			struct told *told, struct error *error)
{
	struct error why;
	int r = workload_run(measuring->workload, told, &why);

	if (r == 0)
		r = check_told(measuring, told, &why);
	if (r == -ECANCELED)
		return error_set(error, r, "%s: %s", measuring->workload->name, why.text);
	if (r < 0)
		return error_set(error, r, "%s, setting %s: %s", measuring->workload->name,
				 variant->name, why.text);
	measuring->spent_ms += told->results[METRIC_WALL].value;
	return 0;
}

/*
 * Runs the workload once with VARIANT in force. If something else changed a setting meanwhile, that
 * is not a failure, but the run does not count.
 */
static int run_once(struct measuring *measuring, const struct variant *variant,
		    struct bench_run *run, struct told *told, struct error *error)
{
	struct session *session = measuring->job->session;
	struct machine before = { 0 }, after = { 0 };
	const char *when = "start";
	int r;

	if (session_is_stopped(session))
		return error_set(error, -ECANCELED,
				 "%s: stopped; the previous settings are restored",
				 measuring->workload->name);
	report_progress(measuring, variant);
	r = session_enter(session, variant, &before, error);
	if (r == 0)
		r = run_workload(measuring, variant, told, error);
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

/* The same run gives each of the results its value. */
static int keep_run(struct measuring *measuring, size_t variant, const struct bench_run *run,
		    const struct told *told)
{
	for (enum metric metric = 0; metric < N_METRICS; metric++) {
		struct bench_variant *to = &measuring->results[metric].variants[variant];
		struct bench_run *grown = array_grow(to->runs, to->n_runs, sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		to->runs = grown;
		if (bench_run_copy(run, &grown[to->n_runs]) < 0)
			return -ENOMEM;
		grown[to->n_runs++].result = told->results[metric];
	}
	return 0;
}

static int measure_rounds(struct measuring *measuring, struct error *error)
{
	const struct bench_method *method = &measuring->job->method;
	const struct variants *variants = measuring->job->variants;
	struct stats_random random = { .state = (uint64_t)method->seed };
	size_t order[VARIANTS_MAX] = { 0 };
	int r = workload_begin(measuring->workload, error);

	for (int64_t round = 0; r == 0 && round < method->warmup + method->rounds; round++) {
		shuffle_variants(&random, order, variants->count);
		for (size_t i = 0; r == 0 && i < variants->count; i++) {
			struct told told;
			struct bench_run run;

			told_init(&told);
			bench_run_init(&run);
			r = run_once(measuring, &variants->list[order[i]], &run, &told, error);
			if (r == 0 && round >= method->warmup)
				r = keep_run(measuring, order[i], &run, &told);
			bench_run_done(&run);
		}
	}
	return r;
}

/* Drops the runs of a round that was cut short. Returns the number of whole rounds. */
static size_t keep_whole_rounds(struct measuring *measuring)
{
	const struct bench_job *job = measuring->job;
	int64_t rounds = measuring->n_done / (int64_t)job->variants->count - job->method.warmup;
	size_t whole = rounds > 0 ? (size_t)rounds : 0;

	for (enum metric metric = 0; metric < N_METRICS; metric++)
		for (size_t i = 0; i < job->variants->count; i++) {
			struct bench_variant *variant = &measuring->results[metric].variants[i];

			while (variant->n_runs > whole)
				bench_run_done(&variant->runs[--variant->n_runs]);
		}
	return whole;
}

/* A result with all variants, but no runs. */
static int begin_result(const struct measuring *measuring, enum metric metric,
			struct bench_result *ret)
{
	const struct variants *variants = measuring->job->variants;

	ret->metric = metric;
	ret->higher_is_better = metric == METRIC_DECODE ||
				(metric == METRIC_CUSTOM && measuring->job->higher_is_better);
	ret->name = strdup(measuring->workload->name);
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

/* Adds what was measured to BENCH. */
static int finish_results(struct measuring *measuring, struct bench *bench, struct error *error)
{
	/* Not known if no run was possible. */
	unsigned metrics = measuring->metrics ? measuring->metrics : METRIC_BIT(METRIC_WALL);

	for (enum metric metric = 0; metric < N_METRICS; metric++) {
		struct bench_result *result = &measuring->results[metric], *grown;
		int r;

		if (!(metrics & METRIC_BIT(metric)))
			continue;
		grown = array_grow(bench->results, bench->n_results, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		bench->results = grown;
		r = bench_evaluate(result);
		if (r < 0)
			return error_set(error, r, "cannot evaluate %s: %s", result->name,
					 strerror(-r));
		grown[bench->n_results++] = *result;
		*result = (struct bench_result){ 0 };
	}
	return 0;
}

int bench_measure(const struct bench_job *job, struct workload *workload, struct bench *bench,
		  struct error *error)
{
	struct measuring measuring = { .job = job, .workload = workload };
	bool stopped = false;
	int r = 0;

	for (enum metric metric = 0; r == 0 && metric < N_METRICS; metric++)
		r = begin_result(&measuring, metric, &measuring.results[metric]);
	if (r == 0) {
		r = measure_rounds(&measuring, error);
		stopped = r == -ECANCELED && keep_whole_rounds(&measuring);
	}
	if (r == 0 || stopped)
		r = finish_results(&measuring, bench, error);
	if (r == -ENOMEM)
		error_set(error, r, "out of memory");
	for (enum metric metric = 0; metric < N_METRICS; metric++)
		bench_result_done(&measuring.results[metric]);
	return r < 0 ? r : stopped;
}
