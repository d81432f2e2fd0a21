/* SPDX-License-Identifier: MIT */
/* capture: the machine as a board file, made of exactly what diagnose reads. */

#include "cmd/cmd.h"

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

static int write_board_file(const struct context *context, const char *name)
{
	struct error error = { 0 };
	int r = write_new_file(context->record, name);

	if (r == 0) {
		log_info(&context->log, "wrote %s; 'ax650n-tune --sysroot %s diagnose' reads it",
			 name, name);
		return STATUS_DONE;
	}
	error_set(&error, r, "cannot write %s: %s%s", name, strerror(-r),
		  r == -EEXIST ? "; name another" : "");
	return context_fail(context, r == -EINVAL ? -EIO : r, &error);
}

static int capture(struct context *context, const char *name)
{
	struct inspection inspection = { 0 };
	struct error error = { .text = "out of memory" };
	int status, r;

	context->record = record_new();
	if (!context->record)
		return context_fail(context, -ENOMEM, &error);
	if ((status = context_open(context)) >= 0 ||
	    (status = context_inspect(context, &inspection)) >= 0)
		return status;
	inspection_done(&inspection);
	if (name)
		return write_board_file(context, name);
	r = write_record(context->record, stdout);
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
		return cmd_usage_error(context, "capture takes one file, not '%s' as well",
				       argv[optind + 1]);
	return capture(context, argv[optind]);
}

const struct cmd cmd_capture = {
	.name = "capture",
	.summary = "Write the machine down as a board file, for a bug report.",
	.operands = "[FILE]",
	.run = cmd_capture_run,
};
