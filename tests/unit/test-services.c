/* SPDX-License-Identifier: MIT */
/* This program and its rivals, according to the system manager and /proc. */

#include "machine/services.h"

#include "machine/process.h"
#include "tree.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

#define BUS "/run/dbus/system_bus_socket"

static struct services read_services(const struct tree *tree, const char *lines)
{
	struct processes processes = { 0 };
	struct services services = { 0 };

	tree_make(tree, lines);
	assert_int_equal(processes_read(tree->root, &processes), 0);
	assert_int_equal(services_read(tree->root, &processes, &services), 0);
	processes_done(&processes);
	return services;
}

static const struct rival *find_rival(const struct services *services, const char *name)
{
	for (size_t i = 0; i < services->n_rivals; i++)
		if (!strcmp(services->rivals[i].name, name))
			return &services->rivals[i];
	return NULL;
}

static void test_units_of_an_answer(void **state)
{
	static const struct {
		const char *name, *answer;
		const char *load, *active, *file_state, *result;
	} rows[] = {
		{ "all fields", "|a.service loaded active enabled success\n", "loaded", "active",
		  "enabled", "success" },
		{ "empty fields", "|a.service loaded failed - -\n", "loaded", "failed", "", "" },
		{ "masked", "|a.service masked inactive masked -\n", "masked", "inactive", "masked",
		  "" },
		{ "another before it",
		  "|b.service loaded active enabled success\n"
		  "|a.service loaded inactive disabled -\n",
		  "loaded", "inactive", "disabled", "" },
		{ "more fields", "|a.service loaded active static success more\n", "loaded",
		  "active", "static", "success" },
		{ "no such unit", "|b.service loaded active enabled success\n", "not-found", "", "",
		  "" },
		/* It is unclear which field is missing. */
		{ "too few fields", "|a.service loaded active enabled\n", "not-found", "", "", "" },
		{ "longer name", "|a.service2 loaded active enabled success\n", "not-found", "", "",
		  "" },
		{ "empty", "", "not-found", "", "", "" },
		{ "long words",
		  "|a.service loaded123456789012 active enabled-runtime "
		  "start-limit-hit1234567890\n",
		  "loaded123456789", "active", "enabled-runtime", "start-limit-hit12345678" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		struct unit unit = { .name = "a.service" };
		CLEANUP_FREE char *lines = text_format(BUS ":\n%s", rows[i].answer);

		tree_make(tree, lines);
		row_equal(rows[i].name, bus_read_units(tree->root, &unit, 1, 100), 0);
		row_same(rows[i].name, unit.name, "a.service");
		row_same(rows[i].name, unit.load, rows[i].load);
		row_same(rows[i].name, unit.active, rows[i].active);
		row_same(rows[i].name, unit.file_state, rows[i].file_state);
		row_same(rows[i].name, unit.result, rows[i].result);
	}
}

static void test_no_answer_is_unknown(void **state)
{
	struct unit units[] = { { .name = "a.service" }, { .name = "b.service" } };
	const struct tree *tree = *state;
	struct services services;

	assert_int_equal(bus_read_units(tree->root, units, 2, 100), -ENOENT);
	assert_string_equal(units[0].load, "");
	assert_string_equal(units[1].load, "");
	services = read_services(tree, "");
	assert_false(services.asked);
	assert_string_equal(services.own.load, "");
	assert_string_equal(services.sleep.load, "");
	assert_int_equal(services.n_rivals, 0);
	services_done(&services);
}

static void test_socket_of_a_tree_is_not_asked(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	const struct tree *tree = *state;
	struct services services;

	tree_make(tree, "/run/dbus/\n");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s" BUS, tree->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	services = read_services(tree, "");
	assert_false(services.asked);
	services_done(&services);
}

static void test_own_units(void **state)
{
	struct services services = read_services(
		*state, BUS ":\n"
			    "|sleep.target masked inactive masked -\n"
			    "|ax650n-tune.service loaded failed enabled exit-code\n");

	assert_true(services.asked);
	assert_string_equal(services.own.name, "ax650n-tune.service");
	assert_string_equal(services.own.load, "loaded");
	assert_string_equal(services.own.active, "failed");
	assert_string_equal(services.own.file_state, "enabled");
	assert_string_equal(services.own.result, "exit-code");
	assert_string_equal(services.sleep.load, "masked");
	/* The program is not its own rival. */
	assert_int_equal(services.n_rivals, 0);
	services_done(&services);
	assert_string_equal(services.own.load, "");
}

static void test_rivals_by_unit(void **state)
{
	static const struct {
		const char *name, *fields;
		bool there, running, enabled;
	} rows[] = {
		{ "runs", "loaded active enabled success", true, true, true },
		{ "stopped", "loaded inactive enabled success", true, false, true },
		{ "runs until the next boot", "loaded active disabled success", true, true, false },
		{ "enabled until then", "loaded active enabled-runtime -", true, true, false },
		{ "installed", "loaded inactive disabled -", true, false, false },
		{ "of a generator", "loaded active generated -", true, true, false },
		{ "static", "loaded active static -", true, true, false },
		{ "failed", "loaded failed enabled exit-code", true, false, true },
		{ "starting", "loaded activating enabled -", true, false, true },
		{ "masked", "masked inactive masked -", false, false, false },
		{ "not there", "not-found inactive - -", false, false, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(BUS ":\n|tuned.service %s\n",
						       rows[i].fields);
		struct services services = read_services(tree_renew(state), lines);
		const struct rival *tuned = find_rival(&services, "tuned");

		row_equal(rows[i].name, services.n_rivals, rows[i].there);
		row_true(rows[i].name, !tuned == !rows[i].there);
		if (tuned) {
			row_equal(rows[i].name, tuned->running, rows[i].running);
			row_equal(rows[i].name, tuned->enabled, rows[i].enabled);
		}
		services_done(&services);
	}
}

static void test_rivals_by_process(void **state)
{
	static const struct {
		const char *name, *bus;
		bool enabled;
	} rows[] = {
		{ "manager unknown", "", false },
		{ "manager knows none", BUS ":\n", false },
		{ "manager knows it", BUS ":\n|tuned.service loaded active enabled -\n", true },
		{ "stopped since", BUS ":\n|tuned.service loaded inactive disabled -\n", false },
		/* Started by hand. */
		{ "masked", BUS ":\n|tuned.service masked inactive masked -\n", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format("/proc/55/comm = tuned\n%s", rows[i].bus);
		struct services services = read_services(tree_renew(state), lines);
		const struct rival *tuned = find_rival(&services, "tuned");

		row_equal(rows[i].name, services.n_rivals, 1);
		row_true(rows[i].name, tuned && tuned->running && tuned->daemon);
		row_equal(rows[i].name, tuned->enabled, rows[i].enabled);
		services_done(&services);
	}
}

static void test_kinds_of_rivals(void **state)
{
	static const struct {
		const char *name;
		bool affinity, daemon;
		const char *config; /* NULL: not checked */
	} rows[] = {
		{ "irqbalance", true, true, "/etc/default/irqbalance" },
		{ "tuned", false, true, NULL },
		{ "power-profiles-daemon", false, true, NULL },
		{ "auto-cpufreq", false, true, NULL },
		{ "tlp", false, false, NULL },
		{ "cpufrequtils", false, false, "/etc/default/cpufrequtils" },
		{ "loadcpufreq", false, false, NULL },
		{ "ondemand", false, false, NULL },
		{ "cpupower", false, false, NULL },
		{ "raspi-config", false, false, NULL },
		{ "dietpi-preboot", false, false, "/boot/dietpi.txt" },
		{ "armbian-hardware-optimize", false, false, NULL },
		{ "orangepi-hardware-optimize", false, false, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(
			"/sys/firmware/acpi/platform_profile = balanced\n" BUS
			":\n|%s.service loaded active enabled -\n",
			rows[i].name);
		struct services services = read_services(tree_renew(state), lines);
		const struct rival *rival = find_rival(&services, rows[i].name);

		row_equal(rows[i].name, services.n_rivals, 1);
		row_true(rows[i].name, rival && rival->enabled);
		row_equal(rows[i].name, rival->running, rows[i].daemon);
		row_equal(rows[i].name, rival->ran, !rows[i].daemon);
		row_equal(rows[i].name, rival->affinity, rows[i].affinity);
		row_equal(rows[i].name, rival->daemon, rows[i].daemon);
		if (rows[i].config)
			row_same(rows[i].name, rival->config, rows[i].config);
		services_done(&services);
	}
}

static void test_daemons_with_names_that_are_cut_off(void **state)
{
	struct services services = read_services(*state,
						 "/sys/firmware/acpi/platform_profile = balanced\n"
						 "/proc/5/comm = power-profiles-\n"
						 "/proc/6/comm = auto-cpufreq\n"
						 "/proc/7/comm = irqbalance\n"
						 /* Not daemons. */
						 "/proc/8/comm = tlp\n"
						 "/proc/9/comm = ondemand\n"
						 "/proc/10/comm = tuned-gui\n");

	assert_int_equal(services.n_rivals, 3);
	assert_non_null(find_rival(&services, "power-profiles-daemon"));
	assert_non_null(find_rival(&services, "auto-cpufreq"));
	assert_non_null(find_rival(&services, "irqbalance"));
	services_done(&services);
}

static void test_what_they_write(void **state)
{
	static const struct {
		const char *name, *lines;
		bool there, agrees;
	} rows[] = {
		{ "tuned", "", true, false },
		{ "tuned", "/etc/tuned/active_profile = balanced\n", true, false },
		{ "tuned", "/etc/tuned/active_profile = throughput-performance\n", true, true },
		{ "tuned", "/etc/tuned/active_profile = powersave-performance\n", true, false },
		{ "power-profiles-daemon", "", false, false },
		{ "power-profiles-daemon",
		  "/sys/devices/system/cpu/cpufreq/policy0/scaling_driver = cpufreq-dt\n", false,
		  false },
		{ "power-profiles-daemon",
		  "/sys/devices/system/cpu/cpufreq/policy0/energy_performance_preference = power\n",
		  true, false },
		{ "power-profiles-daemon", "/sys/firmware/acpi/platform_profile = balanced\n", true,
		  false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format("%s" BUS
						       ":\n|%s.service loaded active enabled -\n",
						       rows[i].lines, rows[i].name);
		struct services services = read_services(tree_renew(state), lines);
		const struct rival *rival = find_rival(&services, rows[i].name);

		row_equal(rows[i].lines, rival != NULL, rows[i].there);
		row_true(rows[i].lines, !rival || rival->agrees == rows[i].agrees);
		services_done(&services);
	}
}

static void test_drop_in_of_irqbalance(void **state)
{
	static const struct {
		const char *fields;
		bool drop_in;
	} rows[] = {
		{ "loaded active enabled -", false },
		{ "loaded active enabled - -", false },
		{ "loaded active enabled - 50-ax650n-tune.conf", true },
		{ "loaded active enabled - 10-local.conf,50-ax650n-tune.conf", true },
		{ "loaded active enabled - 10-local.conf", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* Only an active service is told of a start of irqbalance. */
		for (int active = 0; active < 2; active++) {
			CLEANUP_FREE char *lines = text_format(
				BUS ":\n|irqbalance.service %s\n|" SERVICE_NAME
				    " loaded %s enabled success\n",
				rows[i].fields, active ? "active" : "inactive");
			struct services services = read_services(tree_renew(state), lines);

			row_equal(rows[i].fields, services.drop_in, active && rows[i].drop_in);
			services_done(&services);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_units_of_an_answer),
		tree_test(test_no_answer_is_unknown),
		tree_test(test_socket_of_a_tree_is_not_asked),
		tree_test(test_own_units),
		tree_test(test_rivals_by_unit),
		tree_test(test_rivals_by_process),
		tree_test(test_kinds_of_rivals),
		tree_test(test_daemons_with_names_that_are_cut_off),
		tree_test(test_what_they_write),
		tree_test(test_drop_in_of_irqbalance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
