/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* An exit status in the table of ax650n-tune(8), of a command other than bench. */
bool is_documented(int status);

/* A file that apply and revert may write. PATH is below the tree: "/proc/irq/...". */
bool is_writable(const char *path);

/* A file that revert need not restore: it promises so for /proc and /sys. */
bool is_below_run(const char *path);
