/* SPDX-License-Identifier: MIT */
/* Records what was read from a machine. Its board file, expanded, must read the same. */

#include "root/record.h"

#include "tree.h"

#include <errno.h>
#include <sys/stat.h>

static struct record *new_record(void)
{
	struct record *record = record_new();

	assert_non_null(record);
	return record;
}

/* The board file; the caller frees it. */
static char *write_board(struct record *record)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	assert_int_equal(record_write(record, "written by a test", out), 0);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), length);
	return text;
}

static void expand(const char *text, const struct root *root)
{
	struct error error;

	if (board_expand(text, "recorded", root, &error) < 0)
		fail_msg("%s\n%s", error.text, text);
}

/* Writes the record and expands it into a tree. */
static void rebuild(struct record *record, const struct tree *tree)
{
	CLEANUP_FREE char *text = write_board(record);

	expand(text, tree->root);
}

static void note(struct record *record, const char *path, const char *content)
{
	record_file(record, path, content, strlen(content));
}

/* The position of PART in TEXT. The test fails if there is none. */
static size_t place(const char *text, const char *part)
{
	const char *at = strstr(text, part);

	if (!at)
		fail_msg("no '%s' in '%s'", part, text);
	return at ? (size_t)(at - text) : 0;
}

static void test_head(void **state)
{
	struct record *record = new_record();
	CLEANUP_FREE char *text = write_board(record);

	(void)state;
	assert_string_equal(text, "# ax650n-tune board 1\n# written by a test\n");
	record_free(record);
}

static void test_files_come_back(void **state)
{
	static const struct {
		const char *path, *content, *wanted;
	} rows[] = {
		{ "/proc/value", "1f\n", "1f\n" },
		/* A newline that is missing at the end is added. */
		{ "/proc/bare", "1f", "1f\n" },
		{ "/proc/empty", "", "\n" },
		{ "/proc/newline", "\n", "\n" },
		{ "/proc/blanks", "  two  words \n", "  two  words \n" },
		{ "/proc/sign", "a = b -> c: {} | [0444] #/\n", "a = b -> c: {} | [0444] #/\n" },
		{ "/proc/tab", "a\tb\n", "a\tb\n" },
		{ "/proc/lines", "first\n\n  third\n", "first\n\n  third\n" },
		{ "/proc/lines-bare", "first\nsecond", "first\nsecond\n" },
		{ "/proc/bars", "|a\n|b\n", "|a\n|b\n" },
		{ "/proc/newlines", "\n\n", "\n\n" },
		{ "/sys/bus/pci/devices/0004:51:00.0/irq", "77\n", "77\n" },
		{ "/sys/devices/pcie@fe150000/name", "caf\303\251\n", "caf\303\251\n" },
	};
	const struct tree *tree = *state;
	struct record *record = new_record();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		note(record, rows[i].path, rows[i].content);
	rebuild(record, tree);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_tree_file(tree, rows[i].path, rows[i].wanted);
	record_free(record);
}

static void test_bytes_come_back(void **state)
{
	static const char nul[] = "ax\0\0n", control[] = "a\033[1mb\n", returned[] = "a\r\n";
	static const struct {
		const char *path, *content;
		size_t length;
	} rows[] = {
		/* Without the NUL byte that the compiler adds. */
		{ "/proc/words", nul, sizeof(nul) - 1 },
		{ "/proc/control", control, sizeof(control) - 1 },
		{ "/proc/return", returned, sizeof(returned) - 1 },
		/* Configuration space: the last byte counts even if it is zero. */
		{ "/sys/last", "\1\0\0", 3 },
		{ "/sys/zeros", "\0\0\0\0", 4 },
	};
	const struct tree *tree = *state;
	struct record *record = new_record();
	char all[256 + 7];

	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)(255 - i);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		record_file(record, rows[i].path, rows[i].content, rows[i].length);
	/* The last line is not full. */
	record_file(record, "/sys/config", all, sizeof(all));
	rebuild(record, tree);
	for (size_t i = 0; i <= ARRAY_SIZE(rows); i++) {
		bool last = i == ARRAY_SIZE(rows);
		CLEANUP_FREE char *path = tree_path(tree, last ? "/sys/config" : rows[i].path);
		size_t length = last ? sizeof(all) : rows[i].length;
		FILE *file = fopen(path, "r");
		char bytes[512];

		assert_non_null(file);
		row_equal(path, fread(bytes, 1, sizeof(bytes), file), length);
		row_true(path, !memcmp(bytes, last ? all : rows[i].content, length));
		assert_int_equal(fclose(file), 0);
	}
	record_free(record);
}

