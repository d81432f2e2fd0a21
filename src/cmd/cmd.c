/* SPDX-License-Identifier: MIT */
/* The command line: options of all commands, usage errors. */

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

const struct option_help cmd_common_options[] = {
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
	fprintf(stderr, "Try 'ax650n-tune %s%s--help'\n", context->cmd ? context->cmd->name : "",
		context->cmd ? " " : "");
	return STATUS_USAGE;
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
		cmd_print_help(context->cmds, context->cmd);
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

/* Names what was meant if no more than one letter of WORD and a quarter of them are wrong. */
static int refuse_word(const struct context *context, const char *what, const char *word,
		       const struct option *names)
{
	int dashes = (int)strspn(word, "-");
	size_t length = strcspn(word + dashes, "="), best = 2 + length / 4;
	const char *nearest = NULL;

	for (; names->name; names++) {
		size_t distance = text_distance(word + dashes, length, names->name);

		if (distance < best) {
			best = distance;
			nearest = names->name;
		}
	}
	if (!nearest)
		return cmd_usage_error(context, "%s '%s'", what, word);
	return cmd_usage_error(context, "%s '%s'. Did you mean '%.*s%s'?", what, word, dashes, word,
			       nearest);
}

const struct cmd *cmd_find(const struct context *context, const char *name)
{
	struct option names[OPTIONS_MAX] = { 0 };

	for (size_t i = 0; context->cmds[i]; i++) {
		names[i].name = context->cmds[i]->name;
		if (!strcmp(names[i].name, name))
			return context->cmds[i];
	}
	(void)refuse_word(context, "unknown command", name, names);
	return NULL;
}

/* CODE is what getopt_long() returned for WORD. */
static int refuse_option(const struct context *context, int code, const char *letters,
			 const struct option *options, const char *word)
{
	if (code == ':')
		return cmd_usage_error(context, "option '%s' requires an argument", word);
	if (!optopt)
		return refuse_word(context, "unrecognized option", word, options);
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
	size_t count = add_options(cmd_common_options, options, 0, letters);
	int code;

	opterr = 0; /* refuse_option() has the words */
	if (context->cmd) {
		memmove(letters, letters + 1, strlen(letters));
		(void)add_options(context->cmd->options, options, count, letters);
	}
	for (;;) {
		code = getopt_long(argc, argv, letters, options, NULL);
		if (code == '?' || code == ':') {
			*ret_status = refuse_option(context, code, letters, options,
						    argv[optind - 1]);
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
