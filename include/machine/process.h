/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/cpuset.h"

struct root;

struct process {
	int pid;
	char name[16]; /* comm: the kernel keeps 15 characters */
};

/* All processes; zero before processes_read(). */
struct processes {
	bool read;
	size_t count;
	struct process *list; /* in no particular order */
};

/* The kernel thread that runs the handler of an interrupt (request_threaded_irq()). */
struct irq_thread {
	int pid;	       /* 0: none */
	int64_t priority;      /* real-time priority, 1 to 99; 0 none, -1 unknown */
	struct cpuset allowed; /* CPUs it may run on; empty if unknown */
	int last_cpu;	       /* the CPU it ran on last; -1 unknown */
};

/* In /proc/PID/status, before the CPUs that a thread may run on. */
#define PROCESS_ALLOWED_LIST "\nCpus_allowed_list:\t"

/* Reads /proc unless it has been read. Without /proc there are none. Returns 0 or -ENOMEM. */
int processes_read(const struct root *root, struct processes *processes);
void processes_done(struct processes *processes);

/* Any user can give a process any name. In a tree, all processes are root's. */
bool process_is_of_root(const struct root *root, int pid);

/*
 * The pid of a process of root with that name (its first 15 characters); 0 if there is none. A
 * record notes only the names of processes found here.
 */
int process_find(const struct root *root, const struct processes *processes, const char *name);

/*
 * True if the kernel runs all handlers in threads: threadirqs, or PREEMPT_RT, which shows as
 * /sys/kernel/realtime. Only then there are secondary threads.
 */
bool process_irq_threads_are_forced(const struct root *root);

/*
 * Reads a thread of an interrupt (kernel/irq/manage.c, setup_irq_thread()): "irq/IRQ-..." exists if
 * the handler is threaded, by its driver or by the kernel; the secondary one, "irq/IRQ-s-...", if
 * it is threaded by both (threadirqs, PREEMPT_RT) and then runs the driver's own thread function.
 * Fields of stat and status as in proc(5). Returns 0 or -ENOMEM; without a thread *ret is
 * unchanged.
 */
int process_read_irq_thread(const struct root *root, const struct processes *processes, int irq,
			    bool secondary, struct irq_thread *ret);
