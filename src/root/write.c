/* SPDX-License-Identifier: MIT */
/* Writes values below the root. */

#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/*
 * A plain file would keep the tail of a longer old value. One write covers it with newlines, which
 * are then cut off, so a reader never sees an empty file or a mix of both values.
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

static int write_line(const struct root *root, int fd, const char *line)
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
		r = write_line(root, fd, line);
	while (r == -EINTR);
	if (close(fd) < 0 && r == 0)
		r = -errno;
	return r;
}
