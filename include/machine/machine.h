/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"
#include "machine/cpu.h"
#include "machine/irqbalance.h"
#include "machine/memory.h"
#include "machine/services.h"
#include "machine/smi.h"
#include "machine/system.h"

/* The facts. Read once; never changed afterwards. */
struct machine {
	struct cpus cpus;
	struct irq_table irqs;
	bool is_partial_view; /* sysfs hides CPUs that /proc/interrupts has: a container's lxcfs */
	struct irqbalance irqbalance;
	struct processes processes; /* empty if nothing asked for them */
	size_t n_cards;
	struct card *cards;
	size_t n_former;
	struct card *former;  /* see machine_add_former() */
	struct memory memory; /* filled in by kinds_read() */

	/* Filled in by machine_inspect(). */
	bool is_tree;	 /* not the running system */
	bool privileged; /* read by root, on the running system */
	struct system system;
	struct services services;

	struct smi smi; /* filled in by smi_run() */
};

/*
 * Reads everything plan_tune() needs, but for the values of rarely used kinds of settings: see
 * kinds_read(). EXTRA: further devices to treat as cards. Returns 0, or -errno with the reason in
 * ERROR. The caller calls machine_done().
 */
int machine_read(const struct root *root, const struct card_id *extra, size_t n_extra,
		 struct machine *ret, struct error *error);
void machine_done(struct machine *machine);

/*
 * Reads the interrupts of a device that an earlier run treated as a card, so that they can be put
 * back although the configuration no longer names the device. Does nothing if ADDRESS is one of the
 * cards, or no device any more. Returns 0 or -ENOMEM.
 */
int machine_add_former(const struct root *root, const char *address, struct machine *machine);

/* The vector of that interrupt on the card, or former card, of that address; or NULL. */
const struct vector *machine_find_vector(const struct machine *machine, const char *address,
					 int irq);

/*
 * Reads all the rest that diagnose(), or a person, wants to know of a machine that was read. On the
 * running system this watches the interrupts of the cards for WATCH_MS, and asks the system manager
 * and irqbalance. Returns 0 or -ENOMEM.
 */
int machine_inspect(const struct root *root, long watch_ms, struct machine *machine);

/* True if every card has a driver that has requested an interrupt. */
bool machine_is_ready(const struct machine *machine);
