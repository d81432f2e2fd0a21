/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/process.h"
#include "root/root.h"

/* The name that the ban of an interrupt has in a plan, which is no file of the kernel. */
#define IRQBALANCE_DIR "/run/irqbalance"

/* The daemon that spreads interrupts over the CPUs, and rewrites their affinity every 10 s. */
struct irqbalance {
	int pid;	 /* 0: it does not run */
	char *arguments; /* its command line, separated by blanks; NULL unknown */
	int error; /* errno if it could not be asked, which only root may; 0: it has answered */
	size_t n_banned;
	int *banned; /* the interrupts it leaves alone */
};

enum ban {
	BAN_UNKNOWN, /* it could not be asked */
	BAN_NONE,    /* it moves the interrupt as it likes */
	BAN_NUMBER,  /* banned by number, until irqbalance starts anew */
	BAN_DRIVER,  /* banned by the name of the driver, on its command line */
};

/*
 * Finds the daemon and asks it over its socket: /run/irqbalance/irqbalancePID.sock, or where older
 * versions have it. One that has just been started is waited for. No step takes longer than
 * two seconds. In the place of the socket a board has a file with the answer. Returns 0 or -ENOMEM;
 * the caller calls irqbalance_done() in any case. PROCESSES are read if the daemon has no socket.
 */
int irqbalance_read(const struct root *root, struct processes *processes, struct irqbalance *ret);
void irqbalance_done(struct irqbalance *irqbalance);

/*
 * The interrupts in an answer to "setup", "SLEEP 10 IRQ 45 LOAD 0 ... BANNED 000000c0", which
 * lists the banned ones. Returns 0, -EBADMSG if it is no such answer, or -ENOMEM. The caller frees
 * *ret.
 */
int irqbalance_parse_setup(const char *text, int **ret, size_t *ret_count);

/* True if the daemon has said that it leaves the interrupt alone. */
bool irqbalance_has_banned(const struct irqbalance *irqbalance, int irq);

/* Whether the daemon leaves an interrupt of DRIVER alone, and for how long. */
enum ban irqbalance_ban(const struct irqbalance *irqbalance, int irq, const char *driver);

/*
 * Adds an interrupt to those that the daemon leaves alone, or takes it from them; the others stay
 * as they are. When this returns 0, the daemon has listed the interrupt so, and writes its
 * affinity no more. Else -errno: -ESRCH if it does not run, -ETIMEDOUT if it did not answer,
 * -E2BIG if the list has become too long for it.
 */
int irqbalance_set_ban(const struct root *root, int irq, bool banned);
