/* SPDX-License-Identifier: MIT */
#pragma once

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* How long to wait for a process that hangs in a driver, where even SIGKILL does not end it. */
#define CHILD_REAP_MS 200
/* How much longer than its timeout a program can keep child_run() waiting. */
#define CHILD_STOP_MS(grace_ms) ((grace_ms) + CHILD_REAP_MS)

/* The longest line that a terminal takes (N_TTY_BUF_SIZE, drivers/tty/n_tty.c), less its newline.
 */
#define CHILD_LINE_MAX 4094

/* A program to run. Its standard output and error are read into memory. */
struct child {
	char *const *arguments;	  /* NULL-terminated; the first is searched in PATH */
	char *const *environment; /* NULL: that of this process */
	int input;		  /* its standard input; -1: /dev/null */
	bool terminal;		  /* instead, give it a terminal, which child_send() writes to */
	size_t output_max;	  /* bytes; of longer output, the end is kept */
	long timeout_ms;
	long grace_ms;	      /* from SIGTERM to SIGKILL */
	const sigset_t *mask; /* its blocked signals; NULL: those of this process */
	int stop_fd;	      /* becomes readable when the program is to be stopped; -1: none */
};

enum child_outcome {
	CHILD_EXITED,
	CHILD_KILLED, /* by a signal that was not sent from here */
	CHILD_TIMED_OUT,
	CHILD_STOPPED,
	CHILD_WAITS, /* child_wait(): goes on, but has printed what was waited for */
};

struct child_end {
	enum child_outcome outcome;
	int code;	/* exit status or signal number */
	double wall_ms; /* from start to end */
	char *output;	/* followed by a NUL byte that is not counted; the caller frees it */
	size_t length;
};

/*
 * Runs the program in a process group of its own and waits until it ends. Whatever is left of its
 * group is then killed. If this process dies, the program gets SIGTERM. Returns 0, or -errno if it
 * could not be started; *ret is then untouched.
 */
int child_run(const struct child *child, struct child_end *ret);

/*
 * The same in steps, for a program that is told lines while it runs. *CHILD must last as long as
 * the process. Between start and finish SIGCHLD is blocked. Returns 0 or -errno.
 */
struct child_process;
int child_start(const struct child *child, struct child_process **ret);

/* Forgets what the program has printed, and types LINE, with a newline, at its terminal. */
int child_send(struct child_process *process, const char *line);

/* What the program has printed since child_send(), and for how many ms it has been silent. */
typedef bool child_until(const char *output, size_t length, double silent_ms, void *data);

/*
 * Waits until UNTIL is true, the program ends, the time is over or the program is to be stopped.
 * *ret is valid until the next call; its wall_ms ends with the last byte that was printed, and its
 * output is the process's.
 */
void child_wait(struct child_process *process, child_until *until, void *data,
		struct child_end *ret);

/*
 * Ends the program: types LAST, if it is not NULL, and the end of input at its terminal, and gives
 * it its grace; then sends SIGTERM, then SIGKILL.
 */
void child_finish(struct child_process *process, const char *last);
