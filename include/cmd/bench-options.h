/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/bench.h"
#include "cmd/cmd.h"
#include "report/bench.h"

#include <stdint.h>

/* What the command line of bench asks for. */
struct bench_request {
	const char *variants; /* a list */
	struct bench_method method;
	int64_t timeout_s;
	const char *name;   /* of the result; NULL: that of the model or command */
	const char *metric; /* a regular expression; NULL: find out */
	bool higher_is_better;
	const char *prompt, *reset; /* lines to type; NULL: none */
	const char *mark;	    /* a regular expression */
	const char *input;	    /* the file of standard input; NULL: none */
	const char *save, *report;  /* files; NULL: none */
	bool list;		    /* print the published results */
	enum bench_format format;
	bool has_format;
	size_t n_operands;
	char **operands; /* models, the words of a command, or a pattern */
	bool command;	 /* they follow "--" */
};

extern const struct option_help bench_options[];

/* Reads the command line into *ret. Returns an exit status, or -1 to go on. */
int bench_parse_options(struct context *context, int argc, char **argv, struct bench_request *ret);
