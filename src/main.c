/* SPDX-License-Identifier: MIT */
/* ax650n-tune: finds the command and runs it. */

#include "cmd/cmd.h"
#include "cmd/context.h"
#include "report/report.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

static const struct cmd *const cmds[] = {
	&cmd_apply,   &cmd_revert, &cmd_status, &cmd_diagnose, &cmd_bench,
	&cmd_capture, &cmd_detect, &cmd_help,	NULL,
};

/* A full disk or a closed pipe is a failure: the result was not written. */
static int check_stdout(const struct context *context, int status)
{
	int r = fflush(stdout) ? -errno : 0;

	/* The errno of a write that failed earlier is lost, so write once more. */
	if (r == 0 && ferror(stdout))
		r = write(STDOUT_FILENO, "\n", 1) < 0 ? -errno : -EIO;
	if (fclose(stdout) && r == 0)
		r = -errno;
	if (r == 0)
		return status;
	if (r != -EPIPE)
		log_error(&context->log, "cannot write to standard output: %s", strerror(-r));
	return status == STATUS_DONE ? STATUS_FAILED : status;
}

/* Wrong usage ends the reading of the options, maybe before --json. */
static bool wants_json(const struct context *context, int argc, char **argv)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (!strcmp(argv[i], "--json"))
			return true;
	return context->json;
}

static int run_command(struct context *context, int argc, char **argv)
{
	int first, status;

	if (cmd_next_option(context, argc, argv, &status) == '?')
		return status;
	if (optind == argc)
		return cmd_usage_error(context, "no command given");
	context->cmd = cmd_find(context, argv[optind]);
	if (!context->cmd)
		return STATUS_USAGE;
	first = optind;
	/* 0 makes glibc start over, with the options of the command; its name takes argv[0]'s
	 * place. */
	optind = 0;
	argv[first] = argv[0];
	status = context->cmd->run(context, argc - first, argv + first);
	context_close(context);
	return status;
}

/*
 * If standard input, output or error is closed, the next file to be opened takes its number and
 * receives our output. Occupy them with files that refuse writes, so that the failure is noticed.
 */
static void occupy_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && fd <= STDERR_FILENO);
	close(fd);
}

/* Without a handler, a file that grows beyond RLIMIT_FSIZE ends the program; write() tells, too. */
static void on_file_too_large(int signal_number)
{
	(void)signal_number;
}

int main(int argc, char **argv)
{
	struct context context = { .cmds = cmds, .sysroot = "/" };
	struct error first_error = { 0 };
	int status;

	if (argc < 1)
		return STATUS_USAGE;
	occupy_standard_files();
	/* Not SIG_IGN, which a workload of bench would inherit. */
	(void)signal(SIGXFSZ, on_file_too_large);
	log_open(&context.log);
	context.log.first_error = &first_error;
	status = run_command(&context, argc, argv);
	if (status != STATUS_DONE && !context.printed_json && wants_json(&context, argc, argv))
		(void)report_json_failure(context.cmd ? context.cmd->name : NULL,
					  *first_error.text ? first_error.text : NULL);
	return check_stdout(&context, status);
}
