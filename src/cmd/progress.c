/* SPDX-License-Identifier: MIT */
/* A progress bar on standard error. */

#include "cmd/progress.h"

#include <stdio.h>
#include <unistd.h>

#define BAR 24

void progress_show(const char *what, size_t done, size_t total, double left_ms)
{
	int filled = total ? (int)(BAR * done / total) : 0;
	long left_s = (long)(left_ms / 1000 + 0.5);

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K[%.*s%*s] %zu/%zu", filled, "########################",
		BAR - filled, "", done, total);
	if (left_ms >= 0)
		fprintf(stderr, ", %ld:%02ld left", left_s / 60, left_s % 60);
	fprintf(stderr, "  %.28s", what);
}

void progress_clear(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}
