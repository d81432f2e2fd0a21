/* SPDX-License-Identifier: MIT */
/* Runs small real programs. */

#include "base/child.h"
#include "tree.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>

/* Longer than any of the programs needs, even on a busy machine. */
#define LONG_MS 20000

#define SHELL(script)                                                   \
	(char *[])                                                      \
	{                                                               \
		(char *)"/bin/sh", (char *)"-c", (char *)(script), NULL \
	}

static struct child_end run(struct child child)
{
	struct child_end end;

	child.input = child.input ? child.input : -1;
	child.output_max = child.output_max ? child.output_max : 4096;
	child.timeout_ms = child.timeout_ms ? child.timeout_ms : LONG_MS;
	child.grace_ms = child.grace_ms ? child.grace_ms : LONG_MS;
	child.stop_fd = child.stop_fd ? child.stop_fd : -1;
	assert_int_equal(child_run(&child, &end), 0);
	return end;
}

static void test_how_programs_end(void **state)
{
	static const struct {
		const char *script;
		enum child_outcome outcome;
		int code;
		const char *output;
	} rows[] = {
		{ "", CHILD_EXITED, 0, "" },
		{ "echo yes", CHILD_EXITED, 0, "yes\n" },
		{ "echo no >&2; exit 3", CHILD_EXITED, 3, "no\n" },
		{ "echo out; echo err >&2; echo out", CHILD_EXITED, 0, "out\nerr\nout\n" },
		{ "printf 'no line'", CHILD_EXITED, 0, "no line" },
		{ "exit 255", CHILD_EXITED, 255, "" },
		{ "echo last words; kill -SEGV $$", CHILD_KILLED, SIGSEGV, "last words\n" },
		{ "kill -TERM $$", CHILD_KILLED, SIGTERM, "" },
		{ "kill -KILL $$", CHILD_KILLED, SIGKILL, "" },
		/* Closed output does not mean that the program has ended. */
		{ "exec >&- 2>&-; sleep 0.1; exit 4", CHILD_EXITED, 4, "" },
		/* No standard input. */
		{ "cat; echo $?", CHILD_EXITED, 0, "0\n" },
		{ "read line || echo none", CHILD_EXITED, 0, "none\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct child_end end = run((struct child){ .arguments = SHELL(rows[i].script) });

		row_equal(rows[i].script, end.outcome, rows[i].outcome);
		row_equal(rows[i].script, end.code, rows[i].code);
		row_same(rows[i].script, end.output, rows[i].output);
		row_equal(rows[i].script, end.length, strlen(rows[i].output));
		row_true(rows[i].script, end.wall_ms > 0 && end.wall_ms < LONG_MS);
		free(end.output);
	}
}

static void test_wall_time_is_that_of_the_program(void **state)
{
	struct child_end end = run((struct child){ .arguments = SHELL("sleep 0.2") });

	(void)state;
	assert_true(end.wall_ms >= 200);
	free(end.output);
}

static void test_program_is_looked_for_in_path(void **state)
{
	char *arguments[] = { (char *)"echo", (char *)"two  blanks", (char *)"$HOME", NULL };
	struct child_end end = run((struct child){ .arguments = arguments });

	(void)state;
	assert_string_equal(end.output, "two  blanks $HOME\n");
	free(end.output);
}

static void test_programs_that_cannot_be_started(void **state)
{
	const struct tree *tree = *state;
	CLEANUP_FREE char *text = tree_path(tree, "/text");
	const struct {
		const char *name, *program;
		int r;
	} rows[] = {
		{ "missing", "/nonexistent/program", -ENOENT },
		{ "not in PATH", "ax650n-no-such-program", -ENOENT },
		{ "no permission", text, -EACCES },
		{ "directory", tree->path, -EACCES },
		{ "no directory", "/bin/sh/program", -ENOTDIR },
	};

	tree_write(tree, "/text", "echo\n", 5);
	assert_int_equal(chmod(text, 0644), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *arguments[] = { (char *)rows[i].program, NULL };
		struct child child = { .arguments = arguments,
				       .input = -1,
				       .output_max = 4096,
				       .timeout_ms = LONG_MS,
				       .stop_fd = -1 };
		struct child_end end = { .code = 42 };

		row_equal(rows[i].name, child_run(&child, &end), rows[i].r);
		row_equal(rows[i].name, end.code, 42);
	}
}

static void test_environment(void **state)
{
	char *given[] = { (char *)"GIVEN=1", NULL };
	const struct {
		const char *name;
		char *const *environment;
		const char *output;
	} rows[] = {
		{ "given", given, "1 unset\n" },
		{ "inherited", NULL, "unset 2\n" },
	};

	(void)state;
	assert_int_equal(setenv("INHERITED", "2", 1), 0);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct child_end end = run((struct child){
			.arguments = SHELL("echo ${GIVEN-unset} ${INHERITED-unset}"),
			.environment = rows[i].environment });

		row_same(rows[i].name, end.output, rows[i].output);
		free(end.output);
	}
	unsetenv("INHERITED");
}

