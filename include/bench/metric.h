/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"

#include <math.h>
#include <regex.h>

/* How the result of a run of a workload is read. */
enum metric_kind {
	METRIC_AUTO,  /* not known yet: what metric_detect() says of the first output */
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

/* What a run has measured, in the unit of the metric. What is not known is NAN. */
struct measurement {
	double value; /* the result of the run: the median of what is in it, else the mean */
	double min, max, mean, median, p95;
};

#define MEASUREMENT_UNKNOWN ((struct measurement){ NAN, NAN, NAN, NAN, NAN, NAN })

/* No result is that large, and sums of such numbers stay finite. */
#define METRIC_MAX 1e15

/*
 * A metric for a POSIX extended regular expression with the number in its first group. Returns 0,
 * or -EINVAL with the reason in ERROR. The caller calls metric_done().
 */
int metric_init(struct metric *ret, const char *regex, bool higher_is_better, struct error *error);
void metric_done(struct metric *metric);

/* Which kind an output is: that of axcl_run_model, of a language-model runner, or any other. */
enum metric_kind metric_detect(const char *text, size_t length);

/* "ms", "token/s", or "" for a regular expression. */
const char *metric_unit(const struct metric *metric);
bool metric_higher_is_better(const struct metric *metric);

/*
 * Reads the result of a run from its output of LENGTH bytes, and WALL_MS, the time it took. Escape
 * sequences of terminals count for nothing; a carriage return ends a line. An output with several
 * answers gives the median of all; one that axcl_run_model has printed several times, the last.
 * Returns 0, -ENOMEM, or -ENODATA with what was looked for in ERROR.
 */
int metric_read(const struct metric *metric, const char *text, size_t length, double wall_ms,
		struct measurement *ret, struct error *error);
