/* SPDX-License-Identifier: MIT */
#pragma once

#include "root/root.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

/* The path that FORMAT and the arguments behind it give. Returns -ENAMETOOLONG from its function.
 */
#define FORMAT_PATH(path, format)                                     \
	do {                                                          \
		va_list args;                                         \
		int n_path;                                           \
                                                                      \
		va_start(args, format);                               \
		n_path = vsnprintf(path, sizeof(path), format, args); \
		va_end(args);                                         \
		if (n_path < 0 || n_path >= (int)sizeof(path))        \
			return -ENAMETOOLONG;                         \
	} while (0)

/* The path of what FD is, below the root, without links. */
int root_fd_path(const struct root *root, int fd, char ret[static PATH_MAX]);

/* Cuts the last component off a path that has no link in it. */
void path_cut(char *path);

/*
 * Note in the record of the root, if there is one, what was found at PATH, and the links on the
 * way to it.
 */
void root_note_file(const struct root *root, const char *path, const char *bytes, size_t length);
void root_note_mode(const struct root *root, const char *path, mode_t mode);
void root_note_dir(const struct root *root, const char *path);
void root_note_links(const struct root *root, const char *path);
