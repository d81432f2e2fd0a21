/* SPDX-License-Identifier: MIT */
/* What is planned, for tuning and for putting back. */

#include "machines.h"
#include "plan/config.h"
#include "plan/plan.h"
#include "plan/state.h"

#include <errno.h>

static struct config default_config(void)
{
	return (struct config){ .cpu = -1, .wanted[KIND_GOVERNOR] = (char *)"performance" };
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
	config.wanted[KIND_GOVERNOR] = NULL;
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
	config.wanted[KIND_IDLE_LATENCY] = (char *)"100";
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
	/* Nor does it matter then that an interrupt cannot be moved at all. */
	board.vectors[0][0].settable = false;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_UNMOVABLE);
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
	config.wanted[KIND_GOVERNOR] = (char *)"performnce";
	config.named = KIND_BIT(KIND_GOVERNOR);
	assert_int_equal(plan_tune(&board.machine, &config, NULL, &plan, &error), -EINVAL);
	assert_non_null(strstr(error.text, "'performnce'"));
	assert_non_null(strstr(error.text, "ondemand performance schedutil"));
	/* One policy offers it: the kernel judges the other. */
	board.policies[1].governors = (char *)"performnce schedutil";
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, POLICY(4))->result, OP_WOULD_CHANGE);
	assert_int_equal(get_op(&plan, POLICY(6))->result, OP_WOULD_CHANGE);
	plan_done(&plan);
}

static void test_default_governor_is_tried_even_if_none_offers_it(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.policies[1].governors = board.policies[2].governors = (char *)"schedutil";
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_WOULD_CHANGE);
	assert_int_equal(get_op(&plan, POLICY(6))->result, OP_WOULD_CHANGE);
	plan_done(&plan);
}

static void test_idle_latency_on_chosen_cores_once(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	config.wanted[KIND_GOVERNOR] = NULL;
	config.wanted[KIND_IDLE_LATENCY] = (char *)"100";
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
	config.wanted[KIND_MEMORY_GOVERNOR] = (char *)"performance";
	config.named = KIND_BIT(KIND_MEMORY_GOVERNOR);
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, DMC)->result, OP_FAILED);
	assert_int_equal(plan_sum(&plan, true), PLAN_PARTIAL);
	plan_done(&plan);
	board_set_memory(&board, "dmc_ondemand", NULL);
	tune(&board, &config, NULL, &plan);
	assert_int_equal(get_op(&plan, DMC)->result, OP_WOULD_CHANGE);
	plan_done(&plan);
	board_set_memory(&board, "dmc_ondemand", "dmc_ondemand userspace");
	assert_int_equal(plan_tune(&board.machine, &config, NULL, &plan, &error), -EINVAL);
}

static void test_unmovable_interrupt_is_no_failure(void **state)
{
	struct saved saved = {
		.kind = KIND_IRQ_AFFINITY, .id = 30, .card = "0000:01:00.0", .unmovable = EIO
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
	assert_true(get_op(&plan, AFFINITY)->told_before);
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
	assert_false(get_op(&plan, AFFINITY)->told_before);
	plan_done(&plan);
}

/* The first operation on the ban of an interrupt; NULL if there is none. */
static const struct op *find_ban(const struct plan *plan, int irq)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].kind == KIND_IRQBALANCE_BAN && plan->ops[i].id == irq)
			return &plan->ops[i];
	return NULL;
}

