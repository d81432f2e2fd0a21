/* SPDX-License-Identifier: MIT */
/*
 * Outputs of workloads. The first byte chooses the regular expression. There are only these few:
 * others would test regcomp() of the C library, and only the user can give one.
 */

#include "base/util.h"
#include "bench/metric.h"
#include "fuzz.h"

#include <math.h>

static const char *const patterns[] = {
	"([0-9.]+) fps",     "(.*)", "()", "^ *([^ ]+)$", "x(y)?", "(a|b)*([0-9]*)",
	"took ([^ ]*)(s|$)",
};

/* Every number is NAN, or finite and above 0. */
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
	/* Not a string: it has a length, and no NUL byte at its end. */
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
