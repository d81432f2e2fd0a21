/* SPDX-License-Identifier: MIT */
/* Runs a workload, or asks one that answers prompts, and reads what it tells. */

#include "bench/workload.h"

#include "base/child.h"
#include "base/util.h"

#include <errno.h>
#include <string.h>

#define OUTPUT_MAX (16UL << 20)
/* Time for a program to release the card: if it is killed before, the card can hang. */
#define GRACE_MS 5000
/*
 * An answer can hold what looks like a prompt mark. The mark counts after the result that ends an
 * answer, or when nothing has followed it for that long.
 */
#define SILENT_MS 1000

/* --- Failures --------------------------------------------------------------------------------- */

static const char *verb(const struct workload *workload)
{
	return workload->prompt ? "answer" : "end";
}

static int fail_end(struct workload *workload, const struct child_end *end, struct error *error)
{
	CLEANUP_FREE char *what = NULL;

	switch (end->outcome) {
	case CHILD_STOPPED:
		return error_set(error, -ECANCELED, WORKLOAD_STOPPED);
	case CHILD_TIMED_OUT:
		what = text_format("did not %s within %ld s (--timeout)", verb(workload),
				   workload->timeout_ms / 1000);
		break;
	case CHILD_KILLED:
		what = text_format("was killed by signal %d (%s)", end->code, strsignal(end->code));
		break;
	case CHILD_EXITED:
		what = text_format(end->code ? "failed with exit status %d"
					     : "ended without an answer",
				   end->code);
		break;
	case CHILD_WAITS:
		what = text_format("waits for a prompt");
		break;
	}
	return error_set(error, -ECHILD, "%s %s", workload->arguments[0], what ? what : "failed");
}

static int fail_start(const struct workload *workload, int r, struct error *error)
{
	return error_set(error, -ECHILD, "cannot run %s: %s%s", workload->arguments[0],
			 strerror(-r), r == -ENOENT ? workload->missing : "");
}

/* --- Results ---------------------------------------------------------------------------------- */

void told_init(struct told *ret)
{
	ret->metrics = 0;
	for (enum metric metric = 0; metric < N_METRICS; metric++)
		ret->results[metric] = MEASUREMENT_UNKNOWN;
}

static int read_told(const struct workload *workload, const struct child_end *end, struct told *ret,
		     struct error *error)
{
	CLEANUP_FREE char *text = output_clean(end->output, end->length);
	struct told told;
	int r;

	told_init(&told);
	r = text ? metrics_read(text, workload->custom, &told.metrics, told.results, error)
		 : error_set(error, -ENOMEM, "out of memory");

	if (r == 0 && workload->custom && !told.metrics)
		r = error_set(error, -EINVAL, "the output does not contain a match of --metric");
	told.results[METRIC_WALL].value = end->wall_ms;
	if (r == 0)
		*ret = told;
	return r == -EINVAL ? -ECHILD : r;
}

/* --- A program that answers prompts ----------------------------------------------------------- */

/* True if the last line is a prompt mark. */
static bool ends_with_mark(const struct prompt *prompt, const char *output, size_t length)
{
	CLEANUP_FREE char *line = NULL;
	size_t from = length;
	regmatch_t match;

	while (from && output[from - 1] != '\n' && output[from - 1] != '\r')
		from--;
	line = output_clean(output + from, length - from);
	return line && regexec(&prompt->mark, line, 1, &match, 0) == 0 &&
	       !line[match.rm_eo + (regoff_t)strspn(line + match.rm_eo, " ")];
}

static bool is_silent(const char *output, size_t length, double silent_ms, void *data)
{
	const struct workload *workload = data;

	return silent_ms >= SILENT_MS && ends_with_mark(workload->prompt, output, length);
}

static bool has_answered(const char *output, size_t length, double silent_ms, void *data)
{
	const struct workload *workload = data;
	const struct child_end end = { .output = (char *)output, .length = length };
	struct error ignored;
	struct told told;

	return ends_with_mark(workload->prompt, output, length) &&
	       (silent_ms >= SILENT_MS || (read_told(workload, &end, &told, &ignored) == 0 &&
					   told.metrics & ~METRIC_BIT(METRIC_TTFT)));
}

/* Sends LINE, if it is not NULL, and waits. */
static int converse(struct workload *workload, const char *line, child_until *until,
		    struct child_end *end, struct error *error)
{
	int r = line ? child_send(workload->runner, line) : 0;

	if (r < 0)
		return error_set(error, -ECHILD, "%s does not read its input",
				 workload->arguments[0]);
	child_wait(workload->runner, until, workload, end);
	return end->outcome == CHILD_WAITS ? 0 : fail_end(workload, end, error);
}

static int ask(struct workload *workload, struct told *ret, struct error *error)
{
	const struct prompt *prompt = workload->prompt;
	struct child_end end = { 0 };
	int r = 0;

	if (prompt->reset)
		r = converse(workload, prompt->reset, is_silent, &end, error);
	if (r == 0)
		r = converse(workload, prompt->text, has_answered, &end, error);
	if (r == 0)
		r = read_told(workload, &end, ret, error);
	if (r == -ECHILD && end.output)
		workload->output = strdup(end.output);
	return r;
}

/* --- All -------------------------------------------------------------------------------------- */

static struct child child_of(const struct workload *workload)
{
	return (struct child){ .arguments = workload->arguments,
			       .input = workload->input,
			       .terminal = workload->prompt,
			       .output_max = OUTPUT_MAX,
			       .timeout_ms = workload->timeout_ms,
			       .grace_ms = GRACE_MS,
			       .mask = workload->mask,
			       .stop_fd = workload->stop_fd };
}

static int run(struct workload *workload, struct told *ret, struct error *error)
{
	const struct child child = child_of(workload);
	struct child_end end;
	int r;

	if (workload->input >= 0 && lseek(workload->input, 0, SEEK_SET))
		return error_set(error, -errno, "cannot rewind the file of --stdin: %s",
				 strerror(errno));
	r = child_run(&child, &end);
	if (r < 0)
		return fail_start(workload, r, error);
	r = end.outcome == CHILD_EXITED && !end.code ? read_told(workload, &end, ret, error)
						     : fail_end(workload, &end, error);
	if (r == -ECHILD)
		workload->output = end.output;
	else
		free(end.output);
	return r;
}

int workload_begin(struct workload *workload, struct error *error)
{
	const struct child child = child_of(workload);
	struct child_end end = { 0 };
	int r;

	if (!workload->prompt)
		return 0;
	r = child_start(&child, &workload->runner);
	if (r < 0)
		return fail_start(workload, r, error);
	r = converse(workload, NULL, is_silent, &end, error);
	if (r == -ECHILD)
		workload->output = strdup(end.output);
	return r;
}

int workload_run(struct workload *workload, struct told *ret, struct error *error)
{
	return workload->prompt ? ask(workload, ret, error) : run(workload, ret, error);
}

void workload_end(struct workload *workload)
{
	if (workload->runner)
		child_finish(workload->runner, "q");
	workload->runner = NULL;
	free(workload->output);
	workload->output = NULL;
}
