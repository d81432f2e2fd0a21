/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct processes;
struct root;

/* The command that replaces the list of bans. */
#define IRQBALANCE_BAN "settings ban irqs"

/* Where irqbalance has its socket since 1.6. A ban has no file, so this is its path in a plan. */
#define IRQBALANCE_DIR	  "/run/irqbalance"
#define IRQBALANCE_SOCKET IRQBALANCE_DIR "/irqbalance%d.sock" /* of a pid */

/* The daemon that spreads interrupts over the CPUs: it may rewrite any IRQ affinity every 10 s. */
struct irqbalance {
	int pid;	 /* 0: it does not run */
	char *arguments; /* its command line, words separated by blanks; NULL unknown */
	int error; /* errno if it could not be asked, as by anyone but root; 0: it has answered */
	size_t n_banned;
	int *banned; /* IRQ numbers of the interrupts it leaves alone */
};

enum ban {
	BAN_UNKNOWN,  /* it could not be asked */
	BAN_NONE,     /* it may move the interrupt */
	BAN_IN_FORCE, /* its answer lists the interrupt */
};

/* How long it may take to answer, in ms. It answers at once, unless it has just been started. */
#define IRQBALANCE_TIMEOUT_MS 1500

/*
 * Finds the daemon by IRQBALANCE_DIR and asks it over its socket; waits for a daemon that has just
 * been started. Gives up at DEADLINE (clock_ms()). Only a process of root is irqbalance. A board
 * has a file with the answer in place of the socket. PROCESSES are read if there is no socket.
 * Returns 0 or -ENOMEM; the caller calls irqbalance_done() in any case.
 */
int irqbalance_read(const struct root *root, struct processes *processes, double deadline,
		    struct irqbalance *ret);
void irqbalance_done(struct irqbalance *irqbalance);

/* Finds one that has no socket, as before 1.6 or without IRQBALANCE_DIR: its error is ENOENT. */
void irqbalance_find(const struct root *root, const struct processes *processes,
		     struct irqbalance *irqbalance);

/*
 * Sends one command to the daemon and reads its answer, which the caller frees. Returns 0 when the
 * command is in force, or -errno: -E2BIG if the command or the answer is too long, -ETIMEDOUT if
 * the whole answer was not there by DEADLINE, -ECONNREFUSED if the socket is not root's.
 */
int irqbalance_ask(int pid, const char *command, double deadline, char **ret);

/*
 * The banned IRQ numbers in an answer to "setup", "SLEEP 10 IRQ 45 LOAD 0 ... BANNED 000000c0".
 * Returns 0, -EBADMSG if it is not such an answer, or -ENOMEM. The caller frees *ret.
 */
int irqbalance_parse_setup(const char *text, int **ret, size_t *ret_count);

/* True if the interrupt is on the list of bans in its answer. */
bool irqbalance_has_banned(const struct irqbalance *irqbalance, int irq);

/* True if the command that bans one more interrupt is not too long for irqbalance to read. */
bool irqbalance_has_room(const struct irqbalance *irqbalance, int irq);

/* Whether it leaves an interrupt alone, according to its answer. */
enum ban irqbalance_ban(const struct irqbalance *irqbalance, int irq);

/*
 * True if its command line has --banmod for that driver. The answer does not list such a ban, which
 * irqbalance heeds from 1.9.1 on only, and nothing tells its version.
 */
bool irqbalance_is_told_of(const struct irqbalance *irqbalance, const char *driver);
