/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/cmd.h"
#include "cmd/context.h"
#include "report/bench.h"

/* What is asked for. */
struct bench_request {
	const char *metric, *variants, *save, *saved;
	enum bench_format format;
	bool has_format, higher, sweep, list;
	long rounds, warmup, timeout_s, seed;
	size_t n_operands;
	char **operands; /* models, the words of a command, or a pattern */
	bool command;	 /* they stand behind "--" */
};

extern const struct option_help bench_options[];

/* Reads the command line into *ret. Returns an exit status, or -1 to go on. */
int bench_parse_options(struct context *context, int argc, char **argv, struct bench_request *ret);

/*
 * Measures what is asked for, and puts back what was in force before. Reports errors itself; *ret
 * has what was measured nonetheless. Returns an exit status; the caller calls bench_done().
 */
int bench_requested(const struct context *context, const struct bench_request *request,
		    struct bench *ret);
