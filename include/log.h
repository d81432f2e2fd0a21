/* SPDX-License-Identifier: MIT */
#pragma once

#include "util.h"

/* Messages for people, on standard error. Results go to standard output and are not logged. */
struct log {
	enum { LOG_QUIET = -1, LOG_NORMAL, LOG_VERBOSE } level;
};

/* Something failed. Always printed. */
void log_error(const struct log *log, const char *format, ...) PRINTF(2, 3);
/* Something a person should know of, but nothing failed. Not with -q. */
void log_warning(const struct log *log, const char *format, ...) PRINTF(2, 3);
/* What the program is doing. Not with -q. */
void log_info(const struct log *log, const char *format, ...) PRINTF(2, 3);
