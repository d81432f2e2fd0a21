/* SPDX-License-Identifier: MIT */
#pragma once

struct error;
struct root;

/*
 * A board file is a machine as text: the files of /proc, /sys, /run and /etc that this program
 * reads. Its first line is BOARD_MARK (root/board-path.h); every other line is one of
 *
 *	# comment			or blank
 *	PATH = VALUE			a file with this one line
 *	PATH:				a file with the lines that follow, each after a "|"
 *	PATH: hex			a binary file, its bytes in hexadecimal, each line after a
 *"|" PATH -> TARGET			a symbolic link PATH/				a directory
 *
 * "[0444] " before a PATH sets the mode of the file (otherwise 0644). "{0-3,6}" in a PATH stands
 *for each of these numbers in turn, and "{}" in the TARGET or VALUE for the same number.
 */

/*
 * Creates the files of the board TEXT, called NAME in errors, below ROOT. Returns 0, or -errno with
 * the reason in ERROR.
 */
int board_expand(const char *text, const char *name, const struct root *root, struct error *error);
