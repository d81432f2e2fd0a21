/* SPDX-License-Identifier: MIT */
/* Replaces a file of the user only when the new one is complete. */

#include "cmd/replace.h"

#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static void replacement_done(struct replacement *replacement)
{
	free(replacement->path);
	free(replacement->temporary);
	*replacement = (struct replacement){ 0 };
}

static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int open_beside(struct replacement *replacement, mode_t mode)
{
	int fd, r;

	replacement->temporary = text_format("%s.XXXXXX", replacement->path);
	if (!replacement->temporary)
		return -ENOMEM;
	fd = mkostemp(replacement->temporary, O_CLOEXEC);
	if (fd < 0)
		return -errno;
	replacement->file = fchmod(fd, mode) ? NULL : fdopen(fd, "w");
	if (replacement->file)
		return 0;
	r = -errno;
	close(fd);
	(void)unlink(replacement->temporary);
	return r;
}

/* What is no regular file, such as a terminal; but a FIFO that nobody reads is not waited for. */
static int open_in_place(struct replacement *replacement)
{
	int fd = open(replacement->path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), r;

	if (fd < 0)
		return -errno;
	replacement->file = fcntl(fd, F_SETFL, 0) ? NULL : fdopen(fd, "w");
	if (replacement->file)
		return 0;
	r = -errno;
	close(fd);
	return r;
}

/*
 * Resolves the links of PATH. Not by realpath(), which would follow those that the kernel does not
 * (protected_symlinks in proc_sys_fs(5)). *ret_st has no mode if there is no such file.
 */
static int resolve_links(const char *path, char **ret, struct stat *ret_st)
{
	CLEANUP_CLOSE int fd = open(path, O_PATH | O_CLOEXEC);
	char link[32], real[PATH_MAX];
	ssize_t n = 0;

	*ret_st = (struct stat){ 0 };
	if (fd < 0 && errno != ENOENT)
		return -errno;
	if (fd >= 0 && fstat(fd, ret_st))
		return -errno;
	if (S_ISREG(ret_st->st_mode)) {
		snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
		n = readlink(link, real, sizeof(real) - 1);
		if (n < 0)
			return -errno;
	}
	real[n] = '\0';
	*ret = strdup(n ? real : path);
	return *ret ? 0 : -ENOMEM;
}

int replace_begin(const char *path, struct replacement *ret)
{
	struct replacement replacement = { 0 };
	struct stat st;
	int r = resolve_links(path, &replacement.path, &st);

	if (!replacement.path)
		return r;
	if (st.st_mode && !S_ISREG(st.st_mode))
		r = open_in_place(&replacement);
	else
		r = open_beside(&replacement, st.st_mode ? st.st_mode & 0777 : new_mode());
	if (r < 0)
		replacement_done(&replacement);
	else
		*ret = replacement;
	return r;
}

int replace_end(struct replacement *replacement, int r)
{
	if (fclose(replacement->file) && r == 0)
		r = -errno;
	if (replacement->temporary) {
		if (r == 0 && rename(replacement->temporary, replacement->path))
			r = -errno;
		if (r < 0)
			(void)unlink(replacement->temporary);
	}
	replacement_done(replacement);
	return r;
}
