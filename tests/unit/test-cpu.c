/* SPDX-License-Identifier: MIT */
/* CPUs and policies, as read from trees. */

#include "machine/cpu.h"
#include "tree.h"

#include <errno.h>

#define CPU    "/sys/devices/system/cpu"
#define POLICY CPU "/cpufreq/policy"

/* Four small cores and two clusters of two big cores, like an RK3588. */
#define CLASSES                                                                         \
	CPU "/possible = 0-7\n" CPU "/cpu{0-7}/\n" CPU "/cpuidle/\n" POLICY             \
	    "0/related_cpus = 0 1 2 3\n" POLICY "0/cpuinfo_max_freq = 1800000\n" POLICY \
	    "4/related_cpus = 4 5\n" POLICY "4/cpuinfo_max_freq = 2256000\n" POLICY     \
	    "6/related_cpus = 6 7\n" POLICY "6/cpuinfo_max_freq = 2400000\n"
#define CAPACITIES                                                                     \
	CPU "/cpu{0-3}/cpu_capacity = 400\n" CPU "/cpu{4-5}/cpu_capacity = 1000\n" CPU \
	    "/cpu{6-7}/cpu_capacity = 1024\n"

#define MODELS(cpus, midr) CPU "/cpu" cpus "/regs/identification/midr_el1 = 0x00000000" midr "\n"

static struct cpus read_cpus(const struct tree *tree, const char *lines)
{
	struct error error = { 0 };
	struct cpus cpus;

	tree_make(tree, lines);
	if (cpus_read(tree->root, &cpus, &error) < 0)
		fail_msg("%s", error.text);
	return cpus;
}

/* The list of CPUs whose member at OFFSET is true. */
static char *list_of(const struct cpus *cpus, size_t offset)
{
	struct cpuset set = { 0 };
	char *list;

	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (*(const bool *)((const char *)&cpus->cpus[i] + offset))
			cpuset_add(&set, cpus->cpus[i].id);
	list = cpuset_format_list(&set);
	assert_non_null(list);
	return list;
}

#define assert_cpus(row, cpus, member, wanted)                                          \
	do {                                                                            \
		CLEANUP_FREE char *list_ = list_of(cpus, offsetof(struct cpu, member)); \
                                                                                        \
		row_same(row, list_, wanted);                                           \
	} while (0)

static void test_classes_of_an_rk3588(void **state)
{
	static const long capacities[] = { 400, 400, 400, 400, 1000, 1000, 1024, 1024 };
	struct cpus cpus = read_cpus(*state, CLASSES CAPACITIES);

	assert_int_equal(cpus.n_cpus, 8);
	assert_int_equal(cpus.possible, 8);
	for (int i = 0; i < 8; i++) {
		assert_int_equal(cpus.cpus[i].id, i);
		assert_int_equal(cpus.cpus[i].capacity, capacities[i]);
		assert_int_equal(cpus.cpus[i].max_khz, i < 4 ? 1800000 : i < 6 ? 2256000 : 2400000);
		assert_int_equal(cpus_policy(&cpus, i)->id, i < 4 ? 0 : i < 6 ? 4 : 6);
		assert_int_equal(cpus_find(&cpus, i)->id, i);
	}
	assert_null(cpus_find(&cpus, 8));
	assert_null(cpus_policy(&cpus, 8));
	assert_cpus("rk3588", &cpus, big, "4-7");
	cpus_done(&cpus);
}

static void test_what_policies_say(void **state)
{
	struct cpus cpus = read_cpus(*state, CLASSES POLICY
				     "0/scaling_governor = schedutil\n" POLICY
				     "0/scaling_available_governors = ondemand performance \n");

	assert_int_equal(cpus.n_policies, 3);
	assert_string_equal(cpus.policies[0].governor, "schedutil");
	assert_string_equal(cpus.policies[0].governors, "ondemand performance");
	assert_null(cpus.policies[1].governor);
	assert_null(cpus.policies[1].governors);
	assert_int_equal(cpus.policies[2].id, 6);
	assert_int_equal(cpus.policies[2].max_khz, 2400000);
	cpus_done(&cpus);
}