static void test_output_is_bytes(void **state)
{
	struct child_end end = run((struct child){ .arguments = SHELL("printf 'a\\000b'") });

	(void)state;
	assert_int_equal(end.length, 3);
	assert_memory_equal(end.output, "a\0b", 4);
	free(end.output);
}

static void test_long_output(void **state)
{
	static const struct {
		const char *name;
		size_t max, least; /* bytes kept */
	} rows[] = {
		{ "all", 1 << 20, 48894 },
		{ "exactly all", 48894, 48894 >> 1 },
		{ "end", 1000, 500 },
		{ "end, of an odd number", 4097, 2048 },
		{ "end, of few lines", 200, 100 },
	};
	CLEANUP_FREE char *wanted = calloc(1, 1 << 16);
	size_t length = 0;

	(void)state;
	/* 9 * 2 + 90 * 3 + 900 * 4 + 9000 * 5 + 6 bytes. */
	for (int i = 1; i <= 10000; i++)
		length += (size_t)sprintf(wanted + length, "%d\n", i);
	assert_int_equal(length, 48894);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct child_end end = run((struct child){ .arguments = SHELL("seq 10000"),
							   .output_max = rows[i].max });

		row_equal(rows[i].name, end.outcome, CHILD_EXITED);
		row_true(rows[i].name, end.length >= rows[i].least && end.length <= rows[i].max);
		row_same(rows[i].name, end.output, wanted + length - end.length);
		free(end.output);
	}
}

/* --- Groups ----------------------------------------------------------------------------------- */

/* A pipe whose write end stays open as long as a program, or what it has started, runs. */
struct life {
	int fds[2];
};

static struct life life_make(void)
{
	struct life life;

	assert_int_equal(pipe(life.fds), 0);
	return life;
}

static void life_must_be_over(struct life *life)
{
	struct pollfd end = { .fd = life->fds[0], .events = 0 };

	close(life->fds[1]);
	assert_int_equal(poll(&end, 1, LONG_MS), 1);
	assert_true(end.revents & POLLHUP);
	close(life->fds[0]);
}

static void test_what_is_left_behind_is_ended(void **state)
{
	struct life life = life_make();
	struct child_end end = run((struct child){
		.arguments = SHELL("sleep 60 & sleep 60 >/dev/null 2>&1 & echo done; exit 5") });

	(void)state;
	assert_int_equal(end.outcome, CHILD_EXITED);
	assert_int_equal(end.code, 5);
	assert_string_equal(end.output, "done\n");
	assert_true(end.wall_ms < LONG_MS);
	life_must_be_over(&life);
	free(end.output);
}

static void test_what_has_left_the_group_is_not_waited_for(void **state)
{
	struct child_end end = run(
		(struct child){ .arguments = SHELL("setsid sleep 5 & sleep 0.1; echo done") });

	(void)state;
	assert_int_equal(end.outcome, CHILD_EXITED);
	assert_string_equal(end.output, "done\n");
	assert_true(end.wall_ms < 5000);
	free(end.output);
}

static void test_timeout_ends_the_group(void **state)
{
	struct life life = life_make();
	struct child_end end = run(
		(struct child){ .arguments = SHELL("sleep 60 & sleep 60"), .timeout_ms = 200 });

	(void)state;
	assert_int_equal(end.outcome, CHILD_TIMED_OUT);
	assert_true(end.wall_ms >= 200 && end.wall_ms < LONG_MS);
	life_must_be_over(&life);
	free(end.output);
}

static void test_timeout_of_a_program_that_never_stops_printing(void **state)
{
	struct child_end end = run((struct child){
		.arguments = SHELL("while :; do echo more; done"), .timeout_ms = 200 });

	(void)state;
	assert_int_equal(end.outcome, CHILD_TIMED_OUT);
	assert_true(end.wall_ms < LONG_MS);
	assert_true(end.length <= 4096);
	free(end.output);
}

