/* SPDX-License-Identifier: MIT */
/* What is remembered between runs. */

#include "machines.h"
#include "plan/plan.h"
#include "plan/state.h"

#include <errno.h>

/* A plan with one operation on the governor of policy 4. */
static struct op *plan_one(struct plan *plan, const char *had, const char *want)
{
	struct op *op;

	*plan = (struct plan){ 0 };
	op = plan_add_op(plan, KIND_GOVERNOR, 4, "", had, strdup(want), strdup("why"));
	assert_non_null(op);
	return op;
}

static void test_first_original_wins(void **cmocka)
{
	struct state state = { 0 };
	const struct saved *saved;
	struct plan plan;

	(void)cmocka;
	plan_one(&plan, "schedutil", "performance");
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 1);
	plan_done(&plan);
	/* Something else set powersave; the second apply saves nothing new but its own value. */
	plan_one(&plan, "powersave", "ondemand");
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 1);
	/* A third saves nothing: the file need not be written, and /run may be full. */
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 0);
	plan_done(&plan);
	assert_int_equal(state.n_saved, 1);
	saved = state_find(&state, KIND_GOVERNOR, 4, "");
	assert_non_null(saved);
	assert_string_equal(saved->original, "schedutil");
	assert_true(saved_is_ours(saved, "performance"));
	assert_true(saved_is_ours(saved, "ondemand"));
	assert_false(saved_is_ours(saved, "powersave"));
	state_done(&state);
}

static void test_only_planned_writes_are_saved(void **cmocka)
{
	static const enum op_result results[] = { OP_UNCHANGED, OP_FAILED, OP_UNMOVABLE };

	(void)cmocka;
	for (size_t i = 0; i < ARRAY_SIZE(results); i++) {
		struct state state = { 0 };
		struct plan plan;

		plan_one(&plan, "schedutil", "performance")->result = results[i];
		assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 0);
		assert_int_equal(state.n_saved, 0);
		plan_done(&plan);
	}
}

static void test_unmovable_is_noted_once(void **cmocka)
{
	struct state state = { 0 };
	struct plan plan = { 0 };
	struct op *op = plan_add_op(&plan, KIND_IRQ_AFFINITY, 30, "0000:01:00.0", "ff",
				    strdup("40"), strdup("why"));

	(void)cmocka;
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 1);
	op->result = OP_UNMOVABLE;
	op->error = EIO;
	assert_int_equal(state_note_unmovable(&state, plan.ops, plan.n_ops), 1);
	assert_int_equal(state_find(&state, KIND_IRQ_AFFINITY, 30, "0000:01:00.0")->unmovable, EIO);
	assert_string_equal(state_find(&state, KIND_IRQ_AFFINITY, 30, "0000:01:00.0")->original,
			    "ff");
	/* Nothing new: the file need not be written again. */
	assert_int_equal(state_note_unmovable(&state, plan.ops, plan.n_ops), 0);
	/* Its mask happens to be the one that is wanted: that proves nothing. */
	op->result = OP_UNCHANGED;
	assert_int_equal(state_note_unmovable(&state, plan.ops, plan.n_ops), 0);
	assert_int_equal(state_find(&state, KIND_IRQ_AFFINITY, 30, "0000:01:00.0")->unmovable, EIO);
	/* A later write succeeded. */
	op->result = OP_CHANGED;
	assert_int_equal(state_note_unmovable(&state, plan.ops, plan.n_ops), 1);
	assert_int_equal(state_find(&state, KIND_IRQ_AFFINITY, 30, "0000:01:00.0")->unmovable, 0);
	plan_done(&plan);
	state_done(&state);
}

