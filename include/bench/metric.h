/* SPDX-License-Identifier: MIT */
#pragma once

#include <math.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

struct error;

/* What a run tells. One run can tell several. */
enum metric {
	METRIC_INFERENCE, /* ms of one call of a model */
	METRIC_DECODE,	  /* token/s of a language model */
	METRIC_TTFT,	  /* ms to its first token */
	METRIC_WALL,	  /* ms of the whole run */
	METRIC_CUSTOM,	  /* the first group of a regular expression */
	N_METRICS,
};

#define METRIC_BIT(metric) (1U << (metric))

/* "inference" and so on, as in the JSON contract. */
const char *metric_name(enum metric metric);
/* Returns 0 or -EINVAL. */
int metric_from_name(const char *name, enum metric *ret);
/* "ms", "token/s", or "" for METRIC_CUSTOM. */
const char *metric_unit(enum metric metric);

/* What a run has measured, in the unit of the metric. NAN is unknown. */
struct measurement {
	double value; /* the result of the run: the median of its numbers, else their mean */
	double min, max, mean, median, p95;
};

#define MEASUREMENT_UNKNOWN ((struct measurement){ NAN, NAN, NAN, NAN, NAN, NAN })

/* All results are below this, so that their sums are finite. */
#define METRIC_MAX 1e15

/*
 * Compiles a POSIX extended regular expression whose first group is a number. Returns 0, or -EINVAL
 * with the reason in ERROR. The caller calls regfree().
 */
int metric_compile(const char *regex, regex_t *ret, struct error *error);

/*
 * A copy of an output without terminal escape sequences, in which a carriage return ends a line, as
 * does a NUL byte. NULL if out of memory. The caller frees it.
 */
char *output_clean(const char *text, size_t length);

/*
 * Reads what a clean output tells: of CUSTOM, if it is not NULL, only METRIC_CUSTOM. A result is
 * the median of all numbers found, but of several outputs of axcl_run_model it is the last. Sets
 * *ret to the metrics found, a bit for each, and RESULTS of these; METRIC_WALL is never among them.
 * Returns 0, -ENOMEM, or -EINVAL with the reason in ERROR if CUSTOM found something that is no
 * number.
 */
int metrics_read(const char *text, const regex_t *custom, unsigned *ret,
		 struct measurement results[N_METRICS], struct error *error);
