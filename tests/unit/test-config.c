/* SPDX-License-Identifier: MIT */
/* The configuration: each key, each mistake, and which file wins. */

#include "cmd/config-file.h"
#include "machine/card.h"
#include "plan/config.h"
#include "tree.h"

#include <errno.h>

/* The whole configuration in one line; the caller frees it. */
static char *describe(const struct config *config)
{
	const char *wanted[N_KINDS];
	char *text;

	for (enum kind kind = 0; kind < N_KINDS; kind++)
		wanted[kind] = config->wanted[kind] ? config->wanted[kind] : "off";
	text = text_format("cpu %d, governor %s, latency %s, memory %s", config->cpu,
			   wanted[KIND_GOVERNOR], wanted[KIND_IDLE_LATENCY],
			   wanted[KIND_MEMORY_GOVERNOR]);

	for (size_t i = 0; text && i < config->n_devices; i++) {
		char *longer = text_format("%s, %04x:%04x", text, config->devices[i].vendor,
					   config->devices[i].device);

		free(text);
		text = longer;
	}
	assert_non_null(text);
	return text;
}

#define DEFAULTS "cpu -1, governor performance, latency off, memory off"

/* What is in force after parsing TEXT. The caller frees it. */
static char *parse(const char *text, int *ret_result, struct error *error)
{
	struct config config;
	char *description;

	assert_int_equal(config_init(&config), 0);
	*ret_result = config_parse(text, "test.conf", &config, error);
	description = describe(&config);
	config_done(&config);
	return description;
}