static void test_what_is_no_utf8_is_hex_or_left_out(void **state)
{
	static const char torn[] = "GIC \xe2\x82 eth0\n", latin[] = "M\xf6"
								    "del\n";
	struct record *record = new_record();
	CLEANUP_FREE char *text = NULL;

	(void)state;
	note(record, "/proc/interrupts", torn);
	note(record, "/sys/latin", latin);
	note(record, "/proc/irq/1/\xff/spurious", "1");
	record_link(record, "/sys/link", "../\xff");
	text = write_board(record);
	(void)place(text, "/proc/interrupts: hex\n|47 49 43 20 e2 82 20");
	(void)place(text, "/sys/latin: hex\n|4d f6 64 65 6c 0a\n");
	assert_null(strstr(text, "spurious"));
	assert_null(strstr(text, "/sys/link"));
	record_free(record);
}

static void test_one_text_with_a_nul_byte_reads_the_same(void **state)
{
	const struct tree *tree = *state;
	struct record *record = new_record();
	CLEANUP_FREE char *value = NULL, *words = NULL, *text = NULL;

	record_file(record, "/proc/device-tree/model", "Some Board", sizeof("Some Board"));
	text = write_board(record);
	/* As one would write it by hand. */
	assert_non_null(strstr(text, "/proc/device-tree/model = Some Board\n"));
	expand(text, tree->root);
	assert_int_equal(root_read_value(tree->root, &value, "/proc/device-tree/model"), 0);
	assert_string_equal(value, "Some Board");
	assert_int_equal(root_read_words(tree->root, &words, "/proc/device-tree/model"), 0);
	assert_string_equal(words, "Some Board");
	record_free(record);
}

static void test_very_long_lines_come_back(void **state)
{
	const struct tree *tree = *state;
	struct record *record = new_record();
	char line[2 * PATH_MAX + 1];

	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	note(record, "/run/long", line);
	note(record, "/run/longest", line + 1);
	note(record, "/run/page", line + sizeof(line) - PATH_MAX);
	rebuild(record, tree);
	CLEANUP_FREE char *content = tree_read(tree, "/run/long");
	assert_non_null(content);
	assert_int_equal(strlen(content), sizeof(line));
	assert_int_equal(strspn(content, "x"), sizeof(line) - 1);
	record_free(record);
}

/* A path that a board file cannot have must not make the whole file unreadable. */
static void test_paths_that_no_board_can_have(void **state)
{
	const struct tree *tree = *state;
	struct record *record = new_record();

	note(record, "/proc/value", "1\n");
	note(record, "/home/user/my.conf", "secret\n");
	note(record, "/proc/two words", "2\n");
	record_dir(record, "/proc/irq/30/PCIe PME");
	record_link(record, "/usr/link", "nowhere");
	record_dir(record, "/");
	record_dir(record, "/sys");
	CLEANUP_FREE char *text = write_board(record);
	expand(text, tree->root);
	assert_tree_file(tree, "/proc/value", "1\n");
	assert_null(strstr(text, "secret"));
	record_free(record);
}

