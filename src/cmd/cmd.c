/* SPDX-License-Identifier: MIT */
/* The command line: options of all commands, usage errors, help. */

#include "cmd/cmd.h"

#include "cmd/config-file.h"
#include "cmd/context.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 32

/* Options without a letter. */
enum { OPTION_SYSROOT = 256, OPTION_JSON, OPTION_COLOR, OPTION_CONFIG };

static const struct option_help common_options[] = {
	{ "sysroot", OPTION_SYSROOT, "DIR|FILE", "use DIR, or the board file FILE, in place of /" },
	{ "config", OPTION_CONFIG, "FILE", "read FILE in place of " CONFIG_FILE },
	{ "json", OPTION_JSON, NULL, "print JSON" },
	{ "color", OPTION_COLOR, "WHEN", "auto, always or never" },
	{ "verbose", 'v', NULL, "print more: files and reasons" },
	{ "quiet", 'q', NULL, "print errors only" },
	{ "help", 'h', NULL, "print this help" },
	{ "version", 'V', NULL, "print the version" },
	{ NULL, 0, NULL, NULL },
};

/* Adds a table to the long options and the letters for getopt_long(). */
static size_t add_options(const struct option_help *table, struct option *options, size_t count,
			  char *letters)
{
	for (; table && table->name && count < OPTIONS_MAX; table++) {
		options[count++] = (struct option){
			.name = table->name,
			.has_arg = table->argument ? required_argument : no_argument,
			.val = table->code,
		};
		if (table->code < 256)
			snprintf(letters + strlen(letters), 3, table->argument ? "%c:" : "%c",
				 table->code);
	}
	return count;
}

int cmd_usage_error(const struct context *context, const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	log_error(&context->log, "%s", message);
	fputs("Try 'ax650n-tune --help'\n", stderr);
	return STATUS_USAGE;
}

static void print_options(const struct option_help *table)
{
	for (; table && table->name; table++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", table->code < 256 ? '-' : ' ',
			 table->code < 256 ? table->code : ' ', table->code < 256 ? "," : " ",
			 table->name, table->argument ? " " : "",
			 table->argument ? table->argument : "");
		printf("  %-26s %s\n", left, table->help);
	}
}

static void help_command(const struct cmd *cmd)
{
	printf("Usage: ax650n-tune %s%s%s%s\n%s\n\nOptions:\n", cmd->name,
	       cmd->options ? " [OPTION...]" : "", cmd->operands ? " " : "",
	       cmd->operands ? cmd->operands : "", cmd->summary);
	print_options(cmd->options);
	print_options(common_options);
}

static void help_program(const struct cmd *const *cmds)
{
	puts("Usage: ax650n-tune [OPTION...] COMMAND [OPTION...]\n\n"
	     "Gives an AX650N card the full speed of its host: moves the card's interrupts to\n"
	     "the fastest core and keeps the clocks of the fast cores up.\n\n"
	     "Commands:");
	for (; *cmds; cmds++)
		printf("  %-10s %s\n", (*cmds)->name, (*cmds)->summary);
	puts("\nOptions:");
	print_options(common_options);
	puts("\nSee 'ax650n-tune COMMAND --help' and ax650n-tune(8).");
}

static int set_color(struct context *context, const char *when)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], when)) {
			context->color = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Handles an option that all commands have. Returns false if it is none of them. */
static bool set_common(struct context *context, int code, int *ret_status)
{
	*ret_status = -1;
	switch (code) {
	case OPTION_SYSROOT:
		context->sysroot = optarg;
		break;
	case OPTION_CONFIG:
		context->config_file = optarg;
		break;
	case OPTION_JSON:
		context->json = true;
		break;
	case OPTION_COLOR:
		if (set_color(context, optarg) < 0)
			*ret_status = cmd_usage_error(
				context, "--color takes auto, always or never, not '%s'", optarg);
		break;
	case 'v':
		context->log.level = LOG_VERBOSE;
		break;
	case 'q':
		context->log.level = LOG_QUIET;
		break;
	case 'h':
		*ret_status = STATUS_DONE;
		if (context->cmd)
			help_command(context->cmd);
		else
			help_program(context->cmds);
		break;
	case 'V':
		*ret_status = STATUS_DONE;
		puts("ax650n-tune " VERSION);
		break;
	default:
		return false;
	}
	return true;
}

/* CODE is what getopt_long() returned for WORD. */
static int refuse_option(const struct context *context, int code, const char *letters,
			 const char *word)
{
	if (code == ':')
		return cmd_usage_error(context, "option '%s' requires an argument", word);
	if (!optopt)
		return cmd_usage_error(context, "unrecognized option '%s'", word);
	/* A letter that is an option was given in its long form. */
	if (optopt >= 256 || strchr(letters, optopt))
		return cmd_usage_error(context, "option '%s' takes no argument", word);
	return cmd_usage_error(context, "invalid option -- '%c'", optopt);
}

int cmd_next_option(struct context *context, int argc, char **argv, int *ret_status)
{
	struct option options[OPTIONS_MAX + 1] = { 0 };
	/* "+": the first word that is not an option is the command, and ends the options. */
	char letters[3 * OPTIONS_MAX] = "+:";
	size_t count = add_options(common_options, options, 0, letters);
	int code;

	opterr = 0; /* refuse_option() has the words */
	if (context->cmd) {
		memmove(letters, letters + 1, strlen(letters));
		(void)add_options(context->cmd->options, options, count, letters);
	}
	for (;;) {
		code = getopt_long(argc, argv, letters, options, NULL);
		if (code == '?' || code == ':') {
			*ret_status = refuse_option(context, code, letters, argv[optind - 1]);
			return '?';
		}
		if (code == -1 || !set_common(context, code, ret_status))
			return code;
		if (*ret_status >= 0)
			return '?';
	}
}

int cmd_no_operands(const struct context *context, int argc, char **argv)
{
	return optind < argc ? cmd_usage_error(context, "unexpected argument '%s'", argv[optind])
			     : -1;
}

int cmd_no_options(struct context *context, int argc, char **argv)
{
	int status;

	if (cmd_next_option(context, argc, argv, &status) == '?')
		return status;
	return cmd_no_operands(context, argc, argv);
}
