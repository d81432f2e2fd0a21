/* SPDX-License-Identifier: MIT */
/* board-expand BOARD DIR: makes DIR, unless it is there, and the files of a board below it. */

#include "root/board.h"
#include "root/root.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int main(int argc, char **argv)
{
	CLEANUP_ROOT struct root *host = NULL, *root = NULL;
	CLEANUP_FREE char *text = NULL;
	struct error error;
	int r;

	if (argc != 3) {
		fputs("usage: board-expand BOARD DIR\n", stderr);
		return 2;
	}
	r = root_open("/", &host);
	if (r == 0)
		r = root_read_text(host, &text, "%s", argv[1]);
	if (r == 0 && mkdir(argv[2], 0777) < 0 && errno != EEXIST)
		r = -errno;
	if (r == 0)
		r = root_open(argv[2], &root);
	if (r < 0) {
		fprintf(stderr, "board-expand: %s\n", strerror(-r));
		return 1;
	}
	if (board_expand(text, argv[1], root, &error) < 0) {
		fprintf(stderr, "board-expand: %s\n", error.text);
		return 1;
	}
	return 0;
}
