/* SPDX-License-Identifier: MIT */
/* The state file: what is written is read back, anything else is refused; its lock. */

#include "apply/state-file.h"
#include "plan/plan.h"
#include "plan/state.h"
#include "tree.h"

#include <errno.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define FILE_PATH STATE_DIR "/" STATE_FILE

/* What a state holds, a line for each entry; the caller frees it. */
static char *describe(const struct state *state)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t i = 0; i < state->n_saved; i++) {
		const struct saved *saved = &state->saved[i];

		fprintf(out, "%s %d [%s] original %s, unmovable %d, wrote", kinds[saved->kind].name,
			saved->id, saved->card, saved->original ? saved->original : "-",
			saved->unmovable);
		for (size_t k = 0; k < saved->n_written; k++)
			fprintf(out, " %s", saved->written[k]);
		fputc('\n', out);
	}
	assert_int_equal(fclose(out), 0);
	return text;
}

#define WRITTEN(...)                          \
	.written = (char *[]){ __VA_ARGS__ }, \
	.n_written = sizeof((char *[]){ __VA_ARGS__ }) / sizeof(char *)

/* Something of every kind. */
static struct saved samples[] = {
	{ .kind = KIND_IRQ_AFFINITY,
	  .id = 153,
	  .card = "0003:31:00.0",
	  .original = (char *)"ff",
	  WRITTEN((char *)"40", (char *)"80") },
	{ .kind = KIND_IRQ_AFFINITY, .id = 0, .card = "10000:01:00.0", .unmovable = EIO },
	{ .kind = KIND_IRQ_AFFINITY, .id = 7, .card = "0003:31:00.0", .unmovable = EPERM },
	{ .kind = KIND_GOVERNOR,
	  .id = 4,
	  .original = (char *)"schedutil",
	  WRITTEN((char *)"performance") },
	{ .kind = KIND_IDLE_LATENCY, .id = 6, .original = (char *)"n/a", WRITTEN((char *)"20") },
	{ .kind = KIND_MEMORY_GOVERNOR,
	  .original = (char *)"dmc_ondemand",
	  WRITTEN((char *)"performance") },
	{ .kind = KIND_IRQBALANCE_BAN,
	  .id = 153,
	  .card = "0003:31:00.0",
	  .original = (char *)"balanced",
	  WRITTEN((char *)"banned", (char *)"balanced") },
};
static const char samples_text[] =
	"irq-affinity 153 [0003:31:00.0] original ff, unmovable 0, wrote 40 80\n"
	"irq-affinity 0 [10000:01:00.0] original -, unmovable 5, wrote\n"
	"irq-affinity 7 [0003:31:00.0] original -, unmovable 1, wrote\n"
	"governor 4 [] original schedutil, unmovable 0, wrote performance\n"
	"idle-latency 6 [] original n/a, unmovable 0, wrote 20\n"
	"memory-governor 0 [] original dmc_ondemand, unmovable 0, wrote performance\n"
	"irqbalance-ban 153 [0003:31:00.0] original balanced, unmovable 0, wrote banned balanced\n";
static const struct state full = { .n_saved = ARRAY_SIZE(samples), .saved = samples };
static const struct state empty;

static void write_state(const struct tree *tree, const struct state *what)
{
	struct error error = { .text = "" };

	if (state_write(tree->root, what, &error) < 0)
		fail_msg("%s", error.text);
}

/* What the file says; the caller frees it. */
static char *read_state(const struct tree *tree)
{
	struct error error = { .text = "" };
	struct state read;
	char *text;

	if (state_read(tree->root, &read, &error) < 0)
		fail_msg("%s", error.text);
	text = describe(&read);
	state_done(&read);
	return text;
}

static void test_what_is_written_is_read_back(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, STATE_DIR "/\n");
	write_state(tree, &full);
	CLEANUP_FREE char *text = read_state(tree);
	assert_string_equal(text, samples_text);
}

