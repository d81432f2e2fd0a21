/* SPDX-License-Identifier: MIT */
/*
 * What workloads print. The first byte chooses how it is read. The regular expressions are these
 * few: others would test the C library's regcomp(), and are root's own.
 */

#include "bench/metric.h"
#include "fuzz.h"

#include <math.h>

static const char *const patterns[] = {
	"([0-9.]+) fps",     "(.*)", "()", "^ *([^ ]+)$", "x(y)?", "(a|b)*([0-9]*)",
	"took ([^ ]*)(s|$)",
};

/* Any number that is given is a real one, of what lies between the smallest and the largest. */
static void check_measurement(const struct measurement *result)
{
	const double all[] = { result->min, result->max, result->mean, result->median,
			       result->p95 };

	CHECK(isfinite(result->value) && result->value > 0);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		CHECK(isnan(all[i]) || (isfinite(all[i]) && all[i] > 0));
}

static int read_output(const struct metric *metric, const char *text, size_t length)
{
	struct error error = { 0 };
	struct measurement result;
	int r = metric_read(metric, text, length, 77, &result, &error);

	CHECK(r == 0 || (r == -ENODATA && *error.text));
	if (r == 0)
		check_measurement(&result);
	return r;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct metric metric = { 0 };
	struct error error = { 0 };
	enum metric_kind kind;
	char *text;

	if (!size)
		return 0;
	/* No text: it has a length, and no NUL byte at its end. */
	text = malloc(size - 1);
	CHECK(text);
	memcpy(text, data + 1, size - 1);
	kind = metric_detect(text, size - 1);
	for (metric.kind = METRIC_WALL; metric.kind < METRIC_REGEX; metric.kind++) {
		int r = read_output(&metric, text, size - 1);

		CHECK(r == 0 || metric.kind != kind);
	}
	CHECK(metric_init(&metric, patterns[(uint8_t)(*data - '0') % ARRAY_SIZE(patterns)], true,
			  &error) == 0);
	(void)read_output(&metric, text, size - 1);
	metric_done(&metric);
	free(text);
	return 0;
}
