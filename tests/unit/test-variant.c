/* SPDX-License-Identifier: MIT */
/* The variants that bench compares: their names, and the plans that put them in force. */

#include "bench/variant.h"
#include "machines.h"
#include "plan/config.h"
#include "plan/plan.h"
#include "plan/state.h"

#include <errno.h>

#define IRQ	 (1U << KIND_IRQ_AFFINITY | 1U << KIND_IRQBALANCE_BAN | 1U << KIND_IRQ_THREAD)
#define GOVERNOR (1U << KIND_GOVERNOR | 1U << KIND_GOVERNOR_SPEED)
#define IDLE	 (1U << KIND_IDLE_LATENCY)
#define MEMORY	 (1U << KIND_MEMORY_GOVERNOR)

static struct config default_config(void)
{
	return (struct config){ .cpu = -1, .wanted[KIND_GOVERNOR] = (char *)"performance" };
}

/* --- Names ------------------------------------------------------------------------------------ */

static void test_variants_by_name(void **state)
{
	static const struct {
		const char *name;
		unsigned kinds;
		int cpu;
	} rows[] = {
		{ "default", 0, -1 },
		{ "tuned", IRQ | GOVERNOR, -1 },
		{ "irq", IRQ, -1 },
		{ "governor", GOVERNOR, -1 },
		{ "idle", IDLE, -1 },
		{ "memory", MEMORY, -1 },
		{ "cpu0", IRQ, 0 },
		{ "cpu511", IRQ, 511 },
		{ "irq+governor", IRQ | GOVERNOR, -1 },
		{ "tuned+idle", IRQ | GOVERNOR | IDLE, -1 },
		{ "cpu5+tuned", IRQ | GOVERNOR, 5 },
		{ "irq+cpu5", IRQ, 5 },
		{ "irq+irq", IRQ, -1 },
		{ "memory+idle+governor+cpu7", IRQ | GOVERNOR | IDLE | MEMORY, 7 },
		/* 47 bytes. */
		{ "governor+governor+governor+governor+irq+irq+irq", IRQ | GOVERNOR, -1 },
	};
	struct config config = default_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *list = text_format("cpu1,%s,cpu2", rows[i].name);
		struct variants variants;
		struct error error = { 0 };

		row_equal(rows[i].name, variants_parse(list, NULL, &config, &variants, &error), 0);
		row_equal(rows[i].name, variants.count, 3);
		row_same(rows[i].name, variants.list[0].name, "cpu1");
		row_same(rows[i].name, variants.list[1].name, rows[i].name);
		row_equal(rows[i].name, variants.list[1].kinds, rows[i].kinds);
		row_equal(rows[i].name, variants.list[1].cpu, rows[i].cpu);
		row_same(rows[i].name, variants.list[2].name, "cpu2");
	}
}

static void test_tuned_is_what_apply_does(void **state)
{
	static const struct {
		const char *name;
		struct config config;
		unsigned kinds;
	} rows[] = {
		{ "Governor=off", { .cpu = -1 }, IRQ },
		{ "IdleLatency=1", { .wanted[KIND_IDLE_LATENCY] = (char *)"1" }, IRQ | IDLE },
		{ "MemoryGovernor=",
		  { .wanted[KIND_MEMORY_GOVERNOR] = (char *)"performance" },
		  IRQ | MEMORY },
		{ "all",
		  { .wanted[KIND_IDLE_LATENCY] = (char *)"20",
		    .wanted[KIND_GOVERNOR] = (char *)"ondemand",
		    .wanted[KIND_MEMORY_GOVERNOR] = (char *)"performance" },
		  IRQ | GOVERNOR | IDLE | MEMORY },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct variants variants;
		struct error error = { 0 };

		row_equal(rows[i].name,
			  variants_parse("default,tuned", NULL, &rows[i].config, &variants, &error),
			  0);
		row_equal(rows[i].name, variants.list[1].kinds, rows[i].kinds);
	}
}

