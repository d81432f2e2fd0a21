/* SPDX-License-Identifier: MIT */
/* What is planned, for tuning and for putting back. */

#include "machines.h"
#include "state.h"

#include <errno.h>

static struct config default_config(void)
{
	return (struct config){ .cpu = -1,
				.governor = (char *)"performance",
				.idle_latency_us = -1 };
}

static void tune(const struct board *board, const struct config *config, const struct state *known,
		 struct plan *plan)
{
	struct error error = { 0 };

	if (plan_tune(&board->machine, config, known, plan, &error) < 0)
		fail_msg("plan_tune: %s", error.text);
}

/* The one operation on that file; the test fails if there is none. */
static const struct op *get_op(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (!strcmp(plan->ops[i].path, path))
			return &plan->ops[i];
	fail_msg("no operation on %s", path);
	return NULL;
}

#define AFFINITY   "/proc/irq/30/smp_affinity"
#define POLICY(n)  "/sys/devices/system/cpu/cpufreq/policy" #n "/scaling_governor"
#define LATENCY(n) "/sys/devices/system/cpu/cpu" #n "/power/pm_qos_resume_latency_us"
#define DMC	   "/sys/class/devfreq/dmc/governor"

static void test_default_plan_is_affinity_and_big_policies(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.n_ops, 3);
	assert_int_equal(plan.cpus[0], 6);
	assert_string_equal(get_op(&plan, AFFINITY)->want, "40");
	assert_string_equal(get_op(&plan, AFFINITY)->had, "ff");
	assert_string_equal(get_op(&plan, AFFINITY)->card, "0000:01:00.0");
	assert_string_equal(get_op(&plan, POLICY(4))->want, "performance");
	assert_string_equal(get_op(&plan, POLICY(6))->had, "schedutil");
	for (size_t i = 0; i < plan.n_ops; i++) {
		assert_int_equal(plan.ops[i].result, OP_WOULD_CHANGE);
		assert_true(strlen(plan.ops[i].why) > 10);
	}
	assert_int_equal(plan_sum(&plan, true), PLAN_TUNED);
	plan_done(&plan);
}

static void test_nothing_would_change_once_in_force(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	/* As another kernel might print it: values are compared, not texts. */
	board_add_card(&board, 30, "00000040");
	board.policies[1].governor = board.policies[2].governor = (char *)"performance";
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan_sum(&plan, true), PLAN_UNCHANGED);
	plan_done(&plan);
}

static void test_mask_is_as_wide_as_the_machine(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff,ffffffff,ffffffff");
	board.machine.cpus.possible = 72;
	tune(&board, &config, NULL, &plan);
	assert_string_equal(get_op(&plan, AFFINITY)->want, "00,00000000,00000040");
	plan_done(&plan);
}

static void test_only_vectors_with_a_handler_are_moved(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.cards[0].n_vectors = 3;
	board.vectors[0][1] = board.vectors[0][2] = board.vectors[0][0];
	board.vectors[0][1].irq = 31;
	board.vectors[0][2].irq = 32;
	board.vectors[0][1].handler = false;
	config.governor = NULL;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.n_ops, 2);
	assert_int_equal(plan.ops[0].id, 30);
	assert_int_equal(plan.ops[1].id, 32);
	plan_done(&plan);
}

static void test_nothing_is_touched_without_a_ready_card(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	config.idle_latency_us = 100;
	board_init(&board);
	board_add_card(&board, 30, "ff")->handler = false;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.n_ops, 0);
	assert_int_equal(plan_sum(&plan, false), PLAN_FAILED);
	plan_done(&plan);
}

static void test_policy_of_offline_cpus_is_left_alone(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.cpus[4].online = board.cpus[5].online = false;
	board.policies[1].governor = NULL;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.n_ops, 2);
	assert_int_equal(get_op(&plan, POLICY(6))->result, OP_WOULD_CHANGE);
	plan_done(&plan);
}

