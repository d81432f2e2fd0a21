/* SPDX-License-Identifier: MIT */
/* A directory in /tmp that stands in for "/" during one test. */
#pragma once

#include "base/util.h"
#include "root/board.h"
#include "root/root.h"
#include "row.h"

#include <ftw.h>
#include <limits.h>
#include <stdio.h>

struct tree {
	char path[32];
	struct root *root;
};

static inline int tree_setup(void **state)
{
	struct tree *tree = calloc(1, sizeof(*tree));

	assert_non_null(tree);
	strcpy(tree->path, "/tmp/ax650n-test.XXXXXX");
	assert_non_null(mkdtemp(tree->path));
	assert_int_equal(root_open(tree->path, &tree->root), 0);
	*state = tree;
	return 0;
}

static inline int tree_remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static inline int tree_teardown(void **state)
{
	struct tree *tree = *state;
	int r = nftw(tree->path, tree_remove_one, 16, FTW_DEPTH | FTW_PHYS);

	root_close(tree->root);
	free(tree);
	return r;
}

/* Replaces the tree with an empty one, for the next row of a table. */
static inline struct tree *tree_renew(void **state)
{
	assert_int_equal(tree_teardown(state), 0);
	assert_int_equal(tree_setup(state), 0);
	return *state;
}

/* A test that gets an empty tree. */
#define tree_test(test) cmocka_unit_test_setup_teardown(test, tree_setup, tree_teardown)

/* Expands LINES of a board file. */
static inline void tree_make(const struct tree *tree, const char *lines)
{
	CLEANUP_FREE char *board = text_format("# ax650n-tune board 1\n%s", lines);
	struct error error;

	assert_non_null(board);
	if (board_expand(board, "tree", tree->root, &error) < 0)
		fail_msg("%s", error.text);
}

/* The full path of a file in the tree. */
static inline char *tree_path(const struct tree *tree, const char *path)
{
	char *joined = text_format("%s%s", tree->path, path);

	assert_non_null(joined);
	return joined;
}

/* The permission bits of a file in the tree. */
static inline mode_t tree_mode(const struct tree *tree, const char *path)
{
	CLEANUP_FREE char *name = tree_path(tree, path);
	struct stat st;

	assert_int_equal(stat(name, &st), 0);
	return st.st_mode & 07777;
}

/* Writes a file that no board file can describe. Its directory must exist. */
static inline void tree_write(const struct tree *tree, const char *path, const char *content,
			      size_t length)
{
	CLEANUP_FREE char *name = tree_path(tree, path);
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(content, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* The content of a file in the tree; NULL if there is none. The caller frees it. */
static inline char *tree_read(const struct tree *tree, const char *path)
{
	CLEANUP_FREE char *name = tree_path(tree, path);
	FILE *file = fopen(name, "r");
	char *content = NULL;
	size_t size = 0;

	if (!file)
		return NULL;
	if (getdelim(&content, &size, '\0', file) < 0 && content)
		*content = '\0';
	assert_int_equal(fclose(file), 0);
	return content;
}

#define assert_tree_file(tree, path, content)                     \
	do {                                                      \
		CLEANUP_FREE char *read_ = tree_read(tree, path); \
                                                                  \
		row_same(path, read_, content);                   \
	} while (0)
