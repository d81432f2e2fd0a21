/* SPDX-License-Identifier: MIT */
/* Board files: what each kind of line creates, and what is refused. */

#include "root/board.h"
#include "tree.h"

#include <errno.h>
#include <sys/stat.h>

#define MARK "# ax650n-tune board 1\n"

static void test_files_of_one_line(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "# comment\n"
			"\n"
			"/proc/a = ff\n"
			"/proc/blanks =  two words  \n"
			"/proc/sign = x = y -> z: /\n"
			"/sys/empty =\n"
			"/sys/empty2 = \n"
			"/sys/bus/pci/devices/0009:08:00.0/irq = 5\n"
			"/etc/last = no newline");
	assert_tree_file(tree, "/proc/a", "ff\n");
	assert_tree_file(tree, "/proc/blanks", " two words  \n");
	assert_tree_file(tree, "/proc/sign", "x = y -> z: /\n");
	assert_tree_file(tree, "/sys/empty", "\n");
	assert_tree_file(tree, "/sys/empty2", "\n");
	assert_tree_file(tree, "/sys/bus/pci/devices/0009:08:00.0/irq", "5\n");
	assert_tree_file(tree, "/etc/last", "no newline\n");
}

static void test_files_of_several_lines(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/proc/interrupts:\n"
			"|   CPU0\n"
			"| 5:  1  # no comment\n"
			"|\n"
			"|/proc/x = 1\n"
			"/proc/empty:\n"
			"/run/0009:08:00.0:\n"
			"|end");
	assert_tree_file(tree, "/proc/interrupts",
			 "   CPU0\n 5:  1  # no comment\n\n/proc/x = 1\n");
	assert_tree_file(tree, "/proc/empty", "");
	assert_tree_file(tree, "/proc/x", NULL);
	assert_tree_file(tree, "/run/0009:08:00.0", "end\n");
}

static void test_binary_files(void **state)
{
	static const char wanted[] = { 0x4b, 0x1f, 0x00, 0x0a, (char)0xff };
	const struct tree *tree = *state;
	CLEANUP_FREE char *path = tree_path(tree, "/sys/config");
	char bytes[16];
	FILE *file;

	tree_make(tree, "/sys/config: hex\n|4b 1f 00\n|  0A\tff \n|\n");
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fread(bytes, 1, sizeof(bytes), file), sizeof(wanted));
	assert_memory_equal(bytes, wanted, sizeof(wanted));
	fclose(file);
}

static void test_links_and_directories(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *link = tree_path(tree, "/sys/dev/driver"),
			  *dir = tree_path(tree, "/sys/dev/msi_irqs");
	char target[PATH_MAX] = "";
	struct stat st;

	tree_make(tree, "/sys/dev/driver -> ../bus/drivers/ax_host\n"
			"/sys/dev/msi_irqs/\n"
			"/sys/dev/msi_irqs/\n");
	assert_int_equal(readlink(link, target, sizeof(target) - 1),
			 strlen("../bus/drivers/ax_host"));
	assert_string_equal(target, "../bus/drivers/ax_host");
	assert_int_equal(stat(dir, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
}

static void test_modes(void **state)
{
	static const struct {
		const char *path;
		mode_t mode;
	} rows[] = {
		{ "/proc/usual", 0644 },
		{ "/proc/fixed", 0444 },
		{ "/proc/block", 0600 },
		{ "/proc/none", 0 },
	};
	const struct tree *tree = *state;
	const mode_t old = umask(077);

	tree_make(tree, "/proc/usual = 1\n"
			"[0444] /proc/fixed = 1\n"
			"[0600] /proc/block:\n|1\n"
			"[0] /proc/none = 1\n");
	umask(old);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].path, tree_mode(tree, rows[i].path), rows[i].mode);
}

