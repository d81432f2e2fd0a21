/* SPDX-License-Identifier: MIT */
/*
 * Preloaded under valgrind, which answers ENOSYS for openat2() (seen with 3.19, Debian 12):
 * resolves RESOLVE_IN_ROOT and RESOLVE_BENEATH component by component. Not safe against renames
 * meanwhile.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As many links as the kernel follows in one path (MAXSYMLINKS, include/linux/namei.h). */
#define LINKS_MAX 40

struct walk {
	int fd;
	bool beneath; /* RESOLVE_BENEATH, else RESOLVE_IN_ROOT */
	int links;
	char done[PATH_MAX]; /* without links; "" is the directory FD */
	char todo[PATH_MAX];
};

static int leave_directory(struct walk *walk)
{
	char *slash = strrchr(walk->done, '/');

	if (walk->beneath && !*walk->done)
		return -EXDEV;
	*(slash ? slash : walk->done) = '\0';
	return 0;
}

/* Replaces the last component, a link, with its target and continues with REST after it. */
static int follow_link(struct walk *walk, const char *target, const char *rest)
{
	char joined[PATH_MAX];

	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (*target == '/' && walk->beneath)
		return -EXDEV;
	if (snprintf(joined, sizeof(joined), "%s/%s", target, rest) >= (int)sizeof(joined))
		return -ENAMETOOLONG;
	memcpy(walk->todo, joined, sizeof(joined));
	if (*target != '/')
		return leave_directory(walk);
	walk->done[0] = '\0';
	return 0;
}

/* Does not follow the last component if NOFOLLOW. It need not exist. */
static int walk_path(struct walk *walk, bool nofollow)
{
	for (char *rest = walk->todo; *rest;) {
		size_t length = strcspn(rest, "/"), at = strlen(walk->done);
		char name[NAME_MAX + 1], target[PATH_MAX];
		ssize_t n;
		bool last;
		int r = 0;

		if (length > NAME_MAX || at + length + 2 > sizeof(walk->done))
			return -ENAMETOOLONG;
		snprintf(name, sizeof(name), "%.*s", (int)length, rest);
		rest += length + strspn(rest + length, "/");
		last = !*rest;
		if (!*name || !strcmp(name, "."))
			continue;
		if (!strcmp(name, "..")) {
			r = leave_directory(walk);
			if (r < 0)
				return r;
			continue;
		}
		snprintf(walk->done + at, sizeof(walk->done) - at, at ? "/%s" : "%s", name);
		if (last && nofollow)
			return 0;
		n = readlinkat(walk->fd, walk->done, target, sizeof(target) - 1);
		if (n < 0 && errno != EINVAL && !(errno == ENOENT && last))
			return -errno;
		if (n < 0)
			continue;
		target[n] = '\0';
		r = follow_link(walk, target, rest);
		if (r < 0)
			return r;
		rest = walk->todo;
	}
	return 0;
}

static int open_walk(int fd, const char *path, const struct open_how *how)
{
	struct walk walk = { .fd = fd, .beneath = how->resolve & RESOLVE_BENEATH };
	int flags = (int)how->flags, r;

	if (snprintf(walk.todo, sizeof(walk.todo), "%s", path) >= (int)sizeof(walk.todo))
		return -ENAMETOOLONG;
	r = walk_path(&walk, flags & (O_NOFOLLOW | O_EXCL));
	if (r < 0)
		return r;
	fd = openat(fd, *walk.done ? walk.done : ".", flags | O_NOFOLLOW, (mode_t)how->mode);
	return fd < 0 ? -errno : fd;
}

long syscall(long number, ...)
{
	long a[6], r;
	va_list args;

	va_start(args, number);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number != SYS_openat2)
		return ((__typeof__(&syscall))dlsym(RTLD_NEXT, "syscall"))(number, a[0], a[1], a[2],
									   a[3], a[4], a[5]);
	r = open_walk((int)a[0], (const char *)a[1], (const struct open_how *)a[2]);
	if (r >= 0)
		return r;
	errno = (int)-r;
	return -1;
}
