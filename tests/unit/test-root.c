/* SPDX-License-Identifier: MIT */
/* Rooted file access. */

#include "tree.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* Opens a directory of the tree as a root of its own; the rest of the tree is outside of it. */
static struct root *open_inside(const struct tree *tree)
{
	CLEANUP_FREE char *path = tree_path(tree, "/run/inside");
	struct root *root = NULL;

	assert_int_equal(root_open(path, &root), 0);
	return root;
}

static void test_links_are_resolved_inside(void **state)
{
	static const struct {
		const char *path;
		int r;
		const char *text;
	} rows[] = {
		{ "/file", 0, "top" },
		{ "//dir/./sub//file", 0, "sub" },
		{ "/relative", 0, "dir" },
		{ "/absolute", 0, "dir" },
		{ "/chain", 0, "dir" },
		{ "/dir/up", 0, "top" },
		{ "/below/file", 0, "sub" },
		/* ".." is the parent of the directory, not of the link. */
		{ "/below/../file", 0, "dir" },
		{ "/dir/top/dir/file", 0, "dir" },
		{ "/../file", 0, "top" },
		{ "/dir/../../../file", 0, "top" },
		{ "/above", 0, "dir" },
		{ "/escape", 0, "inside" },
		{ "/escape-absolute", 0, "inside" },
		{ "/escape-dir/passwd", 0, "inside" },
		{ "/../../etc/secret", -ENOENT, NULL },
		{ "/escape-secret", -ENOENT, NULL },
		{ "/dangling", -ENOENT, NULL },
		{ "/missing", -ENOENT, NULL },
		{ "/missing/file", -ENOENT, NULL },
		{ "/missing/../file", -ENOENT, NULL },
		{ "/file/below", -ENOTDIR, NULL },
		{ "/dir", -EISDIR, NULL },
		{ "/self", -ELOOP, NULL },
		{ "/ping", -ELOOP, NULL },
		{ "/ping/file", -ELOOP, NULL },
	};
	const struct tree *tree = *state;

	tree_make(tree, "/run/inside/file = top\n"
			"/run/inside/dir/file = dir\n"
			"/run/inside/dir/sub/file = sub\n"
			"/run/inside/etc/passwd = inside\n"
			"/run/inside/relative -> dir/file\n"
			"/run/inside/absolute -> /dir/file\n"
			"/run/inside/chain -> dir/chain2\n"
			"/run/inside/dir/chain2 -> sub/chain3\n"
			"/run/inside/dir/sub/chain3 -> ../../absolute\n"
			"/run/inside/dir/up -> ../file\n"
			"/run/inside/below -> dir/sub\n"
			"/run/inside/dir/top -> /dir/..\n"
			"/run/inside/above -> ../../../dir/file\n"
			"/run/inside/escape -> ../../etc/passwd\n"
			"/run/inside/escape-absolute -> /etc/passwd\n"
			"/run/inside/escape-dir -> ../../etc\n"
			"/run/inside/escape-secret -> ../../etc/secret\n"
			"/run/inside/dangling -> dir/nothing\n"
			"/run/inside/self -> self\n"
			"/run/inside/ping -> dir/pong\n"
			"/run/inside/dir/pong -> ../ping\n"
			"/etc/passwd = outside\n"
			"/etc/secret = outside\n");
	CLEANUP_ROOT struct root *root = open_inside(tree);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = NULL;

		row_equal(rows[i].path, root_read_value(root, &text, "%s", rows[i].path),
			  rows[i].r);
		row_same(rows[i].path, text, rows[i].text);
	}
}

static void test_as_many_links_as_the_kernel_follows(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *text = NULL;

	tree_make(tree, "/sys/link0 = end\n");
	for (int i = 1; i <= 41; i++) {
		CLEANUP_FREE char *line = text_format("/sys/link%d -> link%d\n", i, i - 1);

		tree_make(tree, line);
	}
	assert_int_equal(root_read_value(tree->root, &text, "/sys/link41"), -ELOOP);
	assert_int_equal(root_read_value(tree->root, &text, "/sys/link40"), 0);
	assert_string_equal(text, "end");
}

static void test_writing_stays_inside(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/run/inside/etc/mask = 1\n"
			"/run/inside/mask -> ../../etc/mask\n"
			"/run/inside/new -> ../../etc/new\n"
			"/etc/mask = 1\n");
	CLEANUP_ROOT struct root *root = open_inside(tree);
	assert_int_equal(root_write_value(root, "/mask", "80"), 0);
	assert_tree_file(tree, "/run/inside/etc/mask", "80\n");
	assert_tree_file(tree, "/etc/mask", "1\n");

	CLEANUP_CLOSE int fd = root_open_file(root, O_WRONLY | O_CREAT, 0600, "/new");
	assert_true(fd >= 0);
	assert_tree_file(tree, "/run/inside/etc/new", "");
	assert_tree_file(tree, "/etc/new", NULL);
}

