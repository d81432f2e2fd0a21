/* SPDX-License-Identifier: MIT */
/* Replaces a file of the user only when the new one is complete. */

#include "cmd/replace.h"

#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
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

int replace_begin(const char *path, struct replacement *ret)
{
	struct replacement replacement = { 0 };
	bool exists;
	struct stat st;
	int r;

	replacement.path = realpath(path, NULL);
	if (!replacement.path && errno == ENOENT)
		replacement.path = strdup(path);
	if (!replacement.path)
		return -errno;
	exists = stat(replacement.path, &st) == 0;
	if (exists && !S_ISREG(st.st_mode)) {
		replacement.file = fopen(replacement.path, "we");
		r = replacement.file ? 0 : -errno;
	} else {
		r = open_beside(&replacement, exists ? st.st_mode & 0777 : new_mode());
	}
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
