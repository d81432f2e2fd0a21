/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/bench.h"

#include <stdint.h>

struct log;
struct session;
struct variants;
struct workload;

/* Called before each run. LEFT_MS is an estimate, -1 while there is none. */
typedef void bench_progress(const char *workload, const char *variant, int64_t n_done,
			    int64_t n_total, double left_ms);

/* How workloads are measured. */
struct bench_job {
	struct session *session;
	const struct variants *variants;
	struct bench_method method;
	bool higher_is_better; /* of METRIC_CUSTOM */
	/* Says to the user what the first run has shown. */
	void (*tell)(const struct log *log, const char *text);
	const struct log *log;
	bench_progress *progress; /* NULL: not wanted */
};

/*
 * Measures WORKLOAD and adds its results, one for each metric that its first run tells, to BENCH.
 * Each round runs every variant once, in a random order in which the first two are neighbours, so
 * that what changes slowly, such as heat, is the same for both.
 *
 * Returns 0; 1 if the session was stopped after some whole rounds, which are then the result, with
 * the sentence about that in ERROR; or -errno with the reason in ERROR: -ECANCELED if the session
 * was stopped before, -ECHILD if the workload failed, with what it had printed in workload->output.
 */
int bench_measure(const struct bench_job *job, struct workload *workload, struct bench *bench,
		  struct error *error);
