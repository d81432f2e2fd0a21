/* SPDX-License-Identifier: MIT */
/* Notes in the record what is read below the root, and the links on the way to it. */

#include "root/note.h"

#include "base/util.h"
#include "root/record.h"
#include "root/root.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

/* If PATH is a link, notes it and the links on the way to its target. */
static void note_link(const struct root *root, const char *path)
{
	char real[PATH_MAX], target[PATH_MAX], next[PATH_MAX];
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_NOFOLLOW, 0, path);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target) - 1);

	if (n < 0 || root_fd_path(root, fd, real) < 0)
		return;
	target[n] = '\0';
	record_link(root_record(root), real, target);
	/* Not for a link that leads nowhere or in a circle. */
	CLEANUP_CLOSE int end = root_open_file(root, O_PATH, 0, path);
	*strrchr(real, '/') = '\0';
	if (end >= 0 && snprintf(next, sizeof(next), "%s/%s", *target == '/' ? "" : real, target) <
				(int)sizeof(next))
		root_note_links(root, next);
}

void root_note_links(const struct root *root, const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = root_record(root) ? path : NULL; slash;) {
		slash = strchr(slash + 1, '/');
		snprintf(part, sizeof(part), "%.*s", slash ? (int)(slash - path) : PATH_MAX, path);
		note_link(root, part);
	}
}

/* Notes the links on the way to PATH and returns the path without them in RET. */
static int note_path(const struct root *root, const char *path, char ret[static PATH_MAX])
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH, 0, path);
	int r = fd < 0 ? fd : root_fd_path(root, fd, ret);

	/* A board cannot contain /home, for example: pretend that no link leads there. */
	if (r == 0 && !record_accepts(ret))
		snprintf(ret, PATH_MAX, "%s", path);
	else if (r == 0 && strcmp(path, ret) != 0)
		root_note_links(root, path);
	return r;
}

void root_note_dir(const struct root *root, const char *path)
{
	char real[PATH_MAX];

	if (root_record(root) && note_path(root, path, real) == 0)
		record_dir(root_record(root), real);
}

void root_note_file(const struct root *root, const char *path, const char *bytes, size_t length)
{
	char real[PATH_MAX];

	if (root_record(root) && note_path(root, path, real) == 0)
		record_file(root_record(root), real, bytes, length);
}

void root_note_mode(const struct root *root, const char *path, mode_t mode)
{
	char real[PATH_MAX];

	if (root_record(root) && note_path(root, path, real) == 0)
		record_mode(root_record(root), real, mode);
}