static void test_lists_that_are_refused(void **state)
{
	static const struct {
		const char *list, *error;
	} rows[] = {
		{ "", "unknown setting ''" },
		{ "default,", "unknown setting ''" },
		{ ",default", "unknown setting ''" },
		{ "default,fast", "unknown setting 'fast': use default, or tuned, irq" },
		{ "default,Tuned", "unknown setting 'Tuned'" },
		{ "default, tuned", "unknown setting ' tuned'" },
		{ "default+irq,tuned", "unknown setting 'default+irq'" },
		{ "irq+default,tuned", "unknown setting 'irq+default'" },
		{ "default,irq+", "unknown setting 'irq+'" },
		{ "default,+irq", "unknown setting '+irq'" },
		{ "default,irq++idle", "unknown setting 'irq++idle'" },
		{ "default,cpu", "unknown setting 'cpu'" },
		{ "default,cpu-1", "unknown setting 'cpu-1'" },
		{ "default,cpu5x", "unknown setting 'cpu5x'" },
		{ "default,cpu99999999999", "unknown setting 'cpu99999999999'" },
		{ "default,cpu5+cpu6", "unknown setting 'cpu5+cpu6'" },
		{ "default,default", "setting default is listed twice" },
		{ "default,tuned,irq,tuned", "setting tuned is listed twice" },
		{ "tuned", "at least two settings" },
		/* 48 bytes. */
		{ "default,governor+governor+governor+governor+idle+irq+irq", "unknown setting" },
	};
	struct config config = default_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct variants variants = { .count = 42 };
		struct error error = { 0 };

		row_equal(rows[i].list,
			  variants_parse(rows[i].list, NULL, &config, &variants, &error), -EINVAL);
		row_contains(rows[i].list, error.text, rows[i].error);
		row_equal(rows[i].list, variants.count, 42);
	}
}

static void test_as_many_variants_as_there_is_room_for(void **state)
{
	struct config config = default_config();
	struct variants variants = { .count = 42 };
	struct error error = { 0 };
	char list[512] = "default";

	(void)state;
	for (int cpu = 1; cpu < VARIANTS_MAX; cpu++)
		snprintf(list + strlen(list), sizeof(list) - strlen(list), ",cpu%d", cpu);
	assert_int_equal(variants_parse(list, NULL, &config, &variants, &error), 0);
	assert_int_equal(variants.count, 32);
	assert_string_equal(variants.list[31].name, "cpu31");
	strcat(list, ",tuned");
	assert_int_equal(variants_parse(list, NULL, &config, &variants, &error), -EINVAL);
	assert_string_equal(error.text, "--settings takes up to 32 settings");
}

static void test_a_variant_for_each_cpu_that_is_online(void **state)
{
	static const char *const names[] = {
		"default",    "cpu0+tuned", "cpu1+tuned", "cpu2+tuned",
		"cpu4+tuned", "cpu5+tuned", "cpu6+tuned", "cpu7+tuned",
	};
	struct config config = default_config();
	struct variants variants = { .count = 42 };
	struct error error = { 0 };
	struct board board;

	(void)state;
	board_init(&board);
	board.cpus[3].online = false;
	assert_int_equal(
		variants_parse("default,cpus", &board.machine.cpus, &config, &variants, &error), 0);
	assert_int_equal(variants.count, ARRAY_SIZE(names));
	for (size_t i = 0; i < variants.count; i++)
		assert_string_equal(variants.list[i].name, names[i]);
	assert_int_equal(variants.list[0].kinds, 0);
	assert_int_equal(variants.list[7].kinds, IRQ | GOVERNOR);
	assert_int_equal(variants.list[7].cpu, 7);
}

static void test_no_variants_for_more_cpus_than_there_is_room_for(void **state)
{
	struct config config = default_config();
	struct variants variants = { .count = 42 };
	struct cpu list[33] = { 0 };
	struct cpus cpus = { .n_cpus = ARRAY_SIZE(list), .cpus = list };
	struct error error = { 0 };

	(void)state;
	for (int i = 0; i < 33; i++)
		list[i] = (struct cpu){ .id = i, .online = i != 16 };
	assert_int_equal(variants_parse("default,cpus", &cpus, &config, &variants, &error),
			 -EINVAL);
	assert_non_null(strstr(error.text, "up to 32 settings"));
	assert_int_equal(variants.count, 42);
	list[0].online = false;
	assert_int_equal(variants_parse("default,cpus", &cpus, &config, &variants, &error), 0);
	assert_int_equal(variants.count, 32);
	assert_string_equal(variants.list[31].name, "cpu32+tuned");
}

/* --- Plans ------------------------------------------------------------------------------------ */

static char *performance[] = { (char *)"performance" };
static char *cpu6[] = { (char *)"40" };

