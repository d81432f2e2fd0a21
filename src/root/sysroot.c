/* SPDX-License-Identifier: MIT */
/* Opens the directory or the board file that --sysroot names. */

#include "root/sysroot.h"

#include "base/util.h"
#include "root/board.h"
#include "root/root.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

void sysroot_close(struct root *root, char *temporary)
{
	root_close(root);
	if (temporary)
		(void)nftw(temporary, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	free(temporary);
}

/* Opens DIR, which is NAME itself or was expanded from it. */
static int open_tree(const char *dir, const char *name, struct root **ret, struct error *error)
{
	int r = root_open(dir, ret);

	if (r == -ENOSYS)
		return error_set(error, r,
				 "cannot use %s as --sysroot: openat2() is missing: the kernel is "
				 "older than Linux 5.6, or a container's seccomp filter blocks it",
				 name);
	return r < 0 ? error_set(error, r, "cannot open %s: %s", dir, strerror(-r)) : 0;
}

static int open_board(const char *path, struct root **ret, char **ret_temporary,
		      struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_ROOT struct root *host = NULL;
	struct root *root = NULL;
	char *temporary;
	int r = root_open("/", &host);

	if (r >= 0)
		r = root_read_text(host, &text, "%s", path);
	if (r < 0)
		return error_set(error, r, "cannot read %s: %s", path, root_strerror(r));
	temporary = strdup("/tmp/ax650n-tune.XXXXXX");
	if (!temporary || !mkdtemp(temporary)) {
		r = temporary ? -errno : -ENOMEM;
		free(temporary);
		return error_set(error, r, "cannot create a directory in /tmp: %s", strerror(-r));
	}
	r = open_tree(temporary, path, &root, error);
	if (r == 0)
		r = board_expand(text, path, root, error);
	if (r < 0) {
		sysroot_close(root, temporary);
		return r;
	}
	*ret = root;
	*ret_temporary = temporary;
	return 0;
}

int sysroot_open(const char *path, struct root **ret, char **ret_temporary, struct error *error)
{
	int r = open_tree(path, path, ret, error);

	*ret_temporary = NULL;
	return r == -ENOTDIR ? open_board(path, ret, ret_temporary, error) : r;
}
