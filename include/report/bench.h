/* SPDX-License-Identifier: MIT */
#pragma once

#include "report/report.h"

struct bench;
struct bench_result;
struct bench_variant;
struct reference;
struct stats_effect;

enum bench_format {
	FORMAT_TEXT,
	FORMAT_MARKDOWN, /* the table of the published results */
	FORMAT_JSON,
};

/* "text" and so on. Returns 0, or -EINVAL for an unknown name. */
int bench_format_from_name(const char *name, enum bench_format *ret);

/* Prints a measurement on standard output. Returns 0 or -errno. */
int report_bench(const struct bench *bench, enum bench_format format, struct report_style style);

/* The formats that it calls. */
void report_bench_text(const struct bench *bench, struct report_style style);
void report_bench_markdown(const struct bench *bench);

/*
 * Prints the published results whose group, model or part contains PATTERN, or all if it is NULL.
 * Returns 0, -ENOENT if there are none, or -errno.
 */
int report_references(const char *pattern, enum bench_format format);

/* Prints one of them as a sentence. */
void report_reference(const struct reference *reference);

/* What the formats share. The texts are "-" for NAN, and NULL without memory; the caller frees
 * them. */
char *bench_number_text(double value); /* with four significant digits or more */
char *bench_percent_text(double percent);
char *bench_interval_text(const struct stats_effect *effect);
char *bench_spread_text(const struct bench_result *result, const struct bench_variant *variant);
/* One, or more if a figure that is not 0 would be printed as 0: which side it is on matters. */
int bench_decimals(double percent);
void bench_print_machine(const struct bench *bench); /* "CM3588, Linux 6.1, " */
