/* SPDX-License-Identifier: MIT */
/* capture: the machine as a board file, made of exactly what diagnose reads. */

#include "apply/tuning.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "root/record.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int write_record(struct record *record, FILE *file)
{
	char head[80], date[32];
	time_t now = time(NULL);
	struct tm utc;

	if (!gmtime_r(&now, &utc) || !strftime(date, sizeof(date), "%Y-%m-%d %H:%M UTC", &utc))
		return -EOVERFLOW;
	snprintf(head, sizeof(head), "captured by ax650n-tune " VERSION ", %s", date);
	return record_write(record, head, file);
}

/* A new file, whole or not at all. An existing one is not replaced. */
static int write_new_file(struct record *record, const char *name)
{
	FILE *file = fopen(name, "wxe");
	int r;

	if (!file)
		return -errno;
	r = write_record(record, file);
	if (fclose(file) && r == 0)
		r = -errno;
	if (r < 0)
		(void)unlink(name);
	return r;
}

static int write_board_file(struct context *context, const char *name)
{
	struct error error = { 0 };
	int r = write_new_file(context->record, name);

	if (r == 0) {
		log_info(&context->log, "wrote %s; 'ax650n-tune --sysroot %s diagnose' reads it",
			 name, name);
		if (context->json)
			context->printed_json = report_json_capture(name, NULL) == 0;
		return STATUS_DONE;
	}
	error_set(&error, r, "cannot write %s: %s%s", name, strerror(-r),
		  r == -EEXIST ? "; name another" : "");
	return context_fail(context, r == -EINVAL ? -EIO : r, &error);
}

static int print_json(struct context *context)
{
	CLEANUP_FREE char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);
	int r = file ? write_record(context->record, file) : -errno;

	if (file && fclose(file) && r == 0)
		r = -errno;
	if (r == 0)
		r = report_json_capture(NULL, text);
	context->printed_json = r == 0;
	return r;
}

/* Reads everything that diagnose reads, with a record of it. */
static int read_recorded(struct context *context)
{
	struct tuning tuning = { .config = &context->config };
	struct error error = { .text = "out of memory" }, refused, mistake = { 0 };
	int status, r;

	context->record = record_new();
	if (!context->record)
		return context_fail(context, -ENOMEM, &error);
	if ((status = context_open(context)) >= 0 ||
	    (status = context_configure(context, &mistake)) >= 0)
		return status;
	if (*mistake.text)
		log_warning(&context->log, "%s", mistake.text);
	tuning.root = context->root;
	r = tuning_inspect(&tuning, 0, &refused, &error);
	tuning_done(&tuning);
	return r < 0 ? context_fail(context, r, &error) : -1;
}

static int capture(struct context *context, const char *name)
{
	struct error error;
	int r, status = read_recorded(context);

	if (status >= 0)
		return status;
	if (name)
		return write_board_file(context, name);
	r = context->json ? print_json(context) : write_record(context->record, stdout);
	if (r == 0)
		return STATUS_DONE;
	error_set(&error, r, "cannot write the board file: %s", strerror(-r));
	return context_fail(context, r, &error);
}

static int cmd_capture_run(struct context *context, int argc, char **argv)
{
	int status;

	if (cmd_next_option(context, argc, argv, &status) == '?')
		return status;
	if (optind + 1 < argc)
		return cmd_usage_error(context, "unexpected argument '%s'", argv[optind + 1]);
	return capture(context, argv[optind]);
}

const struct cmd cmd_capture = {
	.name = "capture",
	.summary = "Write the machine down as a board file, for a bug report.",
	.operands = "[FILE]",
	.run = cmd_capture_run,
};
