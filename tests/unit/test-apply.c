/* SPDX-License-Identifier: MIT */
/* Carrying out a plan: what is written, and what becomes of each operation. */

#include "apply/apply.h"
#include "base/clock.h"
#include "machine/irqbalance.h"
#include "plan/plan.h"
#include "tree.h"

#include <errno.h>

#define RUNNING	     "/proc/640/comm = irqbalance\n"
#define SOCKET	     "/run/irqbalance/irqbalance640.sock"
#define POLICY(n)    "/sys/devices/system/cpu/cpufreq/policy" #n "/scaling_governor"
#define GOVERNOR(n)  POLICY(n) " = schedutil\n"
#define BANNED(irqs) SOCKET " = SLEEP 10 " irqs "BANNED 00\n"

static void add_ban(struct plan *plan, const char *had, const char *want)
{
	assert_non_null(plan_add_op(plan, KIND_IRQBALANCE_BAN, 50, "0000:01:00.0", had,
				    strdup(want), strdup("why")));
}

static struct op *add_governor(struct plan *plan, int policy, const char *want)
{
	struct op *op = plan_add_op(plan, KIND_GOVERNOR, policy, "", "schedutil", strdup(want),
				    strdup("why"));

	assert_non_null(op);
	return op;
}

static bool is_banned(const struct tree *tree, int irq)
{
	struct irqbalance irqbalance = { 0 };
	struct processes processes = { 0 };
	bool banned;

	assert_int_equal(irqbalance_read(tree->root, &processes, clock_ms() + 1000, &irqbalance),
			 0);
	processes_done(&processes);
	assert_int_equal(irqbalance.error, 0);
	banned = irqbalance_has_banned(&irqbalance, irq);
	irqbalance_done(&irqbalance);
	return banned;
}

static void test_ban_is_set_and_lifted(void **state)
{
	static const struct {
		const char *lines, *had, *want;
	} rows[] = {
		{ RUNNING BANNED("IRQ 12 LOAD 0 "), "balanced", "banned" },
		{ RUNNING BANNED("IRQ 50 LOAD 0 IRQ 12 LOAD 0 "), "banned", "balanced" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		struct plan plan = { 0 };

		tree_make(tree, rows[i].lines);
		add_ban(&plan, rows[i].had, rows[i].want);
		row_equal(rows[i].want, plan_apply(tree->root, &plan), 0);
		row_equal(rows[i].want, plan.ops[0].result, OP_CHANGED);
		row_equal(rows[i].want, plan.ops[0].error, 0);
		row_same(rows[i].want, plan.ops[0].now, rows[i].want);
		row_equal(rows[i].want, is_banned(tree, 50), i == 0);
		row_true(rows[i].want, is_banned(tree, 12));
		plan_done(&plan);
	}
}

static void test_irqbalance_that_cannot_be_told(void **state)
{
	static const struct {
		const char *name, *lines, *had, *want;
		enum op_result result;
		int error, first;
	} rows[] = {
		{ "ban, no daemon", "", "balanced", "banned", OP_SKIPPED, ESRCH, 0 },
		{ "lift, no daemon", "", "banned", "balanced", OP_SKIPPED, ESRCH, 0 },
		{ "ban, no answer", RUNNING SOCKET ":\n", "balanced", "banned", OP_SKIPPED, EBADMSG,
		  0 },
		{ "lift, no answer", RUNNING SOCKET ":\n", "banned", "balanced", OP_FAILED, EBADMSG,
		  -EBADMSG },
		{ "lift, no socket", RUNNING "/run/irqbalance/\n", "banned", "balanced", OP_FAILED,
		  ENOENT, -ENOENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		struct plan plan = { 0 };

		tree_make(tree, GOVERNOR(4));
		tree_make(tree, rows[i].lines);
		add_ban(&plan, rows[i].had, rows[i].want);
		add_governor(&plan, 4, "performance");
		row_equal(rows[i].name, plan_apply(tree->root, &plan), rows[i].first);
		row_equal(rows[i].name, plan.ops[0].result, rows[i].result);
		row_equal(rows[i].name, plan.ops[0].error, rows[i].error);
		row_same(rows[i].name, plan.ops[0].now, NULL);
		row_equal(rows[i].name, plan.ops[1].result, OP_CHANGED);
		assert_tree_file(tree, POLICY(4), "performance\n");
		plan_done(&plan);
	}
}

static void test_failure_does_not_end_the_run(void **state)
{
	/* Not read back as written: a blank at the end is no part of a value. */
	static const char other[] = "ondemand ";
	static const struct {
		const char *name;
		int policies[2]; /* of which 4 shows another value, and 5 has no file */
		int first;
	} rows[] = {
		{ "another value first", { 4, 5 }, -EIO },
		{ "no file first", { 5, 4 }, -ENOENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		size_t at = rows[i].policies[1] == 4;
		struct plan plan = { 0 };

		tree_make(tree, GOVERNOR(4) GOVERNOR(6));
		for (size_t k = 0; k < 2; k++)
			add_governor(&plan, rows[i].policies[k], other);
		add_governor(&plan, 6, "performance");
		row_equal(rows[i].name, plan_apply(tree->root, &plan), rows[i].first);
		row_equal(rows[i].name, plan.ops[at].result, OP_FAILED);
		row_equal(rows[i].name, plan.ops[at].error, 0);
		row_same(rows[i].name, plan.ops[at].now, "ondemand");
		row_equal(rows[i].name, plan.ops[!at].result, OP_FAILED);
		row_equal(rows[i].name, plan.ops[!at].error, ENOENT);
		row_same(rows[i].name, plan.ops[!at].now, NULL);
		row_equal(rows[i].name, plan.ops[2].result, OP_CHANGED);
		row_same(rows[i].name, plan.ops[2].now, "performance");
		assert_tree_file(tree, POLICY(6), "performance\n");
		assert_tree_file(tree, POLICY(5), NULL);
		plan_done(&plan);
	}
}

static void test_only_what_would_change_is_written(void **state)
{
	static const enum op_result results[] = { OP_CHANGED, OP_UNCHANGED, OP_SKIPPED,
						  OP_UNMOVABLE, OP_FAILED };
	const struct tree *tree = *state;

	tree_make(tree, GOVERNOR(4));
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		const char *name = op_result_name(results[i]);
		struct plan plan = { 0 };

		add_governor(&plan, 4, "performance")->result = results[i];
		row_equal(name, plan_apply(tree->root, &plan), 0);
		row_equal(name, plan.ops[0].result, results[i]);
		row_same(name, plan.ops[0].now, NULL);
		assert_tree_file(tree, POLICY(4), "schedutil\n");
		plan_done(&plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_ban_is_set_and_lifted),
		tree_test(test_irqbalance_that_cannot_be_told),
		tree_test(test_failure_does_not_end_the_run),
		tree_test(test_only_what_would_change_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
