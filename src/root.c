/* SPDX-License-Identifier: MIT */
/* Rooted access to /proc, /sys, /run and /etc. Every path of the program passes through here. */

#include "root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

/* As many links as the kernel follows in one path (MAXSYMLINKS, include/linux/namei.h). */
#define LINKS_MAX 40
/* No file the program reads is nearly as large; /proc/interrupts of 8192 CPUs can be. */
#define TEXT_MAX ((size_t)256 << 20)

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

/* Cuts the last component off PATH, which is relative and has no link in it. */
static void cut_component(char *path)
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
			cut_component(done);
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
			cut_component(done);
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

#define FORMAT_PATH(path, format)                                     \
	do {                                                          \
		va_list args;                                         \
		int n_path;                                           \
                                                                      \
		va_start(args, format);                               \
		n_path = vsnprintf(path, sizeof(path), format, args); \
		va_end(args);                                         \
		if (n_path < 0 || n_path >= (int)sizeof(path))        \
			return -ENAMETOOLONG;                         \
	} while (0)

/* The path of what FD is, below the root. */
static int real_path(const struct root *root, int fd, char ret[static PATH_MAX])
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

/* The real path of PATH, whose last component is not followed if it is a link. */
static int real_path_of(const struct root *root, const char *path, char ret[static PATH_MAX])
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_NOFOLLOW, 0, path);

	return fd < 0 ? fd : real_path(root, fd, ret);
}

static void note_links(const struct root *root, const char *path);

/* Notes the link PATH is, if it is one, and those on the way of what it points to. */
static void note_link(const struct root *root, const char *path)
{
	char real[PATH_MAX], target[PATH_MAX], next[PATH_MAX];
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_NOFOLLOW, 0, path);
	ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target) - 1);

	if (n < 0 || real_path_of(root, path, real) < 0)
		return;
	target[n] = '\0';
	record_link(root->record, real, target);
	/* One that leads nowhere, or round in a circle, has no way. */
	CLEANUP_CLOSE int end = root_open_file(root, O_PATH, 0, path);
	cut_component(real);
	if (end >= 0 && snprintf(next, sizeof(next), "%s/%s", *target == '/' ? "" : real, target) <
				(int)sizeof(next))
		note_links(root, next);
}

/* Notes the links on the way of PATH, its last component too. */
static void note_links(const struct root *root, const char *path)
{
	char part[PATH_MAX];

	for (const char *slash = path; slash;) {
		slash = strchr(slash + 1, '/');
		snprintf(part, sizeof(part), "%.*s", slash ? (int)(slash - path) : PATH_MAX, path);
		note_link(root, part);
	}
}

/* Notes the links on the way of PATH, and returns in RET where it leads. */
static int note_path(const struct root *root, const char *path, char ret[static PATH_MAX])
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH, 0, path);
	int r = fd < 0 ? fd : real_path(root, fd, ret);

	/* As if there were no link to a place that no board can have, such as /home. */
	if (r == 0 && !record_takes(ret))
		snprintf(ret, PATH_MAX, "%s", path);
	else if (r == 0 && strcmp(path, ret) != 0)
		note_links(root, path);
	return r;
}

static void note_dir(const struct root *root, const char *path)
{
	char real[PATH_MAX];

	if (root->record && note_path(root, path, real) == 0)
		record_dir(root->record, real);
}

static void note_file(const struct root *root, const char *path, const char *bytes, size_t length)
{
	char real[PATH_MAX];

	if (root->record && note_path(root, path, real) == 0)
		record_file(root->record, real, bytes, length);
}

static int read_fd(const struct root *root, int fd, char **ret, size_t *ret_length,
		   const char *path)
{
	CLEANUP_FREE char *bytes = NULL;
	size_t size = 4096, length = 0;

	for (;;) {
		ssize_t n;

		if (!bytes || length + 1 == size) {
			char *grown = size > TEXT_MAX ? NULL : realloc(bytes, size *= 2);

			if (!grown)
				return size > TEXT_MAX ? -EFBIG : -ENOMEM;
			bytes = grown;
		}
		n = read(fd, bytes + length, size - length - 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		length += (size_t)n;
	}
	bytes[length] = '\0';
	note_file(root, path, bytes, length);
	*ret = bytes;
	*ret_length = length;
	bytes = NULL;
	return 0;
}

static int read_bytes(const struct root *root, char **ret, size_t *ret_length, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);

	return fd < 0 ? fd : read_fd(root, fd, ret, ret_length, path);
}

