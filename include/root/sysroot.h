/* SPDX-License-Identifier: MIT */
#pragma once

struct error;
struct root;

/*
 * Opens what --sysroot names: a directory, or a board file, which is expanded into a new directory
 * in /tmp. *ret_temporary is then the name of that directory, else NULL. The caller passes both to
 * sysroot_close(), which deletes it. Returns 0, or -errno with the reason in ERROR.
 */
int sysroot_open(const char *path, struct root **ret, char **ret_temporary, struct error *error);
void sysroot_close(struct root *root, char *temporary);
