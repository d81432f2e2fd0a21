/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/types.h>

/*
 * Everything that was read of a machine, path by path, as a root with a record notes it: the
 * contents of a board file. What is noted first of a path stays.
 */
struct record;

struct record *record_new(void); /* NULL without memory */
void record_free(struct record *record);

/* False for a path that a board file cannot have. What is noted of such a path is dropped. */
bool record_accepts(const char *path);

/* Paths are those without links. Without memory these note nothing; record_write() then fails. */
void record_file(struct record *record, const char *path, const char *bytes, size_t length);
void record_mode(struct record *record, const char *path, mode_t mode);
void record_link(struct record *record, const char *path, const char *target);
void record_dir(struct record *record, const char *path);

/*
 * Writes a board file (board.h): its first line, HEAD as a comment, then what was noted in the
 * order of the paths. The MAC address in a name like enx001122334455 is written as zeros; serial
 * numbers and host names are in none of the files that the program reads.
 * Returns 0, -ENOMEM, or the -errno of the write.
 */
int record_write(struct record *record, const char *head, FILE *file);
