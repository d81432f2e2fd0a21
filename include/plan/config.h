/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"
#include "machine/kind.h"

struct card_id;

/* What the user asks for: the configuration, then the command line over it. */
struct config {
	size_t n_devices;
	struct card_id *devices; /* cards besides those of vendor 1f4b */
	int cpu;		 /* -1: the fastest core */
	char *wanted[N_KINDS];	 /* the value of each kind that has a key; NULL: leave it alone */
	unsigned named;		 /* the kinds whose value the user named: no default */
};

/* The defaults: governor performance, all else off. Returns 0 or -ENOMEM. */
int config_init(struct config *ret);
void config_done(struct config *config);

/*
 * Sets one key, as on a line of the file. Returns 0, or -EINVAL with what is allowed in ERROR, or
 * -ENOMEM.
 */
int config_set(struct config *config, const char *key, const char *value, struct error *error);
