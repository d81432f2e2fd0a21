/* SPDX-License-Identifier: MIT */
/* bench: measure what the tuning brings on this machine. */

#include "cmd/cmd.h"

#include "bench/results-json.h"
#include "cmd/bench-request.h"
#include "cmd/replace.h"
#include "report/bench.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

static int fail_save(const struct context *context, const char *path, int r)
{
	struct error error = { 0 };

	error_set(&error, r, "cannot write %s: %s", path, strerror(-r));
	return context_fail(context, r == -EINVAL ? -EIO : r, &error);
}

static int save(const struct context *context, const char *path, const struct bench *bench,
		struct replacement *saved, int status)
{
	int r = bench->n_results ? bench_write(bench, saved->file) : -ENODATA;

	r = replace_end(saved, r);
	return r < 0 && bench->n_results ? fail_save(context, path, r) : status;
}

/* Saves if that is asked for, and prints. STATUS: how it went until now. Returns an exit status. */
static int finish(const struct context *context, const struct bench_request *request,
		  const struct bench *bench, struct replacement *saved, int status)
{
	enum bench_format format = context->json && !request->has_format ? FORMAT_JSON
									 : request->format;

	for (size_t i = 0; i < bench->n_results; i++) {
		const struct bench_variant *main = bench_main_variant(&bench->results[i]);

		if (main && !main->effect.n_pairs)
			status = STATUS_FAILED;
	}
	if (saved->file)
		status = save(context, request->save, bench, saved, status);
	/* A format that was asked for is wanted, even by who wants no more than that. */
	if (bench->n_results &&
	    (context->json || request->has_format || context->log.level != LOG_QUIET))
		(void)report_bench(bench, format, context_style(context));
	return status;
}

static int read_saved(const struct context *context, const char *path, struct bench *ret)
{
	struct bench bench = { 0 };
	struct error error = { 0 };
	int r = bench_read(path, &bench, &error);

	if (r < 0) {
		bench_done(&bench);
		return context_fail(context, r, &error);
	}
	*ret = bench;
	return STATUS_DONE;
}

static int print_references(const struct context *context, const struct bench_request *request)
{
	const char *pattern = request->n_operands ? request->operands[0] : NULL;
	struct error error = { 0 };
	int r = report_references(pattern, context_style(context));

	if (r == 0)
		return STATUS_DONE;
	error_set(&error, r,
		  "no published result has '%s' in its name; see 'ax650n-tune bench "
		  "--list-reference'",
		  pattern);
	return context_fail(context, r, &error);
}

static int cmd_bench_run(struct context *context, int argc, char **argv)
{
	struct bench_request request;
	struct replacement saved = { 0 };
	struct bench bench = { 0 };
	int r, status = bench_parse_options(context, argc, argv, &request);

	if (status >= 0)
		return status;
	/* For the bars of the tables; all else is the same in each language. */
	(void)setlocale(LC_CTYPE, "");
	if (request.list)
		return print_references(context, &request);
	if (!request.saved && (status = context_open(context)) >= 0)
		return status;
	/* Before hours of measuring: then it is known that the results can be saved. */
	if (request.save && (r = replace_begin(request.save, &saved)) < 0)
		return fail_save(context, request.save, r);
	status = request.saved ? read_saved(context, request.saved, &bench)
			       : bench_requested(context, &request, &bench);
	status = finish(context, &request, &bench, &saved, status);
	bench_done(&bench);
	return status;
}

const struct cmd cmd_bench = {
	.name = "bench",
	.summary = "Measure what the tuning brings on this machine.",
	.operands = "MODEL... | -- COMMAND...",
	.options = bench_options,
	.run = cmd_bench_run,
};
