/* SPDX-License-Identifier: MIT */
/* Carries out what the command line of bench asks for: takes over the machine, measures each
 * workload. */

#include "cmd/bench-request.h"

#include "bench/measure.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "cmd/messages.h"
#include "cmd/progress.h"
#include "machine/machine.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* The vendor's program that runs a model: 10 calls to warm up, then 100 that are measured. */
#define RUN_MODEL      "axcl_run_model"
#define RUN_MODEL_PATH "/usr/bin/axcl/" RUN_MODEL

struct run {
	const struct context *context;
	const struct bench_request *request;
	struct bench_method method;
	struct metric metric;
	struct session session;
	struct bench *bench;
};

static const char *find_run_model(void)
{
	return access(RUN_MODEL_PATH, X_OK) == 0 ? RUN_MODEL_PATH : RUN_MODEL;
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

static void show_progress(void *data, const char *workload, const char *variant, size_t done,
			  size_t total, double left_ms)
{
	const struct run *run = data;
	CLEANUP_FREE char *what = text_format("%s, %s", workload, variant);

	if (what && run->context->log.level != LOG_QUIET)
		progress_show(what, done, total, left_ms);
}

/* What a workload printed before it failed, without which nobody knows why. */
static void show_output(const char *output)
{
	const char *from = output + strlen(output);

	for (int lines = 0; from > output && lines <= 20; from--)
		lines += from[-1] == '\n';
	fprintf(stderr, "%s%s", from, *from && from[strlen(from) - 1] != '\n' ? "\n" : "");
}

/* One workload. Returns an exit status, or -1 to go on. */
static int measure_workload(struct run *run, const char *name, char *const *arguments)
{
	const struct bench_request *request = run->request;
	const struct workload workload = {
		.name = name,
		.arguments = arguments,
		.metric = request->metric ? &run->metric : NULL,
		.missing = request->command
				   ? ""
				   : "; install the AXCL host package (axclhost), or give a "
				     "command behind '--'",
		.timeout_ms = request->timeout_s * 1000,
	};
	struct bench_result result, *grown;
	CLEANUP_FREE char *output = NULL;
	struct error error = { .text = "out of memory" };
	int r = bench_measure(&run->session, &run->method, &workload, show_progress, run, &result,
			      &output, &error);

	progress_clear();
	if (r < 0) {
		if (output)
			show_output(output);
		return context_fail(run->context, r, &error);
	}
	grown = array_grow(run->bench->results, run->bench->n_results, sizeof(*grown));
	if (!grown) {
		bench_result_done(&result);
		return context_fail(run->context, -ENOMEM, &error);
	}
	run->bench->results = grown;
	grown[run->bench->n_results++] = result;
	return -1;
}

static int measure_all(struct run *run)
{
	const struct bench_request *request = run->request;
	const char *program = find_run_model();
	int status = -1;

	if (request->command)
		return measure_workload(run, base_name(request->operands[0]), request->operands);
	for (size_t i = 0; i < request->n_operands; i++) {
		char *model = request->operands[i];
		char *const arguments[] = { (char *)program, (char *)"-m",  model,
					    (char *)"-r",    (char *)"100", (char *)"-w",
					    (char *)"10",    NULL };
		int failed = measure_workload(run, base_name(model), arguments);

		if (failed >= 0)
			status = failed;
		if (session_is_stopped(&run->session))
			break;
	}
	return status;
}

/* Describes the machine and the method. Returns 0 or -ENOMEM. */
static int describe(struct run *run)
{
	struct bench *bench = run->bench;
	struct system system = { 0 };
	time_t now = time(NULL);
	char date[32] = "";
	struct tm utc;
	int r = system_read(run->context->root, &system);

	if (gmtime_r(&now, &utc))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	bench->model = system.model;
	bench->kernel = system.kernel;
	system.model = system.kernel = NULL;
	system_done(&system);
	bench->date = strdup(date);
	bench->version = strdup(VERSION);
	bench->rounds = run->method.rounds;
	bench->warmup = run->method.warmup;
	bench->seed = run->method.seed;
	return r < 0 || !bench->date || !bench->version ? -ENOMEM : 0;
}

/* Everything between taking over the machine and giving it back. Returns an exit status or -1. */
static int run_session(struct run *run)
{
	const struct context *context = run->context;
	struct error error = { .text = "out of memory" };
	int status, r = session_begin(context->root, &context->config, &run->session, &error);

	if (r < 0)
		return context_fail(context, r, &error);
	status = measure_all(run);
	r = session_end(&run->session, &error);
	return r < 0 ? context_fail(context, r, &error) : status;
}

static int prepare_variants(struct run *run, const struct machine *machine,
			    struct variant variants[static VARIANTS_MAX])
{
	const struct context *context = run->context;
	const struct bench_request *request = run->request;
	struct error error;
	size_t count = 0;
	int r = request->sweep ? variants_of_cpus(&machine->cpus, &context->config, variants,
						  &count, &error)
			       : variants_parse(request->variants, &context->config, variants,
						&count, &error);

	if (r == -EINVAL)
		return cmd_usage_error(context, "%s", error.text);
	run->method.variants = variants;
	run->method.n_variants = count;
	return r < 0 ? context_fail(context, r, &error) : -1;
}

int bench_requested(const struct context *context, const struct bench_request *request,
		    struct bench *ret)
{
	struct variant variants[VARIANTS_MAX];
	struct run run = { .context = context,
			   .request = request,
			   .method = { .rounds = (size_t)request->rounds,
				       .warmup = (size_t)request->warmup,
				       .seed = (uint32_t)request->seed },
			   .bench = ret };
	struct machine machine = { 0 };
	struct error error = { .text = "out of memory" };
	int status = -1, r = machine_read(context->root, context->config.devices,
					  context->config.n_devices, &machine, &error);

	if (r < 0)
		return context_fail(context, r, &error);
	if (!machine.n_cards)
		status = context_no_card(context);
	if (status < 0 && !machine_is_ready(&machine)) {
		report_unready(context, &machine);
		status = STATUS_FAILED;
	}
	if (status < 0)
		status = prepare_variants(&run, &machine, variants);
	machine_done(&machine);
	if (status < 0 && request->metric &&
	    metric_init(&run.metric, request->metric, request->higher, &error) < 0)
		status = cmd_usage_error(context, "--metric '%s': %s", request->metric, error.text);
	if (status < 0 && describe(&run) < 0)
		status = context_fail(context, -ENOMEM, &error);
	if (status < 0)
		status = run_session(&run);
	metric_done(&run.metric);
	return status < 0 ? STATUS_DONE : status;
}
