/* SPDX-License-Identifier: MIT */
#pragma once

#include "root/root.h"

/* The first line of a board file. */
#define BOARD_MARK "# ax650n-tune board 1"

/*
 * A board file is the text of a machine: the files of /proc, /sys, /run and /etc that matter here.
 * It begins with the line BOARD_MARK; every other line is one of
 *
 *	# comment			or blank
 *	PATH = VALUE			a file with this one line
 *	PATH:				a file with the lines that follow, each after a "|"
 *	PATH: hex			a binary file; the lines after "|" hold bytes in hexadecimal
 *	PATH -> TARGET			a symbolic link
 *	PATH/				a directory
 *
 * "[0444] " before a PATH gives the file's mode (otherwise 0644). "{0-3,6}" in a PATH stands for
 * each of these numbers in turn; "{}" in the TARGET or VALUE then for the number.
 */

/* True for a path that a board file may make: below one of these four, without blanks. */
bool board_takes(const char *path);

/*
 * Makes the files of the board in TEXT, called NAME in errors, below ROOT.
 * Returns 0, or -errno with the reason in ERROR.
 */
int board_expand(const char *text, const char *name, const struct root *root, struct error *error);

/*
 * Opens what --sysroot names: a directory, or a board file, which is expanded below a new
 * directory in /tmp; *ret_temporary is then its name, else NULL. Give both to sysroot_close().
 * Returns 0, or -errno with the reason in ERROR.
 */
int sysroot_open(const char *path, struct root **ret, char **ret_temporary, struct error *error);
void sysroot_close(struct root *root, char *temporary);
