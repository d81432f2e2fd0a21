/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"

/* A program to run, with its output (standard output and error) read into memory. */
struct child {
	char *const *arguments;	  /* ends with NULL; the first is looked for in PATH */
	char *const *environment; /* NULL: that of this process */
	size_t output_max;	  /* bytes; of a longer output the end is kept */
	long timeout_ms;
	long grace_ms; /* from SIGTERM to SIGKILL */
	int stop_fd;   /* readable when the program shall be ended; -1 none */
};

enum child_outcome {
	CHILD_EXITED,
	CHILD_KILLED, /* by a signal that did not come from here */
	CHILD_TIMED_OUT,
	CHILD_STOPPED,
};

struct child_end {
	enum child_outcome outcome;
	int code;	/* exit status, or the number of the signal */
	double wall_ms; /* from its start to its end */
	char *output;	/* followed by a NUL byte that is not counted; freed by the caller */
	size_t length;
};

/*
 * Runs the program in a process group of its own, with no standard input, and waits for its end.
 * The group is ended with it, and the program ends with this process. Returns 0, or -errno if it
 * could not be started; *ret is then untouched.
 */
int child_run(const struct child *child, struct child_end *ret);
