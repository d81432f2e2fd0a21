/* SPDX-License-Identifier: MIT */
/*
 * property PROGRAM DIR COUNT SEED: what the program promises, on COUNT random machines, the first
 * from SEED, the next from SEED + 1. Works in DIR, which is empty; keeps the board file of each
 * machine with a broken promise there as SEED.board. The last line is "N passed, N failed".
 */

#include "base/json.h"
#include "base/util.h"
#include "generate.h"
#include "root/board.h"
#include "root/root.h"
#include "snapshot.h"
#include "writable.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define TREE	    "tree" /* the machine, below the current directory */
#define RUN_SECONDS 60
#define N_WORKERS   8 /* diagnose sleeps most of its time */

struct test {
	const char *program;
	uint64_t seed;
	FILE *report; /* of broken promises */
	bool failed;
};

/* What the workers share. */
struct shared {
	long next; /* machine */
	long passed;
};

/* One run of the program. */
struct run {
	int status; /* 128 + N: killed by signal N */
	char *output;
};

static void run_done(struct run *run)
{
	free(run->output);
	*run = (struct run){ 0 };
}

/* --- Failures --------------------------------------------------------------------------------- */

static void PRINTF(2, 3) broken(struct test *test, const char *format, ...)
{
	va_list args;

	if (!test->failed)
		fprintf(test->report, "not ok - seed %" PRIu64 "\n", test->seed);
	test->failed = true;
	va_start(args, format);
	fputs("#   ", test->report);
	vfprintf(test->report, format, args);
	putc('\n', test->report);
	va_end(args);
}

static void die(const char *what)
{
	perror(what);
	exit(2);
}

/* --- The program ------------------------------------------------------------------------------ */

static char *read_file(const char *name)
{
	CLEANUP_ROOT struct root *here = NULL;
	char *text = NULL, path[64];

	snprintf(path, sizeof(path), "/%s", name);
	if (root_open(".", &here) < 0 || root_read_text(here, &text, "%s", path) < 0)
		return NULL;
	return text;
}