static void test_prune_forgets_interrupts_of_a_reloaded_driver(void **cmocka)
{
	struct state state = { 0 };
	struct plan plan = { 0 };
	struct board board;

	(void)cmocka;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	plan_add_op(&plan, KIND_IRQ_AFFINITY, 30, "0000:01:00.0", "ff", strdup("40"), strdup("w"));
	plan_add_op(&plan, KIND_IRQ_AFFINITY, 29, "0000:01:00.0", "ff", strdup("40"), strdup("w"));
	plan_add_op(&plan, KIND_IRQ_AFFINITY, 30, "0005:01:00.0", "ff", strdup("40"), strdup("w"));
	plan_add_op(&plan, KIND_GOVERNOR, 6, "", "schedutil", strdup("performance"), strdup("w"));
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 1);
	state_prune(&state, &board.machine);
	assert_int_equal(state.n_saved, 2);
	assert_non_null(state_find(&state, KIND_IRQ_AFFINITY, 30, "0000:01:00.0"));
	assert_non_null(state_find(&state, KIND_GOVERNOR, 6, ""));
	plan_done(&plan);
	state_done(&state);
}

static void test_prune_keeps_bans_that_are_in_force(void **cmocka)
{
	/* 30 is still the card's; 28 and 29 were. */
	static const int irqs[] = { 28, 29, 30 };
	int banned = 29;
	struct state state = { 0 };
	struct plan plan = { 0 };
	struct board board;

	(void)cmocka;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.machine.irqbalance = (struct irqbalance){ .pid = 640,
							.n_banned = 1,
							.banned = &banned };
	for (size_t i = 0; i < ARRAY_SIZE(irqs); i++)
		plan_add_op(&plan, KIND_IRQBALANCE_BAN, irqs[i], "0000:01:00.0", "balanced",
			    strdup("banned"), strdup("w"));
	plan_add_op(&plan, KIND_IRQ_AFFINITY, 29, "0000:01:00.0", "ff", strdup("40"), strdup("w"));
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 1);
	state_prune(&state, &board.machine);
	assert_int_equal(state.n_saved, 2);
	assert_non_null(state_find(&state, KIND_IRQBALANCE_BAN, 29, "0000:01:00.0"));
	assert_non_null(state_find(&state, KIND_IRQBALANCE_BAN, 30, "0000:01:00.0"));
	/* Perhaps in force: an irqbalance that does not answer lists none. */
	board.machine.irqbalance = (struct irqbalance){ .pid = 640, .error = ETIMEDOUT };
	state_prune(&state, &board.machine);
	assert_int_equal(state.n_saved, 2);
	board.machine.irqbalance = (struct irqbalance){ 0 };
	state_prune(&state, &board.machine);
	assert_int_equal(state.n_saved, 1);
	plan_done(&plan);
	state_done(&state);
}

static void test_what_could_not_be_put_back_is_kept(void **cmocka)
{
	struct state state = { 0 };
	struct plan plan = { 0 };

	(void)cmocka;
	for (int id = 0; id < 6; id++)
		plan_add_op(&plan, KIND_GOVERNOR, id, "", "schedutil", strdup("performance"),
			    strdup("w"));
	assert_int_equal(state_add_originals(&state, plan.ops, plan.n_ops), 1);
	plan.ops[0].result = OP_CHANGED;
	plan.ops[1].result = OP_FAILED;
	plan.ops[2].result = OP_SKIPPED;
	plan.ops[3].result = OP_UNCHANGED;
	/* It could not be read. */
	plan.ops[4].result = OP_SKIPPED;
	plan.ops[4].error = EBUSY;
	/* The setting is gone. */
	free(plan.ops[5].had);
	plan.ops[5].had = NULL;
	plan.ops[5].result = OP_SKIPPED;
	state_drop_reverted(&state, plan.ops, plan.n_ops);
	assert_int_equal(state.n_saved, 3);
	assert_int_equal(state.saved[0].id, 1);
	assert_int_equal(state.saved[1].id, 2);
	assert_int_equal(state.saved[2].id, 4);
	plan_done(&plan);
	state_done(&state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_original_wins),
		cmocka_unit_test(test_only_planned_writes_are_saved),
		cmocka_unit_test(test_unmovable_is_noted_once),
		cmocka_unit_test(test_prune_forgets_interrupts_of_a_reloaded_driver),
		cmocka_unit_test(test_prune_keeps_bans_that_are_in_force),
		cmocka_unit_test(test_what_could_not_be_put_back_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