static void test_links_directories_and_modes_come_back(void **state)
{
	static const struct {
		const char *path;
		mode_t mode;
	} rows[] = {
		{ "/proc/usual", 0644 }, { "/proc/fixed", 0444 },   { "/proc/lines", 0600 },
		{ "/proc/late", 0400 },	 { "/proc/unasked", 0644 },
	};
	const struct tree *tree = *state;
	CLEANUP_FREE char *driver = NULL;
	struct record *record = new_record();

	record_link(record, "/sys/dev/driver", "../bus/drivers/ax_host");
	record_dir(record, "/sys/empty");
	record_dir(record, "/sys/full");
	note(record, "/sys/full/file", "1\n");
	record_dir(record, "/sys/nested");
	record_dir(record, "/sys/nested/deeper");
	note(record, "/proc/usual", "1\n");
	record_mode(record, "/proc/usual", 0644);
	record_mode(record, "/proc/fixed", 0444);
	note(record, "/proc/fixed", "1\n");
	note(record, "/proc/lines", "1\n2\n");
	record_mode(record, "/proc/lines", 0600);
	note(record, "/proc/late", "1\n");
	record_mode(record, "/proc/late", 0400);
	note(record, "/proc/unasked", "1\n");
	rebuild(record, tree);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].path, tree_mode(tree, rows[i].path), rows[i].mode);
	assert_int_equal(root_read_link_name(tree->root, &driver, "/sys/dev/driver"), 0);
	assert_string_equal(driver, "ax_host");
	assert_true(root_has_dir(tree->root, "/sys/empty"));
	assert_true(root_has_dir(tree->root, "/sys/full"));
	assert_true(root_has_dir(tree->root, "/sys/nested/deeper"));
	record_free(record);
}

static void test_what_is_noted_first_stays(void **state)
{
	const struct tree *tree = *state;
	struct record *record = new_record();

	note(record, "/proc/value", "first\n");
	note(record, "/proc/value", "second\n");
	record_link(record, "/proc/value", "elsewhere");
	record_dir(record, "/proc/value");
	record_mode(record, "/proc/value", 0440);
	record_mode(record, "/proc/value", 0400);
	record_link(record, "/sys/link", "first");
	record_link(record, "/sys/link", "second");
	note(record, "/sys/first", "1\n");
	note(record, "/sys/second", "2\n");
	rebuild(record, tree);
	assert_tree_file(tree, "/proc/value", "first\n");
	assert_int_equal(tree_mode(tree, "/proc/value"), 0440);
	assert_tree_file(tree, "/sys/link", "1\n");
	record_free(record);
}

static void test_order_is_that_of_the_paths(void **state)
{
	/* Noted in the wrong order. */
	static const char *const wanted[] = {
		"/proc/irq/9/mode = ",	       "/proc/irq/30/mode = ",
		"/proc/irq/137/mode = ",       "/sys/cpu/cpu2/a = ",
		"/sys/cpu/cpu2/b = ",	       "/sys/cpu/cpu10/a = ",
		"/sys/cpu/cpufreq/policy0 = ", "/sys/dev/0000:00:1f.0/x = ",
		"/sys/dev/0000:00:1f.0-x = ",  "/sys/dev/0001:00:02.0 = ",
	};
	struct record *record = new_record();
	size_t last = 0;

	(void)state;
	for (size_t i = ARRAY_SIZE(wanted); i-- > 0;) {
		CLEANUP_FREE char *path = strndup(wanted[i], strlen(wanted[i]) - 3);

		assert_non_null(path);
		note(record, path, "1\n");
	}
	CLEANUP_FREE char *text = write_board(record);
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		size_t at = place(text, wanted[i]);

		row_true(wanted[i], at > last);
		last = at;
	}
	record_free(record);
}

