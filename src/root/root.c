/* SPDX-License-Identifier: MIT */
/* Opens what is below the root. Every path of the program passes through here. */

#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* As many links as the kernel follows in one path (MAXSYMLINKS, include/linux/namei.h). */
#define LINKS_MAX 40

struct root {
	int fd;
	char path[PATH_MAX]; /* "" for the running system */
	struct record *record;
};

int root_open(const char *path, struct root **ret)
{
	struct root *root = calloc(1, sizeof(*root));
	size_t length = strlen(path);

	if (!root)
		return -ENOMEM;
	while (length && path[length - 1] == '/')
		length--;
	if (length >= sizeof(root->path)) {
		free(root);
		return -ENAMETOOLONG;
	}
	memcpy(root->path, path, length);
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0) {
		int r = -errno;

		free(root);
		return r;
	}
	*ret = root;
	return 0;
}

void root_close(struct root *root)
{
	if (!root)
		return;
	close(root->fd);
	free(root);
}

void root_close_p(struct root *const *root)
{
	root_close(*root);
}

const char *root_path(const struct root *root)
{
	return root->path;
}

void root_set_record(struct root *root, struct record *record)
{
	root->record = record;
}

struct record *root_record(const struct root *root)
{
	return root->record;
}

bool root_is_live(const struct root *root)
{
	return !*root->path;
}

static void path_cut(char *path)
{
	char *slash = strrchr(path, '/');

	*(slash ? slash : path) = '\0';
}

/*
 * Resolves PATH to one without links and without "..", relative to the root. The last component is
 * not followed if NOFOLLOW, and need not exist.
 */
static int resolve(int fd, const char *path, bool nofollow, char ret[static PATH_MAX])
{
	char todo[PATH_MAX], done[PATH_MAX] = "";
	int links = 0;

	if (snprintf(todo, sizeof(todo), "%s", path) >= (int)sizeof(todo))
		return -ENAMETOOLONG;
	for (char *rest = todo; *rest;) {
		char component[NAME_MAX + 1], target[PATH_MAX], joined[PATH_MAX];
		size_t length = strcspn(rest, "/");
		bool last = !rest[length + strspn(rest + length, "/")];
		size_t at = strlen(done);
		ssize_t n;

		if (length > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(component, rest, length);
		component[length] = '\0';
		rest += length + strspn(rest + length, "/");
		if (!length || !strcmp(component, "."))
			continue;
		if (!strcmp(component, "..")) {
			path_cut(done);
			continue;
		}
		if (at + length + 2 > sizeof(done))
			return -ENAMETOOLONG;
		snprintf(done + at, sizeof(done) - at, at ? "/%s" : "%s", component);
		if (last && nofollow)
			break;
		n = readlinkat(fd, done, target, sizeof(target) - 1);
		if (n < 0) {
			if (errno == EINVAL || (errno == ENOENT && last))
				continue;
			return -errno;
		}
		target[n] = '\0';
		if (++links > LINKS_MAX)
			return -ELOOP;
		if (target[0] == '/')
			done[0] = '\0';
		else
			path_cut(done);
		if (snprintf(joined, sizeof(joined), "%s/%s", target, rest) >= (int)sizeof(joined))
			return -ENAMETOOLONG;
		memcpy(todo, joined, sizeof(todo));
		rest = todo;
	}
	memcpy(ret, *done ? done : ".", *done ? sizeof(done) : 2);
	return 0;
}

static int open_at(const struct root *root, int flags, mode_t mode, uint64_t how, const char *path)
{
	const struct open_how open_how = { .flags = (unsigned)(flags | O_CLOEXEC),
					   .mode = flags & O_CREAT ? mode : 0,
					   .resolve = how };
	int fd;

	do
		fd = (int)syscall(__NR_openat2, root->fd, path, &open_how, sizeof(open_how));
	/* EAGAIN: something was renamed just then, and the kernel asks to try again. */
	while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	return fd < 0 ? -errno : fd;
}

/* EPERM is the answer of a container's filter that does not know the call. */
static bool lacks_openat2(int r)
{
	return r == -ENOSYS || r == -EPERM;
}

int root_open_file(const struct root *root, int flags, mode_t mode, const char *path)
{
	char resolved[PATH_MAX];
	int fd, r;

	flags |= O_CLOEXEC;
	if (!*root->path) {
		do
			fd = open(path, flags, mode);
		while (fd < 0 && errno == EINTR);
		return fd < 0 ? -errno : fd;
	}
	fd = open_at(root, flags, mode, RESOLVE_IN_ROOT, path);
	if (!lacks_openat2(fd))
		return fd;
	r = resolve(root->fd, path, flags & (O_NOFOLLOW | O_EXCL), resolved);
	if (r < 0)
		return r;
	fd = openat(root->fd, resolved, flags | O_NOFOLLOW, mode);
	return fd < 0 ? -errno : fd;
}

int root_fd_path(const struct root *root, int fd, char ret[static PATH_MAX])
{
	char link[32], top[PATH_MAX], path[PATH_MAX];
	ssize_t length, n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", root->fd);
	length = readlink(link, top, sizeof(top) - 1);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (length < 0 || n < 0)
		return -errno;
	path[n] = '\0';
	/* "/" itself ends in a slash, every other directory does not. */
	length = length == 1 ? 0 : length;
	if (n < length || memcmp(path, top, (size_t)length) || path[length] != '/')
		return -EXDEV;
	memcpy(ret, path + length, (size_t)(n - length) + 1);
	return 0;
}

int root_open_inside(const struct root *root, int flags, const char *path)
{
	struct stat inside, plain;
	int fd;

	if (!*root->path)
		return root_open_file(root, flags, 0, path);
	fd = open_at(root, flags, 0, RESOLVE_BENEATH, path + 1);
	if (!lacks_openat2(fd))
		return fd;
	fd = root_open_file(root, flags, 0, path);
	if (fd == -ENOENT && fstatat(root->fd, path + 1, &plain, 0) == 0)
		return -EXDEV;
	if (fd < 0)
		return fd;
	if (fstat(fd, &inside) || fstatat(root->fd, path + 1, &plain, 0) ||
	    inside.st_dev != plain.st_dev || inside.st_ino != plain.st_ino) {
		close(fd);
		return -EXDEV;
	}
	return fd;
}