static void test_request_for_a_cpu(void **state)
{
	struct config config = default_config();
	struct error error = { 0 };
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "40");
	config.cpu = 1;
	tune(&board, &config, NULL, &plan);
	assert_string_equal(get_op(&plan, AFFINITY)->want, "02");
	plan_done(&plan);

	board.cpus[1].online = false;
	assert_int_equal(plan_tune(&board.machine, &config, NULL, &plan, &error), -ENXIO);
	assert_string_equal(error.text, "CPU1 is offline; online are 0,2-7");
	config.cpu = 8;
	assert_int_equal(plan_tune(&board.machine, &config, NULL, &plan, &error), -EINVAL);
	assert_string_equal(error.text, "there is no CPU8; online are 0,2-7");
}

static void test_isolated_cpu_can_be_asked_for(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	for (int i = 0; i < 8; i++)
		board.cpus[i].isolated = true;
	config.cpu = 3;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.cpus[0], 3);
	plan_done(&plan);
}

static void test_unknown_governor_is_refused_before_anything(void **state)
{
	struct config config = default_config();
	struct error error = { 0 };
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	config.governor = (char *)"performnce";
	assert_int_equal(plan_tune(&board.machine, &config, NULL, &plan, &error), -EINVAL);
	assert_non_null(strstr(error.text, "'performnce'"));
	assert_non_null(strstr(error.text, "ondemand performance schedutil"));
	/* One policy offers it: the other fails by itself. */
	board.policies[1].governors = (char *)"performnce schedutil";
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, POLICY(4))->result, OP_WOULD_CHANGE);
	assert_int_equal(get_op(&plan, POLICY(6))->result, OP_FAILED);
	assert_int_equal(get_op(&plan, POLICY(6))->error, EINVAL);
	plan_done(&plan);
}

static void test_idle_latency_on_chosen_cores_once(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	config.governor = NULL;
	config.idle_latency_us = 100;
	config.cpu = 5;
	board_add_card(&board, 30, "ff");
	board_add_card(&board, 31, "ff");
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.n_ops, 3);
	assert_string_equal(get_op(&plan, LATENCY(5))->want, "100");
	assert_string_equal(get_op(&plan, LATENCY(5))->had, "0");
	plan_done(&plan);
	/* A kernel without the file: named, and the rest goes on. */
	board.cpus[5].latency = NULL;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, LATENCY(5))->result, OP_FAILED);
	assert_int_equal(get_op(&plan, LATENCY(5))->error, ENOENT);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_WOULD_CHANGE);
	plan_done(&plan);
}

static void test_memory_governor(void **state)
{
	struct config config = default_config();
	struct error error = { 0 };
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	config.memory_governor = (char *)"performance";
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, DMC)->result, OP_FAILED);
	assert_int_equal(plan_sum(&plan, true), PLAN_PARTIAL);
	plan_done(&plan);
	board.machine.memory.governor = (char *)"dmc_ondemand";
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, DMC)->result, OP_WOULD_CHANGE);
	plan_done(&plan);
	board.machine.memory.governors = (char *)"dmc_ondemand userspace";
	assert_int_equal(plan_tune(&board.machine, &config, NULL, &plan, &error), -EINVAL);
}

static void test_unmovable_interrupt_is_no_failure(void **state)
{
	struct saved saved = {
		.kind = OP_IRQ_AFFINITY, .id = 30, .card = "0000:01:00.0", .unmovable = EIO
	};
	struct state known = { .n_saved = 1, .saved = &saved };
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	/* Found out by an earlier write. */
	tune(&board, &config, &known, &plan);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_UNMOVABLE);
	assert_int_equal(get_op(&plan, AFFINITY)->error, EIO);
	assert_int_equal(plan_sum(&plan, true), PLAN_TUNED);
	plan_done(&plan);
	/* The same interrupt number on another card says nothing. */
	strcpy(saved.card, "0001:01:00.0");
	tune(&board, &config, &known, &plan);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_WOULD_CHANGE);
	plan_done(&plan);
	/* Said by the mode of the file. */
	board.vectors[0][0].settable = false;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_UNMOVABLE);
	assert_int_equal(get_op(&plan, AFFINITY)->error, EPERM);
	plan_done(&plan);
}