static void test_mac_addresses_are_hidden(void **state)
{
	static const struct {
		const char *content, *wanted;
	} rows[] = {
		{ "enx0123456789ab\n", "enx000000000000\n" },
		{ "wlxfedcba987654\n", "wlx000000000000\n" },
		{ "wwx001122aabbcc-TxRx-3\n", "wwx000000000000-TxRx-3\n" },
		{ "rename, enx0123456789ab, enx0123456789ac\n",
		  "rename, enx000000000000, enx000000000000\n" },
		{ "one\n 5: 1 enx0123456789ab\n", "one\n 5: 1 enx000000000000\n" },
		/* Not addresses. */
		{ "enp49s0 eth0 end1\n", "enp49s0 eth0 end1\n" },
		{ "enx0123456789a\n", "enx0123456789a\n" },
		{ "0x0123456789ab\n", "0x0123456789ab\n" },
		{ "x0123456789ab\n", "x0123456789ab\n" },
		{ "nx0123456789ab\n", "nx0123456789ab\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		struct record *record = new_record();

		note(record, "/proc/interrupts", rows[i].content);
		rebuild(record, tree);
		assert_tree_file(tree, "/proc/interrupts", rows[i].wanted);
		record_free(record);
	}
}

static void test_failed_write_is_reported(void **state)
{
	struct record *record = new_record();
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	assert_non_null(full);
	note(record, "/proc/a", "1\n");
	assert_int_equal(record_write(record, "head", full), -ENOSPC);
	fclose(full);
	record_free(record);
}

/* --- Through a root --------------------------------------------------------------------------- */

/* From here on, records what is read from the tree. */
static struct record *start(const struct tree *tree, const char *lines)
{
	struct record *record = new_record();

	tree_make(tree, lines);
	root_set_record(tree->root, record);
	return record;
}

/* The board file of what was read. Stops recording. */
static char *stop(const struct tree *tree, struct record *record)
{
	char *text = write_board(record);

	root_set_record(tree->root, NULL);
	record_free(record);
	return text;
}

/* The values read at each path; "" where there is no file. */
static void read_all(const struct root *root, const char *const *paths, size_t count, char **values)
{
	for (size_t i = 0; i < count; i++) {
		values[i] = NULL;
		(void)root_read_value(root, &values[i], "%s", paths[i]);
	}
}

static void test_what_was_read_reads_the_same_elsewhere(void **state)
{
	static const char *const paths[] = {
		"/proc/plain",
		"/sys/bus/x/devices/dev/value",
		"/sys/bus/x/devices/dev/driver/module/version",
		"/sys/bus/x/devices/dev/of_node/name",
		"/sys/class/dmc/governor",
		"/proc/up",
		"/etc/first.conf",
		"/sys/deep/name",
		"/proc/missing",
		"/sys/bus/x/devices/none/value",
		"/sys/dangling",
	};
	struct tree *tree = *state;
	struct record *record = start(
		tree,
		"/proc/plain = 1\n"
		"/sys/devices/platform/host/pci0/dev/value = 22\n"
		"/sys/devices/platform/host/pci0/dev/driver -> ../../../../../bus/x/drivers/d\n"
		"/sys/devices/platform/host/pci0/dev/of_node -> /sys/firmware/base/node@1\n"
		"/sys/firmware/base/node@1/name = node\n"
		"/sys/bus/x/devices/dev -> ../../../devices/platform/host/pci0/dev\n"
		"/sys/bus/x/drivers/d/module -> ../../../../module/m\n"
		"/sys/module/m/version = V1\n"
		"/sys/devices/dmc/governor = ondemand\n"
		"/sys/class/dmc -> ../devices/dmc\n"
		"/run/file = up\n"
		"/proc/up -> ../../../run/file\n"
		"/sys/dangling -> nowhere\n"
		/* Links to links, and through links. */
		"/etc/first.conf -> second.conf\n"
		"/etc/second.conf -> ../run/third.conf\n"
		"/run/third.conf -> /etc/fourth.conf\n"
		"/etc/fourth.conf = four\n"
		"/sys/deep -> bus/x/devices/dev/of_node\n");
	char *before[ARRAY_SIZE(paths)], *after[ARRAY_SIZE(paths)];

	read_all(tree->root, paths, ARRAY_SIZE(paths), before);
	CLEANUP_FREE char *text = stop(tree, record);
	tree = tree_renew(state);
	expand(text, tree->root);
	read_all(tree->root, paths, ARRAY_SIZE(paths), after);
	assert_string_equal(before[2], "V1");
	assert_string_equal(before[6], "four");
	assert_string_equal(before[7], "node");
	assert_null(before[8]);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		row_same(paths[i], after[i], before[i]);
		free(before[i]);
		free(after[i]);
	}
}

static void test_file_has_the_path_without_links(void **state)
{
	const struct tree *tree = *state;
	struct record *record = start(tree, "/sys/devices/host/dev/value = 22\n"
					    "/sys/bus/x/dev -> ../../devices/host/dev\n");
	CLEANUP_FREE char *value = NULL, *again = NULL;

	assert_int_equal(root_read_value(tree->root, &value, "/sys/bus/x/dev/value"), 0);
	assert_int_equal(root_read_value(tree->root, &again, "/sys/devices/host/dev/value"), 0);
	CLEANUP_FREE char *text = stop(tree, record);
	(void)place(text, "\n/sys/devices/host/dev/value = 22\n");
	(void)place(text, "\n/sys/bus/x/dev -> ../../devices/host/dev\n");
	assert_null(strstr(text, "/sys/bus/x/dev/value"));
}

