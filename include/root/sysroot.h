/* SPDX-License-Identifier: MIT */
#pragma once

struct error;
struct root;

/*
 * Opens what --sysroot names: a directory, or a board file, which is expanded into a new directory
 * in TMPDIR or /tmp. sysroot_close() deletes that directory; a signal that ends the program does,
 * too. A program has one such directory at a time. Returns 0, or -errno with the reason in ERROR.
 */
int sysroot_open(const char *path, struct root **ret, struct error *error);
void sysroot_close(struct root *root);
