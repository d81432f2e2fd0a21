/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/bench.h"
#include "bench/metric.h"

#include <stdint.h>

struct session;
struct variants;

/* Called before each run. LEFT_MS is an estimate, -1 while there is none. */
typedef void bench_progress(const char *workload, const char *variant, int64_t n_done,
			    int64_t n_total, double left_ms);

/* How workloads are measured. */
struct bench_job {
	struct session *session;
	const struct variants *variants;
	struct bench_method method;
	struct metric metric;	  /* how the result of a run is read */
	const char *missing;	  /* ends the error if there is no such program; "" for none */
	long timeout_ms;	  /* of a run */
	bench_progress *progress; /* NULL: not wanted */
};

/*
 * Measures the workload that ARGUMENTS runs. Each round runs every variant once, in a random order
 * in which the first two are neighbours, so that what changes slowly, such as heat, is the same for
 * both.
 *
 * Returns 0; 1 if the session was stopped after some whole rounds, which are then the result, with
 * the sentence about that in ERROR; or -errno with the reason in ERROR: -ECANCELED if the session
 * was stopped before; -ECHILD if
 * the workload failed, with what it had printed in *ret_output, for the caller to free.
 */
int bench_measure(const struct bench_job *job, const char *name, char *const *arguments,
		  struct bench_result *ret, char **ret_output, struct error *error);
