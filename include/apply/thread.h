/* SPDX-License-Identifier: MIT */
#pragma once

struct root;

/*
 * Lets the secondary thread of an interrupt (struct vector) run only on CPUS, a list such as "6".
 * In a tree, its status file is rewritten. *RET_NOW receives the list read back, for the caller to
 * free, or NULL. Returns 0 or -errno: -ESRCH without such a thread, and as for
 * sched_setaffinity(2).
 */
int irq_thread_set_affinity(const struct root *root, int irq, const char *cpus, char **ret_now);
