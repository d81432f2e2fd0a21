/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/bus.h"

#include <stdbool.h>

struct processes;
struct root;

#define SERVICE_NAME "ax650n-tune.service"
/* The file that has irqbalance told again after each of its starts. */
#define DROP_IN_NAME "50-ax650n-tune.conf"

/* Another program that writes the settings this one writes, on this machine. */
struct rival {
	const char *name;
	bool affinity;	    /* writes the affinity of interrupts; others write governors */
	const char *config; /* the file that tells it what to write; NULL if there is none */
	bool daemon;	    /* goes on writing; others write once at boot */
	bool running;	    /* a daemon runs; others have run since boot */
	bool enabled;	    /* runs at the next boot; false if that is unknown */
};

/* What the system manager and the processes say of this program and its rivals. */
struct services {
	bool asked;	   /* the manager has answered: the units are known */
	struct unit own;   /* SERVICE_NAME */
	struct unit sleep; /* sleep.target: if it is masked, nothing suspends the machine */
	bool drop_in;	   /* irqbalance.service has DROP_IN_NAME */
	size_t n_rivals;
	struct rival *rivals;
};

/*
 * Asks for all of it. A manager or a daemon that does not answer leaves its part unknown.
 * Returns 0 or -ENOMEM; the caller calls services_done() in any case.
 */
int services_read(const struct root *root, const struct processes *processes, struct services *ret);
void services_done(struct services *services);
