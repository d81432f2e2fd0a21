/* SPDX-License-Identifier: MIT */
/* Which paths a board file may contain. Pure. */

#include "root/board-path.h"

#include "base/util.h"

#include <string.h>

/* Ten times what any machine has. */
#define DEPTH_MAX 200

bool board_path_is_valid(const char *path)
{
	static const char *const tops[] = { "/proc/", "/sys/", "/run/", "/etc/" };
	bool below = false;
	int depth = 0;

	for (const char *p = path; *p; p++)
		depth += *p == '/';
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		below = below || !strncmp(path, tops[i], strlen(tops[i]));
	return below && depth <= DEPTH_MAX && text_is_utf8(path) && !strstr(path, "//") &&
	       !strstr(path, "/./") && !strstr(path, "/../") && !strchr(path, ' ') &&
	       path[strlen(path) - 1] != '/' && strcmp(path + strlen(path) - 2, "/.") &&
	       strcmp(path + strlen(path) - 3, "/..");
}
