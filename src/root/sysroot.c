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
		return error_set(error, r, "cannot read %s: %s", path, strerror(-r));
	temporary = strdup("/tmp/ax650n-tune.XXXXXX");
	if (!temporary || !mkdtemp(temporary)) {
		r = temporary ? -errno : -ENOMEM;
		free(temporary);
		return error_set(error, r, "cannot make a directory in /tmp: %s", strerror(-r));
	}
	r = root_open(temporary, &root);
	if (r < 0)
		error_set(error, r, "cannot open %s: %s", temporary, strerror(-r));
	else
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
	int r = root_open(path, ret);

	*ret_temporary = NULL;
	if (r == -ENOTDIR)
		return open_board(path, ret, ret_temporary, error);
	return r < 0 ? error_set(error, r, "cannot open %s: %s", path, strerror(-r)) : 0;
}
