/* SPDX-License-Identifier: MIT */
/* bench: measures what the tuning gains on this machine. */

#include "report/bench.h"
#include "bench/results-json.h"
#include "cmd/bench-options.h"
#include "cmd/bench-run.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "cmd/replace.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static int list_references(struct context *context, const struct bench_request *request)
{
	const char *pattern = request->n_operands ? request->operands[0] : NULL;
	struct error error = { 0 };
	int r = report_references(pattern, request->format);

	context->printed_json = context->json && r == 0;
	if (r == 0)
		return STATUS_DONE;
	error_set(&error, r,
		  "no published result has '%s' in its name; see 'ax650n-tune bench "
		  "--list-reference'",
		  pattern);
	return context_fail(context, r, &error);
}

static int read_results(const struct context *context, const char *path, struct bench *ret)
{
	struct error error = { 0 };
	int r = bench_read(path, ret, &error);

	return r < 0 ? context_fail(context, r, &error) : STATUS_DONE;
}

static int fail_save(const struct context *context, const char *path, int r)
{
	struct error error = { 0 };

	error_set(&error, r, "cannot write %s: %s", path, strerror(-r));
	return context_fail(context, r == -EINVAL ? -EIO : r, &error);
}

/* Returns STATUS, or the exit status of an error. */
static int save_results(const struct context *context, const char *path, const struct bench *bench,
			struct replacement *saved, int status)
{
	/* Results of an earlier run are not replaced by none. */
	int r = bench->n_results ? bench_write(bench, saved->file) : -ENODATA;

	r = replace_end(saved, r);
	return r == 0 || r == -ENODATA ? status : fail_save(context, path, r);
}

static void print_results(struct context *context, const struct bench_request *request,
			  const struct bench *bench)
{
	/* With -q, only a format that was asked for is printed. */
	if (!context->json && !request->has_format && context->log.level == LOG_QUIET)
		return;
	context->printed_json = report_bench(bench, request->format, context_style(context)) == 0;
}

/* True if no result lacks a round in which both of the runs to compare count. */
static bool has_all_effects(const struct bench *bench)
{
	for (size_t i = 0; i < bench->n_results; i++) {
		const struct bench_variant *main = bench_main_variant(&bench->results[i]);

		if (main && !main->effect.n_pairs)
			return false;
	}
	return true;
}

static int cmd_bench_run(struct context *context, int argc, char **argv)
{
	struct bench_request request;
	struct replacement saved = { 0 };
	struct bench bench = { 0 };
	int r, status = bench_parse_options(context, argc, argv, &request);

	if (status >= 0)
		return status;
	/* Only for the line-drawing characters; nothing is translated. */
	(void)setlocale(LC_CTYPE, "");
	if (request.list)
		return list_references(context, &request);
	if (!request.report && ((status = context_open(context)) >= 0 ||
				(status = context_configure(context, NULL)) >= 0))
		return status;
	/* Find out before hours of measuring that the results cannot be saved. */
	if (request.save && (r = replace_begin(request.save, &saved)) < 0)
		return fail_save(context, request.save, r);
	status = request.report ? read_results(context, request.report, &bench)
				: bench_run_workloads(context, &request, &bench);
	if (status == STATUS_DONE && !has_all_effects(&bench))
		status = STATUS_FAILED;
	if (request.save)
		status = save_results(context, request.save, &bench, &saved, status);
	if (bench.n_results)
		print_results(context, &request, &bench);
	bench_done(&bench);
	return status;
}

const struct cmd cmd_bench = {
	.name = "bench",
	.summary = "Measure what the tuning gains on this machine.",
	.operands = "MODEL...\n"
		    "       ax650n-tune bench [OPTION...] -- COMMAND...\n"
		    "       ax650n-tune bench --report FILE | --list-reference [PATTERN]",
	.example = "sudo ax650n-tune bench --save yolo.json yolo11s.axmodel",
	.options = bench_options,
	.run = cmd_bench_run,
};