static void test_last_link_is_not_followed_if_asked(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/sys/dir/file = 1\n"
			"/sys/link -> dir/file\n"
			"/sys/below -> dir\n");
	assert_int_equal(root_open_file(tree->root, O_RDONLY | O_NOFOLLOW, 0, "/sys/link"), -ELOOP);
	CLEANUP_CLOSE int fd = root_open_file(tree->root, O_RDONLY | O_NOFOLLOW, 0,
					      "/sys/below/file");
	assert_true(fd >= 0);
}

static void test_descriptors_are_closed_on_exec(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/sys/file = 1\n");
	CLEANUP_CLOSE int fd = root_open_file(tree->root, O_RDONLY, 0, "/sys/file");
	assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
}

static void test_files_are_read_whole(void **state)
{
	/* Around the sizes at which the buffer grows. */
	static const size_t sizes[] = { 0, 1, 4096, 8191, 8192, 8193, 100000 };
	const struct tree *tree = *state;
	CLEANUP_FREE char *wanted = malloc(100000 + 1);

	assert_non_null(wanted);
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		CLEANUP_FREE char *name = text_format("%zu bytes", sizes[i]), *text = NULL;

		for (size_t k = 0; k < sizes[i]; k++)
			wanted[k] = (char)('a' + k % 23);
		wanted[sizes[i]] = '\0';
		tree_write(tree, "/file", wanted, sizes[i]);
		row_equal(name, root_read_text(tree->root, &text, "/file"), 0);
		row_true(name, !strcmp(text, wanted));
	}
}

static void test_file_with_a_nul_byte_is_no_text(void **state)
{
	/* Lengths without the NUL byte that the compiler adds. */
	static const struct {
		const char *name, *bytes;
		size_t length;
	} rows[] = {
		{ "inside", "ff\0ff\n", 6 },	       { "at the beginning", "\0ff", 3 },
		{ "before the newline", "ff\0\n", 4 }, { "two at the end", "ff\0\0", 4 },
		{ "nothing else", "\0\0", 2 },
	};
	const struct tree *tree = *state;
	char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_write(tree, "/file", rows[i].bytes, rows[i].length);
		row_equal(rows[i].name, root_read_text(tree->root, &text, "/file"), -EBADMSG);
		row_equal(rows[i].name, root_read_value(tree->root, &text, "/file"), -EBADMSG);
	}
	assert_null(text);
}

static void test_text_may_end_in_a_nul_byte(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t length;
		const char *text, *value;
	} rows[] = {
		{ "string of a device tree", "Board 3\0", 8, "Board 3", "Board 3" },
		{ "behind a newline", "ff\n\0", 4, "ff\n", "ff" },
		{ "alone", "\0", 1, "", "" },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = NULL, *value = NULL;

		tree_write(tree, "/file", rows[i].bytes, rows[i].length);
		row_equal(rows[i].name, root_read_text(tree->root, &text, "/file"), 0);
		row_same(rows[i].name, text, rows[i].text);
		row_equal(rows[i].name, root_read_value(tree->root, &value, "/file"), 0);
		row_same(rows[i].name, value, rows[i].value);
	}
}

static void test_words_that_end_in_nul_bytes(void **state)
{
	static const struct {
		const char *name, *bytes;
		size_t length;
		const char *words;
	} rows[] = {
		{ "three", "/bin/a\0-b\0c\0", 12, "/bin/a -b c" },
		{ "one", "/bin/a\0", 7, "/bin/a" },
		{ "one without", "/bin/a", 6, "/bin/a" },
		/* A process may overwrite its command line. */
		{ "two without the last", "a\0b", 3, "a b" },
		{ "newline", "a b\n", 4, "a b" },
		{ "empty words at the end", "a\0\0\0", 4, "a" },
		{ "none", "", 0, "" },
	};
	const struct tree *tree = *state;
	char *none = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *words = NULL;

		tree_write(tree, "/file", rows[i].bytes, rows[i].length);
		row_equal(rows[i].name, root_read_words(tree->root, &words, "/%s", "file"), 0);
		row_same(rows[i].name, words, rows[i].words);
	}
	assert_int_equal(root_read_words(tree->root, &none, "/missing"), -ENOENT);
	assert_null(none);
}