static void test_merge_keeps_what_was_done(void **state)
{
	struct config config = default_config();
	struct plan plan = { 0 }, first, later;
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	tune(&board, &config, NULL, &first);
	for (size_t i = 0; i < first.n_ops; i++)
		first.ops[i].result = OP_CHANGED;
	assert_int_equal(plan_merge(&plan, &first), 0);

	/* A second card came, and the first is found as it was left. */
	board.vectors[0][0].mask = (char *)"40";
	board.vectors[0][0].affinity = cpus_of(6, 6);
	board.policies[1].governor = board.policies[2].governor = (char *)"performance";
	board_add_card(&board, 31, "ff");
	tune(&board, &config, NULL, &later);
	assert_int_equal(plan_merge(&plan, &later), 0);
	assert_int_equal(plan.n_ops, 4);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_CHANGED);
	assert_string_equal(get_op(&plan, AFFINITY)->had, "ff");
	assert_string_equal(get_op(&plan, "/proc/irq/31/smp_affinity")->want, "80");
	assert_int_equal(plan.cpus[1], 7);
	plan_done(&plan);
}

/* One saved governor of policy 4, to be put back to schedutil. */
static void revert_governor(const char *now, struct plan *plan)
{
	char *written[] = { (char *)"performance", (char *)"ondemand" };
	struct saved saved = { .kind = OP_GOVERNOR,
			       .id = 4,
			       .original = (char *)"schedutil",
			       .n_written = 2,
			       .written = written };
	struct state known = { .n_saved = 1, .saved = &saved };
	struct board board;

	board_init(&board);
	board.policies[1].governor = (char *)now;
	assert_int_equal(plan_revert(&board.machine, &known, plan), 0);
	assert_int_equal(plan->n_ops, 1);
}

static void test_revert_only_what_is_still_ours(void **state)
{
	static const struct {
		const char *now;
		enum op_result expected;
	} rows[] = {
		{ "performance", OP_WOULD_CHANGE },
		{ "ondemand", OP_WOULD_CHANGE },
		{ "schedutil", OP_UNCHANGED },
		{ "powersave", OP_SKIPPED },
		{ NULL, OP_SKIPPED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct plan plan;

		revert_governor(rows[i].now, &plan);
		if (plan.ops[0].result != rows[i].expected)
			fail_msg("%s: %s", rows[i].now, op_result_name(plan.ops[0].result));
		assert_string_equal(plan.ops[0].want, "schedutil");
		plan_done(&plan);
	}
}

static void test_revert_skips_an_interrupt_of_another_card(void **state)
{
	char *written[] = { (char *)"40" };
	struct saved saved = { .kind = OP_IRQ_AFFINITY,
			       .id = 30,
			       .card = "0003:31:00.0",
			       .original = (char *)"ff",
			       .n_written = 1,
			       .written = written };
	struct state known = { .n_saved = 1, .saved = &saved };
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "40");
	assert_int_equal(plan_revert(&board.machine, &known, &plan), 0);
	assert_int_equal(plan.ops[0].result, OP_SKIPPED);
	plan_done(&plan);
	strcpy(saved.card, board.cards[0].address);
	assert_int_equal(plan_revert(&board.machine, &known, &plan), 0);
	assert_int_equal(plan.ops[0].result, OP_WOULD_CHANGE);
	plan_done(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_plan_is_affinity_and_big_policies),
		cmocka_unit_test(test_nothing_would_change_once_in_force),
		cmocka_unit_test(test_mask_is_as_wide_as_the_machine),
		cmocka_unit_test(test_only_vectors_with_a_handler_are_moved),
		cmocka_unit_test(test_nothing_is_touched_without_a_ready_card),
		cmocka_unit_test(test_policy_of_offline_cpus_is_left_alone),
		cmocka_unit_test(test_request_for_a_cpu),
		cmocka_unit_test(test_isolated_cpu_can_be_asked_for),
		cmocka_unit_test(test_unknown_governor_is_refused_before_anything),
		cmocka_unit_test(test_idle_latency_on_chosen_cores_once),
		cmocka_unit_test(test_memory_governor),
		cmocka_unit_test(test_unmovable_interrupt_is_no_failure),
		cmocka_unit_test(test_merge_keeps_what_was_done),
		cmocka_unit_test(test_revert_only_what_is_still_ours),
		cmocka_unit_test(test_revert_skips_an_interrupt_of_another_card),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