/* What apply has saved: the first two are governors, the third is the interrupt. */
static struct saved all_saved[] = {
	{ .kind = KIND_GOVERNOR,
	  .id = 4,
	  .original = (char *)"schedutil",
	  .n_written = 1,
	  .written = performance },
	{ .kind = KIND_GOVERNOR,
	  .id = 6,
	  .original = (char *)"schedutil",
	  .n_written = 1,
	  .written = performance },
	{ .kind = KIND_IRQ_AFFINITY,
	  .id = 30,
	  .card = "0000:01:00.0",
	  .original = (char *)"ff",
	  .n_written = 1,
	  .written = cpu6 },
};

static void board_make(struct board *board, const char *mask, const char *governor)
{
	board_init(board);
	board_add_card(board, 30, mask);
	board->policies[1].governor = board->policies[2].governor = (char *)governor;
	board_set_memory(board, "dmc_ondemand", "dmc_ondemand performance");
}

static struct variant get_variant(const char *name, const struct config *config)
{
	CLEANUP_FREE char *list = text_format("irq+cpu0,%s", name);
	struct variants variants = { .count = 42 };
	struct error error = { 0 };

	assert_non_null(list);
	if (variants_parse(list, NULL, config, &variants, &error) < 0)
		fail_msg("%s", error.text);
	return variants.list[1];
}

/* HAD and WANT of each operation: '>' would change, '=' unchanged, '/' skipped, '!' all else. */
static char *describe(const struct plan *plan)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		enum op_result result = op->result;

		fprintf(out, "%s%s %d %s%c%s", i ? ", " : "", kinds[op->kind].name, op->id,
			op->had ? op->had : "gone",
			result == OP_WOULD_CHANGE ? '>'
			: result == OP_UNCHANGED  ? '='
			: result == OP_SKIPPED	  ? '/'
						  : '!',
			op->want);
	}
	assert_int_equal(fclose(out), 0);
	return text;
}

static void plan_for(const char *name, const struct board *board, const struct config *config,
		     const struct state *known, struct plan *plan)
{
	struct variant variant = get_variant(name, config);
	struct error error = { 0 };

	if (variant_plan(&variant, &board->machine, config, known, plan, &error) < 0)
		fail_msg("variant_plan %s: %s", name, error.text);
}

static void test_plans(void **state)
{
	static const struct {
		const char *name, *variant, *mask, *governor;
		size_t n_saved;
		const char *wanted;
	} rows[] = {
		{ "nothing was changed", "default", "ff", "schedutil", 0, "" },
		{ "interrupt alone", "irq", "ff", "schedutil", 0, "irq-affinity 30 ff>40" },
		{ "governors alone", "governor", "ff", "schedutil", 0,
		  "governor 4 schedutil>performance, governor 6 schedutil>performance" },
		{ "all that apply does", "tuned", "ff", "schedutil", 0,
		  "irq-affinity 30 ff>40, governor 4 schedutil>performance, "
		  "governor 6 schedutil>performance" },
		{ "idle", "idle", "ff", "schedutil", 0, "idle-latency 6 0>20" },
		{ "memory", "memory", "ff", "schedutil", 0,
		  "memory-governor 0 dmc_ondemand>performance" },
		{ "CPU5", "cpu5", "ff", "schedutil", 0, "irq-affinity 30 ff>20" },
		{ "small CPU", "cpu1", "ff", "schedutil", 0, "irq-affinity 30 ff>02" },
		{ "idle of CPU5", "cpu5+idle", "ff", "schedutil", 0,
		  "irq-affinity 30 ff>20, idle-latency 5 0>20" },
		{ "from tuned to tuned", "tuned", "40", "performance", 3,
		  "irq-affinity 30 40=40, governor 4 performance=performance, "
		  "governor 6 performance=performance" },
		{ "from tuned to default", "default", "40", "performance", 3,
		  "governor 4 performance>schedutil, governor 6 performance>schedutil, "
		  "irq-affinity 30 40>ff" },
		{ "from tuned to interrupt", "irq", "40", "performance", 3,
		  "governor 4 performance>schedutil, governor 6 performance>schedutil, "
		  "irq-affinity 30 40=40" },
		{ "from tuned to governors", "governor", "40", "performance", 3,
		  "irq-affinity 30 40>ff, governor 4 performance=performance, "
		  "governor 6 performance=performance" },
		{ "from tuned to CPU5", "cpu5+tuned", "40", "performance", 3,
		  "irq-affinity 30 40>20, governor 4 performance=performance, "
		  "governor 6 performance=performance" },
		{ "from default to default", "default", "ff", "schedutil", 3,
		  "governor 4 schedutil=schedutil, governor 6 schedutil=schedutil, "
		  "irq-affinity 30 ff=ff" },
		{ "value of something else", "default", "80", "ondemand", 3,
		  "governor 4 ondemand>schedutil, governor 6 ondemand>schedutil, "
		  "irq-affinity 30 80>ff" },
		{ "value of something else that was not saved", "irq", "ff", "ondemand", 0,
		  "irq-affinity 30 ff>40" },
		{ "governor that is gone", "default", "40", NULL, 3,
		  "governor 4 gone/schedutil, governor 6 gone/schedutil, irq-affinity 30 40>ff" },
	};
	struct config config = default_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct state known = { .n_saved = rows[i].n_saved, .saved = all_saved };
		CLEANUP_FREE char *got = NULL;
		struct board board;
		struct plan plan;

		board_make(&board, rows[i].mask, rows[i].governor);
		plan_for(rows[i].variant, &board, &config, &known, &plan);
		got = describe(&plan);
		row_same(rows[i].name, got, rows[i].wanted);
		plan_done(&plan);
	}
}

