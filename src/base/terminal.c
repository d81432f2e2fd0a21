/* SPDX-License-Identifier: MIT */
/* The width of a terminal. */

#include "base/terminal.h"

#include <sys/ioctl.h>

int terminal_columns(int fd)
{
	struct winsize size;

	/* A serial line has no width. */
	if (ioctl(fd, TIOCGWINSZ, &size) != 0 || !size.ws_col)
		return 80;
	return size.ws_col < 40 ? 40 : size.ws_col > 120 ? 120 : size.ws_col;
}