static void test_second_write_replaces_the_first(void **state)
{
	const struct state one = { .n_saved = 1, .saved = &samples[3] };
	const struct tree *tree = *state;

	tree_make(tree, STATE_DIR "/\n");
	write_state(tree, &full);
	write_state(tree, &one);
	CLEANUP_FREE char *text = read_state(tree);
	assert_string_equal(text,
			    "governor 4 [] original schedutil, unmovable 0, wrote performance\n");
}

static void test_missing_file_is_an_empty_state(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *without_dir = read_state(tree), *without_file = NULL;

	assert_string_equal(without_dir, "");
	tree_make(tree, STATE_DIR "/\n");
	without_file = read_state(tree);
	assert_string_equal(without_file, "");
}

static void test_empty_state_removes_the_file(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, STATE_DIR "/\n");
	write_state(tree, &empty);
	assert_tree_file(tree, FILE_PATH, NULL);
	write_state(tree, &full);
	write_state(tree, &empty);
	assert_tree_file(tree, FILE_PATH, NULL);
}

static void test_everyone_may_read_the_file(void **state)
{
	const struct tree *tree = *state;
	const mode_t old = umask(077);

	tree_make(tree, STATE_DIR "/\n");
	write_state(tree, &full);
	umask(old);
	assert_int_equal(tree_mode(tree, FILE_PATH), 0644);
}

static void test_write_needs_the_directory(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };

	assert_int_equal(state_write(tree->root, &full, &error), -ENOENT);
	row_contains("error", error.text, STATE_DIR);
}

#define ENTRIES(entries) "{\"schema\": 1, \"settings\": [" entries "]}"
#define IRQ(rest)	 ENTRIES("{\"kind\": \"irq-affinity\", " rest "}")
#define BAN(rest)	 ENTRIES("{\"kind\": \"irqbalance-ban\", " rest "}")
#define GOVERNOR(rest)	 ENTRIES("{\"kind\": \"governor\", " rest "}")

static void test_files_that_are_obeyed(void **state)
{
	static const struct {
		const char *json, *text;
	} rows[] = {
		{ ENTRIES(""), "" },
		{ IRQ("\"id\": 5, \"card\": \"0001:01:00.0\", \"original\": \"f\", \"written\": "
		      "[\"4\"]"),
		  "irq-affinity 5 [0001:01:00.0] original f, unmovable 0, wrote 4\n" },
		{ BAN("\"id\": 5, \"card\": \"c\", \"original\": \"banned\", \"written\": "
		      "[\"balanced\"]"),
		  "irqbalance-ban 5 [c] original banned, unmovable 0, wrote balanced\n" },
		{ GOVERNOR("\"id\": 0, \"original\": \"a\", \"written\": []"),
		  "governor 0 [] original a, unmovable 0, wrote\n" },
		{ GOVERNOR("\"id\": 2147483647, \"original\": \"a\", \"written\": []"),
		  "governor 2147483647 [] original a, unmovable 0, wrote\n" },
		/* Whatever can be read of a file. */
		{ GOVERNOR("\"id\": 5, \"original\": \"\", \"written\": []"),
		  "governor 5 [] original , unmovable 0, wrote\n" },
		{ GOVERNOR(
			  "\"id\": 5, \"original\": \"a.b c/d-of-more-than-fifteen\", \"written\": "
			  "[\"x\"]"),
		  "governor 5 [] original a.b c/d-of-more-than-fifteen, unmovable 0, wrote x\n" },
		/* An interrupt that became unmovable keeps its original. */
		{ IRQ("\"id\": 5, \"card\": \"c\", \"unmovable\": \"EIO\", \"original\": \"ff\", "
		      "\"written\": [\"40\"]"),
		  "irq-affinity 5 [c] original ff, unmovable 5, wrote 40\n" },
	};
	const struct tree *tree = *state;

	tree_make(tree, STATE_DIR "/\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		tree_write(tree, FILE_PATH, rows[i].json, strlen(rows[i].json));
		CLEANUP_FREE char *text = read_state(tree);
		row_same(rows[i].json, text, rows[i].text);
	}
}

