/* SPDX-License-Identifier: MIT */
/* bench: measure what the tuning brings on this machine. */

#include "cmd.h"

#include "bench-file.h"
#include "bench-request.h"
#include "report-bench.h"

#include <errno.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * BENCH: NULL before there are results, to know before hours of measuring that they can be saved;
 * what is in the file stays then. Returns an exit status, or -1 to go on.
 */
static int save(const struct context *context, const char *path, const struct bench *bench,
		const struct references *references)
{
	struct error error = { 0 };
	FILE *file = fopen(path, bench ? "we" : "ae");
	int r = !file ? -errno : bench ? bench_write(bench, references, file) : 0;

	if (file && fclose(file) && r == 0)
		r = -errno;
	if (r == 0)
		return -1;
	error_set(&error, r, "cannot write %s: %s", path, strerror(-r));
	return context_fail(context, r == -EINVAL ? -EIO : r, &error);
}

/* The file that was made before it was known that there are no results. */
static void drop_empty(const char *path)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISREG(st.st_mode) && !st.st_size)
		(void)unlink(path);
}

/* Prints, and saves if that is asked for. STATUS: how it went until now. Returns an exit status. */
static int finish(const struct context *context, const struct bench_request *request,
		  const struct bench *bench, int status)
{
	struct error error = { .text = "out of memory" };
	struct references references;
	enum bench_format format = context->json && !request->has_format ? FORMAT_JSON
									 : request->format;
	int saved = -1;

	if (references_read(&references) < 0)
		return context_fail(context, -ENOMEM, &error);
	if (bench->n_results && request->save)
		saved = save(context, request->save, bench, &references);
	else if (request->save)
		drop_empty(request->save);
	/* A format that was asked for is wanted, even by who wants no more than that. */
	if (bench->n_results &&
	    (context->json || request->has_format || context->log.level != LOG_QUIET))
		(void)report_bench(bench, &references, format, context_style(context));
	references_done(&references);
	for (size_t i = 0; i < bench->n_results; i++) {
		const struct bench_setting *main = bench_main_setting(&bench->results[i]);

		if (main && !main->effect.n_pairs)
			status = STATUS_FAILED;
	}
	return saved >= 0 ? saved : status;
}

static int print_saved(const struct context *context, const struct bench_request *request)
{
	struct bench bench = { 0 };
	struct error error = { 0 };
	int status, r = bench_read(request->saved, &bench, &error);

	if (r < 0)
		return context_fail(context, r, &error);
	status = finish(context, request, &bench, STATUS_DONE);
	bench_done(&bench);
	return status;
}

static int print_references(const struct context *context, const struct bench_request *request)
{
	const char *pattern = request->n_operands ? request->operands[0] : NULL;
	struct error error = { .text = "out of memory" };
	struct references references;
	int r = references_read(&references);

	if (r < 0)
		return context_fail(context, r, &error);
	r = report_references(&references, pattern, context_style(context));
	references_done(&references);
	if (r == 0)
		return STATUS_DONE;
	error_set(&error, r,
		  "no published result has '%s' in its name; see 'ax650n-tune bench "
		  "--list-reference'",
		  pattern);
	return context_fail(context, r, &error);
}

static int run(struct context *context, int argc, char **argv)
{
	struct bench_request request;
	struct bench bench = { 0 };
	int status = bench_parse_options(context, argc, argv, &request);

	if (status >= 0)
		return status;
	/* For the bars of the tables; all else is the same in each language. */
	(void)setlocale(LC_CTYPE, "");
	if (request.list)
		return print_references(context, &request);
	if (request.saved)
		return print_saved(context, &request);
	if ((status = context_open(context)) >= 0 ||
	    (request.save && (status = save(context, request.save, NULL, NULL)) >= 0))
		return status;
	status = bench_requested(context, &request, &bench);
	status = finish(context, &request, &bench, status);
	bench_done(&bench);
	return status;
}

const struct cmd cmd_bench = {
	.name = "bench",
	.summary = "Measure what the tuning brings on this machine.",
	.operands = "MODEL... | -- COMMAND...",
	.options = bench_options,
	.run = run,
};
