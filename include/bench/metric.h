/* SPDX-License-Identifier: MIT */
#pragma once

#include <math.h>
#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

struct error;

/* How the result of a run is read. */
enum metric_kind {
	METRIC_AUTO,  /* not known yet: metric_detect() tells from the first output */
	METRIC_WALL,  /* how long the run took, in ms */
	METRIC_AXCL,  /* what axcl_run_model prints: ms for one inference */
	METRIC_LLM,   /* what language-model runners print: token/s */
	METRIC_REGEX, /* the first group of a regular expression */
};

struct metric {
	enum metric_kind kind;
	bool higher_is_better; /* of METRIC_REGEX */
	regex_t regex;	       /* of METRIC_REGEX */
};

/* What a run has measured, in the unit of the metric. NAN is unknown. */
struct measurement {
	double value; /* the result of the run: the median of its numbers, else their mean */
	double min, max, mean, median, p95;
};

#define MEASUREMENT_UNKNOWN ((struct measurement){ NAN, NAN, NAN, NAN, NAN, NAN })

/* All results are below this, so that their sums are finite. */
#define METRIC_MAX 1e15

/*
 * A metric for a POSIX extended regular expression whose first group is the number. Returns 0, or
 * -EINVAL with the reason in ERROR. The caller calls metric_done().
 */
int metric_init(struct metric *ret, const char *regex, bool higher_is_better, struct error *error);
void metric_done(struct metric *metric);

/* The kind of an output: METRIC_AXCL, METRIC_LLM, or METRIC_WALL for any other. */
enum metric_kind metric_detect(const char *text, size_t length);

/* "ms", "token/s", or "" for a regular expression. */
const char *metric_unit(const struct metric *metric);
bool metric_higher_is_better(const struct metric *metric);

/*
 * Reads the result of a run that took WALL_MS from its output of LENGTH bytes. Terminal escape
 * sequences are ignored, and a carriage return ends a line. The result is the median of all numbers
 * found, but of several outputs of axcl_run_model it is the last. Returns 0, -ENOMEM, or -ENODATA
 * with what was expected in ERROR.
 */
int metric_read(const struct metric *metric, const char *text, size_t length, double wall_ms,
		struct measurement *ret, struct error *error);