static void test_hostile_files_are_refused(void **state)
{
	static const char *const rows[] = {
		/* No JSON, or no object. */
		"",
		"\n",
		"hello",
		"{",
		"[]",
		"null",
		"\"text\"",
		"1",
		"{\"schema\": 1, \"settings\": [",
		ENTRIES("") " {}",
		ENTRIES("") "x",
		/* Not this schema. */
		"{}",
		"{\"settings\": []}",
		"{\"schema\": 2, \"settings\": []}",
		"{\"schema\": 0, \"settings\": []}",
		"{\"schema\": null, \"settings\": []}",
		"{\"schema\": [1], \"settings\": []}",
		"{\"schema\": \"1\", \"settings\": []}",
		"{\"schema\": true, \"settings\": []}",
		"{\"schema\": 1.9, \"settings\": []}",
		"{\"schema\": 1, \"settings\": [], \"path\": \"/etc/passwd\"}",
		"{\"schema\": 1}",
		"{\"schema\": 1, \"settings\": {}}",
		"{\"schema\": 1, \"settings\": null}",
		"{\"schema\": 1, \"settings\": \"none\"}",
		/* There is one memory, and of each setting one entry. */
		ENTRIES("{\"kind\": \"memory-governor\", \"id\": 1, \"original\": \"a\", "
			"\"written\": []}"),
		ENTRIES("{\"kind\": \"governor\", \"id\": 4, \"original\": \"a\", \"written\": "
			"[]}, {\"kind\": \"governor\", \"id\": 4, \"original\": \"c\", "
			"\"written\": []}"),
		/* Entries that are none. */
		ENTRIES("null"),
		ENTRIES("1"),
		ENTRIES("[]"),
		ENTRIES("{}"),
		/* Kinds. */
		ENTRIES("{\"id\": 5, \"original\": \"a\", \"written\": []}"),
		ENTRIES("{\"kind\": \"\", \"id\": 5, \"original\": \"a\", \"written\": []}"),
		ENTRIES("{\"kind\": 1, \"id\": 5, \"original\": \"a\", \"written\": []}"),
		ENTRIES("{\"kind\": \"Governor\", \"id\": 5, \"original\": \"a\", \"written\": "
			"[]}"),
		ENTRIES("{\"kind\": \"file\", \"id\": 5, \"original\": \"a\", \"written\": []}"),
		ENTRIES("{\"kind\": \"/etc/passwd\", \"id\": 5, \"original\": \"a\", \"written\": "
			"[]}"),
		ENTRIES("{\"kind\": \"../governor\", \"id\": 5, \"original\": \"a\", \"written\": "
			"[]}"),
		ENTRIES("{\"path\": \"/etc/passwd\", \"id\": 5, \"original\": \"a\", \"written\": "
			"[]}"),
		/* Numbers. */
		GOVERNOR("\"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": -1, \"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": 2147483648, \"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": 99999999999999999999, \"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": 5.0, \"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": \"5\", \"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": \"0/../../..\", \"original\": \"a\", \"written\": []"),
		GOVERNOR("\"id\": null, \"original\": \"a\", \"written\": []"),
		/* Names of governors. */
		GOVERNOR("\"id\": 5, \"original\": 1, \"written\": []"),
		GOVERNOR("\"id\": 5, \"original\": \"a\\u001b[0m\", \"written\": []"),
		GOVERNOR("\"id\": 5, \"original\": \"a\\u0000b\", \"written\": []"),
		/* Members that no entry has. */
		GOVERNOR("\"id\": 5, \"original\": \"a\", \"written\": [], \"path\": \"/x\""),
		GOVERNOR("\"id\": 5, \"original\": \"a\", \"written\": [], \"unmovable\": 0"),
		/* Values that we wrote. */
		GOVERNOR("\"id\": 5, \"original\": \"a\""),
		GOVERNOR("\"id\": 5, \"original\": \"a\", \"written\": \"b\""),
		GOVERNOR("\"id\": 5, \"original\": \"a\", \"written\": [1]"),
		GOVERNOR("\"id\": 5, \"original\": \"a\", \"written\": [null]"),
		/* Masks. */
		IRQ("\"id\": 5, \"card\": \"c\", \"original\": \"0-7\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": \"c\", \"original\": \"\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": \"c\", \"original\": \"ffff,fff\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": \"c\", \"original\": \"ff\", \"written\": [\"ff\\n\"]"),
		/* Bans. */
		BAN("\"id\": 5, \"card\": \"c\", \"original\": \"\", \"written\": []"),
		BAN("\"id\": 5, \"card\": \"c\", \"original\": \"Banned\", \"written\": []"),
		BAN("\"id\": 5, \"card\": \"c\", \"original\": \"ff\", \"written\": []"),
		BAN("\"id\": 5, \"card\": \"c\", \"original\": \"schedutil\", \"written\": []"),
		BAN("\"id\": 5, \"card\": \"c\", \"original\": \"balanced\", \"written\": "
		    "[\"banned\", \"40\"]"),
		/* The card: only an interrupt has one. */
		IRQ("\"id\": 5, \"original\": \"ff\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": \"\", \"original\": \"ff\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": \"../../x\\n\", \"original\": \"ff\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": 3, \"original\": \"ff\", \"written\": []"),
		IRQ("\"id\": 5, \"card\": \"123456789012345678901234\", \"original\": \"ff\","
		    "\"written\": []"),
		BAN("\"id\": 5, \"card\": \"c\", \"unmovable\": \"EIO\""),
		BAN("\"id\": 5, \"original\": \"balanced\", \"written\": [\"banned\"]"),
		GOVERNOR("\"id\": 5, \"card\": \"c\", \"original\": \"a\", \"written\": []"),
		/* Neither an original nor unmovable; only an interrupt can be unmovable. */
		IRQ("\"id\": 5, \"card\": \"c\""),
		IRQ("\"id\": 5, \"card\": \"c\", \"unmovable\": \"EWHATEVER\""),
		IRQ("\"id\": 5, \"card\": \"c\", \"unmovable\": 5"),
		GOVERNOR("\"id\": 5, \"unmovable\": \"EIO\""),
		/* One bad entry after a good one. */
		ENTRIES("{\"kind\": \"governor\", \"id\": 5, \"original\": \"a\", \"written\": "
			"[\"b\"]},"
			"{\"kind\": \"governor\", \"id\": -5, \"original\": \"a\", \"written\": "
			"[]}"),
	};
	const struct tree *tree = *state;

	tree_make(tree, STATE_DIR "/\n");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct state read = { .n_saved = 3 };
		struct error error = { .text = "" };

		tree_write(tree, FILE_PATH, rows[i], strlen(rows[i]));
		row_equal(rows[i], state_read(tree->root, &read, &error), -EBADMSG);
		row_contains(rows[i], error.text, FILE_PATH " was not written by this program");
		row_equal(rows[i], read.n_saved, 3);
		assert_tree_file(tree, FILE_PATH, rows[i]);
	}
}