static void test_interrupt_is_banned_before_it_is_moved(void **state)
{
	static const struct {
		const char *name;
		enum kind kind;
		int id;
		const char *card, *path, *had, *want;
	} rows[] = {
		{ "first ban", KIND_IRQBALANCE_BAN, 30, "0000:01:00.0", "/run/irqbalance",
		  "balanced", "banned" },
		{ "first move", KIND_IRQ_AFFINITY, 30, "0000:01:00.0", AFFINITY, "ff", "40" },
		{ "second ban", KIND_IRQBALANCE_BAN, 31, "0001:01:00.0", "/run/irqbalance",
		  "balanced", "banned" },
		{ "second move", KIND_IRQ_AFFINITY, 31, "0001:01:00.0", "/proc/irq/31/smp_affinity",
		  "ff", "80" },
	};
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board_add_card(&board, 31, "ff");
	board.machine.irqbalance.pid = 640;
	config.wanted[KIND_GOVERNOR] = NULL;
	tune(&board, &config, NULL, &plan);
	assert_int_equal(plan.n_ops, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		row_equal(rows[i].name, plan.ops[i].kind, rows[i].kind);
		row_equal(rows[i].name, plan.ops[i].id, rows[i].id);
		row_same(rows[i].name, plan.ops[i].card, rows[i].card);
		row_same(rows[i].name, plan.ops[i].path, rows[i].path);
		row_same(rows[i].name, plan.ops[i].had, rows[i].had);
		row_same(rows[i].name, plan.ops[i].want, rows[i].want);
		row_equal(rows[i].name, plan.ops[i].result, OP_WOULD_CHANGE);
	}
	row_contains("why", plan.ops[2].why, "IRQ 31");
	plan_done(&plan);
}

static void test_interrupt_that_needs_no_ban(void **state)
{
	static const struct {
		const char *name;
		int pid, error;
		bool settable;
	} rows[] = {
		{ "no daemon", 0, 0, true },
		{ "not movable", 640, 0, false },
		/* Who may not ask may not tell. */
		{ "refused", 640, EACCES, true },
		{ "not permitted", 640, EPERM, true },
	};
	struct config config = default_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;
		struct plan plan;

		board_init(&board);
		board_add_card(&board, 30, "ff")->settable = rows[i].settable;
		board.machine.irqbalance = (struct irqbalance){ .pid = rows[i].pid,
								.error = rows[i].error };
		tune(&board, &config, NULL, &plan);
		row_true(rows[i].name, !find_ban(&plan, 30));
		row_equal(rows[i].name, plan.n_ops, 3);
		plan_done(&plan);
	}
}

/* The ban of interrupt 30, all else in its place, beside that daemon. The caller frees the plan. */
static const struct op *plan_beside(const struct irqbalance *irqbalance, struct plan *plan)
{
	struct config config = default_config();
	struct board board;

	config.wanted[KIND_GOVERNOR] = NULL;
	board_init(&board);
	board_add_card(&board, 30, "40");
	board.machine.irqbalance = *irqbalance;
	tune(&board, &config, NULL, plan);
	return find_ban(plan, 30);
}

static void test_ban_of_an_interrupt_in_its_place(void **state)
{
	static const struct {
		const char *name;
		int daemon_error, banned; /* one interrupt, 0 is none */
		const char *had;
		enum op_result result;
		int error;
		enum plan_result sum;
	} rows[] = {
		{ "balanced", 0, 0, "balanced", OP_WOULD_CHANGE, 0, PLAN_TUNED },
		{ "another banned", 0, 31, "balanced", OP_WOULD_CHANGE, 0, PLAN_TUNED },
		{ "banned", 0, 30, "banned", OP_UNCHANGED, 0, PLAN_UNCHANGED },
		{ "no answer", ETIMEDOUT, 0, NULL, OP_SKIPPED, ETIMEDOUT, PLAN_UNCHANGED },
		{ "no socket", ENOENT, 0, NULL, OP_SKIPPED, ENOENT, PLAN_UNCHANGED },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int banned = rows[i].banned;
		const struct irqbalance irqbalance = { .pid = 640,
						       .error = rows[i].daemon_error,
						       .n_banned = banned ? 1 : 0,
						       .banned = &banned };
		struct plan plan;
		const struct op *op = plan_beside(&irqbalance, &plan);

		row_true(rows[i].name, op != NULL);
		row_same(rows[i].name, op->had, rows[i].had);
		row_same(rows[i].name, op->want, "banned");
		row_equal(rows[i].name, op->result, rows[i].result);
		row_equal(rows[i].name, op->error, rows[i].error);
		row_equal(rows[i].name, plan_sum(&plan, true), rows[i].sum);
		plan_done(&plan);
	}
}