static void test_value_has_no_white_space_at_its_end(void **state)
{
	static const struct {
		const char *text, *value;
	} rows[] = {
		{ "ff\n", "ff" },  { "a b \n", "a b" }, { "ff", "ff" },
		{ " \t\n\n", "" }, { "", "" },		{ " ff\n", " ff" },
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *value = NULL;

		tree_write(tree, "/file", rows[i].text, strlen(rows[i].text));
		row_equal(rows[i].text, root_read_value(tree->root, &value, "/%s", "file"), 0);
		row_same(rows[i].text, value, rows[i].value);
	}
}

static void test_number_in_a_file(void **state)
{
	const struct tree *tree = *state;
	int64_t number = 7;

	tree_make(tree, "/sys/good = 1024\n/sys/bad = n/a\n/sys/empty =\n");
	assert_int_equal(root_read_long(tree->root, &number, "/sys/bad"), -EINVAL);
	assert_int_equal(root_read_long(tree->root, &number, "/sys/empty"), -EINVAL);
	assert_int_equal(root_read_long(tree->root, &number, "/sys/missing"), -ENOENT);
	assert_int_equal(number, 7);
	assert_int_equal(root_read_long(tree->root, &number, "/sys/good"), 0);
	assert_int_equal(number, 1024);
}

static void test_hexadecimal_number_in_a_file(void **state)
{
	static const struct {
		const char *text;
		int r;
		int64_t number;
	} rows[] = {
		{ "0x00000000412fd050", 0, 0x412fd050 },
		{ "0xD0b", 0, 0xd0b },
		{ "1f4b", 0, 0x1f4b },
		{ "0x0", 0, 0 },
		{ "0x7fffffffffffffff", 0, INT64_MAX },
		{ "0x8000000000000000", -ERANGE, 7 },
		{ "0xfffffffffffffffff", -ERANGE, 7 },
		{ "-0x10", -EINVAL, 7 },
		{ "0x", -EINVAL, 7 },
		{ "0x12 34", -EINVAL, 7 },
		{ "0x12g", -EINVAL, 7 },
		{ "n/a", -EINVAL, 7 },
		{ "", -EINVAL, 7 },
	};
	const struct tree *tree = *state;
	int64_t number = 7;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		number = 7;
		tree_write(tree, "/file", rows[i].text, strlen(rows[i].text));
		row_equal(rows[i].text, root_read_hex(tree->root, &number, "/%s", "file"),
			  rows[i].r);
		row_equal(rows[i].text, number, rows[i].number);
	}
	assert_int_equal(root_read_hex(tree->root, &number, "/missing"), -ENOENT);
}

static void test_path_without_links(void **state)
{
	static const struct {
		const char *path;
		int r;
		const char *real;
	} rows[] = {
		{ "/sys/bus/dev", 0, "/sys/devices/host/dev" },
		{ "/sys/bus/dev/value", 0, "/sys/devices/host/dev/value" },
		{ "/sys/bus/dev/driver", 0, "/sys/drivers/d" },
		{ "/sys/bus/dev/../dev", 0, "/sys/devices/host/dev" },
		{ "/sys/absolute", 0, "/sys/devices/host" },
		{ "/sys/chain/dev", 0, "/sys/devices/host/dev" },
		{ "/sys//devices/./host/", 0, "/sys/devices/host" },
		{ "/sys/escape", 0, "/etc" },
		{ "/sys/top/etc", 0, "/etc" },
		{ "/sys/missing", -ENOENT, NULL },
		{ "/sys/dangling", -ENOENT, NULL },
		{ "/sys/self", -ELOOP, NULL },
	};
	const struct tree *tree = *state;

	tree_make(tree, "/run/inside/sys/devices/host/dev/value = 1\n"
			"/run/inside/sys/devices/host/dev/driver -> ../../../drivers/d\n"
			"/run/inside/sys/drivers/d/\n"
			"/run/inside/sys/bus/dev -> ../devices/host/dev\n"
			"/run/inside/sys/absolute -> /sys/devices/host\n"
			"/run/inside/sys/chain -> absolute\n"
			"/run/inside/sys/escape -> ../../../../etc\n"
			"/run/inside/sys/top -> ../../..\n"
			"/run/inside/sys/dangling -> nothing\n"
			"/run/inside/sys/self -> self\n"
			"/run/inside/etc/\n");
	CLEANUP_ROOT struct root *root = open_inside(tree);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *real = NULL;

		row_equal(rows[i].path, root_real_path(root, &real, "%s", rows[i].path), rows[i].r);
		row_same(rows[i].path, real, rows[i].real);
	}
}

