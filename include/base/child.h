/* SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>
#include <stddef.h>

/* How long to wait for a process that hangs in a driver, where even SIGKILL does not end it. */
#define CHILD_REAP_MS 200
/* How much longer than its timeout a program can keep child_run() waiting. */
#define CHILD_STOP_MS(grace_ms) ((grace_ms) + CHILD_REAP_MS)

/* A program to run. Its standard output and error are read into memory. */
struct child {
	char *const *arguments;	  /* NULL-terminated; the first is searched in PATH */
	char *const *environment; /* NULL: that of this process */
	size_t output_max;	  /* bytes; of longer output, the end is kept */
	long timeout_ms;
	long grace_ms;	      /* from SIGTERM to SIGKILL */
	const sigset_t *mask; /* its blocked signals; NULL: those of this process */
	int stop_fd;	      /* becomes readable when the program is to be stopped; -1: none */
};

enum child_outcome {
	CHILD_EXITED,
	CHILD_KILLED, /* by a signal that child_run() did not send */
	CHILD_TIMED_OUT,
	CHILD_STOPPED,
};

struct child_end {
	enum child_outcome outcome;
	int code;	/* exit status or signal number */
	double wall_ms; /* from start to end */
	char *output;	/* followed by a NUL byte that is not counted; the caller frees it */
	size_t length;
};

/*
 * Runs the program in a process group of its own, without standard input, and waits until it ends.
 * Whatever is left of its group is then killed. If this process dies, the program gets SIGTERM.
 * Returns 0, or -errno if it could not be started; *ret is then untouched.
 */
int child_run(const struct child *child, struct child_end *ret);
