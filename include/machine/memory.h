/* SPDX-License-Identifier: MIT */
#pragma once

struct root;

/* The devfreq device that sets the clock of the memory. */
struct memory {
	char *name;	 /* "dmc", "a020000.dmcfreq"; NULL if there is none */
	char *path;	 /* the file of its governor */
	char *governor;	 /* NULL if unreadable... */
	int error;	 /* ...with this errno */
	char *governors; /* what it offers, separated by blanks; NULL unknown */
};

/* Reads /sys/class/devfreq. Returns 0 or -ENOMEM; the caller calls memory_done() in any case. */
int memory_read(const struct root *root, struct memory *ret);
void memory_done(struct memory *memory);
