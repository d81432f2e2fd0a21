/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Everything that was read from a machine, by path: the contents of a board file. A root fills it
 * (root_set_record()). The first content noted for a path stays.
 */
struct record;

struct record *record_new(void); /* NULL if out of memory */
void record_free(struct record *record);

/* False for a path that a board file cannot have. Nothing is noted for such a path. */
bool record_accepts(const char *path);

/* Paths are without links. If memory runs out, record_write() fails later. */
void record_file(struct record *record, const char *path, const char *bytes, size_t length);
void record_mode(struct record *record, const char *path, mode_t mode);
void record_link(struct record *record, const char *path, const char *target);
void record_dir(struct record *record, const char *path);

/*
 * Writes a board file (board.h): its first line, HEAD as a comment, then the entries sorted by
 * path. The MAC address in a name like enx001122334455 is written as zeros. The files that the
 * program reads contain no serial numbers and no host names. Returns 0, -ENOMEM, or the -errno of
 * the write.
 */
int record_write(struct record *record, const char *head, FILE *file);