static void test_ranges_make_one_for_each_number(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/sys/cpu{0-1,10}/id = number {}\n"
			"/sys/same{3,4} = 7\n"
			"/sys/block{5}:\n|first\n|cpu{} here\n"
			"/sys/link{0-1} -> cpu{}/id\n"
			"/sys/bytes{2}: hex\n|7b 7d 41\n"
			"/sys/plain = {}\n");
	assert_tree_file(tree, "/sys/cpu0/id", "number 0\n");
	assert_tree_file(tree, "/sys/cpu1/id", "number 1\n");
	assert_tree_file(tree, "/sys/cpu2/id", NULL);
	assert_tree_file(tree, "/sys/cpu10/id", "number 10\n");
	assert_tree_file(tree, "/sys/same3", "7\n");
	assert_tree_file(tree, "/sys/same4", "7\n");
	assert_tree_file(tree, "/sys/block5", "first\ncpu5 here\n");
	assert_tree_file(tree, "/sys/link1", "number 1\n");
	/* Only in text, and only if the path has a number. */
	assert_tree_file(tree, "/sys/bytes2", "{}A");
	assert_tree_file(tree, "/sys/plain", "{}\n");
}

static void test_file_below_a_link_lands_inside(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/run/real/\n"
			"/sys/relative -> ../run/real\n"
			"/sys/absolute -> /run/real\n"
			"/sys/above -> ../../../../../run/real\n"
			"/sys/relative/a = 1\n"
			"/sys/absolute/b = 2\n"
			"/sys/above/c = 3\n");
	assert_tree_file(tree, "/run/real/a", "1\n");
	assert_tree_file(tree, "/run/real/b", "2\n");
	assert_tree_file(tree, "/run/real/c", "3\n");
}

static void test_link_out_of_the_tree_leads_nowhere(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *outside = tree_path(tree, "/run/outside"),
			  *inside = tree_path(tree, "/run/inside"),
			  *text = text_format(MARK "/sys/out -> %s\n/sys/out/file = 1\n", outside);
	CLEANUP_ROOT struct root *root = NULL;
	struct error error;

	tree_make(tree, "/run/inside/\n/run/outside/\n");
	assert_int_equal(root_open(inside, &root), 0);
	assert_int_equal(board_expand(text, "b", root, &error), -ENOENT);
	assert_tree_file(tree, "/run/outside/file", NULL);
}

static void test_mistakes_are_named_by_line(void **state)
{
	static const char path[] = "below /proc, /sys, /run or /etc", hex[] = "hexadecimal",
			  kind[] = "neither a file, a link nor a directory", mode[] = "[0444]",
			  list[] = "list of numbers";
	static const struct {
		const char *line;
		int number; /* of the line in the error */
		const char *what;
	} rows[] = {
		{ "nonsense", 3, kind },
		{ "/proc/a", 3, kind },
		{ "|5", 3, kind },
		{ "/proc/a = 1\n|5", 4, kind },
		{ "/tmp/a = 1", 3, path },
		{ "/a = 1", 3, path },
		{ "/proc = 1", 3, path },
		{ "/proc/", 3, path },
		{ "/process/a = 1", 3, path },
		{ "proc/a = 1", 3, path },
		{ "/proc/../etc/a = 1", 3, path },
		{ "/proc/.. = 1", 3, path },
		{ "/proc/../", 3, path },
		{ "/proc/a/../../../tmp/b -> c", 3, path },
		{ "/proc/./a = 1", 3, path },
		{ "/proc/. = 1", 3, path },
		{ "/proc//a = 1", 3, path },
		{ "/proc/a/ = 1", 3, path },
		{ "/proc/a b = 1", 3, path },
		{ " /proc/a = 1", 3, path },
		{ "/tmp/a:\n|1\n|2", 5, path },
		{ "/proc/\xff = 1", 3, path },
		{ "/proc/a -> \xed(", 3, "target of a link must be UTF-8" },
		{ "/proc/a{1-0} = 1", 3, list },
		{ "/proc/a{} = 1", 3, list },
		{ "/proc/a{x} = 1", 3, list },
		{ "[0999] /proc/a = 1", 3, mode },
		{ "[] /proc/a = 1", 3, mode },
		{ "[1777] /proc/a = 1", 3, mode },
		{ "[-1] /proc/a = 1", 3, mode },
		{ "[0444]/proc/a = 1", 3, mode },
		{ "[0444 /proc/a = 1", 3, mode },
		{ "/proc/a: hex\n|00 11\n|0g", 5, hex },
		{ "/proc/a: hex\n|0", 4, hex },
		{ "/proc/a: hex\n|0011", 4, hex },
		{ "/proc/a: hex\n|0x11", 4, hex },
		{ "/proc/a: hex\n|-1", 4, hex },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = text_format(MARK "/proc/good = 1\n%s\n/proc/more = 1\n",
						      rows[i].line);
		CLEANUP_FREE char *place = text_format("my.board, line %d: ", rows[i].number);
		struct error error = { .text = "" };
		const struct tree *tree = tree_renew(state);

		row_equal(rows[i].line, board_expand(text, "my.board", tree->root, &error),
			  -EINVAL);
		row_contains(rows[i].line, error.text, place);
		row_contains(rows[i].line, error.text, rows[i].what);
		assert_tree_file(tree, "/proc/more", NULL);
	}
}

