/* SPDX-License-Identifier: MIT */
/* Processes, and the threads of interrupts. Fields are those of proc(5). */

#include "machine/process.h"

#include "root/record.h"
#include "tree.h"

#include <errno.h>

/* Fields 3 to 52 of /proc/PID/stat. All but the two arguments have their number as value. */
#define STAT(processor, priority)                                                                 \
	"S 2 0 0 0 -1 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 18446744073709551615 26 27 " \
	"28 29 30 31 32 33 34 35 36 37 38 " processor " " priority " 41 42 43 44 45 46 47 48 49 " \
	"50 51 52"

static void test_processes_of_proc(void **state)
{
	const struct tree *tree = *state;
	struct processes processes = { 0 };

	tree_make(tree, "/proc/1/comm = init\n"
			"/proc/22/comm = a b (c)\n"
			/* The kernel keeps 15 characters. */
			"/proc/333/comm = power-profiles-\n"
			"/proc/4/comm = \n"
			"/proc/5/stat = gone\n"
			"/proc/irq/comm = no process\n"
			"/proc/0/comm = no process\n"
			"/proc/-7/comm = no process\n"
			"/proc/8x/comm = no process\n"
			"/proc/99999999999/comm = no process\n"
			"/proc/uptime = 5\n");
	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(processes.count, 4);
	assert_int_equal(process_find(tree->root, &processes, "init"), 1);
	assert_int_equal(process_find(tree->root, &processes, "a b (c)"), 22);
	assert_int_equal(process_find(tree->root, &processes, "power-profiles-"), 333);
	assert_int_equal(process_find(tree->root, &processes, ""), 4);
	assert_int_equal(process_find(tree->root, &processes, "ini"), 0);
	assert_int_equal(process_find(tree->root, &processes, "init2"), 0);
	assert_int_equal(process_find(tree->root, &processes, "no process"), 0);
	/* Not read again. */
	tree_make(tree, "/proc/6/comm = late\n");
	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(process_find(tree->root, &processes, "late"), 0);
	processes_done(&processes);
}

static void test_no_proc_is_no_process(void **state)
{
	const struct tree *tree = *state;
	struct processes processes = { 0 };

	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(processes.count, 0);
	assert_null(processes.list);
	assert_int_equal(process_find(tree->root, &processes, "init"), 0);
}

static void test_only_processes_asked_for_are_noted(void **state)
{
	const struct tree *tree = *state;
	struct record *record = record_new();
	struct processes processes = { 0 };
	CLEANUP_FREE char *text = NULL;
	struct irq_thread thread = { 0 };
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(record);
	assert_non_null(out);
	tree_make(tree, "/proc/10/comm = wanted\n"
			"/proc/11/comm = secret\n"
			"/proc/12/comm = irq/30-npu\n"
			"/proc/12/stat = 12 (irq/30-npu) " STAT(
				"6", "50") "\n"
					   "/proc/12/status:\n|Name:\tirq/30-npu\n");
	root_set_record(tree->root, record);
	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(process_find(tree->root, &processes, "wanted"), 10);
	assert_int_equal(process_read_irq_thread(tree->root, &processes, 30, false, &thread), 0);
	assert_int_equal(record_write(record, "head", out), 0);
	assert_int_equal(fclose(out), 0);
	assert_non_null(strstr(text, "/proc/10/comm = wanted\n"));
	/* These three files give a board the thread too. */
	assert_non_null(strstr(text, "/proc/12/comm = irq/30-npu\n"));
	assert_non_null(strstr(text, "/proc/12/stat = 12 "));
	assert_non_null(strstr(text, "/proc/12/status"));
	assert_null(strstr(text, "/proc/11"));
	assert_null(strstr(text, "secret"));
	root_set_record(tree->root, NULL);
	record_free(record);
	processes_done(&processes);
}

static struct irq_thread read_thread(const struct tree *tree, const char *lines, int irq)
{
	struct processes processes = { 0 };
	struct irq_thread thread = { 0 };

	tree_make(tree, lines);
	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(process_read_irq_thread(tree->root, &processes, irq, false, &thread), 0);
	processes_done(&processes);
	return thread;
}

static void test_thread_of_an_interrupt(void **state)
{
	struct irq_thread thread = read_thread(*state,
					       "/proc/210/comm = irq/137-0004:51\n"
					       "/proc/210/stat = 210 (irq/137-0004:51) " STAT(
						       "7", "50") "\n"
								  "/proc/210/status:\n"
								  "|Name:\tirq/137-0004:51\n"
								  "|Cpus_allowed:\tc0\n"
								  "|Cpus_allowed_list:\t6-7\n"
								  "|Mems_allowed_list:\t0\n",
					       137);
	CLEANUP_FREE char *allowed = cpuset_format_list(&thread.allowed);

	assert_int_equal(thread.pid, 210);
	assert_int_equal(thread.last_cpu, 7);
	assert_int_equal(thread.priority, 50);
	assert_string_equal(allowed, "6-7");
}

