/* SPDX-License-Identifier: MIT */
#pragma once

struct config;
struct error;
struct root;

#define CONFIG_FILE "/etc/ax650n-tune.conf"
#define CONFIG_DIR  "/etc/ax650n-tune.conf.d"

/*
 * Reads CONFIG_FILE and then CONFIG_DIR/ *.conf in the order of their names, or only FILE if it is
 * not NULL; a later assignment replaces an earlier one. Returns 0, or -errno with the reason in
 * ERROR: -EINVAL for a mistake in a file, which ERROR names by file, line and key.
 */
int config_read(const struct root *root, const char *file, struct config *config,
		struct error *error);

/* Reads the text of one file, called NAME in errors. Returns like config_read(). */
int config_parse(const char *text, const char *name, struct config *config, struct error *error);
