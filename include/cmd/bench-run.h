/* SPDX-License-Identifier: MIT */
#pragma once

struct bench;
struct bench_request;
struct context;

/*
 * Measures every workload of REQUEST, and then restores what was in force before. Reports errors
 * itself; *ret holds the results that there are, even after one. Returns an exit status; the caller
 * calls bench_done().
 */
int bench_run_workloads(const struct context *context, const struct bench_request *request,
			struct bench *ret);