static void test_secondary_thread(void **state)
{
	const struct tree *tree = *state;
	struct processes processes = { 0 };
	struct irq_thread first = { 0 }, secondary = { 0 };

	tree_make(
		tree,
		"/proc/8/comm = irq/137-s-0004:\n"
		"/proc/8/stat = 8 (irq/137-s-0004:) " STAT(
			"0", "50") "\n"
				   "/proc/8/status:\n|Name:\tirq/137-s-0004:\n"
				   "/proc/9/comm = irq/137-0004:51\n"
				   "/proc/9/stat = 9 (irq/137-0004:51) " STAT(
					   "7", "50") "\n"
						      "/proc/9/status:\n|Name:\tirq/137-0004:51\n");
	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(process_read_irq_thread(tree->root, &processes, 137, false, &first), 0);
	assert_int_equal(process_read_irq_thread(tree->root, &processes, 137, true, &secondary), 0);
	processes_done(&processes);
	assert_int_equal(first.pid, 9);
	assert_int_equal(secondary.pid, 8);
}

static void test_thread_is_found_by_the_whole_number(void **state)
{
	static const char *const names[] = { "irq/137-npu", "irq/13",	   "irq/13x-npu",
					     "irq/130-npu", "xirq/13-npu", "irq/1-13-n" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		CLEANUP_FREE char *lines = text_format(
			"/proc/9/comm = %s\n"
			"/proc/9/stat = 9 (%s) " STAT("1", "50") "\n"
								 "/proc/9/status:\n|Name:\t%s\n",
			names[i], names[i], names[i]);
		const struct tree *tree = tree_renew(state);

		row_equal(names[i], read_thread(tree, lines, 13).pid, 0);
	}
	assert_int_equal(read_thread(tree_renew(state),
				     "/proc/8/comm = irq/130-x\n"
				     "/proc/9/comm = irq/13-x\n"
				     "/proc/9/stat = 9 (irq/13-x) " STAT(
					     "1", "50") "\n"
							"/proc/9/status:\n|Name:\tirq/13-x\n",
				     13)
				 .pid,
			 9);
}

static void test_fields_of_a_thread(void **state)
{
	static const struct {
		const char *name, *stat, *status;
		int pid, last_cpu;
		int64_t priority;
		const char *allowed;
	} rows[] = {
		{ "usual", "9 (irq/30-npu) " STAT("4", "50"), "|Cpus_allowed_list:\t4\n", 9, 4, 50,
		  "4" },
		{ "without priority", "9 (irq/30-npu) " STAT("0", "0"),
		  "|Cpus_allowed_list:\t0-7\n", 9, 0, 0, "0-7" },
		{ "most", "9 (irq/30-npu) " STAT("8191", "99"), "|Cpus_allowed_list:\t8191\n", 9,
		  8191, 99, "8191" },
		/* Older kernels end with field 44. */
		{ "short line", "9 (irq/30-npu) S 4 5 6 7 8 9", "|Cpus_allowed_list:\t2\n", 9, -1,
		  -1, "2" },
		{ "cut off", "9 (irq/30", "|Cpus_allowed_list:\t2\n", 9, -1, -1, "2" },
		{ "nonsense", "9 (irq/30-npu) " STAT("x", "-"), "|Cpus_allowed_list:\tall\n", 9, -1,
		  -1, "" },
		{ "no list", "9 (irq/30-npu) " STAT("4", "50"), "|Cpus_allowed:\tff\n", 9, 4, 50,
		  "" },
		/* A name may look like the fields after it. */
		{ "name with blanks", "9 (irq/30-a b c) " STAT("4", "50"),
		  "|Cpus_allowed_list:\t4\n", 9, 4, 50, "4" },
		{ "name with parentheses", "9 (irq/30-a) S 1 2) " STAT("4", "50"),
		  "|Cpus_allowed_list:\t4\n", 9, 4, 50, "4" },
		{ "name that ends in one", "9 (irq/30-:))) " STAT("4", "50"),
		  "|Cpus_allowed_list:\t4\n", 9, 4, 50, "4" },
		{ "name like a line", "9 (irq/30-a) " STAT("4", "50"),
		  "|Name:\tCpus_allowed_list:\t1\n|Cpus_allowed_list:\t4\n", 9, 4, 50, "4" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format("/proc/9/comm = irq/30-npu\n"
						       "/proc/9/stat = %s\n"
						       "/proc/9/status:\n|State:\tS\n%s",
						       rows[i].stat, rows[i].status);
		struct irq_thread thread = read_thread(tree_renew(state), lines, 30);
		CLEANUP_FREE char *allowed = cpuset_format_list(&thread.allowed);

		row_equal(rows[i].name, thread.pid, rows[i].pid);
		row_equal(rows[i].name, thread.last_cpu, rows[i].last_cpu);
		row_equal(rows[i].name, thread.priority, rows[i].priority);
		row_same(rows[i].name, allowed, rows[i].allowed);
	}
}

static void test_thread_that_ends_meanwhile(void **state)
{
	static const char *const rows[] = {
		"/proc/9/comm = irq/30-npu\n",
		"/proc/9/comm = irq/30-npu\n/proc/9/stat = 9 (irq/30-npu) " STAT("4", "50") "\n",
		"/proc/9/comm = irq/30-npu\n/proc/9/status:\n|Cpus_allowed_list:\t4\n",
		"/proc/9/\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i], read_thread(tree_renew(state), rows[i], 30).pid, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_processes_of_proc),
		tree_test(test_no_proc_is_no_process),
		tree_test(test_only_processes_asked_for_are_noted),
		tree_test(test_thread_of_an_interrupt),
		tree_test(test_secondary_thread),
		tree_test(test_thread_is_found_by_the_whole_number),
		tree_test(test_fields_of_a_thread),
		tree_test(test_thread_that_ends_meanwhile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
