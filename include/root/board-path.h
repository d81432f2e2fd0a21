/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

/* The first line of a board file (root/board.h). */
#define BOARD_MARK "# ax650n-tune board 1"

/*
 * True for a path that a board file may create: UTF-8, below /proc, /sys, /run or /etc, without
 * blanks and without "." or "..", so that no entry lands anywhere else.
 */
bool board_path_is_valid(const char *path);