static void test_link_to_where_no_board_leads(void **state)
{
	struct tree *tree = *state;
	CLEANUP_FREE char *home = tree_path(tree, "/home"), *before = NULL, *after = NULL;
	struct record *record = start(tree, "/etc/my.conf -> ../home/my.conf\n");

	assert_int_equal(mkdir(home, 0755), 0);
	tree_write(tree, "/home/my.conf", "Cpu=5\n", 6);
	assert_int_equal(root_read_value(tree->root, &before, "/etc/my.conf"), 0);
	CLEANUP_FREE char *text = stop(tree, record);
	assert_null(strstr(text, "home"));
	tree = tree_renew(state);
	expand(text, tree->root);
	assert_int_equal(root_read_value(tree->root, &after, "/etc/my.conf"), 0);
	assert_string_equal(after, before);
}

static void test_only_what_was_read_is_noted(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *value = NULL, *none = NULL, *early = NULL, *late = NULL;
	CLEANUP_DIR DIR *dir = NULL;
	struct record *record;

	tree_make(tree, "/proc/early = 1\n");
	assert_int_equal(root_read_value(tree->root, &early, "/proc/early"), 0);
	record = start(tree, "/proc/read = 1\n"
			     "/proc/unread = secret\n"
			     "/proc/late = secret\n"
			     "/sys/dir/unread = secret\n"
			     "/sys/listed/unread = secret\n"
			     "/sys/link -> dir\n");
	assert_ptr_equal(root_record(tree->root), record);
	assert_int_equal(root_read_value(tree->root, &value, "/proc/read"), 0);
	assert_int_equal(root_read_value(tree->root, &none, "/proc/missing"), -ENOENT);
	assert_true(root_has_dir(tree->root, "/sys/dir"));
	assert_false(root_has_dir(tree->root, "/sys/no-dir"));
	assert_int_equal(root_open_dir(tree->root, &dir, "/sys/listed"), 0);
	CLEANUP_FREE char *text = stop(tree, record);
	assert_null(root_record(tree->root));
	assert_int_equal(root_read_value(tree->root, &late, "/proc/late"), 0);
	(void)place(text, "/proc/read = 1\n");
	(void)place(text, "/sys/dir/\n");
	assert_null(strstr(text, "early"));
	assert_null(strstr(text, "late"));
	assert_null(strstr(text, "unread"));
	assert_null(strstr(text, "secret"));
	assert_null(strstr(text, "missing"));
	assert_null(strstr(text, "no-dir"));
	assert_null(strstr(text, "link"));
	assert_null(strstr(text, "listed"));
}

static void test_every_way_of_reading_is_noted(void **state)
{
	static const char words[] = "one\0two\0";
	struct tree *tree = *state;
	struct record *record = start(tree, "/proc/7/\n"
					    "/proc/text:\n|a\n|b\n"
					    "/proc/long = -5\n"
					    "/proc/hex = 0xd0b\n"
					    "/proc/odd = no number\n"
					    "[0444] /proc/fixed = 1\n"
					    "/sys/devices/a/b/\n"
					    "/sys/real -> devices/a/b\n"
					    "/sys/devices/a/driver -> ../drivers/ax\n"
					    "/sys/dev -> devices/a\n");
	CLEANUP_FREE char *text = NULL, *all = NULL, *path = NULL, *name = NULL, *list = NULL;
	mode_t mode = 0;
	int64_t number = 0;

	tree_write(tree, "/proc/7/cmdline", words, sizeof(words) - 1);
	assert_int_equal(root_read_text(tree->root, &text, "/proc/text"), 0);
	assert_int_equal(root_read_words(tree->root, &all, "/proc/7/cmdline"), 0);
	assert_int_equal(root_read_long(tree->root, &number, "/proc/long"), 0);
	assert_int_equal(root_read_hex(tree->root, &number, "/proc/hex"), 0);
	assert_int_equal(root_read_long(tree->root, &number, "/proc/odd"), -EINVAL);
	assert_int_equal(root_read_value_mode(tree->root, &list, &mode, "/proc/fixed"), 0);
	assert_int_equal(root_real_path(tree->root, &path, "/sys/real"), 0);
	assert_int_equal(root_read_link_name(tree->root, &name, "/sys/dev/driver"), 0);
	CLEANUP_FREE char *board = stop(tree, record);

	tree = tree_renew(state);
	expand(board, tree->root);
	CLEANUP_FREE char *text2 = NULL, *all2 = NULL, *path2 = NULL, *name2 = NULL;
	assert_int_equal(root_read_text(tree->root, &text2, "/proc/text"), 0);
	assert_string_equal(text2, "a\nb\n");
	assert_int_equal(root_read_words(tree->root, &all2, "/proc/7/cmdline"), 0);
	assert_string_equal(all2, "one two");
	assert_int_equal(root_read_long(tree->root, &number, "/proc/long"), 0);
	assert_int_equal(number, -5);
	assert_int_equal(root_read_hex(tree->root, &number, "/proc/hex"), 0);
	assert_int_equal(number, 0xd0b);
	/* An empty value stays an empty value. */
	assert_int_equal(root_read_long(tree->root, &number, "/proc/odd"), -EINVAL);
	assert_int_equal(tree_mode(tree, "/proc/fixed"), 0444);
	assert_int_equal(root_real_path(tree->root, &path2, "/sys/real"), 0);
	assert_string_equal(path2, "/sys/devices/a/b");
	assert_int_equal(root_read_link_name(tree->root, &name2, "/sys/dev/driver"), 0);
	assert_string_equal(name2, "ax");
}