static void test_plans_by_configuration(void **state)
{
	static const struct {
		const char *name;
		struct config config;
		const char *variant, *wanted;
	} rows[] = {
		{ "Governor=off, governor",
		  { .cpu = -1 },
		  "governor",
		  "governor 4 schedutil>performance, governor 6 schedutil>performance" },
		{ "Governor=off, tuned", { .cpu = -1 }, "tuned", "irq-affinity 30 ff>40" },
		{ "Governor=ondemand",
		  { .cpu = -1, .wanted[KIND_GOVERNOR] = (char *)"ondemand" },
		  "governor",
		  "governor 4 schedutil>ondemand, governor 6 schedutil>ondemand" },
		{ "Cpu=7", { .cpu = 7 }, "irq+idle", "irq-affinity 30 ff>80, idle-latency 7 0>20" },
		{ "Cpu=7, cpu5", { .cpu = 7 }, "cpu5", "irq-affinity 30 ff>20" },
		{ "IdleLatency=100",
		  { .cpu = -1, .wanted[KIND_IDLE_LATENCY] = (char *)"100" },
		  "idle",
		  "idle-latency 6 0>100" },
		{ "IdleLatency=100, irq",
		  { .cpu = -1, .wanted[KIND_IDLE_LATENCY] = (char *)"100" },
		  "irq",
		  "irq-affinity 30 ff>40" },
		{ "IdleLatency=100, tuned",
		  { .cpu = -1, .wanted[KIND_IDLE_LATENCY] = (char *)"100" },
		  "tuned",
		  "irq-affinity 30 ff>40, idle-latency 6 0>100" },
		{ "MemoryGovernor=dmc_ondemand",
		  { .cpu = -1, .wanted[KIND_MEMORY_GOVERNOR] = (char *)"dmc_ondemand" },
		  "memory",
		  "memory-governor 0 dmc_ondemand=dmc_ondemand" },
	};
	struct state known = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *got = NULL;
		struct board board;
		struct plan plan;

		board_make(&board, "ff", "schedutil");
		plan_for(rows[i].variant, &board, &rows[i].config, &known, &plan);
		got = describe(&plan);
		row_same(rows[i].name, got, rows[i].wanted);
		plan_done(&plan);
	}
}

static void test_ban_belongs_to_the_interrupt(void **state)
{
	static const struct {
		const char *variant, *wanted;
	} rows[] = {
		{ "irq", "irqbalance-ban 30 balanced>banned, irq-affinity 30 ff>40" },
		{ "cpu5", "irqbalance-ban 30 balanced>banned, irq-affinity 30 ff>20" },
		{ "governor",
		  "governor 4 schedutil>performance, governor 6 schedutil>performance" },
		{ "default", "" },
	};
	struct config config = default_config();
	struct state known = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *got = NULL;
		struct board board;
		struct plan plan;

		board_make(&board, "ff", "schedutil");
		board.machine.irqbalance.pid = 640;
		plan_for(rows[i].variant, &board, &config, &known, &plan);
		got = describe(&plan);
		row_same(rows[i].variant, got, rows[i].wanted);
		plan_done(&plan);
	}
}