static int read_text_fd(const struct root *root, int fd, char **ret, const char *path)
{
	char *text;
	size_t length;
	int r = read_fd(root, fd, &text, &length, path);

	if (r < 0)
		return r;
	/* The strings of a device tree end in one. */
	if (strlen(text) + 1 < length) {
		free(text);
		return -EBADMSG;
	}
	*ret = text;
	return 0;
}

static int read_text(const struct root *root, char **ret, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);

	return fd < 0 ? fd : read_text_fd(root, fd, ret, path);
}

static void trim_end(char *text)
{
	for (size_t n = strlen(text); n && strchr(" \t\n", text[n - 1]); n--)
		text[n - 1] = '\0';
}

/* And the permission bits of the file, if RET_MODE is not NULL. */
static int read_value(const struct root *root, char **ret, mode_t *ret_mode, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	char *text, real[PATH_MAX];
	struct stat st;
	int r;

	if (fd < 0)
		return fd;
	if (ret_mode && fstat(fd, &st))
		return -errno;
	r = read_text_fd(root, fd, &text, path);
	if (r < 0)
		return r;
	if (ret_mode) {
		*ret_mode = st.st_mode & 07777;
		if (root->record && note_path(root, path, real) == 0)
			record_mode(root->record, real, *ret_mode);
	}
	trim_end(text);
	text_make_printable(text);
	*ret = text;
	return 0;
}

int root_read_words(const struct root *root, char **ret, const char *format, ...)
{
	char path[PATH_MAX], *bytes;
	size_t length;
	int r;

	FORMAT_PATH(path, format);
	r = read_bytes(root, &bytes, &length, path);
	if (r < 0)
		return r;
	for (size_t i = 0; i + 1 < length; i++)
		if (!bytes[i])
			bytes[i] = ' ';
	trim_end(bytes);
	text_make_printable(bytes);
	*ret = bytes;
	return 0;
}

int root_read_text(const struct root *root, char **ret, const char *format, ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, format);
	return read_text(root, ret, path);
}

int root_read_value(const struct root *root, char **ret, const char *format, ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, format);
	return read_value(root, ret, NULL, path);
}

int root_read_value_mode(const struct root *root, char **ret, mode_t *ret_mode, const char *format,
			 ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, format);
	return read_value(root, ret, ret_mode, path);
}

int root_read_long(const struct root *root, long *ret, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	char path[PATH_MAX];
	int r;

	FORMAT_PATH(path, format);
	r = read_value(root, &text, NULL, path);
	return r < 0 ? r : parse_long(text, LONG_MIN, LONG_MAX, ret);
}

int root_read_hex(const struct root *root, long *ret, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	char path[PATH_MAX], *end;
	long value;
	int r;

	FORMAT_PATH(path, format);
	r = read_value(root, &text, NULL, path);
	if (r < 0)
		return r;
	errno = 0;
	value = strtol(text, &end, 16);
	if (end == text || *end || value < 0)
		return -EINVAL;
	if (errno)
		return -errno;
	*ret = value;
	return 0;
}

int root_real_path(const struct root *root, char **ret, const char *format, ...)
{
	char path[PATH_MAX], real[PATH_MAX];
	char *copy;
	int r;

	FORMAT_PATH(path, format);
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH, 0, path);
	r = fd < 0 ? fd : real_path(root, fd, real);
	if (r < 0)
		return r;
	note_dir(root, path);
	copy = strdup(real);
	if (!copy)
		return -ENOMEM;
	*ret = copy;
	return 0;
}

int root_read_link_name(const struct root *root, char **ret, const char *format, ...)
{
	char path[PATH_MAX], target[PATH_MAX];
	const char *slash;
	ssize_t n;
	char *name;

	FORMAT_PATH(path, format);
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_NOFOLLOW, 0, path);
	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", target, sizeof(target) - 1);
	if (n < 0)
		return -errno;
	target[n] = '\0';
	if (root->record)
		note_links(root, path);
	slash = strrchr(target, '/');
	name = strdup(slash ? slash + 1 : target);
	if (!name)
		return -ENOMEM;
	text_make_printable(name);
	*ret = name;
	return 0;
}

