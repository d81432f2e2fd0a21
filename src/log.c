/* SPDX-License-Identifier: MIT */
/* Messages on standard error. */

#include "log.h"

#include <stdarg.h>
#include <stdio.h>

static void PRINTF(2, 0) print(const char *prefix, const char *format, va_list args)
{
	fprintf(stderr, "ax650n-tune: %s", prefix);
	vfprintf(stderr, format, args);
	fputc('\n', stderr);
}

void log_error(const struct log *log, const char *format, ...)
{
	va_list args;

	(void)log;
	va_start(args, format);
	print("", format, args);
	va_end(args);
}

void log_warning(const struct log *log, const char *format, ...)
{
	va_list args;

	if (log->level == LOG_QUIET)
		return;
	va_start(args, format);
	print("warning: ", format, args);
	va_end(args);
}

void log_info(const struct log *log, const char *format, ...)
{
	va_list args;

	if (log->level == LOG_QUIET)
		return;
	va_start(args, format);
	print("", format, args);
	va_end(args);
}
