/* SPDX-License-Identifier: MIT */
/*
 * Outputs of workloads. The first byte chooses the regular expression. There are only these few:
 * others would test regcomp() of the C library, and only the user can give one.
 */

#include "base/util.h"
#include "bench/metric.h"
#include "fuzz.h"

#include <errno.h>
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

static unsigned read_output(const char *text, const regex_t *custom)
{
	struct measurement results[N_METRICS];
	struct error error = { 0 };
	unsigned metrics = 0;
	int r = metrics_read(text, custom, &metrics, results, &error);

	CHECK(r == 0 || (r == -EINVAL && *error.text && custom));
	for (enum metric metric = 0; metric < N_METRICS; metric++)
		if (metrics & METRIC_BIT(metric))
			check_measurement(&results[metric]);
	return metrics;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error error = { 0 };
	char *output, *text;
	regex_t regex;

	if (!size)
		return 0;
	/* Not a string: it has a length, and no NUL byte at its end. */
	output = malloc(size - 1);
	CHECK(output);
	memcpy(output, data + 1, size - 1);
	text = output_clean(output, size - 1);
	CHECK(text && strlen(text) < size);
	CHECK(!(read_output(text, NULL) & (METRIC_BIT(METRIC_WALL) | METRIC_BIT(METRIC_CUSTOM))));
	CHECK(metric_compile(patterns[(uint8_t)(*data - '0') % ARRAY_SIZE(patterns)], &regex,
			     &error) == 0);
	CHECK(!(read_output(text, &regex) & ~METRIC_BIT(METRIC_CUSTOM)));
	regfree(&regex);
	free(output);
	free(text);
	return 0;
}
