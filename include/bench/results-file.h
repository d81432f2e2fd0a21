/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/bench.h"
#include "bench/reference.h"

#include <stdio.h>

/*
 * The JSON contract of bench (schema 1), which is also the form of saved results: writes BENCH to
 * FILE. Returns 0, -ENOMEM, or the -errno of the write.
 */
int bench_write(const struct bench *bench, const struct references *references, FILE *file);

/*
 * Reads what bench_write() has written; summaries and effects are worked out anew. Returns 0, or
 * -errno with the reason in ERROR: -EBADMSG if it is something else. The caller calls bench_done().
 */
int bench_read(const char *path, struct bench *ret, struct error *error);
