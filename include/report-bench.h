/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench.h"
#include "reference.h"
#include "report.h"

enum bench_format {
	FORMAT_TEXT,
	FORMAT_MARKDOWN, /* the table of the published results */
	FORMAT_CSV,	 /* RFC 4180, a line for each run */
	FORMAT_JSON,
};

/* "text" and so on; another name gives -EINVAL. */
int bench_format_from_name(const char *name, enum bench_format *ret);

/* Prints a measurement on standard output. Returns 0, -ENOMEM or -EIO. */
int report_bench(const struct bench *bench, const struct references *references,
		 enum bench_format format, struct report_style style);

/* Prints the published results whose group, model or part hold PATTERN, which may be NULL. */
void report_references(const struct references *references, const char *pattern,
		       struct report_style style);
