/* SPDX-License-Identifier: MIT */
#pragma once

struct error;
struct root;

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

/*
 * Makes the files of the board in TEXT, called NAME in errors, below ROOT.
 * Returns 0, or -errno with the reason in ERROR.
 */
int board_expand(const char *text, const char *name, const struct root *root, struct error *error);