static void execute(const char *program, char *const argv[])
{
	int out = open("out", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err = open("err", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (out < 0 || err < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0)
		_exit(126);
	alarm(RUN_SECONDS);
	execv(program, argv);
	_exit(127);
}

/* Runs the program on the tree with these words, at most five of them. */
static struct run run(const struct test *test, const char *const *words)
{
	char *argv[9] = { (char *)test->program, (char *)"--sysroot", (char *)TREE };
	struct run run = { 0 };
	int status;
	pid_t pid;

	for (size_t i = 0; words[i]; i++)
		argv[3 + i] = (char *)words[i];
	pid = fork();
	if (pid == 0)
		execute(test->program, argv);
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		die("property: cannot run the program");
	run.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	run.output = read_file("out");
	return run;
}

static void check_run(struct test *test, const char *command, const struct run *run, bool json)
{
	struct json_object *document;

	if (!is_documented(run->status))
		broken(test, "%s: exit %d", command, run->status);
	if (!json)
		return;
	document = run->output ? js_parse(run->output) : NULL;
	if (!js_is_object(document))
		broken(test, "%s: exit %d, and no JSON document but '%.200s'", command, run->status,
		       run->output ? run->output : "(binary)");
	js_free(document);
}

/* Runs COMMAND with --json. The caller frees the run. */
static struct run run_json(struct test *test, const char *command)
{
	struct run result = run(test, (const char *[]){ "--json", command, NULL });

	check_run(test, command, &result, true);
	return result;
}

/* --- The machine ------------------------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void remove_tree(const char *name)
{
	if (nftw(name, remove_one, 16, FTW_DEPTH | FTW_PHYS) && errno != ENOENT)
		die("property: cannot remove a tree");
}

/* False, after a message, if TEXT is no board. */
static bool make_tree(struct test *test, const char *text)
{
	CLEANUP_ROOT struct root *root = NULL;
	struct error error = { .text = "cannot open the directory" };

	if (mkdir(TREE, 0755) == 0 && root_open(TREE, &root) == 0 &&
	    board_expand(text, "the board", root, &error) == 0)
		return true;
	broken(test, "%s", error.text);
	return false;
}

static void keep(const struct test *test, const char *text)
{
	char name[40];
	FILE *file;

	snprintf(name, sizeof(name), "../%" PRIu64 ".board", test->seed);
	file = fopen(name, "w");
	if (!file || fputs(text, file) < 0 || fclose(file))
		die("property: cannot keep a board");
}

/* --- What may change -------------------------------------------------------------------------- */

/* Breaks PROMISE if something else than IS_IGNORED has changed since BEFORE. */
static void check_tree(struct test *test, const char *promise, const struct snapshot *before,
		       bool (*is_ignored)(const char *path))
{
	struct snapshot after;
	const char *path;

	if (!snapshot_take(TREE, &after))
		exit(2);
	path = snapshot_differ(before, &after, is_ignored);
	if (path)
		broken(test, "%s: %s has changed", promise, path);
	snapshot_done(&after);
}

/* --- The promises ----------------------------------------------------------------------------- */

static void check_readers(struct test *test, const struct snapshot *before)
{
	static const char *const texts[][4] = {
		{ "detect" },	    { "status" }, { "diagnose" }, { "-v", "apply", "--dry-run" },
		{ "revert", "-n" },
	};
	struct run detect = run_json(test, "detect"), status = run_json(test, "status");
	struct run plan = run(test, (const char *[]){ "--json", "apply", "--dry-run", NULL });

	check_run(test, "apply --dry-run", &plan, true);
	struct run text = run(test, texts[test->seed % ARRAY_SIZE(texts)]);

	check_run(test, "as text", &text, false);
	check_tree(test, "detect, status, diagnose and --dry-run write nothing", before, NULL);
	run_done(&detect);
	run_done(&status);
	run_done(&plan);
	run_done(&text);
}

/* The board that capture writes takes the place of the tree: diagnose says the same of both. */
static void check_capture(struct test *test)
{
	struct run tree = run_json(test, "diagnose");
	struct run capture = run(test, (const char *[]){ "capture", NULL });

	check_run(test, "capture", &capture, false);
	if (capture.status == 0 && rename(TREE, "aside"))
		die("property: cannot rename the tree");
	if (capture.status == 0) {
		if (make_tree(test, capture.output ? capture.output : "")) {
			struct run board = run_json(test, "diagnose");

			if (board.status != tree.status || !board.output || !tree.output ||
			    strcmp(board.output, tree.output) != 0)
				broken(test,
				       "diagnose of what capture writes: exit %d, not %d, or "
				       "another document",
				       board.status, tree.status);
			run_done(&board);
		}
		remove_tree(TREE);
		if (rename("aside", TREE))
			die("property: cannot rename the tree");
	}
	run_done(&tree);
	run_done(&capture);
}

/* The first finding that advises apply and nothing else. */
static void check_advice(struct test *test, const struct run *diagnose)
{
	struct json_object *document = diagnose->output ? js_parse(diagnose->output) : NULL;
	struct json_object *findings = js_get_list(document, "findings");

	for (size_t i = 0; i < js_count(findings); i++) {
		struct json_object *finding = js_element(findings, i);
		const char *advice = js_get_text(finding, "advice");

		if (advice && !strcmp(advice, "sudo ax650n-tune apply"))
			broken(test, "diagnose advises apply after an apply that was good: %s",
			       js_get_text(finding, "text"));
	}
	js_free(document);
}

static void check_apply(struct test *test, const struct snapshot *before)
{
	struct run first = run_json(test, "apply"), status = run_json(test, "status"), again;
	struct snapshot tuned;

	check_tree(test, "apply writes the documented files only", before, is_writable);
	if (!snapshot_take(TREE, &tuned))
		exit(2);
	if ((first.status == 0) != (status.status == 0))
		broken(test, "apply exits %d, then status %d", first.status, status.status);
	again = run_json(test, "apply");
	if (again.status != first.status)
		broken(test, "apply exits %d, then %d", first.status, again.status);
	if (first.status == 0) {
		struct run diagnose = run_json(test, "diagnose");

		check_tree(test, "a second apply changes nothing", &tuned, NULL);
		check_advice(test, &diagnose);
		run_done(&diagnose);
	}
	snapshot_done(&tuned);
	run_done(&first);
	run_done(&status);
	run_done(&again);
}

static void check_revert(struct test *test, const struct snapshot *before)
{
	struct run revert = run_json(test, "revert");

	check_tree(test, "revert restores every byte", before, is_below_run);
	run_done(&revert);
}

static void check_promises(struct test *test, const char *text)
{
	struct snapshot before;

	if (make_tree(test, text)) {
		if (!snapshot_take(TREE, &before))
			exit(2);
		check_readers(test, &before);
		check_capture(test);
		check_apply(test, &before);
		check_revert(test, &before);
		snapshot_done(&before);
	}
	remove_tree(TREE);
}

/* True if the machine of the seed keeps all promises. */
static bool check_machine(const char *program, uint64_t seed)
{
	CLEANUP_FREE char *text = generate_machine(seed), *report = NULL;
	struct test test = { .program = program, .seed = seed };
	size_t length;

	test.report = open_memstream(&report, &length);
	if (!text || !test.report)
		die("property: cannot make a machine");
	check_promises(&test, text);
	if (test.failed)
		keep(&test, text);
	/* In one piece, among those of other workers. */
	if (fclose(test.report) || (length && fputs(report, stdout) < 0) || fflush(stdout))
		die("property: cannot print");
	return !test.failed;
}

/* --- Workers ---------------------------------------------------------------------------------- */

static void work(const char *program, int worker, long count, long seed, struct shared *shared)
{
	char dir[16];
	long i;

	snprintf(dir, sizeof(dir), "%d", worker);
	if (mkdir(dir, 0700) || chdir(dir))
		die(dir);
	while ((i = __atomic_fetch_add(&shared->next, 1, __ATOMIC_RELAXED)) < count)
		if (check_machine(program, (uint64_t)(seed + i)))
			__atomic_fetch_add(&shared->passed, 1, __ATOMIC_RELAXED);
}

int main(int argc, char **argv)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	bool worked = true;
	long count, seed;
	int status;

	if (argc != 5 || parse_long(argv[3], 1, INT32_MAX, &count) < 0 ||
	    parse_long(argv[4], 0, INT32_MAX, &seed) < 0) {
		fputs("usage: property PROGRAM DIR COUNT SEED\n", stderr);
		return 2;
	}
	if (shared == MAP_FAILED || chdir(argv[2]))
		die(argv[2]);
	for (int worker = 0; worker < N_WORKERS; worker++) {
		pid_t pid = fork();

		if (pid < 0)
			die("property: cannot start a worker");
		if (pid == 0) {
			work(argv[1], worker, count, seed, shared);
			return 0;
		}
	}
	while (wait(&status) > 0)
		worked = worked && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	printf("%ld passed, %ld failed\n", shared->passed, count - shared->passed);
	return !worked || shared->passed < count;
}
