/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#define REFERENCE_SOURCE "https://github.com/MasterVVK/cm3588-ax650n-pcie-tuning"

/*
 * A result that was published for a CM3588; reference-results.inc, which lists them, names the
 * source. The low and the high end of a range are the same where no range was given. NAN: unknown.
 */
struct reference {
	/* Not pointers, each of which would be relocated at every start of the program. */
	char group[52], model[44], part[48], metric[12], unit[12]; /* part may be "" */
	double default_low, default_high;
	double tuned_low, tuned_high;
	double native_low, native_high; /* of the chip without PCIe, as its vendor states */
};

/* One of the published results, counted from 0; NULL after the last. */
const struct reference *reference_at(size_t index);

/*
 * The result of the model NAME in METRIC ("inference", "decode", "ttft"), or NULL; of several runs
 * the first. NAME may be that of a file, with what its vendor adds, but without its directory. A
 * name that may mean several results means none: it must include the part of a model that has many.
 */
const struct reference *reference_find(const char *name, const char *metric);

/* True if larger is better. */
bool reference_is_rate(const struct reference *reference);

/* The gain of tuned over default in percent, from the middles of the ranges; NAN for a spread. */
double reference_speedup(const struct reference *reference);

/* True if group, model or part contains PATTERN, whatever its case. */
bool reference_matches(const struct reference *reference, const char *pattern);
