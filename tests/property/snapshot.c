/* SPDX-License-Identifier: MIT */
/* What is in a directory tree, to be compared with what is in it later. */

#include "snapshot.h"

#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct snapshot_file *add_file(struct snapshot *snapshot, const char *path)
{
	struct snapshot_file *grown = array_grow(snapshot->files, snapshot->count,
						 sizeof(*snapshot->files));

	if (!grown)
		return NULL;
	snapshot->files = grown;
	grown += snapshot->count;
	grown->path = strdup(path);
	if (grown->path)
		snapshot->count++;
	return grown->path ? grown : NULL;
}

/* A file that its owner may not read is made readable for that moment. */
static int read_content(int dir, const char *name, const struct stat *st,
			struct snapshot_file *file)
{
	bool closed = S_ISREG(st->st_mode) && !(st->st_mode & S_IRUSR);
	ssize_t n;

	file->length = (size_t)st->st_size;
	file->content = malloc(file->length + 1);
	if (!file->content)
		return -ENOMEM;
	if (S_ISLNK(st->st_mode)) {
		n = readlinkat(dir, name, file->content, file->length + 1);
		return n == st->st_size ? 0 : -EIO;
	}
	if (closed && fchmodat(dir, name, 0400, 0))
		return -errno;
	CLEANUP_CLOSE int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, file->content, file->length);
	if (closed && fchmodat(dir, name, st->st_mode & 07777, 0))
		return -errno;
	return n == st->st_size ? 0 : -EIO;
}

/* Adds what is in DIR, which the snapshot calls PATH. */
static int take_dir(int parent, const char *name, const char *path, struct snapshot *snapshot)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CLEANUP_DIR DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		return -errno;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		struct snapshot_file *file;
		char below[PATH_MAX];
		struct stat st;
		int r = 0;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		snprintf(below, sizeof(below), "%s/%s", path, entry->d_name);
		if (fstatat(fd, entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
			return -errno;
		file = add_file(snapshot, below);
		if (!file)
			return -ENOMEM;
		file->mode = st.st_mode;
		if (S_ISDIR(st.st_mode))
			r = take_dir(fd, entry->d_name, below, snapshot);
		else if (S_ISREG(st.st_mode) || S_ISLNK(st.st_mode))
			r = read_content(fd, entry->d_name, &st, file);
		if (r < 0)
			return r;
	}
	return 0;
}

static int compare_files(const void *a, const void *b)
{
	return strcmp(((const struct snapshot_file *)a)->path,
		      ((const struct snapshot_file *)b)->path);
}

bool snapshot_take(const char *dir, struct snapshot *ret)
{
	int r;

	*ret = (struct snapshot){ 0 };
	r = take_dir(AT_FDCWD, dir, "", ret);
	if (r < 0) {
		fprintf(stderr, "property: cannot read %s: %s\n", dir, strerror(-r));
		return false;
	}
	if (ret->count)
		qsort(ret->files, ret->count, sizeof(*ret->files), compare_files);
	return true;
}

void snapshot_done(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		free(snapshot->files[i].path);
		free(snapshot->files[i].content);
	}
	free(snapshot->files);
	*snapshot = (struct snapshot){ 0 };
}

static bool same_file(const struct snapshot_file *a, const struct snapshot_file *b)
{
	return a->mode == b->mode && a->length == b->length && !a->content == !b->content &&
	       (!a->content || !memcmp(a->content, b->content, a->length));
}

const char *snapshot_differ(const struct snapshot *before, const struct snapshot *after,
			    bool (*is_ignored)(const char *path))
{
	size_t i = 0, j = 0;

	while (i < before->count || j < after->count) {
		const struct snapshot_file *a = i < before->count ? &before->files[i] : NULL;
		const struct snapshot_file *b = j < after->count ? &after->files[j] : NULL;
		int order = !a ? 1 : !b ? -1 : strcmp(a->path, b->path);
		const char *path = order <= 0 ? a->path : b->path;

		i += order <= 0;
		j += order >= 0;
		if ((order || !same_file(a, b)) && !(is_ignored && is_ignored(path)))
			return path;
	}
	return NULL;
}
