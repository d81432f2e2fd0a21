/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

/* A file that takes the place of another once it is whole; until then the other stays. */
struct replacement {
	FILE *file;	 /* to write to; NULL if there is none */
	char *path;	 /* without links, so that what a link points to is replaced */
	char *temporary; /* NULL if PATH is no regular file, which is written as it is */
};

/* Opens a file beside PATH, with its permissions. Returns 0 or -errno. */
int replace_begin(const char *path, struct replacement *ret);

/* R: 0 if the file is whole; otherwise it is dropped. Returns R, or -errno if that failed. */
int replace_end(struct replacement *replacement, int r);
