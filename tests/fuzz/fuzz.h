/* SPDX-License-Identifier: MIT */
/* Shared by the fuzz targets. */
#pragma once

#include "root/root.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* libFuzzer keeps the input if the target aborts. */
#define CHECK(condition)                                                                          \
	do {                                                                                      \
		if (!(condition)) {                                                               \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                  \
		}                                                                                 \
	} while (0)

/* The input as text, up to its first NUL. Allocated exactly, so a sanitizer sees overruns. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = strndup((const char *)data, size);

	CHECK(text);
	return text;
}

/* True for text that is safe to print on a terminal. */
static inline bool fuzz_is_printable(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		if ((*p < 0x20 && *p != '\n' && *p != '\t') || *p == 0x7f ||
		    (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0))
			return false;
	return true;
}

/* False if braces contain a number above 99: thousands of files would only be slow. */
static inline bool fuzz_is_small_board(const char *text)
{
	for (const char *open = text; (open = strchr(open, '{')); open++) {
		const char *p = open + 1;
		int digits = 0;

		for (; *p && *p != '}' && *p != '\n' && digits < 3; p++)
			digits = isdigit((unsigned char)*p) ? digits + 1 : 0;
		if (digits == 3)
			return false;
	}
	return true;
}

/* A new directory in $TMPDIR, which the runner removes. */
static inline char *fuzz_make_dir(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = text_format("%s/fuzz.XXXXXX", parent ? parent : "/tmp");

	CHECK(path && mkdtemp(path));
	return path;
}

/* Empties and closes the directory FD. Opens only directories in it, never links. */
static inline void fuzz_empty_dir(int fd)
{
	DIR *dir = fdopendir(fd);

	CHECK(dir);
	for (const struct dirent *entry; (entry = readdir(dir));) {
		int child;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		if (unlinkat(fd, entry->d_name, 0) == 0)
			continue;
		child = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		CHECK(child >= 0);
		fuzz_empty_dir(child);
		CHECK(unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0);
	}
	closedir(dir);
}

/* The directory that stands in for "/". */
struct fuzz_tree {
	int parent;
	struct root *root;
};

/* In a directory of its own, so that files outside the tree are noticed. */
static inline void fuzz_tree_make(struct fuzz_tree *tree)
{
	CLEANUP_FREE char *parent = fuzz_make_dir();
	CLEANUP_FREE char *path = text_format("%s/tree", parent);

	CHECK(path && mkdir(path, 0755) == 0);
	CHECK(root_open(path, &tree->root) == 0);
	tree->parent = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(tree->parent >= 0);
}

/* Fails if there is anything beside the tree. */
static inline void fuzz_tree_empty(const struct fuzz_tree *tree)
{
	int fd = openat(tree->parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fdopendir(fd);

	CHECK(dir);
	for (const struct dirent *entry; (entry = readdir(dir));)
		CHECK(entry->d_name[0] == '.' || !strcmp(entry->d_name, "tree"));
	closedir(dir);
	fuzz_empty_dir(
		openat(tree->parent, "tree", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}
