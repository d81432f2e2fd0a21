/* SPDX-License-Identifier: MIT */
/* --sysroot: a directory or a board file. */

#include "root/sysroot.h"

#include "tree.h"

#include <errno.h>
#include <glob.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define MARK "# ax650n-tune board 1\n"

static void test_sysroot_of_a_board_file_lasts_until_it_is_closed(void **state)
{
	const struct tree *tree = *state;
	/* Removing the tree must not follow this link, which leads to another part of the test. */
	CLEANUP_FREE char *text = text_format(MARK "/proc/a = 1\n[0444] /proc/fixed = 1\n"
						   "/sys/out -> %s/run/outside\n",
					      tree->path);
	CLEANUP_FREE char *file = tree_path(tree, "/my.board"), *value = NULL, *copy = NULL;
	struct error error = { .text = "" };
	struct root *root;

	tree_make(tree, "/run/outside/file = precious\n");
	tree_write(tree, "/my.board", text, strlen(text));
	setenv("TMPDIR", tree->path, 1);
	assert_int_equal(sysroot_open(file, &root, &error), 0);
	assert_int_equal(root_read_value(root, &value, "/proc/a"), 0);
	assert_string_equal(value, "1");
	row_contains("TMPDIR", root_path(root), tree->path);
	copy = strdup(root_path(root));
	assert_non_null(copy);
	assert_int_equal(access(copy, F_OK), 0);
	sysroot_close(root);
	unsetenv("TMPDIR");
	assert_int_equal(access(copy, F_OK), -1);
	assert_tree_file(tree, "/run/outside/file", "precious\n");
	assert_tree_file(tree, "/my.board", text);
}

static void test_sysroot_of_a_directory_is_kept(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	struct root *root;

	tree_make(tree, "/proc/a = 1\n");
	assert_int_equal(sysroot_open(tree->path, &root, &error), 0);
	sysroot_close(root);
	assert_tree_file(tree, "/proc/a", "1\n");
}

static void test_sysroot_that_fails_leaves_nothing_behind(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *file = tree_path(tree, "/my.board");
	/* The name makes it recognizable among the directories of other tests. */
	CLEANUP_FREE char *text = text_format(MARK "/proc/%s = 1\nbad\n", tree->path + 5);
	CLEANUP_FREE char *left = text_format("%s/ax650n-tune.*/proc/%s", tree->path,
					      tree->path + 5);
	struct error error = { .text = "" };
	struct root *root = NULL;
	glob_t found;

	setenv("TMPDIR", tree->path, 1);
	assert_int_equal(sysroot_open(file, &root, &error), -ENOENT);
	row_contains("missing", error.text, file);
	tree_write(tree, "/my.board", text, strlen(text));
	assert_int_equal(sysroot_open(file, &root, &error), -EINVAL);
	row_contains("bad", error.text, "line 3");
	unsetenv("TMPDIR");
	assert_int_equal(glob(left, 0, NULL, &found), GLOB_NOMATCH);
	globfree(&found);
}

/* From now on openat2() fails with ERROR in this process. */
static bool forbid_openat2(unsigned error)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = ARRAY_SIZE(filter), .filter = filter };

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

/* In a child: a seccomp filter cannot be removed. Returns what is wrong, NULL if nothing is. */
static const char *open_without_openat2(const char *path, unsigned forbidden)
{
	CLEANUP_ROOT struct root *root = NULL, *host = NULL;
	struct error error = { .text = "" };

	if (!forbid_openat2(forbidden))
		return "cannot forbid openat2()";
	if (sysroot_open(path, &root, &error) != -ENOSYS || root)
		return "opened all the same";
	if (!strstr(error.text, path) || !strstr(error.text, "Linux 5.6"))
		return error.text[0] ? "another reason" : "no reason";
	return root_open("/", &host) == 0 ? NULL : "the running system needs it too";
}

static void test_sysroot_needs_openat2(void **state)
{
	/* ENOSYS: a kernel before Linux 5.6; EPERM: a container whose filter is older than that. */
	static const unsigned errors[] = { ENOSYS, EPERM };
	const struct tree *tree = *state;
	const char *preloaded = getenv("LD_PRELOAD");

	/* tests/valgrind/openat2.c makes no system call that could be forbidden. */
	if (preloaded && strstr(preloaded, "openat2.so"))
		skip();
	CLEANUP_FREE char *file = tree_path(tree, "/my.board");
	const char *const paths[] = { tree->path, file };

	tree_write(tree, "/my.board", MARK, strlen(MARK));
	for (size_t i = 0; i < ARRAY_SIZE(errors) * ARRAY_SIZE(paths); i++) {
		const char *path = paths[i / 2];
		int status = -1;
		pid_t child = fork();

		assert_true(child >= 0);
		if (child == 0) {
			const char *wrong = open_without_openat2(path, errors[i % 2]);

			fprintf(stderr, "%s", wrong ? wrong : "");
			_exit(wrong != NULL);
		}
		assert_int_equal(waitpid(child, &status, 0), child);
		row_equal(path, status, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_sysroot_of_a_board_file_lasts_until_it_is_closed),
		tree_test(test_sysroot_of_a_directory_is_kept),
		tree_test(test_sysroot_that_fails_leaves_nothing_behind),
		tree_test(test_sysroot_needs_openat2),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