static void test_stop(void **state)
{
	static const struct {
		const char *name, *script;
		long grace_ms;
		double least_ms;
		const char *output;
	} rows[] = {
		{ "ends", "echo >&$STOP; sleep 60", LONG_MS, 0, "" },
		{ "parts first", "trap 'echo bye; exit 0' TERM; echo >&$STOP; while :; do :; done",
		  LONG_MS, 0, "bye\n" },
		{ "does not heed SIGTERM", "trap '' TERM; echo >&$STOP; sleep 60", 150, 150, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct life life = life_make(), stop = life_make();
		CLEANUP_FREE char *number = text_format("%d", stop.fds[1]);
		struct child_end end;

		/* The program itself says when to stop it. */
		assert_int_equal(setenv("STOP", number, 1), 0);
		end = run((struct child){ .arguments = SHELL(rows[i].script),
					  .grace_ms = rows[i].grace_ms,
					  .stop_fd = stop.fds[0] });
		row_equal(rows[i].name, end.outcome, CHILD_STOPPED);
		row_true(rows[i].name, end.wall_ms >= rows[i].least_ms && end.wall_ms < LONG_MS);
		row_same(rows[i].name, end.output, rows[i].output);
		life_must_be_over(&life);
		life_must_be_over(&stop);
		free(end.output);
	}
}

static void test_stop_that_nobody_asks_for(void **state)
{
	struct life stop = life_make();
	struct child_end end = run(
		(struct child){ .arguments = SHELL("echo done"), .stop_fd = stop.fds[0] });

	(void)state;
	assert_int_equal(end.outcome, CHILD_EXITED);
	assert_string_equal(end.output, "done\n");
	life_must_be_over(&stop);
	free(end.output);
}

/* --- Terminals -------------------------------------------------------------------------------- */

static struct child_process *talk_to(char *const *arguments, long timeout_ms)
{
	const struct child child = { .arguments = arguments,
				     .input = -1,
				     .terminal = true,
				     .output_max = 4096,
				     .timeout_ms = timeout_ms,
				     .grace_ms = LONG_MS,
				     .stop_fd = -1 };
	struct child_process *process = NULL;

	assert_int_equal(child_start(&child, &process), 0);
	return process;
}

static bool ends_with_question(const char *output, size_t length, double silent_ms, void *data)
{
	(void)silent_ms;
	(void)data;
	return length && output[length - 1] == '?';
}

static bool is_silent(const char *output, size_t length, double silent_ms, void *data)
{
	const double *ms = data;

	(void)output;
	(void)length;
	return silent_ms >= *ms;
}

static void test_talking_at_a_terminal(void **state)
{
	struct life life = life_make();
	struct child_process *process = talk_to(
		SHELL("test -t 0 && test -t 1 && test -t 2 || exit 1; printf 'who?'\n"
		      "while read -r line && [ \"$line\" != q ]; do\n"
		      "  sleep 0.1; printf 'hello %s\\nwho?' \"$line\"\n"
		      "done"),
		LONG_MS);
	struct child_end end;
	double ms = 300;

	(void)state;
	child_wait(process, ends_with_question, NULL, &end);
	assert_int_equal(end.outcome, CHILD_WAITS);
	assert_string_equal(end.output, "who?");
	/* What is typed is not echoed, and no newline is changed. */
	assert_int_equal(child_send(process, "world"), 0);
	child_wait(process, ends_with_question, NULL, &end);
	assert_int_equal(end.outcome, CHILD_WAITS);
	assert_string_equal(end.output, "hello world\nwho?");
	assert_true(end.wall_ms >= 100);
	/* The time ends with the output, not with the silence after it. */
	assert_int_equal(child_send(process, "again"), 0);
	child_wait(process, is_silent, &ms, &end);
	assert_int_equal(end.outcome, CHILD_WAITS);
	assert_true(end.wall_ms >= 100);
	child_finish(process, "q");
	life_must_be_over(&life);
}

static void test_programs_that_do_not_talk(void **state)
{
	static const struct {
		const char *script;
		long timeout_ms;
		enum child_outcome outcome;
		int code;
	} rows[] = {
		{ "exit 3", LONG_MS, CHILD_EXITED, 3 },
		{ "printf 'no more'; kill -SEGV $$", LONG_MS, CHILD_KILLED, SIGSEGV },
		{ "printf 'waiting'; sleep 60", 300, CHILD_TIMED_OUT, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct life life = life_make();
		struct child_process *process = talk_to(SHELL(rows[i].script), rows[i].timeout_ms);
		struct child_end end;

		child_wait(process, ends_with_question, NULL, &end);
		row_equal(rows[i].script, end.outcome, rows[i].outcome);
		row_equal(rows[i].script, end.code, rows[i].code);
		child_finish(process, "q");
		life_must_be_over(&life);
	}
}

/* The end of the input ends one that does not know the last line. */
static void test_the_end_of_input(void **state)
{
	CLEANUP_FREE char *path = tree_path(*state, "/said");
	CLEANUP_FREE char *script = text_format("printf '?'; cat >%s; echo end >>%s", path, path);
	CLEANUP_FREE char *said = NULL;
	struct child_process *process = talk_to(SHELL(script), LONG_MS);
	struct child_end end;

	child_wait(process, ends_with_question, NULL, &end);
	child_finish(process, "q");
	said = tree_read(*state, "/said");
	assert_string_equal(said, "q\nend\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_how_programs_end),
		cmocka_unit_test(test_wall_time_is_that_of_the_program),
		cmocka_unit_test(test_program_is_looked_for_in_path),
		tree_test(test_programs_that_cannot_be_started),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_output_is_bytes),
		cmocka_unit_test(test_long_output),
		cmocka_unit_test(test_what_is_left_behind_is_ended),
		cmocka_unit_test(test_what_has_left_the_group_is_not_waited_for),
		cmocka_unit_test(test_timeout_ends_the_group),
		cmocka_unit_test(test_timeout_of_a_program_that_never_stops_printing),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stop_that_nobody_asks_for),
		cmocka_unit_test(test_talking_at_a_terminal),
		cmocka_unit_test(test_programs_that_do_not_talk),
		tree_test(test_the_end_of_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