static void test_what_exists_is_not_replaced(void **state)
{
	static const char *const rows[] = {
		"/proc/a = 2",	  "/proc/a:\n|2",
		"/proc/a -> b",	  "/proc/{1,1}a = 2\n/proc/1a = 3",
		"/proc/link = 2", "/proc/link -> c",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = text_format(MARK "/proc/a = 1\n/proc/link -> b\n%s\n",
						      rows[i]);
		struct error error = { .text = "" };
		const struct tree *tree = tree_renew(state);

		row_equal(rows[i], board_expand(text, "my.board", tree->root, &error), -EEXIST);
		row_contains(rows[i], error.text, "my.board, line ");
		row_contains(rows[i], error.text, "cannot create /proc/");
		assert_tree_file(tree, "/proc/a", "1\n");
		assert_tree_file(tree, "/proc/b", NULL);
	}
}

static void test_too_long_line_is_refused(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *text = text_format(MARK "/proc/a = 1\n/proc/b = %0*d\n", PATH_MAX, 1);
	struct error error = { .text = "" };

	assert_int_equal(board_expand(text, "my.board", tree->root, &error), -EINVAL);
	row_contains("long", error.text, "my.board, line 3: the line is too long");
	assert_tree_file(tree, "/proc/b", NULL);
}

static void test_other_files_are_no_boards(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"/proc/a = 1\n",
		"# ax650n-tune board\n/proc/a = 1\n",
		"# ax650n-tune board 10\n/proc/a = 1\n",
		"# ax650n-tune board 2\n/proc/a = 1\n",
		"\n" MARK "/proc/a = 1\n",
		" " MARK "/proc/a = 1\n",
	};
	const struct tree *tree = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct error error = { .text = "" };

		row_equal(texts[i], board_expand(texts[i], "my.board", tree->root, &error),
			  -EINVAL);
		row_contains(texts[i], error.text, "my.board is not a board file");
		assert_tree_file(tree, "/proc/a", NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_files_of_one_line),
		tree_test(test_files_of_several_lines),
		tree_test(test_binary_files),
		tree_test(test_links_and_directories),
		tree_test(test_modes),
		tree_test(test_ranges_make_one_for_each_number),
		tree_test(test_file_below_a_link_lands_inside),
		tree_test(test_link_out_of_the_tree_leads_nowhere),
		tree_test(test_mistakes_are_named_by_line),
		tree_test(test_what_exists_is_not_replaced),
		tree_test(test_too_long_line_is_refused),
		tree_test(test_other_files_are_no_boards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
