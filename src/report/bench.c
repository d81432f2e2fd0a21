/* SPDX-License-Identifier: MIT */
/* Prints the results of bench in any of its formats, and holds what these share. */

#include "report/bench.h"

#include "base/util.h"
#include "bench/bench.h"
#include "bench/results-json.h"
#include "report/table.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* With four significant digits, a difference of 0.1 % can be seen. */
char *bench_number_text(double value)
{
	if (!isfinite(value))
		return text_or_dash(NULL);
	return text_format(value < 100 ? "%.3f" : value < 1000 ? "%.2f" : "%.1f", value);
}

char *bench_percent_text(double percent)
{
	if (isnan(percent))
		return text_or_dash(NULL);
	/* No "-0.0". */
	percent = fabs(percent) < 0.05 ? 0 : percent;
	return text_format("%+.1f %%", percent);
}

int bench_decimals(double percent)
{
	double size = fabs(percent);

	return size > 0 && size < 0.05 ? (int)fmin(-floor(log10(size)), 12) : 1;
}

char *bench_interval_text(const struct stats_effect *effect)
{
	return text_format("%+.*f to %+.*f", bench_decimals(effect->low), effect->low,
			   bench_decimals(effect->high), effect->high);
}

/* The published results give the spread of times in us. */
char *bench_spread_text(const struct bench_result *result, const struct bench_variant *variant)
{
	double spread = bench_spread(variant);

	if (!isfinite(spread))
		return text_or_dash(NULL);
	return !strcmp(metric_unit(result->metric), "ms") ? text_format("%.0f us", spread * 1000)
							  : bench_number_text(spread);
}

void bench_print_machine(const struct bench *bench)
{
	printf("%s, Linux %s, ", bench->model ? bench->model : "Unknown machine",
	       bench->kernel ? bench->kernel : "unknown");
}

static const char *const format_names[] = {
	[FORMAT_TEXT] = "text",
	[FORMAT_MARKDOWN] = "markdown",
	[FORMAT_JSON] = "json",
};

int bench_format_from_name(const char *name, enum bench_format *ret)
{
	for (unsigned i = 0; i < ARRAY_SIZE(format_names); i++) {
		if (!strcmp(format_names[i], name)) {
			*ret = i;
			return 0;
		}
	}
	return -EINVAL;
}

int report_bench(const struct bench *bench, enum bench_format format, struct report_style style)
{
	switch (format) {
	case FORMAT_JSON:
		return bench_write(bench, stdout);
	case FORMAT_MARKDOWN:
		report_bench_markdown(bench);
		break;
	case FORMAT_TEXT:
		report_bench_text(bench, style);
		break;
	}
	return 0;
}