static int open_dir(const struct root *root, DIR **ret, const char *path)
{
	int fd = root_open_file(root, O_RDONLY | O_DIRECTORY, 0, path);
	DIR *dir;

	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		int r = -errno;

		close(fd);
		return r;
	}
	*ret = dir;
	return 0;
}

int root_open_dir(const struct root *root, DIR **ret, const char *format, ...)
{
	char path[PATH_MAX];

	FORMAT_PATH(path, format);
	return open_dir(root, ret, path);
}

bool root_has_dir(const struct root *root, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(path, sizeof(path), format, args);
	va_end(args);
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH | O_DIRECTORY, 0, path);
	if (fd < 0)
		return false;
	note_dir(root, path);
	return true;
}

/* Notes an entry of a directory that was listed: what it is decides whether it is listed again. */
static void note_listed(const struct root *root, const char *dir, const struct dirent *entry)
{
	CLEANUP_FREE char *bytes = NULL;
	char path[PATH_MAX];
	size_t length;

	if (snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name) >= (int)sizeof(path))
		return;
	if (entry->d_type == DT_REG)
		(void)read_bytes(root, &bytes, &length, path);
	else
		note_dir(root, path);
}

int root_list_numbers(const struct root *root, const char *prefix, int **ret, size_t *ret_count,
		      const char *format, ...)
{
	CLEANUP_FREE int *numbers = NULL;
	CLEANUP_DIR DIR *dir = NULL;
	size_t count = 0, skip = strlen(prefix);
	char path[PATH_MAX];
	int r;

	FORMAT_PATH(path, format);
	r = open_dir(root, &dir, path);
	if (r < 0)
		return r;
	note_dir(root, path);
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): as above */
	for (const struct dirent *entry; (entry = readdir(dir));) {
		long number;
		int *grown;

		if (strncmp(entry->d_name, prefix, skip) ||
		    parse_long(entry->d_name + skip, 0, INT_MAX, &number) < 0)
			continue;
		grown = array_grow(numbers, count, sizeof(*numbers));
		if (!grown)
			return -ENOMEM;
		numbers = grown;
		numbers[count++] = (int)number;
		if (root->record)
			note_listed(root, path, entry);
	}
	if (count)
		qsort(numbers, count, sizeof(*numbers), compare_int);
	*ret = numbers;
	*ret_count = count;
	numbers = NULL;
	return 0;
}

int root_open_inside(const struct root *root, int flags, const char *format, ...)
{
	struct stat inside, plain;
	char path[PATH_MAX];
	int fd;

	FORMAT_PATH(path, format);
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

/*
 * A file of a tree keeps the tail of a longer old value. Blank lines cover it, and are cut off
 * then: at no time is the file empty, or the value another.
 */
static int write_plain(int fd, const char *line, size_t length)
{
	struct stat st;
	char *padded;
	size_t size;
	ssize_t n;

	if (fstat(fd, &st))
		return -errno;
	size = (size_t)st.st_size > length ? (size_t)st.st_size : length;
	padded = malloc(size + 1);
	if (!padded)
		return -ENOMEM;
	memset(padded, '\n', size);
	memcpy(padded, line, length);
	n = write(fd, padded, size);
	free(padded);
	if (n < 0)
		return -errno;
	return (size_t)n < size || ftruncate(fd, (off_t)length) ? -EIO : 0;
}

static int write_file(const struct root *root, int fd, const char *line)
{
	size_t length = strlen(line);
	ssize_t n;

	if (!root_is_live(root))
		return write_plain(fd, line, length);
	n = write(fd, line, length);
	if (n < 0)
		return -errno;
	return (size_t)n < length ? -EIO : 0;
}

int root_write_value(const struct root *root, const char *path, const char *text)
{
	CLEANUP_FREE char *line = text_format("%s\n", text);
	int fd, r;

	if (!line)
		return -ENOMEM;
	fd = root_open_file(root, O_WRONLY, 0, path);
	if (fd < 0)
		return fd;
	do
		r = write_file(root, fd, line);
	while (r == -EINTR);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}
