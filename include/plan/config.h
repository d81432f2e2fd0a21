/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"

#define CONFIG_FILE "/etc/ax650n-tune.conf"
#define CONFIG_DIR  "/etc/ax650n-tune.conf.d"

#define WAIT_MAX_S	    600
#define IDLE_LATENCY_MAX_US 1000000

/* What the user asks for: the configuration, then the command line over it. */
struct config {
	size_t n_devices;
	struct card_id *devices; /* cards besides those of vendor 1f4b */
	int cpu;		 /* -1: the fastest core */
	char *governor;		 /* NULL: leave cpufreq governors alone */
	long wait_s;		 /* how long apply waits for a card's driver */
	long idle_latency_us;	 /* -1: leave the idle states alone */
	char *memory_governor;	 /* NULL: leave the memory's clock alone */
};

/* The defaults. Returns 0 or -ENOMEM. */
int config_init(struct config *ret);
void config_done(struct config *config);

/*
 * Reads CONFIG_FILE and then CONFIG_DIR/ *.conf in the order of their names, or only FILE if it is
 * not NULL; a later assignment replaces an earlier one. Returns 0, or -errno with the reason in
 * ERROR: -EINVAL for a mistake in a file, which ERROR names by file, line and key.
 */
int config_read(const struct root *root, const char *file, struct config *config,
		struct error *error);

/* Reads the text of one file, called NAME in errors. Returns like config_read(). */
int config_parse(const char *text, const char *name, struct config *config, struct error *error);

/*
 * Sets one key, as on a line of the file. Returns 0, or -EINVAL with what is allowed in ERROR, or
 * -ENOMEM.
 */
int config_set(struct config *config, const char *key, const char *value, struct error *error);
