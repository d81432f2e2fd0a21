/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdio.h>

struct bench;
struct error;
struct json_object;
struct reference;

/* A published result as JSON. */
struct json_object *bench_new_reference(const struct reference *reference);

/*
 * Writes BENCH to FILE as JSON (schema 1), with the published result of each model. Saved results
 * have the same form. Returns 0, -ENOMEM, or -errno if FILE cannot be written.
 */
int bench_write(const struct bench *bench, FILE *file);

/*
 * Reads a file that bench_write() has written, and works out its summaries and effects. Returns 0,
 * or -errno with the reason in ERROR: -EBADMSG if it is another file. The caller calls
 * bench_done().
 */
int bench_read(const char *path, struct bench *ret, struct error *error);
