/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/metric.h"

#include <regex.h>
#include <signal.h>

struct child_process;
struct error;

#define WORKLOAD_STOPPED "stopped; the previous settings are restored"

/* How to talk to a program that answers prompts. */
struct prompt {
	const char *text;
	const char *reset; /* a line that is sent before each prompt; NULL: none */
	regex_t mark;	   /* its last line while it waits for a prompt; blanks may follow */
};

/* What is measured: a command that is run for each result, or one that is asked for each. */
struct workload {
	const char *name;
	char *const *arguments;
	const struct prompt *prompt; /* NULL: run it for each result */
	int input;		     /* its standard input, rewound for each run; -1: none */
	const regex_t *custom;	     /* NULL: look for the known results */
	const char *missing;	     /* ends the error if there is no such program; "" for none */
	long timeout_ms;	     /* of a run, of an answer, and of loading */
	const sigset_t *mask;	     /* the signals that are blocked for it */
	int stop_fd;		     /* becomes readable when it is to be stopped */

	struct child_process *runner; /* that answers prompts; NULL before and after */
	char *output;		      /* of a run that failed; NULL: none */
};

/* What a run or an answer has told. METRIC_WALL always has a result, but no bit. */
struct told {
	unsigned metrics; /* a bit for each that was found */
	struct measurement results[N_METRICS];
};

/* Nothing is known yet. */
void told_init(struct told *ret);

/*
 * Starts a program that answers prompts, and waits for its first prompt mark. Does nothing with
 * other workloads. Returns like workload_run(). The caller calls workload_end() in any case.
 */
int workload_begin(struct workload *workload, struct error *error);

/*
 * Runs the command, or asks it, and reads the results. Returns 0; or -errno with the reason in
 * ERROR: -ECANCELED if it was stopped, -ECHILD if it failed; what it had printed is then in
 * workload->output.
 */
int workload_run(struct workload *workload, struct told *ret, struct error *error);

/* Lets the program end: "q" and the end of its input, then SIGTERM, then SIGKILL. */
void workload_end(struct workload *workload);