/* Up to 1.9.4 irqbalance reads 500 bytes of a command. */
static void test_ban_on_a_full_list(void **state)
{
	static const struct {
		const char *name, *arguments;
		int last; /* bans of 100 to this one, four bytes each, after "settings ban irqs" */
		enum op_result result;
		int error;
	} rows[] = {
		{ "room for one", "irqbalance", 218, OP_WOULD_CHANGE, 0 },
		{ "full", "irqbalance", 219, OP_FAILED, E2BIG },
		{ "full, told of the driver", "irqbalance --banmod=ax_pcie_dev_host", 219,
		  OP_SKIPPED, E2BIG },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int banned[200];
		struct irqbalance irqbalance = { .pid = 640,
						 .arguments = (char *)rows[i].arguments,
						 .banned = banned };
		const struct op *op;
		struct plan plan;

		for (int irq = 100; irq <= rows[i].last; irq++)
			banned[irqbalance.n_banned++] = irq;
		op = plan_beside(&irqbalance, &plan);
		row_true(rows[i].name, op != NULL);
		row_equal(rows[i].name, op->result, rows[i].result);
		row_equal(rows[i].name, op->error, rows[i].error);
		plan_done(&plan);
	}
}

static void test_speed_of_userspace(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "40");
	board.policies[1].governor = (char *)"userspace";
	board.policies[1].speed = (char *)"1200000";
	tune(&board, &config, NULL, &plan);
	/* Saved with the governor that forgets it, and of no other policy. */
	assert_int_equal(plan.n_ops, 4);
	assert_int_equal(plan.ops[3].kind, KIND_GOVERNOR_SPEED);
	assert_int_equal(plan.ops[3].id, 4);
	assert_string_equal(plan.ops[3].had, "1200000");
	assert_int_equal(plan.ops[3].result, OP_WOULD_CHANGE);
	plan_done(&plan);
}

static void test_interrupt_is_moved_without_an_answer_of_irqbalance(void **state)
{
	struct config config = default_config();
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.machine.irqbalance = (struct irqbalance){ .pid = 640, .error = ETIMEDOUT };
	tune(&board, &config, NULL, &plan);
	assert_int_equal(find_ban(&plan, 30)->result, OP_SKIPPED);
	assert_int_equal(get_op(&plan, AFFINITY)->result, OP_WOULD_CHANGE);
	assert_int_equal(plan_sum(&plan, true), PLAN_TUNED);
	plan_done(&plan);
}

static void test_ban_of_an_interrupt_that_left_its_card_is_lifted(void **state)
{
	static const struct {
		const char *name;
		enum kind kind;
		int pid, banned[2];
		bool lifted;
	} rows[] = {
		{ "in force", KIND_IRQBALANCE_BAN, 640, { 30, 29 }, true },
		{ "lifted before", KIND_IRQBALANCE_BAN, 640, { 30, 28 }, false },
		{ "another's ban", KIND_IRQ_AFFINITY, 640, { 30, 29 }, false },
		{ "no daemon", KIND_IRQBALANCE_BAN, 0, { 0, 0 }, false },
	};
	struct config config = default_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* 30 is still the card's, 29 was. */
		struct saved saved[] = {
			{ .kind = rows[i].kind, .id = 30, .card = "0000:01:00.0" },
			{ .kind = rows[i].kind, .id = 29, .card = "0000:01:00.0" },
		};
		struct state known = { .n_saved = 2, .saved = saved };
		int banned[] = { rows[i].banned[0], rows[i].banned[1] };
		const struct op *op;
		struct board board;
		struct plan plan;

		board_init(&board);
		board_add_card(&board, 30, "ff");
		board.machine.irqbalance = (struct irqbalance){ .pid = rows[i].pid,
								.n_banned = 2,
								.banned = banned };
		tune(&board, &config, &known, &plan);
		op = find_ban(&plan, 29);
		row_equal(rows[i].name, op != NULL, rows[i].lifted);
		if (op) {
			row_same(rows[i].name, op->card, "0000:01:00.0");
			row_same(rows[i].name, op->had, "banned");
			row_same(rows[i].name, op->want, "balanced");
			row_equal(rows[i].name, op->result, OP_WOULD_CHANGE);
		}
		op = find_ban(&plan, 30);
		row_equal(rows[i].name, op != NULL, rows[i].pid != 0);
		row_equal(rows[i].name, plan.n_ops, 3 + (rows[i].pid != 0) + rows[i].lifted);
		plan_done(&plan);
	}
}

