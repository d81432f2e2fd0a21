/* SPDX-License-Identifier: MIT */
/* --sysroot: a directory or a board file. */

#include "root/sysroot.h"

#include "tree.h"

#include <errno.h>
#include <glob.h>

#define MARK "# ax650n-tune board 1\n"

static void test_sysroot_of_a_board_file_lasts_until_it_is_closed(void **state)
{
	const struct tree *tree = *state;
	/* A link that removing must not follow: it leads to a part of this test's own tree. */
	CLEANUP_FREE char *text = text_format(MARK "/proc/a = 1\n[0444] /proc/fixed = 1\n"
						   "/sys/out -> %s/run/outside\n",
					      tree->path);
	CLEANUP_FREE char *file = tree_path(tree, "/my.board"), *value = NULL, *copy = NULL;
	struct error error = { .text = "" };
	char *temporary = NULL;
	struct root *root;

	tree_make(tree, "/run/outside/file = precious\n");
	tree_write(tree, "/my.board", text, strlen(text));
	assert_int_equal(sysroot_open(file, &root, &temporary, &error), 0);
	assert_int_equal(root_read_value(root, &value, "/proc/a"), 0);
	assert_string_equal(value, "1");
	assert_string_equal(root_path(root), temporary);
	copy = strdup(temporary);
	assert_non_null(copy);
	assert_int_equal(access(copy, F_OK), 0);
	sysroot_close(root, temporary);
	assert_int_equal(access(copy, F_OK), -1);
	assert_tree_file(tree, "/run/outside/file", "precious\n");
	assert_tree_file(tree, "/my.board", text);
}

static void test_sysroot_of_a_directory_is_kept(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	char *temporary = NULL;
	struct root *root;

	tree_make(tree, "/proc/a = 1\n");
	assert_int_equal(sysroot_open(tree->path, &root, &temporary, &error), 0);
	assert_null(temporary);
	sysroot_close(root, temporary);
	assert_tree_file(tree, "/proc/a", "1\n");
}

static void test_sysroot_that_fails_leaves_nothing_behind(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *file = tree_path(tree, "/my.board");
	/* Its name tells the directory of this test from those of others. */
	CLEANUP_FREE char *text = text_format(MARK "/proc/%s = 1\nbad\n", tree->path + 5);
	CLEANUP_FREE char *left = text_format("/tmp/ax650n-tune.*/proc/%s", tree->path + 5);
	struct error error = { .text = "" };
	char *temporary = NULL;
	struct root *root = NULL;
	glob_t found;

	assert_int_equal(sysroot_open(file, &root, &temporary, &error), -ENOENT);
	row_contains("missing", error.text, file);
	tree_write(tree, "/my.board", text, strlen(text));
	assert_int_equal(sysroot_open(file, &root, &temporary, &error), -EINVAL);
	row_contains("bad", error.text, "line 3");
	assert_null(temporary);
	assert_int_equal(glob(left, 0, NULL, &found), GLOB_NOMATCH);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_sysroot_of_a_board_file_lasts_until_it_is_closed),
		tree_test(test_sysroot_of_a_directory_is_kept),
		tree_test(test_sysroot_that_fails_leaves_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
