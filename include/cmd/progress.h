/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * Shows on standard error, if that is a terminal, a bar, what bench is doing and the time left (-1
 * unknown). The next call overwrites the line.
 */
void progress_show(const char *workload, const char *variant, int64_t n_done, int64_t n_total,
		   double left_ms);

/* Clears the line. */
void progress_clear(void);