static void test_ban_of_an_interrupt_that_another_card_has_now_stays(void **state)
{
	struct config config = default_config();
	/* They have swapped their numbers. */
	struct saved saved[] = {
		{ .kind = KIND_IRQBALANCE_BAN, .id = 30, .card = "0001:01:00.0" },
		{ .kind = KIND_IRQBALANCE_BAN, .id = 31, .card = "0000:01:00.0" },
	};
	struct state known = { .n_saved = 2, .saved = saved };
	int banned[] = { 30, 31 };
	struct board board;
	struct plan plan;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board_add_card(&board, 31, "ff");
	board.machine.irqbalance = (struct irqbalance){ .pid = 640,
							.n_banned = 2,
							.banned = banned };
	tune(&board, &config, &known, &plan);
	for (size_t i = 0; i < plan.n_ops; i++)
		if (plan.ops[i].kind == KIND_IRQBALANCE_BAN)
			assert_int_equal(plan.ops[i].result, OP_UNCHANGED);
	plan_done(&plan);
}

/* Adds an operation on interrupt 30 that has come to RESULT. */
static void add_result(struct plan *plan, enum kind kind, const char *card, enum op_result result)
{
	bool ban = kind == KIND_IRQBALANCE_BAN;
	struct op *op = plan_add_op(plan, kind, 30, card, ban ? "balanced" : "ff",
				    strdup(ban ? "banned" : "40"), strdup("why"));

	assert_non_null(op);
	op->result = result;
}

static void test_settings_of_one_interrupt_are_told_apart(void **state)
{
	struct plan plan = { 0 }, other = { 0 };

	(void)state;
	add_result(&plan, KIND_IRQBALANCE_BAN, "0000:01:00.0", OP_CHANGED);
	add_result(&plan, KIND_IRQ_AFFINITY, "0000:01:00.0", OP_CHANGED);
	add_result(&other, KIND_IRQ_AFFINITY, "0000:01:00.0", OP_FAILED);
	add_result(&other, KIND_IRQBALANCE_BAN, "0001:01:00.0", OP_SKIPPED);
	assert_ptr_equal(plan_find_op(&plan, &other.ops[0]), &plan.ops[1]);
	assert_null(plan_find_op(&plan, &other.ops[1]));
	plan_done(&plan);
	plan_done(&other);
}