static void test_lists_of_numbers_come_back(void **state)
{
	static const int files[] = { 9, 31, 101 }, dirs[] = { 0, 4, 10 };
	struct tree *tree = *state;
	struct record *record = start(tree, "/sys/real/msi_irqs/{101,9,31} = msi\n"
					    "/sys/real/msi_irqs/other = 1\n"
					    "/sys/dev -> real\n"
					    "/sys/thermal/zone{10,4} -> ../devices/zone{}\n"
					    "/sys/thermal/zone0/\n"
					    "/sys/devices/zone{4,10}/temp = {}\n"
					    "/sys/empty/\n");
	int *numbers = NULL;
	size_t count = 0;

	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/dev/msi_irqs"),
			 0);
	free(numbers);
	assert_int_equal(root_list_numbers(tree->root, "zone", &numbers, &count, "/sys/thermal"),
			 0);
	free(numbers);
	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/empty"), 0);
	CLEANUP_FREE char *board = stop(tree, record);
	assert_null(strstr(board, "other"));
	assert_null(strstr(board, "temp"));

	tree = tree_renew(state);
	expand(board, tree->root);
	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/dev/msi_irqs"),
			 0);
	assert_int_equal(count, ARRAY_SIZE(files));
	assert_memory_equal(numbers, files, sizeof(files));
	free(numbers);
	assert_int_equal(root_list_numbers(tree->root, "zone", &numbers, &count, "/sys/thermal"),
			 0);
	assert_int_equal(count, ARRAY_SIZE(dirs));
	assert_memory_equal(numbers, dirs, sizeof(dirs));
	free(numbers);
	/* An empty directory is not the same as a missing one. */
	assert_int_equal(root_list_numbers(tree->root, "", &numbers, &count, "/sys/empty"), 0);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		tree_test(test_files_come_back),
		tree_test(test_bytes_come_back),
		cmocka_unit_test(test_what_is_no_utf8_is_hex_or_left_out),
		tree_test(test_one_text_with_a_nul_byte_reads_the_same),
		tree_test(test_very_long_lines_come_back),
		tree_test(test_paths_that_no_board_can_have),
		tree_test(test_links_directories_and_modes_come_back),
		tree_test(test_what_is_noted_first_stays),
		cmocka_unit_test(test_order_is_that_of_the_paths),
		tree_test(test_mac_addresses_are_hidden),
		cmocka_unit_test(test_failed_write_is_reported),
		tree_test(test_what_was_read_reads_the_same_elsewhere),
		tree_test(test_file_has_the_path_without_links),
		tree_test(test_link_to_where_no_board_leads),
		tree_test(test_only_what_was_read_is_noted),
		tree_test(test_every_way_of_reading_is_noted),
		tree_test(test_lists_of_numbers_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
