/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/cpuset.h"

struct root;

struct process {
	int pid;
	char name[16]; /* comm: cut off by the kernel after 15 characters */
};

/* Who runs: read when somebody first asks. Zero before. */
struct processes {
	bool read;
	size_t count;
	struct process *list; /* in no particular order */
};

/* The kernel thread that runs the handler of an interrupt (request_threaded_irq()). */
struct irq_thread {
	int pid;	       /* 0: there is none */
	long priority;	       /* real-time priority, 1 to 99; 0 if it has none, -1 unknown */
	struct cpuset allowed; /* CPUs it may run on; empty if unknown */
	int last_cpu;	       /* where it ran last; -1 unknown */
};

/* Reads the processes of /proc unless they have been read. No /proc is none. Returns 0 or -ENOMEM.
 */
int processes_read(const struct root *root, struct processes *processes);
void processes_done(struct processes *processes);

/*
 * The pid of the process of that name (its first 15 characters), 0 if there is none. Only of a
 * process that is asked for here a record notes the name.
 */
int process_find(const struct root *root, const struct processes *processes, const char *name);

/*
 * The thread "irq/IRQ-..." among the processes (kernel/irq/manage.c, setup_irq_thread()). There is
 * none if the handler is not threaded. Fields of stat and status as in proc(5).
 * Returns 0 or -ENOMEM.
 */
int process_read_irq_thread(const struct root *root, const struct processes *processes, int irq,
			    struct irq_thread *ret);
