/* SPDX-License-Identifier: MIT */
/* Measures the workloads that the command line of bench names. */

#include "cmd/bench-run.h"

#include "base/util.h"
#include "bench/measure.h"
#include "bench/session.h"
#include "bench/variant.h"
#include "bench/workload.h"
#include "cmd/bench-options.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "cmd/messages.h"
#include "cmd/progress.h"
#include "machine/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* The vendor's program that runs a model. */
#define RUN_MODEL      "axcl_run_model"
#define RUN_MODEL_PATH "/usr/bin/axcl/" RUN_MODEL

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash[1] ? slash + 1 : path;
}

/* Not on the line of the progress. */
static void tell(const struct log *log, const char *text)
{
	progress_clear();
	log_info(log, "%s", text);
}

/* The last lines that a workload printed before it failed: only they may tell why. */
static void show_output(const char *output)
{
	const char *from = output + strlen(output);

	for (int lines = 0; from > output && lines <= 20; from--)
		lines += from[-1] == '\n';
	fprintf(stderr, "%s%s", from, *from && from[strlen(from) - 1] != '\n' ? "\n" : "");
}

/* Returns an exit status, or -1 to go on. */
static int measure_workload(const struct context *context, const struct bench_job *job,
			    struct workload *workload, struct bench *bench)
{
	struct error error = { .text = "out of memory" };
	int r = bench_measure(job, workload, bench, &error);

	progress_clear();
	if (workload->output)
		show_output(workload->output);
	workload_end(workload);
	if (r < 0)
		return context_fail(context, r, &error);
	bench->method.cut_short = r > 0;
	return r > 0 ? context_fail(context, -ECANCELED, &error) : -1;
}

/* 10 calls to warm up, then 100 that are measured. */
static int measure_model(const struct context *context, const struct bench_job *job,
			 struct workload workload, char *model, struct bench *bench)
{
	char *program = (char *)(access(RUN_MODEL_PATH, X_OK) == 0 ? RUN_MODEL_PATH : RUN_MODEL);
	char *const arguments[] = { program,	   (char *)"-m", model,	       (char *)"-r",
				    (char *)"100", (char *)"-w", (char *)"10", NULL };

	if (!workload.name)
		workload.name = base_name(model);
	workload.arguments = arguments;
	workload.missing = "; install the AXCL host package (axclhost), or give a command after "
			   "'--'";
	return measure_workload(context, job, &workload, bench);
}

static int measure_all(const struct context *context, const struct bench_request *request,
		       const struct bench_job *job, struct workload *workload, struct bench *bench)
{
	int status = -1;

	if (request->command) {
		if (!workload->name)
			workload->name = base_name(request->operands[0]);
		workload->arguments = request->operands;
		return measure_workload(context, job, workload, bench);
	}
	/* A model that fails does not keep the next ones from being measured. */
	for (size_t i = 0; i < request->n_operands && !session_is_stopped(job->session); i++) {
		int failed = measure_model(context, job, *workload, request->operands[i], bench);

		if (failed >= 0)
			status = failed;
	}
	return status;
}