static void test_no_plan_for_what_the_machine_does_not_have(void **state)
{
	static const struct {
		const char *variant;
		int r;
		const char *error;
	} rows[] = {
		{ "cpu8", -EINVAL, "there is no CPU8" },
		{ "cpu3+tuned", -ENXIO, "CPU3 is offline" },
		{ "memory", -EINVAL, "the memory governor cannot be 'performance'" },
	};
	struct config config = default_config();
	struct state known = { .n_saved = ARRAY_SIZE(all_saved), .saved = all_saved };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct variant variant = get_variant(rows[i].variant, &config);
		struct error error = { 0 };
		struct board board;
		struct plan plan;

		board_make(&board, "40", "performance");
		board.cpus[3].online = false;
		board_set_memory(&board, "dmc_ondemand", "dmc_ondemand");
		row_equal(rows[i].variant,
			  variant_plan(&variant, &board.machine, &config, &known, &plan, &error),
			  rows[i].r);
		row_contains(rows[i].variant, error.text, rows[i].error);
	}
}

/* --- What is missing -------------------------------------------------------------------------- */

static void test_governor_that_is_missing_matters_only_where_it_is_asked_for(void **state)
{
	static const struct {
		const char *name;
		int result;
	} rows[] = { { "default", 0 }, { "irq", 0 }, { "tuned", 0 }, { "governor", -EINVAL } };
	const struct config config = { .cpu = -1 };
	const struct state known = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct variant variant = get_variant(rows[i].name, &config);
		struct plan plan = { 0 };
		struct error error;
		struct board board;

		board_make(&board, "ff", "schedutil");
		for (int k = 0; k < 3; k++)
			board.policies[k].governors = (char *)"ondemand schedutil";
		row_equal(rows[i].name,
			  variant_plan(&variant, &board.machine, &config, &known, &plan, &error),
			  rows[i].result);
		plan_done(&plan);
	}
}

static void test_what_is_missing(void **state)
{
	static const struct {
		const char *name, *variant, *mask, *governor, *wanted;
	} rows[] = {
		{ "default in force", "default", "ff", "schedutil", NULL },
		{ "tuned in force", "tuned", "40", "performance", NULL },
		{ "interrupt in force", "irq", "00000040", "schedutil", NULL },
		{ "interrupt elsewhere", "irq", "ff", "schedutil", "/proc/irq/30/smp_affinity" },
		{ "interrupt moved by something else", "default", "02", "schedutil",
		  "/proc/irq/30/smp_affinity" },
		{ "governor of apply", "irq", "40", "performance",
		  "/sys/devices/system/cpu/cpufreq/policy4/scaling_governor" },
		{ "governor of something else", "irq", "40", "ondemand",
		  "/sys/devices/system/cpu/cpufreq/policy4/scaling_governor" },
		{ "governor of something else instead", "governor", "ff", "ondemand",
		  "/sys/devices/system/cpu/cpufreq/policy4/scaling_governor" },
		{ "governor that is gone", "irq", "40", NULL, NULL },
		{ "governor that is gone, but wanted", "governor", "ff", NULL,
		  "/sys/devices/system/cpu/cpufreq/policy4/scaling_governor" },
	};
	struct state known = { .n_saved = ARRAY_SIZE(all_saved), .saved = all_saved };
	struct config config = default_config();

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct variant variant = { .cpu = -1 };
		const struct op *missing;
		struct board board;
		struct plan plan;

		board_make(&board, rows[i].mask, rows[i].governor);
		plan_for(rows[i].variant, &board, &config, &known, &plan);
		missing = variant_missing(&variant, &plan);
		row_same(rows[i].name, missing ? missing->path : NULL, rows[i].wanted);
		plan_done(&plan);
	}
}

static void test_unmovable_interrupt_is_missing_where_it_was_asked_for(void **state)
{
	static const struct {
		const char *variant;
		bool moves;
	} rows[] = { { "irq", true }, { "cpu7", true }, { "tuned", false } };
	struct config config = default_config();
	struct state known = { 0 };
	struct board board;
	struct plan plan;

	(void)state;
	board_make(&board, "ff", "schedutil");
	board.vectors[0][0].settable = false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct variant variant = { .cpu = -1, .moves = rows[i].moves };

		plan_for(rows[i].variant, &board, &config, &known, &plan);
		assert_int_equal(plan.ops[0].result, OP_UNMOVABLE);
		/* All that "tuned" can do here is the governors. */
		while (plan.n_ops > 1)
			op_done(&plan.ops[--plan.n_ops]);
		row_true(rows[i].variant,
			 (variant_missing(&variant, &plan) != NULL) == rows[i].moves);
		plan_done(&plan);
	}
}

