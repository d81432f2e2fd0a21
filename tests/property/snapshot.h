/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* Everything below a directory: path, mode and content of each file, target of each link. */
struct snapshot {
	size_t count;
	struct snapshot_file *files; /* sorted by path */
};

struct snapshot_file {
	char *path; /* below the directory: "/proc/interrupts" */
	unsigned mode;
	char *content; /* NULL of a directory */
	size_t length;
};

/* False, after a message, if the directory cannot be read. */
bool snapshot_take(const char *dir, struct snapshot *ret);
void snapshot_done(struct snapshot *snapshot);

/*
 * The first path that differs and that IS_IGNORED does not accept (NULL: none is ignored), or NULL.
 * Valid until both are freed.
 */
const char *snapshot_differ(const struct snapshot *before, const struct snapshot *after,
			    bool (*is_ignored)(const char *path));
