/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/log.h"
#include "machine/machine.h"
#include "plan/config.h"
#include "plan/plan.h"
#include "report/report.h"
#include "root/root.h"

/* The numbers are those of the LSB for init scripts, which systemd shows by name. */
enum exit_status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* failed or partly applied; status: not tuned */
	STATUS_USAGE = 2,  /* wrong usage or configuration */
	STATUS_NOT_PERMITTED = 4,
	STATUS_NO_CARD = 5,
};

/* One option, for getopt_long() and for the help text. */
struct option_help {
	const char *name;
	int code; /* what cmd_next_option() returns; the letter if there is a short form */
	const char *argument; /* its name in the help text; NULL if it takes none */
	const char *help;
};

struct context;

/* A command. Each cmd-*.c file ends in its own. */
struct cmd {
	const char *name;
	const char *summary;
	const char *operands; /* what follows the options, for the help text; NULL if nothing */
	const struct option_help *options; /* ends with a NULL name */
	int (*run)(struct context *context, int argc, char **argv);
};

extern const struct cmd cmd_apply, cmd_bench, cmd_capture, cmd_detect, cmd_diagnose, cmd_revert,
	cmd_status;

/* What the options before and behind the command's name ask for, and what commands share. */
struct context {
	const struct cmd *const *cmds; /* all of them; ends with NULL */
	const struct cmd *cmd;	       /* NULL before it is known */
	const char *sysroot;
	const char *config_file; /* NULL: the files in /etc */
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	bool json;
	struct log log;
	struct root *root;     /* open after context_open() */
	char *temporary;       /* the directory of an expanded board file */
	struct config config;  /* read by context_open() */
	struct record *record; /* of all that is read; NULL if none is asked for */
};

/* A machine with all that is known of it, and what apply would do to it. */
struct inspection {
	struct machine machine;
	struct plan plan;     /* empty if it was refused */
	struct error refused; /* why there is no plan; empty if there is one */
};

/*
 * The next option of the command (of the program if context->cmd is NULL), after carrying out
 * those that all commands have. Returns its code, -1 at the end, or '?' after a usage error or
 * --help, with the exit status in *ret_status.
 */
int cmd_next_option(struct context *context, int argc, char **argv, int *ret_status);

/* Prints a usage error and how to get help. Returns STATUS_USAGE. */
int cmd_usage_error(const struct context *context, const char *format, ...) PRINTF(2, 3);

/* Reads the options of a command that has none of its own, and no operands. Returns an exit
 * status, or -1 to go on. */
int cmd_no_options(struct context *context, int argc, char **argv);

/* Opens the root and reads the configuration. Returns an exit status, or -1 to go on. */
int context_open(struct context *context);
void context_close(struct context *context);

/* Reads the machine, as machine_read(). Returns an exit status, or -1 to go on. */
int context_read_machine(const struct context *context, unsigned kinds, struct machine *ret);

/*
 * Reads the machine, and all that a person wants to know of it, and plans. Returns an exit status,
 * or -1 to go on; the caller calls inspection_done().
 */
int context_inspect(const struct context *context, struct inspection *ret);
void inspection_done(struct inspection *inspection);

/* Prints ERROR, and sudo as the remedy if CODE is a lack of permission. Returns an exit status. */
int context_fail(const struct context *context, int code, const struct error *error);

/* Prints that there is no card and what to check. Returns STATUS_NO_CARD. */
int context_no_card(const struct context *context);

/*
 * True if a result is to be printed as text: not with -q, and not if messages go to the journal,
 * which is told the same.
 */
bool context_prints_result(const struct context *context);

/* How results are printed. */
struct report_style context_style(const struct context *context);

/* Warns of each card that has no driver or whose driver has no interrupt. */
void context_report_unready(const struct context *context, const struct machine *machine);

/*
 * Reports what became of each operation: changes to the journal alone, for the result tells them,
 * and what failed or was not possible. Returns an exit status.
 */
int context_report_ops(const struct context *context, const struct machine *machine,
		       const struct plan *plan, bool revert);

/* Help texts and the version, on standard output. */
void help_program(const struct cmd *const *cmds);
void help_command(const struct cmd *cmd);
