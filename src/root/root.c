/* SPDX-License-Identifier: MIT */
/* Opens files below the root. Every path of the program passes through here. */

#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

struct root {
	int fd;
	char path[PATH_MAX]; /* "" for the running system */
	struct record *record;
};

static int open_at(const struct root *root, int flags, mode_t mode, uint64_t how, const char *path)
{
	const struct open_how open_how = { .flags = (unsigned)(flags | O_CLOEXEC),
					   .mode = flags & O_CREAT ? mode : 0,
					   .resolve = how };
	int fd;

	do
		fd = (int)syscall(__NR_openat2, root->fd, path, &open_how, sizeof(open_how));
	/* EAGAIN: something was renamed during the lookup, and the kernel asks to retry. */
	while (fd < 0 && (errno == EINTR || errno == EAGAIN));
	return fd < 0 ? -errno : fd;
}

/*
 * Kernels before Linux 5.6 have no openat2(), and a container's seccomp filter that does not know
 * the call answers EPERM: nothing else refuses O_PATH on a directory that is already open.
 */
static int check_openat2(const struct root *root)
{
	CLEANUP_CLOSE int fd = open_at(root, O_PATH, 0, RESOLVE_IN_ROOT, ".");

	return fd == -EPERM ? -ENOSYS : fd < 0 ? fd : 0;
}

int root_open(const char *path, struct root **ret)
{
	size_t length = strlen(path);
	struct root *root;
	int r;

	while (length && path[length - 1] == '/')
		length--;
	if (length >= sizeof(root->path))
		return -ENAMETOOLONG;
	root = calloc(1, sizeof(*root));
	if (!root)
		return -ENOMEM;
	memcpy(root->path, path, length);
	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	r = root->fd < 0 ? -errno : 0;
	if (r == 0 && !root_is_live(root))
		r = check_openat2(root);
	if (r < 0) {
		root_close(root);
		return r;
	}
	*ret = root;
	return 0;
}

void root_close(struct root *root)
{
	if (!root)
		return;
	close_p(&root->fd);
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

int root_open_file(const struct root *root, int flags, mode_t mode, const char *path)
{
	int fd;

	/* A FIFO and some devices let open() and read() wait for ever. */
	if (!(flags & O_PATH))
		flags |= O_NONBLOCK | O_NOCTTY;
	if (*root->path)
		return open_at(root, flags, mode, RESOLVE_IN_ROOT, path);
	do
		fd = open(path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

const char *root_strerror(int code)
{
	return code == -EOPNOTSUPP ? "it is not a regular file" : strerror(-code);
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
	/* Only "/" itself ends in a slash. */
	length = length == 1 ? 0 : length;
	if (n < length || memcmp(path, top, (size_t)length) || path[length] != '/')
		return -EXDEV;
	memcpy(ret, path + length, (size_t)(n - length) + 1);
	return 0;
}

int root_open_inside(const struct root *root, int flags, const char *path)
{
	return *root->path ? open_at(root, flags, 0, RESOLVE_BENEATH, path + 1)
			   : root_open_file(root, flags, 0, path);
}
