/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

/* A new file that replaces another once it is complete. */
struct replacement {
	FILE *file;	 /* to write to */
	char *path;	 /* without links, so that the target of a link is replaced */
	char *temporary; /* NULL if PATH is not a regular file: then FILE is PATH itself */
};

/* Creates the new file next to PATH, with the same permissions. Returns 0 or -errno. */
int replace_begin(const char *path, struct replacement *ret);

/*
 * Closes the new file. If R is 0 it replaces PATH, otherwise it is removed. Returns R, or -errno if
 * it could not be written.
 */
int replace_end(struct replacement *replacement, int r);
