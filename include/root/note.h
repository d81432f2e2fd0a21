/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <sys/types.h>

struct root;

/*
 * If the root has a record, note in it what was read at PATH and the symbolic links on the way.
 */
void root_note_file(const struct root *root, const char *path, const char *bytes, size_t length);
void root_note_mode(const struct root *root, const char *path, mode_t mode);
void root_note_dir(const struct root *root, const char *path);
void root_note_links(const struct root *root, const char *path);
