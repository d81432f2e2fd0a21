/* SPDX-License-Identifier: MIT */
/* Time limits. */

#include "base/clock.h"

#include <time.h>

double clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1000000;
}

int clock_left_ms(double deadline)
{
	double left = deadline - clock_ms();

	return left > 0 ? (int)left + 1 : 0;
}