static void test_binary_and_deep_files_are_refused(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	struct state read;
	char deep[100000];

	tree_make(tree, STATE_DIR "/\n");
	tree_write(tree, FILE_PATH, ENTRIES("") "\0", sizeof(ENTRIES("")) + 1);
	assert_int_equal(state_read(tree->root, &read, &error), -EBADMSG);
	memset(deep, '[', sizeof(deep));
	tree_write(tree, FILE_PATH, deep, sizeof(deep));
	assert_int_equal(state_read(tree->root, &read, &error), -EBADMSG);
}

static void test_unreadable_file_is_no_missing_file(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	struct state read;

	/* A directory fails for root as well. */
	tree_make(tree, FILE_PATH "/\n");
	assert_int_equal(state_read(tree->root, &read, &error), -EISDIR);
	row_contains("error", error.text, STATE_DIR);
}

static void test_link_in_the_place_of_the_file_is_replaced(void **state)
{
	const struct tree *tree = *state;

	tree_make(tree, "/etc/victim = precious\n" FILE_PATH " -> ../../etc/victim\n");
	write_state(tree, &full);
	assert_tree_file(tree, "/etc/victim", "precious\n");
	CLEANUP_FREE char *text = read_state(tree);
	assert_string_equal(text, samples_text);
}

