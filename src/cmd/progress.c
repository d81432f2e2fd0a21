/* SPDX-License-Identifier: MIT */
/* A progress bar on standard error. */

#include "cmd/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define BAR  24
#define WHAT 29 /* so that the line fits in 80 columns */

void progress_show(const char *workload, const char *variant, int64_t n_done, int64_t n_total,
		   double left_ms)
{
	int filled = (int)(BAR * n_done / n_total);
	long left_s = (long)(left_ms / 1000 + 0.5);
	char what[WHAT];

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K[%.*s%*s] %" PRId64 "/%" PRId64, filled,
		"########################", BAR - filled, "", n_done, n_total);
	if (left_ms >= 0)
		fprintf(stderr, ", %ld:%02ld left", left_s / 60, left_s % 60);
	snprintf(what, sizeof(what), "%s, %s", workload, variant);
	fprintf(stderr, "  %s", what);
}

void progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
