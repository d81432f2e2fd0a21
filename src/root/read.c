/* SPDX-License-Identifier: MIT */
/* Reads values, links and directories below the root. */

#include "root/note.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* Against endless files; only /proc/interrupts of thousands of CPUs can be nearly as large. */
#define TEXT_MAX ((size_t)256 << 20)

/* Formats PATH from the variable arguments; returns -ENAMETOOLONG from the calling function. */
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

static bool is_fifo(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
}

/* LINE: the file has one line; after its end no more is read, to see the end of the file. */
static int read_fd(const struct root *root, int fd, bool line, char **ret, size_t *ret_length,
		   const char *path)
{
	CLEANUP_FREE char *bytes = NULL;
	size_t size = 4096, length = 0;
	char *fitting;

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
		if (length == 0 && (n == 0 || (n < 0 && errno == EAGAIN)) && is_fifo(fd))
			return -EOPNOTSUPP;
		if (n < 0) {
			int r = -errno;

			/* The board must fail in the same way. */
			if (r == -EISDIR)
				root_note_dir(root, path);
			return r;
		}
		if (n == 0)
			break;
		length += (size_t)n;
		if (line && length + 1 < size && bytes[length - 1] == '\n')
			break;
	}
	bytes[length] = '\0';
	root_note_file(root, path, bytes, length);
	/* What is kept of a thousand CPUs is small. */
	fitting = realloc(bytes, length + 1);
	*ret = fitting ? fitting : bytes;
	*ret_length = length;
	bytes = NULL;
	return 0;
}

static int read_bytes(const struct root *root, char **ret, size_t *ret_length, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);

	return fd < 0 ? fd : read_fd(root, fd, false, ret, ret_length, path);
}

static int read_text_fd(const struct root *root, int fd, bool line, char **ret, const char *path)
{
	char *text;
	size_t length;
	int r = read_fd(root, fd, line, &text, &length, path);

	if (r < 0)
		return r;
	/* The strings of a device tree end in a NUL byte. */
	if (strlen(text) + 1 < length) {
		free(text);
		return -EBADMSG;
	}
	*ret = text;
	return 0;
}

static void trim_end(char *text)
{
	for (size_t n = strlen(text); n && strchr(" \t\n", text[n - 1]); n--)
		text[n - 1] = '\0';
}

/* RET_MODE, unless NULL, receives the permission bits of the file. */
static int read_value(const struct root *root, char **ret, mode_t *ret_mode, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	char *text;
	struct stat st;
	int r;

	if (fd < 0)
		return fd;
	if (ret_mode && fstat(fd, &st))
		return -errno;
	r = read_text_fd(root, fd, true, &text, path);
	if (r < 0)
		return r;
	if (ret_mode) {
		*ret_mode = st.st_mode & 07777;
		root_note_mode(root, path, *ret_mode);
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
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	return fd < 0 ? fd : read_text_fd(root, fd, false, ret, path);
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

int root_read_long(const struct root *root, int64_t *ret, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	char path[PATH_MAX];
	int r;

	FORMAT_PATH(path, format);
	r = read_value(root, &text, NULL, path);
	return r < 0 ? r : parse_long(text, INT64_MIN, INT64_MAX, ret);
}

int root_read_hex(const struct root *root, int64_t *ret, const char *format, ...)
{
	CLEANUP_FREE char *text = NULL;
	char path[PATH_MAX], *end;
	int64_t value;
	int r;

	FORMAT_PATH(path, format);
	r = read_value(root, &text, NULL, path);
	if (r < 0)
		return r;
	errno = 0;
	value = strtoll(text, &end, 16);
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
	r = fd < 0 ? fd : root_fd_path(root, fd, real);
	if (r < 0)
		return r;
	root_note_dir(root, path);
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
	root_note_links(root, path);
	slash = strrchr(target, '/');
	name = strdup(slash ? slash + 1 : target);
	if (!name)
		return -ENOMEM;
	text_make_printable(name);
	*ret = name;
	return 0;
}

static int open_directory(const struct root *root, DIR **ret, const char *path)
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
	return open_directory(root, ret, path);
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
	root_note_dir(root, path);
	return true;
}

/* Notes an entry of a listed directory with its type, so that the board lists it again. */
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
		root_note_dir(root, path);
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
	r = open_directory(root, &dir, path);
	if (r < 0)
		return r;
	root_note_dir(root, path);
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): as above */
	for (const struct dirent *entry; (entry = readdir(dir));) {
		int64_t number;
		int *grown;

		if (strncmp(entry->d_name, prefix, skip) ||
		    parse_long(entry->d_name + skip, 0, INT_MAX, &number) < 0)
			continue;
		grown = array_grow(numbers, count, sizeof(*numbers));
		if (!grown)
			return -ENOMEM;
		numbers = grown;
		numbers[count++] = (int)number;
		if (root_record(root))
			note_listed(root, path, entry);
	}
	if (count)
		qsort(numbers, count, sizeof(*numbers), compare_int);
	*ret = numbers;
	*ret_count = count;
	numbers = NULL;
	return 0;
}
