/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

/*
 * Shows on standard error how far something is, if that is a terminal: a bar, what is done now and
 * the time left (-1 unknown), on one line that the next call replaces.
 */
void progress_show(const char *what, size_t done, size_t total, double left_ms);

/* Takes the line away. */
void progress_clear(void);
