/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"

#define REFERENCE_SOURCE "https://github.com/MasterVVK/cm3588-ax650n-pcie-tuning"

/*
 * A result that was published for a CM3588 (reference-results.tsv names the source). Of a range low
 * is the first and high the second figure; without one they are the same. NAN is unknown.
 */
struct reference {
	const char *group, *model, *part, *metric, *unit; /* part can be "" */
	double default_low, default_high;
	double tuned_low, tuned_high;
	double native_low, native_high; /* of the chip without PCIe, as its vendor says */
};

struct references {
	char *text; /* what the others point into */
	size_t count;
	struct reference *list;
};

/* All that the program carries. Returns 0 or -ENOMEM; the caller calls references_done(). */
int references_read(struct references *ret);
void references_done(struct references *references);

/* True if larger is better. */
bool reference_is_rate(const struct reference *reference);

/* The gain of tuned against default in percent, from the middles of the ranges. */
double reference_speedup(const struct reference *reference);

/*
 * The result of that model in that unit, or NULL; never that of a first token. Case and punctuation
 * do not count, nor do the directories and the ending of a file: "models/yolo11s-seg.axmodel" is
 * YOLO11s-Seg. Where a model has parts, the name has to name the part, too.
 */
const struct reference *references_find(const struct references *references, const char *name,
					const char *unit);

/* True if group, model or part hold PATTERN, whatever its case. */
bool reference_matches(const struct reference *reference, const char *pattern);