/* One saved governor of policy 4, to be put back to schedutil. */
static void revert_governor(const char *now, struct plan *plan)
{
	char *written[] = { (char *)"performance", (char *)"ondemand" };
	struct saved saved = { .kind = KIND_GOVERNOR,
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
	struct saved saved = { .kind = KIND_IRQ_AFFINITY,
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

static void test_revert_keeps_what_cannot_be_read(void **state)
{
	static const struct {
		const char *name;
		int error, kept; /* errno of the reading, and of the operation */
	} rows[] = { { "all CPUs are offline", EBUSY, EBUSY },
		     { "unreadable", EIO, EIO },
		     { "gone", ENOENT, 0 } };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *written[] = { (char *)"performance" };
		struct saved saved = { .kind = KIND_GOVERNOR,
				       .id = 4,
				       .original = (char *)"schedutil",
				       .n_written = 1,
				       .written = written };
		const struct state known = { .n_saved = 1, .saved = &saved };
		struct board board;
		struct plan plan;

		board_init(&board);
		board.policies[1].governor = NULL;
		board.policies[1].governor_error = rows[i].error;
		assert_int_equal(plan_revert(&board.machine, &known, &plan), 0);
		row_equal(rows[i].name, plan.ops[0].result, OP_SKIPPED);
		row_equal(rows[i].name, plan.ops[0].error, rows[i].kept);
		plan_done(&plan);
	}
}

static void test_revert_of_a_ban(void **state)
{
	static const struct {
		const char *name;
		int pid, daemon_error, banned; /* one interrupt, 0 is none */
		const char *had;
		enum op_result result;
		int error;
	} rows[] = {
		{ "in force", 640, 0, 30, "banned", OP_WOULD_CHANGE, 0 },
		{ "lifted before", 640, 0, 0, "balanced", OP_UNCHANGED, 0 },
		{ "another's ban", 640, 0, 31, "balanced", OP_UNCHANGED, 0 },
		{ "daemon gone", 0, 0, 0, NULL, OP_SKIPPED, 0 },
		{ "no answer", 640, ETIMEDOUT, 0, NULL, OP_FAILED, ETIMEDOUT },
		{ "no socket", 640, ENOENT, 0, NULL, OP_FAILED, ENOENT },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *written[] = { (char *)"banned" };
		struct saved saved = { .kind = KIND_IRQBALANCE_BAN,
				       .id = 30,
				       .card = "0000:01:00.0",
				       .original = (char *)"balanced",
				       .n_written = 1,
				       .written = written };
		struct state known = { .n_saved = 1, .saved = &saved };
		int banned = rows[i].banned;
		struct board board;
		struct plan plan;

		/* The card need not be there: its interrupt is still banned. */
		board_init(&board);
		board.machine.irqbalance = (struct irqbalance){ .pid = rows[i].pid,
								.error = rows[i].daemon_error,
								.n_banned = banned ? 1 : 0,
								.banned = &banned };
		assert_int_equal(plan_revert(&board.machine, &known, &plan), 0);
		assert_int_equal(plan.n_ops, 1);
		row_same(rows[i].name, plan.ops[0].had, rows[i].had);
		row_same(rows[i].name, plan.ops[0].want, "balanced");
		row_equal(rows[i].name, plan.ops[0].result, rows[i].result);
		row_equal(rows[i].name, plan.ops[0].error, rows[i].error);
		plan_done(&plan);
	}
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
		cmocka_unit_test(test_default_governor_is_tried_even_if_none_offers_it),
		cmocka_unit_test(test_idle_latency_on_chosen_cores_once),
		cmocka_unit_test(test_memory_governor),
		cmocka_unit_test(test_unmovable_interrupt_is_no_failure),
		cmocka_unit_test(test_interrupt_is_banned_before_it_is_moved),
		cmocka_unit_test(test_interrupt_that_needs_no_ban),
		cmocka_unit_test(test_ban_of_an_interrupt_in_its_place),
		cmocka_unit_test(test_ban_on_a_full_list),
		cmocka_unit_test(test_speed_of_userspace),
		cmocka_unit_test(test_interrupt_is_moved_without_an_answer_of_irqbalance),
		cmocka_unit_test(test_ban_of_an_interrupt_that_left_its_card_is_lifted),
		cmocka_unit_test(test_ban_of_an_interrupt_that_another_card_has_now_stays),
		cmocka_unit_test(test_settings_of_one_interrupt_are_told_apart),
		cmocka_unit_test(test_revert_only_what_is_still_ours),
		cmocka_unit_test(test_revert_skips_an_interrupt_of_another_card),
		cmocka_unit_test(test_revert_keeps_what_cannot_be_read),
		cmocka_unit_test(test_revert_of_a_ban),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
