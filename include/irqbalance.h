/* SPDX-License-Identifier: MIT */
#pragma once

#include "process.h"
#include "root.h"

/* The daemon that spreads interrupts over the CPUs, and rewrites their affinity every 10 s. */
struct irqbalance {
	int pid;	 /* 0: it does not run */
	char *arguments; /* its command line, separated by blanks; NULL unknown */
	bool asked;	 /* it has told which interrupts it leaves alone, which only root may ask */
	size_t n_banned;
	int *banned; /* their numbers */
};

enum ban {
	BAN_UNKNOWN,	/* only root may ask */
	BAN_NONE,	/* irqbalance will move the interrupt */
	BAN_RUNTIME,	/* banned by number, until irqbalance or the driver starts again */
	BAN_PERSISTENT, /* banned by the name of its driver, on irqbalance's command line */
};

/*
 * Finds the daemon among the processes and asks it over its socket, /run/irqbalance/
 * irqbalancePID.sock, waiting no longer than TIMEOUT_MS. In the place of the socket a board has a
 * file with the answer. Returns 0 or -ENOMEM; the caller calls irqbalance_done() in any case.
 */
int irqbalance_read(const struct root *root, const struct process *processes, size_t count,
		    int timeout_ms, struct irqbalance *ret);
void irqbalance_done(struct irqbalance *irqbalance);

/*
 * The interrupts in an answer to "setup", "SLEEP 10 IRQ 45 LOAD 0 ... BANNED 000000c0", which
 * lists the banned ones. Returns 0, -EBADMSG if it is no such answer, or -ENOMEM. The caller frees
 * *ret.
 */
int irqbalance_parse_setup(const char *text, int **ret, size_t *ret_count);

/* Whether the daemon leaves an interrupt of DRIVER alone, and for how long. */
enum ban irqbalance_ban(const struct irqbalance *irqbalance, int irq, const char *driver);