static void test_path_without_links_of_the_running_system(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *link = tree_path(tree, "/sys/link"),
			  *wanted = tree_path(tree, "/sys/dir"), *real = NULL, *top = NULL;
	CLEANUP_ROOT struct root *host = NULL;

	tree_make(tree, "/sys/dir/\n/sys/link -> dir\n");
	assert_int_equal(root_open("/", &host), 0);
	assert_int_equal(root_real_path(host, &real, "%s", link), 0);
	assert_string_equal(real, wanted);
	assert_int_equal(root_real_path(host, &top, "/"), 0);
	assert_string_equal(top, "/");
}

static void test_is_a_directory(void **state)
{
	static const struct {
		const char *path;
		bool has;
	} rows[] = {
		{ "/proc/irq/7/npu", true },	   { "/proc/link", true },
		{ "/proc/irq/7/spurious", false }, { "/proc/irq/8", false },
		{ "/proc/file-link", false },	   { "/proc/out", false },
	};
	const struct tree *tree = *state;

	tree_make(tree, "/run/inside/proc/irq/7/npu/\n"
			"/run/inside/proc/irq/7/spurious = 0\n"
			"/run/inside/proc/link -> irq\n"
			"/run/inside/proc/file-link -> irq/7/spurious\n"
			"/run/inside/proc/out -> ../../outside\n"
			"/run/outside/\n");
	CLEANUP_ROOT struct root *root = open_inside(tree);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].path, root_has_dir(root, "%s", rows[i].path), rows[i].has);
}

static void test_name_that_a_link_points_to(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *long_way = NULL, *short_way = NULL;
	char *none = NULL;

	tree_make(tree, "/sys/dev/driver -> ../bus/pci/drivers/ax_host\n"
			"/sys/link -> dev\n"
			"/sys/file = 1\n");
	assert_int_equal(root_read_link_name(tree->root, &long_way, "/sys/link/driver"), 0);
	assert_string_equal(long_way, "ax_host");
	assert_int_equal(root_read_link_name(tree->root, &short_way, "/sys/link"), 0);
	assert_string_equal(short_way, "dev");
	assert_int_equal(root_read_link_name(tree->root, &none, "/sys/missing"), -ENOENT);
	assert_true(root_read_link_name(tree->root, &none, "/sys/file") < 0);
	assert_null(none);
}

static void test_mode_of_a_file(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *fixed = NULL, *other = NULL, *none = NULL;
	mode_t mode = 0;

	tree_make(tree, "[0444] /proc/fixed = 1\n[0640] /proc/other = 2\n/proc/link -> fixed\n");
	assert_int_equal(root_read_value_mode(tree->root, &fixed, &mode, "/proc/link"), 0);
	assert_int_equal(mode, 0444);
	assert_string_equal(fixed, "1");
	assert_int_equal(root_read_value_mode(tree->root, &other, &mode, "/proc/other"), 0);
	assert_int_equal(mode, 0640);
	assert_int_equal(root_read_value_mode(tree->root, &none, &mode, "/proc/missing"), -ENOENT);
}

static void test_write_replaces_a_longer_value(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/proc/mask = 00000000,000000ff\n");
	assert_int_equal(root_write_value(tree->root, "/proc/mask", "40"), 0);
	assert_tree_file(tree, "/proc/mask", "40\n");
}

static void test_write_makes_no_file(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/proc/irq/\n");
	assert_int_equal(root_write_value(tree->root, "/proc/irq/mask", "1"), -ENOENT);
	assert_tree_file(tree, "/proc/irq/mask", NULL);
	assert_int_equal(root_write_value(tree->root, "/proc/irq", "1"), -EISDIR);
}

static void test_numbers_of_a_directory_are_sorted_and_exact(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE int *numbers = NULL;
	const int wanted[] = { 0, 2, 10 };
	size_t count;

	tree_make(tree, "/sys/cpufreq/policy{2,10,0}/\n"
			"/sys/cpufreq/policy/\n"
			"/sys/cpufreq/policy4x/\n"
			"/sys/cpufreq/policyx/\n"
			"/sys/cpufreq/xpolicy5/\n"
			"/sys/cpufreq/policy-6/\n"
			"/sys/cpufreq/policy99999999999/\n"
			"/sys/cpufreq/7/\n");
	assert_int_equal(root_list_numbers(tree->root, "policy", &numbers, &count, "/sys/cpufreq"),
			 0);
	assert_int_equal(count, ARRAY_SIZE(wanted));
	assert_memory_equal(numbers, wanted, sizeof(wanted));
}

