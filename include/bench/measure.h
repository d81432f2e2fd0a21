/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/bench.h"
#include "bench/session.h"

/* What to run, and how its result is read. */
struct workload {
	const char *name;
	char *const *arguments;	     /* ends with NULL */
	const struct metric *metric; /* NULL: told by what the first run prints */
	const char *missing; /* what to do if there is no such program, "" if nothing is known */
	long timeout_ms;
};

struct bench_method {
	size_t n_variants;
	const struct variant
		*variants; /* two or more; the first is the one that the others are compared to */
	size_t rounds, warmup;
	uint32_t seed;
};

/* Told before each run. DONE and TOTAL count runs; LEFT_MS is -1 as long as it is unknown. */
typedef void bench_progress(void *data, const char *workload, const char *variant, size_t done,
			    size_t total, double left_ms);

/*
 * Measures a workload: WARMUP rounds that are not counted, then ROUNDS. Each round runs each
 * variant once, in an order of its own, the first two variants next to each other, so that what
 * changes slowly, such as heat, is the same for both. METHOD's variants are put in force by
 * SESSION.
 *
 * Returns 0, or -errno with the reason in ERROR: -ECANCELED if the session was stopped; -ECHILD if
 * the workload failed, with what it had printed in *ret_output, for the caller to free.
 */
int bench_measure(struct session *session, const struct bench_method *method,
		  const struct workload *workload, bench_progress *progress, void *data,
		  struct bench_result *ret, char **ret_output, struct error *error);
