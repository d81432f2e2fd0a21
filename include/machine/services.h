/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/bus.h"

#include <stdbool.h>

struct processes;
struct root;

#define SERVICE_NAME "ax650n-tune.service"
/* The drop-in that repeats the ban whenever irqbalance starts. */
#define DROP_IN_NAME "50-ax650n-tune.conf"

/* Another program on this machine that writes the same settings. */
struct rival {
	const char *name;
	bool affinity;	    /* writes IRQ affinities; others write governors */
	const char *config; /* its configuration file; NULL if there is none */
	bool daemon;	    /* keeps writing; others write once at boot */
	bool agrees;	    /* writes the governor performance */
	bool running;	    /* a daemon that runs now */
	bool ran;	    /* not a daemon, and has run since boot */
	bool enabled;	    /* runs at the next boot; false if unknown */
};

/* This program and its rivals, according to the system manager and /proc. */
struct services {
	bool asked;	   /* the manager has answered */
	struct unit own;   /* SERVICE_NAME */
	struct unit sleep; /* sleep.target: if it is masked, nothing suspends the machine */
	bool drop_in;	   /* irqbalance.service has DROP_IN_NAME, and SERVICE_NAME is active */
	size_t n_rivals;
	struct rival *rivals;
};

/*
 * Reads all of it. What the manager does not answer stays unknown. Returns 0 or -ENOMEM; the caller
 * calls services_done() in any case.
 */
int services_read(const struct root *root, const struct processes *processes, struct services *ret);
void services_done(struct services *services);
