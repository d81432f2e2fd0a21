/* SPDX-License-Identifier: MIT */
/* A progress bar on standard error. */

#include "cmd/progress.h"

#include "base/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

void progress_show(const char *workload, const char *variant, int64_t n_done, int64_t n_total,
		   double left_ms)
{
	int columns = terminal_columns(STDERR_FILENO);
	int bar = columns * 3 / 10, filled = (int)(bar * n_done / n_total);
	long left_s = (long)(left_ms / 1000 + 0.5);
	char left[32] = "", line[121];

	if (!isatty(STDERR_FILENO))
		return;
	if (left_ms >= 0)
		snprintf(left, sizeof(left), ", %ld:%02ld left", left_s / 60, left_s % 60);
	/* The last column stays free: not every terminal can return from it. */
	snprintf(line, (size_t)columns, "[%.*s%*s] %" PRId64 "/%" PRId64 "%s  %s, %s", filled,
		 "####################################", bar - filled, "", n_done, n_total, left,
		 workload, variant);
	fprintf(stderr, "\r\033[K%s", line);
}

void progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
