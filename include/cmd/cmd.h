/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"

struct context;

/* One option, for getopt_long() and for the help text. */
struct option_help {
	const char *name;
	int code; /* what cmd_next_option() returns; the letter if there is a short form */
	const char *argument; /* its name in the help text; NULL if it takes none */
	const char *help;
};

/* A command. Each file of one ends in its own. */
struct cmd {
	const char *name;
	const char *summary;
	const char *operands; /* what follows the options, for the help text; NULL if nothing */
	const char *example;  /* for the help text; NULL: none */
	const struct option_help *options; /* ends with a NULL name */
	int (*run)(struct context *context, int argc, char **argv);
};

extern const struct cmd cmd_apply, cmd_bench, cmd_capture, cmd_detect, cmd_diagnose, cmd_help,
	cmd_revert, cmd_status;

/* The options that all commands have. */
extern const struct option_help cmd_common_options[];

/* The command of that name; NULL after a usage error, which names the one that is most like it. */
const struct cmd *cmd_find(const struct context *context, const char *name);

/* Prints the help text of CMD, or of the program if it is NULL. */
void cmd_print_help(const struct cmd *const *cmds, const struct cmd *cmd);

/*
 * Handles the options that all commands have and returns the code of the next other one (of the
 * program if context->cmd is NULL), -1 at the end, or '?' after a usage error or --help, with the
 * exit status in *ret_status.
 */
int cmd_next_option(struct context *context, int argc, char **argv, int *ret_status);

/* Prints a usage error and how to get help. Returns STATUS_USAGE. */
int cmd_usage_error(const struct context *context, const char *format, ...) PRINTF(2, 3);

/* For a command without operands. Returns an exit status, or -1 to go on. */
int cmd_no_operands(const struct context *context, int argc, char **argv);

/* For a command that has no options of its own either. Returns an exit status, or -1 to go on. */
int cmd_no_options(struct context *context, int argc, char **argv);