static void test_what_is_good(void **state)
{
	static const struct {
		const char *text, *result;
	} rows[] = {
		{ "", DEFAULTS },
		{ "\n\n", DEFAULTS },
		{ "Cpu=6", "cpu 6, governor performance, latency off, memory off" },
		{ "Cpu=0\n", "cpu 0, governor performance, latency off, memory off" },
		{ "Cpu=8191\n", "cpu 8191, governor performance, latency off, memory off" },
		{ "Cpu=6\nCpu=auto\n", DEFAULTS },
		{ "Governor=schedutil\n", "cpu -1, governor schedutil, latency off, memory off" },
		{ "Governor=A_b-9\n", "cpu -1, governor A_b-9, latency off, memory off" },
		{ "Governor=fifteen-letters\n",
		  "cpu -1, governor fifteen-letters, latency off, memory off" },
		{ "Governor=off\n", "cpu -1, governor off, latency off, memory off" },
		{ "IdleLatency=1\n", "cpu -1, governor performance, latency 1, memory off" },
		{ "IdleLatency=1000000\n",
		  "cpu -1, governor performance, latency 1000000, memory off" },
		{ "IdleLatency=5\nIdleLatency=off\n", DEFAULTS },
		{ "MemoryGovernor=performance\n",
		  "cpu -1, governor performance, latency off, memory performance" },
		{ "MemoryGovernor=x\nMemoryGovernor=off\n", DEFAULTS },
		{ "Devices=1f4b:0650\n", DEFAULTS ", 1f4b:0650" },
		{ "Devices=1F4B:0650 10ec:8168\n", DEFAULTS ", 1f4b:0650, 10ec:8168" },
		{ "Devices=1f4b:0650,10ec:8168 , 1234:abcd\n",
		  DEFAULTS ", 1f4b:0650, 10ec:8168, 1234:abcd" },
		{ "Devices=1f4b:0650\nDevices=10ec:8168\n", DEFAULTS ", 10ec:8168" },
		{ "Devices=1f4b:0650\nDevices=\n", DEFAULTS },
		{ "# Cpu=6\n; Cpu=7\n", DEFAULTS },
		{ "IdleLatency=5 ; seconds\n",
		  "cpu -1, governor performance, latency 5, memory off" },
		{ "  IdleLatency \t=  5 \t\n",
		  "cpu -1, governor performance, latency 5, memory off" },
		{ "IdleLatency=5\r\nCpu=3\r\n",
		  "cpu 3, governor performance, latency 5, memory off" },
		/* An indented line is an assignment, not the rest of the one before. */
		{ "IdleLatency=5\n\tCpu=3\n",
		  "cpu 3, governor performance, latency 5, memory off" },
		{ "IdleLatency=5\nCpu=1\nIdleLatency=7\nCpu=2\n",
		  "cpu 2, governor performance, latency 7, memory off" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = { .text = "" };
		int r;
		CLEANUP_FREE char *result = parse(rows[i].text, &r, &error);

		row_same(rows[i].text, error.text, "");
		row_equal(rows[i].text, r, 0);
		row_same(rows[i].text, result, rows[i].result);
	}
}

static void test_what_is_bad(void **state)
{
	static const char devices[] = "VENDOR:DEVICE", cpu[] = "'auto' and the number of a CPU",
			  name[] = "the name of a governor",
			  latency[] = "'off' and 1 to 1000000 microseconds",
			  unknown[] = "Devices, Cpu, Governor, IdleLatency, MemoryGovernor";
	static const struct {
		const char *line, *allowed;
	} rows[] = {
		{ "Cpu=", cpu },
		{ "Cpu=-1", cpu },
		{ "Cpu=8192", cpu },
		{ "Cpu=6 7", cpu },
		{ "Cpu=Auto", cpu },
		{ "Governor=", name },
		{ "Governor=a/b", name },
		{ "Governor=../b", name },
		{ "Governor=a b", name },
		{ "Governor=sixteen-letters-", name },
		{ "MemoryGovernor=", name },
		{ "MemoryGovernor=a/b", name },
		{ "IdleLatency=", latency },
		{ "IdleLatency=0", latency },
		{ "IdleLatency=1000001", latency },
		{ "IdleLatency=none", latency },
		{ "Devices=1f4b", devices },
		{ "Devices=1f4b:", devices },
		{ "Devices=1f4b:650", devices },
		{ "Devices=1f4b:06500", devices },
		{ "Devices=1f4b:065x", devices },
		{ "Devices=1f4b-0650", devices },
		{ "Devices=1f4b:0650;", devices },
		{ "Devices=1f4b:065010ec:8168", devices },
		{ "Devices=10ec:8168 1f4b", devices },
		{ "cpu=6", unknown },
		{ "Cpus=6", unknown },
		{ "=6", unknown },
		{ "Cpu", "KEY=VALUE" },
		{ "IdleLatency 5", "KEY=VALUE" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = text_format("# comment\n\n  %s\nCpu=auto\n",
						      rows[i].line);
		struct error error = { .text = "" };
		int r;
		CLEANUP_FREE char *result = parse(text, &r, &error);

		row_equal(rows[i].line, r, -EINVAL);
		row_contains(rows[i].line, error.text, "test.conf, line 3: ");
		row_contains(rows[i].line, error.text, rows[i].allowed);
		if (rows[i].allowed[0] != 'K')
			row_contains(rows[i].line, error.text, rows[i].line);
		row_same(rows[i].line, result, DEFAULTS);
	}
}

static void test_first_mistake_is_reported(void **state)
{
	struct error error = { .text = "" };
	int r;
	CLEANUP_FREE char *result = parse("Cpu=1\nIdleLatency=x\nCpu=y\n", &r, &error);

	(void)state;
	assert_int_equal(r, -EINVAL);
	row_contains("first", error.text, "line 2: IdleLatency=x");
}

static void test_sections_are_refused(void **state)
{
	struct error error = { .text = "" };
	int r;
	CLEANUP_FREE char *result = parse("IdleLatency=5\n[Tune]\nCpu=3\n", &r, &error);

	(void)state;
	assert_int_equal(r, -EINVAL);
	row_contains("section", error.text, "test.conf, line 2: [...]");
	row_contains("section", error.text, "no sections");
	assert_string_equal(result, "cpu -1, governor performance, latency 5, memory off");
}

static void test_too_long_line_is_refused(void **state)
{
	static const char *const starts[] = { "Devices=", "# ", "Governor=" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(starts); i++) {
		CLEANUP_FREE char *text = text_format("IdleLatency=5\n%s%05000d\nCpu=3\n",
						      starts[i], 7);
		struct error error = { .text = "" };
		int r;
		CLEANUP_FREE char *result = parse(text, &r, &error);

		row_equal(starts[i], r, -EINVAL);
		row_contains(starts[i], error.text, "test.conf, line 2: the line is too long");
	}
}

static void test_mistake_on_the_command_line(void **state)
{
	struct error error = { .text = "" };
	struct config config;

	(void)state;
	assert_int_equal(config_init(&config), 0);
	assert_int_equal(config_set(&config, "Cpu", "big", &error), -EINVAL);
	row_contains("Cpu", error.text, "'auto'");
	assert_int_equal(config_set(&config, "Colour", "red", &error), -EINVAL);
	row_contains("Colour", error.text, "IdleLatency");
	assert_int_equal(config_set(&config, "Cpu", "4", &error), 0);
	assert_int_equal(config.cpu, 4);
	config_done(&config);
}

/* What is in force after reading the files of TREE, or only FILE. The caller frees it. */
static char *read_files(const struct tree *tree, const char *file, int *ret_result,
			struct error *error)
{
	struct config config;
	char *description;

	assert_int_equal(config_init(&config), 0);
	*ret_result = config_read(tree->root, file, &config, error);
	description = describe(&config);
	config_done(&config);
	return description;
}

static void test_files_in_etc(void **state)
{
	static const struct {
		const char *name, *lines, *result;
	} rows[] = {
		{ "none", "/etc/other/\n", DEFAULTS },
		{ "main file", CONFIG_FILE " = Cpu=4\n",
		  "cpu 4, governor performance, latency off, memory off" },
		{ "drop-in without main file", CONFIG_DIR "/a.conf = Cpu=4\n",
		  "cpu 4, governor performance, latency off, memory off" },
		{ "drop-ins in order of their names",
		  CONFIG_DIR "/{1-9}.conf = IdleLatency={}\n" CONFIG_DIR
			     "/5-more.conf = Cpu=2\n" CONFIG_FILE
			     ":\n|IdleLatency=100\n|Cpu=1\n|Governor=ondemand\n",
		  "cpu 2, governor ondemand, latency 9, memory off" },
		{ "other names",
		  CONFIG_DIR
		  "/x.conf~ = IdleLatency=20\n" CONFIG_DIR "/.x.conf = IdleLatency=20\n" CONFIG_DIR
		  "/README = IdleLatency=20\n" CONFIG_DIR "/conf = IdleLatency=20\n" CONFIG_DIR
		  "/.conf = IdleLatency=20\n",
		  DEFAULTS },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error error = { .text = "" };
		int r;

		tree_make(tree_renew(state), rows[i].lines);
		CLEANUP_FREE char *result = read_files(*state, NULL, &r, &error);
		row_same(rows[i].name, error.text, "");
		row_equal(rows[i].name, r, 0);
		row_same(rows[i].name, result, rows[i].result);
	}
}

static void test_mistake_in_a_drop_in_names_the_file(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	int r;

	tree_make(tree, CONFIG_DIR "/10-mine.conf:\n|Cpu=2\n|IdleLatency=never\n" CONFIG_DIR
				   "/20.conf = Cpu=3\n");
	CLEANUP_FREE char *result = read_files(tree, NULL, &r, &error);
	assert_int_equal(r, -EINVAL);
	row_contains("drop-in", error.text, CONFIG_DIR "/10-mine.conf, line 2: IdleLatency=never");
}

static void test_unreadable_file_is_no_missing_file(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	int r;

	/* A directory fails for root as well. */
	tree_make(tree, CONFIG_FILE "/\n");
	CLEANUP_FREE char *result = read_files(tree, NULL, &r, &error);
	assert_int_equal(r, -EISDIR);
	row_contains("unreadable", error.text, CONFIG_FILE);
}

static void test_named_file_is_the_only_one(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *mine = tree_path(tree, "/run/mine"),
			  *none = tree_path(tree, "/run/none");
	struct error error = { .text = "" };
	int r;

	tree_make(tree, CONFIG_FILE " = IdleLatency=1\n" CONFIG_DIR
				    "/a.conf = IdleLatency=2\n/run/mine = Cpu=3\n");
	CLEANUP_FREE char *result = read_files(tree, mine, &r, &error);
	assert_int_equal(r, 0);
	assert_string_equal(result, "cpu 3, governor performance, latency off, memory off");

	CLEANUP_FREE char *unchanged = read_files(tree, none, &r, &error);
	assert_int_equal(r, -ENOENT);
	row_contains("missing", error.text, none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_good),
		cmocka_unit_test(test_what_is_bad),
		cmocka_unit_test(test_first_mistake_is_reported),
		cmocka_unit_test(test_sections_are_refused),
		cmocka_unit_test(test_too_long_line_is_refused),
		cmocka_unit_test(test_mistake_on_the_command_line),
		tree_test(test_files_in_etc),
		tree_test(test_mistake_in_a_drop_in_names_the_file),
		tree_test(test_unreadable_file_is_no_missing_file),
		tree_test(test_named_file_is_the_only_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
