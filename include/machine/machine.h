/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"
#include "machine/cpu.h"
#include "machine/irqbalance.h"
#include "machine/services.h"
#include "machine/smi.h"
#include "machine/system.h"
#include "plan/op.h"

/* The governor of the memory's clock: devfreq device "dmc", vendor kernels only. */
struct memory {
	char *governor;	 /* NULL if unreadable, as when the machine has no such device... */
	int error;	 /* ...with this errno */
	char *governors; /* available_governors, separated by blanks; NULL if unknown */
};

/* The facts. Read once; never changed afterwards. */
struct machine {
	struct cpus cpus;
	struct irq_table irqs;
	struct memory memory;
	struct irqbalance irqbalance;
	struct processes processes; /* empty if nothing asked for them */
	size_t n_cards;
	struct card *cards;

	/* Filled in by machine_inspect(). */
	struct system system;
	struct services services;

	struct smi smi; /* filled in by smi_run() */
};

/*
 * Reads what a plan takes. EXTRA: further devices to treat as cards. KINDS: the settings of which
 * the present value is wanted; idle latencies and the memory's governor are read for them alone.
 * Returns 0, or -errno with the reason in ERROR. The caller calls machine_done().
 */
int machine_read(const struct root *root, const struct card_id *extra, size_t n_extra,
		 unsigned kinds, struct machine *ret, struct error *error);
void machine_done(struct machine *machine);

/*
 * Reads all the rest that diagnose(), or a person, wants to know of a machine that was read. On the
 * running system this watches the interrupts of the cards for WATCH_MS, and asks the system manager
 * and irqbalance. Returns 0 or -ENOMEM.
 */
int machine_inspect(const struct root *root, long watch_ms, struct machine *machine);

/* True if every card has a driver that has requested an interrupt. */
bool machine_is_ready(const struct machine *machine);

/*
 * Waits until a card is ready that was not so in MACHINE, at most WAIT_MS. The checks are 10 ms
 * apart and read only what belongs to such cards. Returns how much of WAIT_MS is left: 0 if none
 * became ready.
 */
long machine_wait(const struct root *root, const struct machine *machine, long wait_ms);