/* --- The way back ----------------------------------------------------------------------------- */

static void test_back_to_what_was_found(void **state)
{
	static const struct {
		const char *name, *found_mask, *found_governor;
		size_t n_found; /* saved at the start; of the governors first */
		const char *mask, *governor, *wanted;
	} rows[] = {
		{ "tuned before, default now", "40", "performance", 3, "ff", "schedutil",
		  "governor 4 schedutil>performance, governor 6 schedutil>performance, "
		  "irq-affinity 30 ff>40" },
		{ "tuned before, tuned now", "40", "performance", 3, "40", "performance",
		  "governor 4 performance=performance, governor 6 performance=performance, "
		  "irq-affinity 30 40=40" },
		{ "nothing saved before", "ff", "schedutil", 0, "40", "performance",
		  "governor 4 performance>schedutil, governor 6 performance>schedutil, "
		  "irq-affinity 30 40>ff" },
		{ "nothing saved before, default now", "ff", "schedutil", 0, "ff", "schedutil",
		  "governor 4 schedutil=schedutil, governor 6 schedutil=schedutil, "
		  "irq-affinity 30 ff=ff" },
		{ "governors saved before", "ff", "performance", 2, "40", "schedutil",
		  "governor 4 schedutil>performance, governor 6 schedutil>performance, "
		  "irq-affinity 30 40>ff" },
		{ "reverted by hand before", "ff", "schedutil", 3, "40", "performance",
		  "governor 4 performance>schedutil, governor 6 performance>schedutil, "
		  "irq-affinity 30 40>ff" },
		{ "set by something else before", "02", "ondemand", 3, "40", "performance",
		  "governor 4 performance>ondemand, governor 6 performance>ondemand, "
		  "irq-affinity 30 40>02" },
		{ "set by something else now", "40", "performance", 3, "02", "ondemand",
		  "governor 4 ondemand>performance, governor 6 ondemand>performance, "
		  "irq-affinity 30 02>40" },
		{ "gone before", "40", NULL, 3, "ff", "performance",
		  "governor 4 performance>schedutil, governor 6 performance>schedutil, "
		  "irq-affinity 30 ff>40" },
		{ "gone now", "40", "performance", 3, "40", NULL,
		  "governor 4 gone/performance, governor 6 gone/performance, "
		  "irq-affinity 30 40=40" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct state before = { .n_saved = rows[i].n_found, .saved = all_saved };
		struct state now = { .n_saved = ARRAY_SIZE(all_saved), .saved = all_saved };
		CLEANUP_FREE char *got = NULL;
		struct plan found, plan;
		struct board board;

		board_make(&board, rows[i].found_mask, rows[i].found_governor);
		row_equal(rows[i].name, plan_revert(&board.machine, &before, &found), 0);
		board_make(&board, rows[i].mask, rows[i].governor);
		row_equal(rows[i].name, variant_plan_back(&board.machine, &now, &found, &plan), 0);
		got = describe(&plan);
		row_same(rows[i].name, got, rows[i].wanted);
		plan_done(&found);
		plan_done(&plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_variants_by_name),
		cmocka_unit_test(test_tuned_is_what_apply_does),
		cmocka_unit_test(test_lists_that_are_refused),
		cmocka_unit_test(test_as_many_variants_as_there_is_room_for),
		cmocka_unit_test(test_a_variant_for_each_cpu_that_is_online),
		cmocka_unit_test(test_no_variants_for_more_cpus_than_there_is_room_for),
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_plans_by_configuration),
		cmocka_unit_test(test_ban_belongs_to_the_interrupt),
		cmocka_unit_test(test_no_plan_for_what_the_machine_does_not_have),
		cmocka_unit_test(test_governor_that_is_missing_matters_only_where_it_is_asked_for),
		cmocka_unit_test(test_what_is_missing),
		cmocka_unit_test(test_unmovable_interrupt_is_missing_where_it_was_asked_for),
		cmocka_unit_test(test_back_to_what_was_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
