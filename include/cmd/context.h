/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/log.h"
#include "plan/config.h"
#include "report/report.h"

struct cmd;
struct record;
struct root;

/* The numbers are those of the LSB for init scripts, which systemd shows by name. */
enum exit_status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1, /* failed or partly applied; status: not tuned */
	STATUS_USAGE = 2,  /* wrong usage or configuration */
	STATUS_NOT_PERMITTED = 4,
	STATUS_NO_CARD = 5,
	STATUS_INTERRUPTED = 130, /* bench, by SIGINT: as a shell has it */
};

/* What the common options ask for, and what commands work with. */
struct context {
	const struct cmd *const *cmds; /* all of them; ends with NULL */
	const struct cmd *cmd;	       /* NULL before it is known */
	const char *sysroot;
	const char *config_file; /* NULL: the files in /etc */
	enum { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	bool json;
	bool printed_json; /* the one document that --json promises */
	struct log log;
	struct root *root;     /* open after context_open() */
	struct config config;  /* read by context_configure() */
	struct record *record; /* of everything that is read; NULL: do not record */
};

/* Opens the root. Returns an exit status, or -1 to go on. */
int context_open(struct context *context);

/*
 * Reads the configuration. A mistake in it ends the command; if RET_MISTAKE is not NULL it is
 * stored there instead, and the defaults are in force. Returns an exit status, or -1 to go on.
 */
int context_configure(struct context *context, struct error *ret_mistake);
void context_close(struct context *context);

/* Prints ERROR, and the remedy if CODE is a lack of permission. Returns an exit status. */
int context_fail(const struct context *context, int code, const struct error *error);

/* Prints that there is no card and what to check. Returns STATUS_NO_CARD. */
int context_no_card(const struct context *context);

/*
 * True if the result is to be printed as text: not with -q, and not if messages go to the journal,
 * which then holds the same.
 */
bool context_prints_result(const struct context *context);

/* How results are printed. */
struct report_style context_style(const struct context *context);