/* Records on which machine, when and with which version. Returns 0 or -ENOMEM. */
static int describe_machine(const struct root *root, struct bench *bench)
{
	struct system system = { 0 };
	time_t now = time(NULL);
	char date[32] = "";
	struct tm utc;
	int r = system_read(root, &system);

	if (gmtime_r(&now, &utc))
		(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", &utc);
	bench->model = system.model;
	bench->kernel = system.kernel;
	system.model = system.kernel = NULL;
	system_done(&system);
	bench->date = strdup(date);
	bench->version = strdup(VERSION);
	return r < 0 || !bench->date || !bench->version ? -ENOMEM : 0;
}

/* Returns an exit status, or -1 to go on. */
static int choose_variants(const struct context *context, const struct bench_request *request,
			   const struct cpus *cpus, struct variants *ret)
{
	struct error error = { 0 };
	int r = variants_parse(request->variants, cpus, &context->config, ret, &error);

	if (r == -EINVAL)
		return cmd_usage_error(context, "%s", error.text);
	return r < 0 ? context_fail(context, r, &error) : -1;
}

/* Returns an exit status, or -1 if there is a card whose speed can be measured. */
static int check_machine(const struct context *context, const struct bench_request *request,
			 struct variants *ret)
{
	struct machine machine = { 0 };
	struct error error;
	int status, r = machine_read(context->root, context->config.devices,
				     context->config.n_devices, &machine, &error);

	if (r < 0)
		return context_fail(context, r, &error);
	if (!machine.n_cards) {
		status = context_no_card(context);
	} else if (!machine_is_ready(&machine)) {
		report_unready(context, &machine);
		status = STATUS_FAILED;
	} else {
		status = choose_variants(context, request, &machine.cpus, ret);
	}
	machine_done(&machine);
	return status;
}

/* What the options say of a workload, and owns it. */
struct wishes {
	struct prompt prompt;
	regex_t custom;
	struct workload workload;
};

static void wishes_done(struct wishes *wishes)
{
	if (wishes->workload.prompt)
		regfree(&wishes->prompt.mark);
	if (wishes->workload.custom)
		regfree(&wishes->custom);
	close_p(&wishes->workload.input);
}

static int open_input(const struct context *context, const char *path)
{
	struct error error = { 0 };
	struct stat st;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	error_set(&error, fd < 0 ? -errno : -EINVAL, "cannot read %s: %s", path,
		  fd < 0 ? strerror(errno) : "not a regular file");
	close_p(&fd);
	context_fail(context, -EINVAL, &error);
	return -1;
}

/* Returns an exit status, or -1 to go on. */
static int make_wishes(const struct context *context, const struct bench_request *request,
		       struct wishes *ret)
{
	struct error error = { 0 };

	ret->workload = (struct workload){ .name = request->name,
					   .input = -1,
					   .missing = "",
					   .timeout_ms = (long)request->timeout_s * 1000 };
	if (request->metric) {
		if (metric_compile(request->metric, &ret->custom, &error) < 0)
			return cmd_usage_error(context, "--metric '%s': %s", request->metric,
					       error.text);
		ret->workload.custom = &ret->custom;
	}
	if (request->prompt) {
		if (regcomp(&ret->prompt.mark, request->mark, REG_EXTENDED))
			return cmd_usage_error(context,
					       "--prompt-mark '%s' is no regular expression",
					       request->mark);
		ret->prompt.text = request->prompt;
		ret->prompt.reset = request->reset;
		ret->workload.prompt = &ret->prompt;
	}
	if (!request->input)
		return -1;
	ret->workload.input = open_input(context, request->input);
	return ret->workload.input < 0 ? STATUS_FAILED : -1;
}

/* Returns an exit status. */
static int run_session(const struct context *context, const struct bench_request *request,
		       const struct variants *variants, struct workload workload,
		       struct bench *bench)
{
	struct session session;
	struct bench_job job = {
		.session = &session,
		.variants = variants,
		.method = request->method,
		.higher_is_better = request->higher_is_better,
		.tell = tell,
		.log = &context->log,
		.progress = context->log.level == LOG_QUIET ? NULL : progress_show,
	};
	struct error error = { 0 };
	int status = STATUS_FAILED;
	int r = session_begin(context->root, &context->config, &context->log, &session, &error);

	if (r < 0)
		return context_fail(context, r, &error);
	workload.mask = &session.mask;
	workload.stop_fd = session.stop_fd;
	r = session_check_variants(&session, variants, &error);
	status = r < 0 ? context_fail(context, r, &error)
		       : measure_all(context, request, &job, &workload, bench);
	if (session_stop_signal(&session) == SIGINT)
		status = STATUS_INTERRUPTED;
	r = session_end(&session, &error);
	if (r < 0)
		return context_fail(context, r, &error);
	return status < 0 ? STATUS_DONE : status;
}

int bench_run_workloads(const struct context *context, const struct bench_request *request,
			struct bench *ret)
{
	struct error error = { .text = "out of memory" };
	struct wishes wishes = { .workload = { .input = -1 } };
	struct variants variants;
	int status = check_machine(context, request, &variants);

	if (status < 0)
		status = make_wishes(context, request, &wishes);
	ret->method = request->method;
	if (status < 0 && describe_machine(context->root, ret) < 0)
		status = context_fail(context, -ENOMEM, &error);
	if (status < 0)
		status = run_session(context, request, &variants, wishes.workload, ret);
	wishes_done(&wishes);
	return status;
}
