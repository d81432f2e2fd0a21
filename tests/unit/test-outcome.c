/* SPDX-License-Identifier: MIT */
/* The words for results and problems, and the CPU of an IRQ. */

#include "machines.h"
#include "plan/op.h"
#include "plan/plan.h"
#include "report/outcome.h"
#include "report/report.h"

#include <errno.h>

static struct op failed_op(enum kind kind, int error)
{
	return (struct op){
		.kind = kind,
		.id = 30,
		.card = "0000:01:00.0",
		.path = (char *)"/the/path",
		.want = (char *)"40",
		.result = OP_FAILED,
		.error = error,
	};
}

static void test_each_answer_of_the_kernel_has_its_sentence(void **state)
{
	const char *denied = geteuid() == 0 ? "run it on the host" : "run it with sudo";
	const struct {
		enum kind kind;
		int error;
		const char *name, *sentence;
	} rows[] = {
		{ KIND_IRQ_AFFINITY, EACCES, "(EACCES)", denied },
		{ KIND_IRQ_AFFINITY, EPERM, "(EPERM)", denied },
		{ KIND_IRQ_AFFINITY, EINVAL, "(EINVAL)", "no CPU in the mask is online" },
		{ KIND_GOVERNOR, EINVAL, "(EINVAL)", "does not offer this value" },
		{ KIND_IRQ_AFFINITY, EOVERFLOW, "(EOVERFLOW)",
		  "CPUs that this machine cannot have" },
		{ KIND_IRQ_AFFINITY, ENOSPC, "(ENOSPC)", "choose another with --cpu" },
		{ KIND_IRQ_AFFINITY, EROFS, "(EROFS)", "ProtectKernelTunables=" },
		{ KIND_IRQ_AFFINITY, ENOENT, "(ENOENT)", "the driver was unloaded" },
		{ KIND_MEMORY_GOVERNOR, ENOENT, "(ENOENT)", "this kernel has no such file" },
		{ KIND_GOVERNOR, 0, "to 40:", "shows another" },
		/* An errno without a name here still gets the text of the C library. */
		{ KIND_GOVERNOR, EISDIR, "to 40:", "Is a directory" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct op op = failed_op(rows[i].kind, rows[i].error);
		CLEANUP_FREE char *text = report_problem(&op, false);

		if (!strstr(text, "/the/path") || !strstr(text, rows[i].name) ||
		    !strstr(text, rows[i].sentence))
			fail_msg("row %zu: %s", i, text);
	}
}

static void test_unmovable_says_whether_it_matters(void **state)
{
	struct op op = failed_op(KIND_IRQ_AFFINITY, EIO);
	char *text;

	(void)state;
	op.result = OP_UNMOVABLE;
	text = report_problem(&op, false);
	assert_non_null(strstr(text, "IRQ 30 of 0000:01:00.0 cannot be moved (EIO)"));
	assert_non_null(strstr(text, "it stays where it is"));
	free(text);
	text = report_problem(&op, true);
	assert_non_null(strstr(text, "nothing is lost"));
	free(text);
}

static void test_ban_that_was_not_possible(void **state)
{
	static const struct {
		const char *want;
		enum op_result result;
		int error;
		const char *sentence;
	} rows[] = {
		{ "banned", OP_SKIPPED, ETIMEDOUT,
		  "could not set the irqbalance ban on IRQ 30 (ETIMEDOUT): irqbalance may "
		  "move it again; see 'systemctl status irqbalance'" },
		{ "balanced", OP_FAILED, EBADMSG,
		  "could not lift the irqbalance ban on IRQ 30 (EBADMSG); see 'systemctl status "
		  "irqbalance'" },
		{ "balanced", OP_FAILED, EISDIR,
		  "could not lift the irqbalance ban on IRQ 30 (Is a directory); see 'systemctl "
		  "status irqbalance'" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct op op = failed_op(KIND_IRQBALANCE_BAN, rows[i].error);

		op.want = (char *)rows[i].want;
		op.result = rows[i].result;
		CLEANUP_FREE char *text = report_problem(&op, false);
		row_same(rows[i].sentence, text, rows[i].sentence);
	}
}

static void test_result_words(void **state)
{
	static const struct {
		enum op_result first, second;
		bool ready;
		const char *apply, *revert;
	} rows[] = {
		{ OP_CHANGED, OP_CHANGED, true, "tuned", "reverted" },
		{ OP_CHANGED, OP_UNCHANGED, true, "tuned", "reverted" },
		{ OP_WOULD_CHANGE, OP_UNCHANGED, true, "tuned", "reverted" },
		{ OP_CHANGED, OP_UNMOVABLE, true, "tuned", "reverted" },
		{ OP_UNCHANGED, OP_UNMOVABLE, true, "unchanged", "unchanged" },
		{ OP_CHANGED, OP_SKIPPED, true, "tuned", "reverted" },
		{ OP_UNCHANGED, OP_SKIPPED, true, "unchanged", "unchanged" },
		{ OP_CHANGED, OP_FAILED, true, "partial", "partial" },
		{ OP_UNCHANGED, OP_FAILED, true, "partial", "partial" },
		{ OP_FAILED, OP_FAILED, true, "failed", "failed" },
		{ OP_CHANGED, OP_CHANGED, false, "partial", "reverted" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct op ops[] = { { .result = rows[i].first }, { .result = rows[i].second } };
		const struct plan plan = { .n_ops = 2, .ops = ops };
		struct report report = { .plan = &plan };
		struct board board;

		board_init(&board);
		board_add_card(&board, 30, "ff")->handler = rows[i].ready;
		report.machine = &board.machine;
		report.command = "apply";
		if (strcmp(report_result(&report), rows[i].apply))
			fail_msg("row %zu: %s", i, report_result(&report));
		report.command = "revert";
		if (strcmp(report_result(&report), rows[i].revert))
			fail_msg("row %zu: %s", i, report_result(&report));
		board.machine.n_cards = 0;
		report.command = "apply";
		assert_string_equal(report_result(&report), "no-card");
	}
}

static void test_cpu_of_an_interrupt_is_what_was_read_back(void **state)
{
	struct op op = {
		.kind = KIND_IRQ_AFFINITY, .id = 30, .now = (char *)"40", .result = OP_CHANGED
	};
	struct plan plan = { .n_ops = 1, .ops = &op };
	struct vector *vector;
	struct board board;

	(void)state;
	board_init(&board);
	vector = board_add_card(&board, 30, "ff");
	assert_int_equal(report_irq_cpu(&plan, vector), 6);
	/* Set back to several CPUs: which one takes it is unknown. */
	vector->affinity = cpus_of(6, 6);
	op.now = (char *)"ff";
	assert_int_equal(report_irq_cpu(&plan, vector), -1);
	/* Refused or not written: what was read before, if it is one CPU. */
	op.result = OP_UNMOVABLE;
	assert_int_equal(report_irq_cpu(&plan, vector), 6);
	vector->affinity = cpus_of(0, 7);
	op.now = NULL;
	assert_int_equal(report_irq_cpu(&plan, vector), -1);
	vector->effective = cpus_of(2, 2);
	assert_int_equal(report_irq_cpu(&plan, vector), 2);
	vector->affinity = cpus_of(3, 3);
	assert_int_equal(report_irq_cpu(&plan, vector), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_answer_of_the_kernel_has_its_sentence),
		cmocka_unit_test(test_unmovable_says_whether_it_matters),
		cmocka_unit_test(test_ban_that_was_not_possible),
		cmocka_unit_test(test_result_words),
		cmocka_unit_test(test_cpu_of_an_interrupt_is_what_was_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
