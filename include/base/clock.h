/* SPDX-License-Identifier: MIT */
#pragma once

/* Milliseconds of CLOCK_MONOTONIC. A deadline is such a time. */
double clock_ms(void);

/* Milliseconds until DEADLINE, rounded up, for poll(2); 0 if it has passed. */
int clock_left_ms(double deadline);