static void test_link_in_the_place_of_the_new_file_is_not_followed(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };

	tree_make(tree, "/etc/victim = precious\n" FILE_PATH ".new -> ../../etc/victim\n");
	assert_int_equal(state_write(tree->root, &full, &error), -ELOOP);
	assert_tree_file(tree, "/etc/victim", "precious\n");
	assert_tree_file(tree, FILE_PATH, NULL);
	/* The link is gone, so the next run works. */
	write_state(tree, &full);
	assert_tree_file(tree, "/etc/victim", "precious\n");
}

static void test_link_in_the_place_of_the_directory_is_not_followed(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	int lock = -1;

	tree_make(tree, "/run/elsewhere/\n" STATE_DIR " -> elsewhere\n");
	assert_true(state_write(tree->root, &full, &error) < 0);
	assert_true(state_lock(tree->root, false, NULL, &lock, &error) < 0);
	assert_int_equal(lock, -1);
	assert_tree_file(tree, "/run/elsewhere/" STATE_FILE, NULL);
	assert_tree_file(tree, "/run/elsewhere/lock", NULL);
}

static void test_link_in_the_place_of_the_lock_is_not_followed(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	int lock = -1;

	tree_make(tree, "/etc/other/\n" STATE_DIR "/lock -> ../../etc/lock\n");
	assert_int_equal(state_lock(tree->root, false, NULL, &lock, &error), -ELOOP);
	assert_tree_file(tree, "/etc/lock", NULL);
}

static void test_lock_makes_the_directory(void **state)
{
	const struct tree *tree = *state;

	for (int i = 0; i < 2; i++) {
		struct error error = { .text = "" };
		CLEANUP_CLOSE int lock = -1;

		assert_int_equal(state_lock(tree->root, false, NULL, &lock, &error), 0);
		assert_true(lock >= 0);
		write_state(tree, &full);
	}
}

/* True if there is something to read within TIMEOUT_MS. */
static bool is_ready(int fd, int timeout_ms)
{
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	return poll(&entry, 1, timeout_ms) == 1;
}

static void test_lock_keeps_a_second_run_waiting(void **state)
{
	const struct tree *tree = *state;
	struct error error = { .text = "" };
	int lock, pipes[2], status;
	pid_t child;

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(state_lock(tree->root, false, NULL, &lock, &error), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		int mine;

		/* The lock belongs to all copies of the descriptor. */
		close(lock);
		_exit(state_lock(tree->root, false, NULL, &mine, &error) < 0 ||
		      write(pipes[1], "!", 1) != 1);
	}
	bool too_early = is_ready(pipes[0], 100);
	close(lock);
	bool in_time = is_ready(pipes[0], 5000);
	assert_int_equal(waitpid(child, &status, 0), child);
	close(pipes[0]);
	close(pipes[1]);
	assert_false(too_early);
	assert_true(in_time);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_what_is_written_is_read_back),
		tree_test(test_second_write_replaces_the_first),
		tree_test(test_missing_file_is_an_empty_state),
		tree_test(test_empty_state_removes_the_file),
		tree_test(test_everyone_may_read_the_file),
		tree_test(test_write_needs_the_directory),
		tree_test(test_files_that_are_obeyed),
		tree_test(test_hostile_files_are_refused),
		tree_test(test_binary_and_deep_files_are_refused),
		tree_test(test_unreadable_file_is_no_missing_file),
		tree_test(test_link_in_the_place_of_the_file_is_replaced),
		tree_test(test_link_in_the_place_of_the_new_file_is_not_followed),
		tree_test(test_link_in_the_place_of_the_directory_is_not_followed),
		tree_test(test_link_in_the_place_of_the_lock_is_not_followed),
		tree_test(test_lock_makes_the_directory),
		tree_test(test_lock_keeps_a_second_run_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