static void test_big_cpus(void **state)
{
	static const struct {
		const char *name, *lines, *big;
	} rows[] = {
		{ "by capacity, no clocks",
		  CPU "/cpu{0-3}/cpu_capacity = 512\n" CPU "/cpu{4-5}/cpu_capacity = 1024\n",
		  "4-5" },
		{ "by clock, no capacities", CLASSES, "4-7" },
		{ "one capacity is missing", CLASSES CPU "/cpu{1-7}/cpu_capacity = 1024\n", "4-7" },
		{ "capacity comes before clock",
		  CLASSES CPU "/cpu{0-3}/cpu_capacity = 1024\n" CPU
			      "/cpu{4-7}/cpu_capacity = 512\n",
		  "0-3" },
		{ "equal capacities", CPU "/cpu{0-3}/cpu_capacity = 1024\n", "0-3" },
		{ "the clock of one cluster is unknown",
		  CPU "/cpu{0-7}/\n" POLICY "0/related_cpus = 0 1 2 3\n" POLICY
		      "0/cpuinfo_max_freq = 1800000\n" POLICY "6/related_cpus = 6 7\n" POLICY
		      "6/cpuinfo_max_freq = 2400000\n",
		  "4-7" },
		{ "79 % of the best capacity is slow, 80 % is not",
		  CPU "/cpu0/cpu_capacity = 819\n" CPU "/cpu1/cpu_capacity = 820\n" CPU
		      "/cpu2/cpu_capacity = 1024\n",
		  "1-2" },
		{ "above the lowest, and slow all the same",
		  CPU "/cpu{0-1}/cpu_capacity = 702\n" CPU "/cpu{2-3}/cpu_capacity = 744\n" CPU
		      "/cpu{4-5}/cpu_capacity = 1024\n",
		  "4-5" },
		{ "the best is one that is offline",
		  CPU "/cpu{0-1}/cpu_capacity = 700\n" CPU "/cpu2/cpu_capacity = 1024\n" CPU
		      "/online = 0-1\n",
		  "2" },
		{ "clocks within 20 %",
		  CPU "/cpu{0-1}/\n" POLICY "0/related_cpus = 0\n" POLICY
		      "0/cpuinfo_max_freq = 4100000\n" POLICY "1/related_cpus = 1\n" POLICY
		      "1/cpuinfo_max_freq = 5100000\n",
		  "0-1" },
		{ "capacities of online CPUs only",
		  CLASSES CAPACITIES CPU "/cpu8/\n" CPU "/online = 0-7\n", "4-8" },
		{ "in-order beside out-of-order cores, equal capacities",
		  CPU "/cpu{0-5}/cpu_capacity = 1024\n" MODELS("{0-3}", "410fd034")
			  MODELS("{4-5}", "410fd083"),
		  "4-5" },
		{ "an in-order core has the higher clock",
		  CLASSES MODELS("{0-5}", "411fd411") MODELS("{6-7}", "411fd460"), "4-5" },
		{ "capacities differ: no need of models",
		  CPU "/cpu0/cpu_capacity = 1000\n" CPU
		      "/cpu1/cpu_capacity = 1024\n" MODELS("0", "410fd034") MODELS("1", "410fd083"),
		  "0-1" },
		{ "all in-order",
		  CPU "/cpu{0-3}/\n" MODELS("{0-1}", "410fd034") MODELS("{2-3}", "412fd050"),
		  "0-3" },
		{ "one model is known", CPU "/cpu{0-3}/\n" MODELS("{2-3}", "412fd050"), "0-3" },
		{ "a model of zero tells nothing",
		  CPU "/cpu{0-3}/\n" MODELS("{0-1}", "412fd050") MODELS("{2-3}", "00000000"),
		  "0-3" },
		{ "nothing is known", CPU "/cpu{0-3}/\n", "0-3" },
		{ "one CPU", CPU "/cpu0/cpu_capacity = 1024\n", "0" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpus cpus = read_cpus(tree_renew(state), rows[i].lines);

		assert_cpus(rows[i].name, &cpus, big, rows[i].big);
		cpus_done(&cpus);
	}
}

static void test_equal_cpus(void **state)
{
	static const struct {
		const char *name, *lines;
		bool equal;
	} rows[] = {
		{ "capacity", CPU "/cpu{0-3}/cpu_capacity = 1024\n", true },
		{ "model", CPU "/cpu{0-3}/\n" MODELS("{0-3}", "410fd083"), true },
		{ "nothing is known", CPU "/cpu{0-3}/\n", false },
		{ "clocks that differ, none of them slow",
		  CPU "/cpu{0-1}/cpu_capacity = 1024\n" POLICY "0/related_cpus = 0\n" POLICY
		      "0/cpuinfo_max_freq = 4400000\n" POLICY "1/related_cpus = 1\n" POLICY
		      "1/cpuinfo_max_freq = 4800000\n",
		  false },
		{ "models that differ",
		  CPU "/cpu{0-1}/cpu_capacity = 1024\n" MODELS("0", "414fd0b0")
			  MODELS("1", "411fd410"),
		  false },
		{ "an unknown model", CPU "/cpu{0-1}/cpu_capacity = 1024\n" MODELS("0", "414fd0b0"),
		  false },
		{ "what an offline CPU lacks",
		  CPU "/cpu{0-1}/cpu_capacity = 1024\n" CPU "/cpu2/\n" CPU
		      "/online = 0-1\n" MODELS("{0-1}", "414fd0b0"),
		  true },
		{ "what is known of an offline CPU",
		  CPU "/cpu{0-1}/cpu_capacity = 1024\n" CPU "/cpu2/cpu_capacity = 400\n" CPU
		      "/online = 0-1\n",
		  false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpus cpus = read_cpus(tree_renew(state), rows[i].lines);

		row_equal(rows[i].name, cpus_are_equal(&cpus), rows[i].equal);
		cpus_done(&cpus);
	}
}

static void test_no_cpufreq(void **state)
{
	struct cpus cpus = read_cpus(*state, CPU "/cpu{0-1}/\n");

	assert_int_equal(cpus.n_policies, 0);
	assert_int_equal(cpus.cpus[0].max_khz, -1);
	assert_int_equal(cpus.cpus[0].capacity, -1);
	assert_null(cpus_policy(&cpus, 0));
	cpus_done(&cpus);
}

static void test_online_isolated_and_nohz_full(void **state)
{
	static const struct {
		const char *name, *lines, *online, *isolated, *nohz_full;
	} rows[] = {
		{ "no lists", "", "0-3", "", "" },
		{ "empty lists", CPU "/online = 0-3\n" CPU "/isolated =\n" CPU "/nohz_full =\n",
		  "0-3", "", "" },
		{ "offline", CPU "/online = 0,2-3\n", "0,2-3", "", "" },
		{ "isolated", CPU "/isolated = 2-3\n", "0-3", "2-3", "" },
		{ "nohz_full", CPU "/nohz_full = 1,3\n", "0-3", "", "1,3" },
		{ "null", CPU "/nohz_full = (null)\n", "0-3", "", "" },
		{ "padded null", CPU "/nohz_full =   (null)\n", "0-3", "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(CPU "/cpu{0-3}/\n%s", rows[i].lines);
		struct cpus cpus = read_cpus(tree_renew(state), lines);

		assert_cpus(rows[i].name, &cpus, online, rows[i].online);
		assert_cpus(rows[i].name, &cpus, isolated, rows[i].isolated);
		assert_cpus(rows[i].name, &cpus, nohz_full, rows[i].nohz_full);
		cpus_done(&cpus);
	}
}

static void test_width_of_a_mask_is_that_of_possible_cpus(void **state)
{
	static const struct {
		const char *lines;
		int possible;
	} rows[] = {
		{ CPU "/cpu{0-1}/\n" CPU "/possible = 0-71\n", 72 },
		{ CPU "/cpu{0-3}/\n" CPU "/possible = 0-3\n" CPU "/online = 0\n", 4 },
		{ CPU "/cpu{0,4}/\n" CPU "/possible = 0,4\n", 5 },
		{ CPU "/cpu{0-5}/\n", 6 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpus cpus = read_cpus(tree_renew(state), rows[i].lines);

		row_equal(rows[i].lines, cpus.possible, rows[i].possible);
		cpus_done(&cpus);
	}
}

static void test_cpus_are_in_the_order_of_their_numbers(void **state)
{
	static const int ids[] = { 0, 2, 10, 11 };
	struct cpus cpus = read_cpus(*state, CPU "/cpu{10,2,0,11}/\n" CPU "/cpufreq/\n");

	assert_int_equal(cpus.n_cpus, ARRAY_SIZE(ids));
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++)
		assert_int_equal(cpus.cpus[i].id, ids[i]);
	cpus_done(&cpus);
}

static void test_attributes_of_a_cpu(void **state)
{
	struct cpus cpus = read_cpus(
		*state, CPU "/cpu0/regs/identification/midr_el1 = 0x00000000412fd050\n" CPU
			    "/cpu0/power/pm_qos_resume_latency_us = n/a\n" CPU
			    "/cpu1/regs/identification/midr_el1 = 0xnonsense\n" CPU "/cpu2/\n" CPU
			    "/cpu3/regs/identification/midr_el1 = 0x00000000414fd0b0\n");

	assert_int_equal(cpus_read_latency(((const struct tree *)*state)->root, &cpus), 0);
	cpus_read_models(((const struct tree *)*state)->root, &cpus);
	assert_int_equal(cpus.cpus[0].midr, 0x412fd050);
	assert_string_equal(cpus.cpus[0].latency, "n/a");
	assert_int_equal(cpus.cpus[1].midr, -1);
	assert_null(cpus.cpus[1].latency);
	/* One without a model keeps none from the others. */
	assert_int_equal(cpus.cpus[2].midr, -1);
	assert_int_equal(cpus.cpus[3].midr, 0x414fd0b0);
	cpus_done(&cpus);
}

/* The idle states of CPU6. Deeper ones have longer exit latencies. */
#define STATES                                                                         \
	IDLE "0/name = POLL\n" IDLE "0/latency = 0\n" IDLE "0/disable = 0\n" IDLE      \
	     "1/name = WFI\n" IDLE "1/latency = 1\n" IDLE "1/disable = 0\n" IDLE       \
	     "2/name = core-off\n" IDLE "2/latency = 80\n" IDLE "2/disable = 0\n" IDLE \
	     "3/name = cluster-off\n" IDLE "3/latency = 450\n"
#define IDLE  CPU "/cpu6/cpuidle/state"
#define LIMIT CPU "/cpu6/power/pm_qos_resume_latency_us = "

static void test_deepest_idle_state(void **state)
{
	static const struct {
		const char *name, *lines, *idle_state;
		int64_t idle_us;
	} rows[] = {
		{ "all", STATES IDLE "3/disable = 0\n", "cluster-off", 450 },
		{ "no file to disable it", STATES, "cluster-off", 450 },
		{ "deepest disabled", STATES IDLE "3/disable = 1\n", "core-off", 80 },
		/* 0 means no limit, "n/a" the strictest one (sysfs-devices-power). */
		{ "limit 0", STATES LIMIT "0\n", "cluster-off", 450 },
		{ "limit n/a", STATES LIMIT "n/a\n", "POLL", 0 },
		{ "limit above all", STATES LIMIT "451\n", "cluster-off", 450 },
		{ "limit of just that", STATES LIMIT "450\n", "cluster-off", 450 },
		{ "limit below", STATES LIMIT "449\n", "core-off", 80 },
		{ "limit 20", STATES LIMIT "20\n", "WFI", 1 },
		{ "limit and disabled", STATES IDLE "3/disable = 1\n" LIMIT "1000\n", "core-off",
		  80 },
		{ "two as fast",
		  IDLE "0/name = WFI\n" IDLE "0/latency = 1\n" IDLE "1/name = sleep\n" IDLE
		       "1/latency = 1\n",
		  "sleep", 1 },
		{ "by number, not by text",
		  IDLE "2/name = second\n" IDLE "2/latency = 7\n" IDLE "10/name = tenth\n" IDLE
		       "10/latency = 70\n",
		  "tenth", 70 },
		{ "no state is allowed", IDLE "0/name = WFI\n" IDLE "0/latency = 1\n" LIMIT "n/a\n",
		  NULL, -1 },
		{ "no latency", IDLE "0/name = WFI\n", NULL, -1 },
		{ "no name", IDLE "0/latency = 5\n", NULL, 5 },
		{ "no states", CPU "/cpu6/cpuidle/\n", NULL, -1 },
		{ "no cpuidle", "", NULL, -1 },
		{ "offline", STATES CPU "/online = 0-5,7\n", NULL, -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(CPU "/cpu{0-7}/\n%s", rows[i].lines);
		const struct tree *tree = tree_renew(state);
		struct cpus cpus = read_cpus(tree, lines);

		/* Not read yet. */
		row_equal(rows[i].name, cpus.cpus[6].idle_us, -1);
		row_equal(rows[i].name, cpus_read_latency(tree->root, &cpus), 0);
		row_equal(rows[i].name, cpus_inspect(tree->root, &cpus), 0);
		row_same(rows[i].name, cpus.cpus[6].idle_state, rows[i].idle_state);
		row_equal(rows[i].name, cpus.cpus[6].idle_us, rows[i].idle_us);
		row_equal(rows[i].name, cpus.cpus[5].idle_us, -1);
		cpus_done(&cpus);
	}
}

static void test_shortest_wait_of_an_idle_state(void **state)
{
	struct cpus cpus = read_cpus(*state,
				     CLASSES IDLE "1/latency = 90\n" IDLE "1/residency = 400\n");

	assert_int_equal(cpus_inspect(((const struct tree *)*state)->root, &cpus), 0);
	assert_int_equal(cpus.cpus[6].idle_residency_us, 400);
	assert_int_equal(cpus.cpus[5].idle_residency_us, -1);
	cpus_done(&cpus);
}

static void test_clocks_now_and_their_limits(void **state)
{
	const struct tree *tree = *state;
	struct cpus cpus = read_cpus(tree, CLASSES CPU "/online = 0-6\n" POLICY
						       "0/scaling_cur_freq = 408000\n" POLICY
						       "6/scaling_cur_freq = 2208000\n" POLICY
						       "6/scaling_max_freq = 2304000\n" POLICY
						       "6/scaling_min_freq = 408000\n");

	assert_int_equal(cpus.cpus[0].cur_khz, -1);
	assert_int_equal(cpus.policies[2].limit_khz, -1);
	assert_int_equal(cpus_inspect(tree->root, &cpus), 0);
	/* All online CPUs of a policy share its clock. */
	for (int i = 0; i < 8; i++)
		assert_int_equal(cpus.cpus[i].cur_khz, i < 4 ? 408000 : i == 6 ? 2208000 : -1);
	assert_int_equal(cpus.policies[0].limit_khz, -1);
	assert_int_equal(cpus.policies[1].limit_khz, -1);
	assert_int_equal(cpus.policies[2].limit_khz, 2304000);
	assert_int_equal(cpus.policies[1].floor_khz, -1);
	assert_int_equal(cpus.policies[2].floor_khz, 408000);
	cpus_done(&cpus);
}

static void test_inspecting_without_cpufreq(void **state)
{
	const struct tree *tree = *state;
	struct cpus cpus = read_cpus(tree, CPU "/cpu{0-1}/\n");

	assert_int_equal(cpus_inspect(tree->root, &cpus), 0);
	assert_int_equal(cpus.cpus[1].cur_khz, -1);
	assert_null(cpus.cpus[1].idle_state);
	cpus_done(&cpus);
}

/* A captured board lacks the files that could not be read. */
static void test_policy_whose_cpus_are_all_offline(void **state)
{
	const struct tree *tree = *state;
	struct cpus cpus = read_cpus(tree, CPU "/cpu{0-3}/\n" CPU "/online = 0-1\n" POLICY
					       "0/related_cpus = 0 1\n" POLICY
					       "0/cpuinfo_max_freq = 1500000\n" POLICY "2/\n");

	assert_int_equal(cpus.n_policies, 2);
	assert_int_equal(cpus.policies[1].id, 2);
	assert_true(cpuset_empty(&cpus.policies[1].cpus));
	assert_int_equal(cpus.policies[1].max_khz, -1);
	assert_null(cpus.policies[1].governor);
	assert_null(cpus_policy(&cpus, 2));
	assert_int_equal(cpus_inspect(tree->root, &cpus), 0);
	assert_int_equal(cpus.policies[1].limit_khz, -1);
	cpus_done(&cpus);
}

static void test_broken_files_are_reported(void **state)
{
	static const struct {
		const char *name, *lines; /* NAME is part of the error */
		int r;
	} rows[] = {
		{ "devices/system/cpu", "/sys/devices/\n", -ENOENT },
		{ "online", CPU "/cpu0/\n" CPU "/online = 0-\n", -EINVAL },
		{ "isolated", CPU "/cpu0/\n" CPU "/isolated = x\n", -EINVAL },
		{ "possible", CPU "/cpu0/\n" CPU "/possible = 0-99999\n", -ERANGE },
		{ "related_cpus", CPU "/cpu0/\n" POLICY "0/related_cpus = 0-3\n", -EINVAL },
		{ "cpu8192", CPU "/cpu8192/\n", -ERANGE },
	};
	const struct cpus before = { .possible = 3 };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		struct cpus cpus = before;
		struct error error = { 0 };

		tree_make(tree, rows[i].lines);
		row_equal(rows[i].name, cpus_read(tree->root, &cpus, &error), rows[i].r);
		row_contains(rows[i].name, error.text, rows[i].name);
		row_true(rows[i].name, !memcmp(&cpus, &before, sizeof(cpus)));
	}
}

static void test_core_names(void **state)
{
	/* Variant and revision, bits 23-20 and 3-0, do not matter; the implementer does. */
	static const struct {
		int64_t midr;
		const char *name;
	} rows[] = {
		{ 0x410fd034, "Cortex-A53" },
		{ 0x411fd050, "Cortex-A55" },
		{ 0x412fd05f, "Cortex-A55" },
		{ 0x410fd083, "Cortex-A72" },
		{ 0x414fd0b1, "Cortex-A76" },
		{ 0x410fd460, "Cortex-A510" },
		{ 0x410fd421, "Cortex-A78AE" },
		{ 0x410fd851, "Cortex-X925" },
		{ 0x410fd871, "Cortex-A725" },
		{ 0x410fd4f0, "Neoverse-V2" },
		{ 0x512f0011, "Oryon" },
		{ 0xc00fac30, "AmpereOne" },
		{ 0x510fd0b1, NULL },
		{ 0x410ffff0, NULL },
		{ -1, NULL },
		{ 0, NULL },
	};
	const struct cpus cpus = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct cpu cpu = { .midr = rows[i].midr };

		row_same(rows[i].name ? rows[i].name : "unknown", cpus_core_name(&cpus, &cpu),
			 rows[i].name);
	}
}

static void test_family_where_no_core_tells_its_model(void **state)
{
	static const struct {
		const char *name, *lines;
	} rows[] = {
		{ "Intel family 6", "|processor\t: 0\n|vendor_id\t: GenuineIntel\n"
				    "|cpu family\t: 6\n|model\t\t: 151\n" },
		{ "AMD family 26", "|processor\t: 0\n|vendor_id\t: AuthenticAMD\n"
				   "|cpu family\t: 26\n" },
		{ NULL, "|processor\t: 0\n|vendor_id\t: SomebodyElse\n|cpu family\t: 6\n" },
		{ NULL, "|processor\t: 0\n|vendor_id\t: GenuineIntel\n|cpu family\t: x\n" },
		{ NULL, "|processor\t: 0\n|BogoMIPS\t: 48.00\n" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(CPU "/cpu0/\n/proc/cpuinfo:\n%s",
						       rows[i].lines);
		const struct tree *tree = tree_renew(state);
		struct cpus cpus = read_cpus(tree, lines);

		row_equal(lines, cpus_inspect(tree->root, &cpus), 0);
		row_same(lines, cpus_core_name(&cpus, &cpus.cpus[0]), rows[i].name);
		cpus_done(&cpus);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_classes_of_an_rk3588),
		tree_test(test_what_policies_say),
		tree_test(test_big_cpus),
		tree_test(test_equal_cpus),
		tree_test(test_no_cpufreq),
		tree_test(test_online_isolated_and_nohz_full),
		tree_test(test_width_of_a_mask_is_that_of_possible_cpus),
		tree_test(test_cpus_are_in_the_order_of_their_numbers),
		tree_test(test_attributes_of_a_cpu),
		tree_test(test_deepest_idle_state),
		tree_test(test_shortest_wait_of_an_idle_state),
		tree_test(test_clocks_now_and_their_limits),
		tree_test(test_inspecting_without_cpufreq),
		tree_test(test_policy_whose_cpus_are_all_offline),
		tree_test(test_broken_files_are_reported),
		cmocka_unit_test(test_core_names),
		tree_test(test_family_where_no_core_tells_its_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