static void test_directory_without_numbers(void **state)
{
	const struct tree *tree = *state;
	int some = 1, *numbers = &some;
	size_t count = 1;

	tree_make(tree, "/sys/empty/\n/sys/file = 1\n");
	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/missing"),
			 -ENOENT);
	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/file"),
			 -ENOTDIR);
	assert_ptr_equal(numbers, &some);
	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/empty"), 0);
	assert_null(numbers);
	assert_int_equal(count, 0);
}

static int open_and_close_inside(const struct root *root, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_inside(root, O_PATH, path);

	return fd < 0 ? fd : 0;
}

static void test_path_that_leads_out_is_found(void **state)
{
	static const struct {
		const char *path;
		int r;
	} rows[] = {
		{ "/sys/file", 0 },
		{ "/sys/good", 0 },
		{ "/sys/missing", -ENOENT },
		{ "/sys/dangling", -ENOENT },
		{ "/sys/relative", -EXDEV },
		{ "/sys/absolute", -EXDEV },
		{ "/sys/dir/file", -EXDEV },
		{ "/sys/only-outside", -EXDEV },
		{ "/sys/only-inside", -EXDEV },
	};
	const struct tree *tree = *state;

	tree_make(tree, "/run/inside/sys/file = 1\n"
			"/run/inside/etc/file = 1\n"
			"/run/inside/etc/inside = 1\n"
			"/run/inside/sys/good -> ../etc/file\n"
			"/run/inside/sys/dangling -> nothing\n"
			"/run/inside/sys/relative -> ../../../etc/file\n"
			"/run/inside/sys/absolute -> /etc/file\n"
			"/run/inside/sys/dir -> ../../../etc\n"
			"/run/inside/sys/only-outside -> ../../../etc/outside\n"
			"/run/inside/sys/only-inside -> /etc/inside\n"
			"/etc/file = 1\n"
			"/etc/outside = 1\n");
	CLEANUP_ROOT struct root *root = open_inside(tree);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].path, open_and_close_inside(root, rows[i].path), rows[i].r);
}

static void test_too_long_paths_are_refused(void **state)
{
	const struct tree *tree = *state;
	char name[2 * PATH_MAX];
	char *text = NULL;

	memset(name, 'x', sizeof(name));
	name[NAME_MAX + 1] = '\0';
	assert_int_equal(root_read_text(tree->root, &text, "/%s", name), -ENAMETOOLONG);
	name[NAME_MAX + 1] = 'x';
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(root_read_text(tree->root, &text, "/%s", name), -ENAMETOOLONG);
	assert_null(text);
}

static void test_root_knows_its_directory(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *slashes = tree_path(tree, "//"), *file = tree_path(tree, "/file");
	CLEANUP_ROOT struct root *root = NULL, *host = NULL;
	struct root *none = NULL;

	assert_int_equal(root_open(slashes, &root), 0);
	assert_string_equal(root_path(root), tree->path);
	assert_false(root_is_live(root));
	assert_int_equal(root_open("/", &host), 0);
	assert_string_equal(root_path(host), "");
	assert_true(root_is_live(host));
	assert_int_equal(root_open(file, &none), -ENOENT);
	tree_write(tree, "/file", "", 0);
	assert_int_equal(root_open(file, &none), -ENOTDIR);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_links_are_resolved_inside),
		tree_test(test_as_many_links_as_the_kernel_follows),
		tree_test(test_writing_stays_inside),
		tree_test(test_last_link_is_not_followed_if_asked),
		tree_test(test_descriptors_are_closed_on_exec),
		tree_test(test_files_are_read_whole),
		tree_test(test_file_with_a_nul_byte_is_no_text),
		tree_test(test_text_may_end_in_a_nul_byte),
		tree_test(test_words_that_end_in_nul_bytes),
		tree_test(test_value_has_no_white_space_at_its_end),
		tree_test(test_number_in_a_file),
		tree_test(test_hexadecimal_number_in_a_file),
		tree_test(test_path_without_links),
		tree_test(test_path_without_links_of_the_running_system),
		tree_test(test_is_a_directory),
		tree_test(test_name_that_a_link_points_to),
		tree_test(test_mode_of_a_file),
		tree_test(test_write_replaces_a_longer_value),
		tree_test(test_write_makes_no_file),
		tree_test(test_numbers_of_a_directory_are_sorted_and_exact),
		tree_test(test_directory_without_numbers),
		tree_test(test_path_that_leads_out_is_found),
		tree_test(test_too_long_paths_are_refused),
		tree_test(test_root_knows_its_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
