/* SPDX-License-Identifier: MIT */
/* The board, the kernel, the temperature. */

#include "machine/system.h"

#include "tree.h"

#define THERMAL "/sys/class/thermal/"

static struct system read_system(const struct tree *tree, const char *lines)
{
	struct system system = { 0 };

	tree_make(tree, lines);
	assert_int_equal(system_read(tree->root, &system), 0);
	return system;
}

static void test_nothing_is_known_of_an_empty_tree(void **state)
{
	struct system system = read_system(*state, "");

	assert_null(system.model);
	assert_null(system.compatible);
	assert_null(system.kernel);
	assert_int_equal(system.uptime_s, -1);
	assert_false(system.can_suspend);
	assert_null(system.cooling);
	assert_null(system.hottest);
	system_done(&system);
}

static void test_model(void **state)
{
	static const struct {
		const char *lines, *model;
	} rows[] = {
		{ "/proc/device-tree/model = Some Vendor Board 3\n", "Some Vendor Board 3" },
		{ "/sys/class/dmi/id/sys_vendor = Maker\n/sys/class/dmi/id/product_name = Box 9\n",
		  "Maker Box 9" },
		{ "/sys/class/dmi/id/product_name = Box 9\n", "Box 9" },
		{ "/sys/class/dmi/id/sys_vendor = Maker\n", NULL },
		/* An Arm server has both; the device tree names the board. */
		{ "/proc/device-tree/model = Board\n"
		  "/sys/class/dmi/id/sys_vendor = Maker\n"
		  "/sys/class/dmi/id/product_name = Box 9\n",
		  "Board" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct system system = read_system(tree_renew(state), rows[i].lines);

		row_same(rows[i].lines, system.model, rows[i].model);
		system_done(&system);
	}
}

static void test_strings_of_a_device_tree(void **state)
{
	static const char model[] = "Some Board", compatible[] = "maker,board\0rockchip,rk3588";
	const struct tree *tree = *state;
	struct system system;

	tree_make(tree, "/sys/firmware/devicetree/base/\n"
			"/proc/device-tree -> ../sys/firmware/devicetree/base\n");
	/* NUL-terminated strings; the last NUL is that of the array. */
	tree_write(tree, "/sys/firmware/devicetree/base/model", model, sizeof(model));
	tree_write(tree, "/sys/firmware/devicetree/base/compatible", compatible,
		   sizeof(compatible));
	system = read_system(tree, "");
	assert_string_equal(system.model, "Some Board");
	assert_string_equal(system.compatible, "maker,board rockchip,rk3588");
	system_done(&system);
}

static void test_kernel(void **state)
{
	struct system system = read_system(*state, "/proc/sys/kernel/osrelease = 6.12.5-some\n");

	assert_string_equal(system.kernel, "6.12.5-some");
	system_done(&system);
}

static void test_uptime(void **state)
{
	static const struct {
		const char *text;
		int64_t uptime_s;
	} rows[] = {
		{ "86412.75 612000.11", 86412 },
		{ "0.99 0.00", 0 },
		{ "17", 17 },
		{ "", -1 },
		{ "long", -1 },
		{ "-3.00 0.00", -1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format("/proc/uptime = %s\n", rows[i].text);
		struct system system = read_system(tree_renew(state), lines);

		row_equal(rows[i].text, system.uptime_s, rows[i].uptime_s);
		system_done(&system);
	}
}

static void test_suspend(void **state)
{
	static const struct {
		const char *states;
		bool can_suspend;
	} rows[] = {
		{ "freeze mem disk", true }, { "freeze mem", true }, { "mem", true },
		{ "freeze", false },	     { "memory", false },    { "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format("/sys/power/state = %s\n", rows[i].states);
		struct system system = read_system(tree_renew(state), lines);

		row_equal(rows[i].states, system.can_suspend, rows[i].can_suspend);
		system_done(&system);
	}
}

static void test_hottest_zone(void **state)
{
	static const struct {
		const char *name, *lines, *hottest;
		int64_t temperature;
	} rows[] = {
		{ "one",
		  THERMAL "thermal_zone0/type = soc\n" THERMAL "thermal_zone0/temp = 48500\n",
		  "soc", 48500 },
		{ "the last of three",
		  THERMAL "thermal_zone{0-2}/type = zone{}\n" THERMAL
			  "thermal_zone0/temp = 61000\n" THERMAL
			  "thermal_zone1/temp = 9000\n" THERMAL "thermal_zone2/temp = 61001\n",
		  "zone2", 61001 },
		{ "the first of two alike",
		  THERMAL "thermal_zone{3,10}/type = zone{}\n" THERMAL
			  "thermal_zone{3,10}/temp = 50000\n",
		  "zone3", 50000 },
		{ "below zero",
		  THERMAL "thermal_zone{0-1}/type = zone{}\n" THERMAL
			  "thermal_zone0/temp = -12000\n" THERMAL "thermal_zone1/temp = -5000\n",
		  "zone1", -5000 },
		/* A sensor that sleeps: reading it fails or gives nonsense. */
		{ "unreadable",
		  THERMAL "thermal_zone{0-2}/type = zone{}\n" THERMAL
			  "thermal_zone0/temp = 40000\n" THERMAL "thermal_zone2/temp = none\n",
		  "zone0", 40000 },
		{ "without a type",
		  THERMAL "thermal_zone0/temp = 90000\n" THERMAL
			  "thermal_zone1/temp = 40000\n" THERMAL "thermal_zone1/type = cpu\n",
		  "cpu", 40000 },
		{ "near the CPUs",
		  THERMAL "thermal_zone0/type = acpitz\n" THERMAL
			  "thermal_zone1/type = x86_pkg_temp\n" THERMAL
			  "thermal_zone2/type = iwlwifi_1\n" THERMAL
			  "thermal_zone0/temp = 71000\n" THERMAL
			  "thermal_zone1/temp = 52000\n" THERMAL "thermal_zone2/temp = 80000\n",
		  "x86_pkg_temp", 52000 },
		{ "a cluster before the graphics",
		  THERMAL "thermal_zone0/type = gpu-thermal\n" THERMAL
			  "thermal_zone1/type = littlecore-thermal\n" THERMAL
			  "thermal_zone2/type = CPU-therm\n" THERMAL
			  "thermal_zone0/temp = 66000\n" THERMAL
			  "thermal_zone1/temp = 58000\n" THERMAL "thermal_zone2/temp = 59000\n",
		  "CPU-therm", 59000 },
		{ "some place of the board",
		  THERMAL "thermal_zone0/type = battery\n" THERMAL
			  "thermal_zone1/type = acpitz\n" THERMAL
			  "thermal_zone0/temp = 45000\n" THERMAL "thermal_zone1/temp = 41000\n",
		  "acpitz", 41000 },
		{ "nothing of the CPUs",
		  THERMAL "thermal_zone0/type = BAT0\n" THERMAL
			  "thermal_zone1/type = iwlwifi_1\n" THERMAL
			  "thermal_zone2/type = nvme\n" THERMAL "thermal_zone{0-2}/temp = 70000\n",
		  NULL, 0 },
		{ "only coolers", THERMAL "cooling_device0/type = fan\n", NULL, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct system system = read_system(tree_renew(state), rows[i].lines);

		row_same(rows[i].name, system.hottest, rows[i].hottest);
		row_equal(rows[i].name, system.hottest_mc, rows[i].temperature);
		system_done(&system);
	}
}

static void test_cooling_of_the_processor(void **state)
{
	static const struct {
		const char *name, *lines, *cooling;
	} rows[] = {
		{ "at rest",
		  THERMAL "cooling_device0/type = cpufreq-cpu4\n" THERMAL
			  "cooling_device0/cur_state = 0\n",
		  NULL },
		{ "at work",
		  THERMAL "cooling_device0/type = cpufreq-cpu4\n" THERMAL
			  "cooling_device0/cur_state = 3\n",
		  "cpufreq-cpu4" },
		{ "name of older kernels",
		  THERMAL "cooling_device2/type = thermal-cpufreq-1\n" THERMAL
			  "cooling_device2/cur_state = 1\n",
		  "thermal-cpufreq-1" },
		/* These cool without lowering the clock. */
		{ "others",
		  THERMAL "cooling_device0/type = pwm-fan\n" THERMAL
			  "cooling_device1/type = devfreq-fb000000.gpu\n" THERMAL
			  "cooling_device{0-1}/cur_state = 4\n",
		  NULL },
		{ "one of several",
		  THERMAL "cooling_device{0-3}/type = cpufreq-cpu{}\n" THERMAL
			  "cooling_device{0,1}/cur_state = 0\n" THERMAL
			  "cooling_device2/cur_state = 5\n",
		  "cpufreq-cpu2" },
		{ "no state", THERMAL "cooling_device0/type = cpufreq-cpu0\n", NULL },
		{ "no type", THERMAL "cooling_device0/cur_state = 9\n", NULL },
		{ "only zones", THERMAL "thermal_zone0/temp = 90000\n", NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct system system = read_system(tree_renew(state), rows[i].lines);

		row_same(rows[i].name, system.cooling, rows[i].cooling);
		system_done(&system);
	}
}

static void test_turbo(void **state)
{
	static const struct {
		const char *lines, *no_turbo;
	} rows[] = {
		{ "/sys/devices/system/cpu/intel_pstate/no_turbo = 0\n", NULL },
		{ "/sys/devices/system/cpu/intel_pstate/no_turbo = 1\n",
		  "/sys/devices/system/cpu/intel_pstate/no_turbo" },
		{ "/sys/devices/system/cpu/cpufreq/boost = 1\n", NULL },
		{ "/sys/devices/system/cpu/cpufreq/boost = 0\n",
		  "/sys/devices/system/cpu/cpufreq/boost" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct system system = read_system(tree_renew(state), rows[i].lines);

		row_same(rows[i].lines, system.no_turbo, rows[i].no_turbo);
		system_done(&system);
	}
}

static void test_supply(void **state)
{
	static const struct {
		const char *lines;
		bool under_voltage;
	} rows[] = {
		{ "/sys/class/hwmon/hwmon2/name = rpi_volt\n"
		  "/sys/class/hwmon/hwmon2/in0_lcrit_alarm = 1\n",
		  true },
		{ "/sys/class/hwmon/hwmon2/name = rpi_volt\n"
		  "/sys/class/hwmon/hwmon2/in0_lcrit_alarm = 0\n",
		  false },
		{ "/sys/class/hwmon/hwmon{0-1}/name = rpi_volt\n", false },
		/* A sensor of something else. */
		{ "/sys/class/hwmon/hwmon0/name = ina2xx\n"
		  "/sys/class/hwmon/hwmon0/in0_lcrit_alarm = 1\n",
		  false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct system system = read_system(tree_renew(state), rows[i].lines);

		row_equal(rows[i].lines, system.under_voltage, rows[i].under_voltage);
		system_done(&system);
	}
}

static void test_virtualization(void **state)
{
	static const struct {
		const char *lines, *name;
	} rows[] = {
		{ "/proc/uptime = 1.00 1.00\n", NULL },
		{ "/proc/device-tree/compatible = maker,board\n", "none" },
		{ "/sys/class/dmi/id/sys_vendor = Maker\n", "none" },
		{ "/run/systemd/container = lxc\n", "container" },
		{ "/run/.containerenv =\n", "container" },
		{ "/proc/1/environ = container=lxc\n", "container" },
		{ "/proc/1/environ = TERM=linux\n", NULL },
		{ "/proc/1/environ = containers=2\n", NULL },
		/* The files of a container show the machine below it. */
		{ "/run/systemd/container = docker\n/sys/class/dmi/id/sys_vendor = QEMU\n",
		  "container" },
		{ "/sys/class/dmi/id/sys_vendor = QEMU\n"
		  "/sys/class/dmi/id/product_name = Standard PC\n",
		  "vm" },
		{ "/sys/class/dmi/id/sys_vendor = Microsoft Corporation\n"
		  "/sys/class/dmi/id/product_name = Virtual Machine\n",
		  "vm" },
		{ "/sys/class/dmi/id/sys_vendor = Microsoft Corporation\n"
		  "/sys/class/dmi/id/product_name = Surface Pro\n",
		  "none" },
		{ "/sys/class/dmi/id/product_name = VMware20,1\n", "vm" },
		{ "/sys/class/dmi/id/sys_vendor = Amazon EC2\n"
		  "/sys/class/dmi/id/product_name = c7g.large\n",
		  "vm" },
		{ "/sys/class/dmi/id/sys_vendor = Amazon EC2\n"
		  "/sys/class/dmi/id/product_name = c7g.metal\n",
		  "none" },
		{ "/proc/device-tree/hypervisor/compatible = linux,kvm\n", "vm" },
		{ "/proc/device-tree/fw-cfg@9020000/dma-coherent =\n", "vm" },
		{ "/proc/device-tree/compatible = linux,dummy-virt\n", "vm" },
		{ "/sys/hypervisor/type = xen\n", "vm" },
		{ "/sys/hypervisor/type = xen\n/proc/xen/capabilities = control_d\n", "none" },
		{ "/proc/xen/capabilities =\n", "vm" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct system system = read_system(tree_renew(state), rows[i].lines);

		row_same(rows[i].lines, virtualization_name(system.virtualization), rows[i].name);
		system_done(&system);
	}
}

static void test_one_missing_part_hides_no_other(void **state)
{
	struct system system = read_system(
		*state, THERMAL
		"thermal_zone1/type = soc\n" THERMAL "thermal_zone1/temp = 30000\n" THERMAL
		"cooling_device0/type = cpufreq-cpu0\n" THERMAL "cooling_device0/cur_state = 1\n"
		"/sys/power/state = mem\n"
		"/proc/uptime = 5.00 1.00\n");

	assert_null(system.model);
	assert_null(system.kernel);
	assert_int_equal(system.uptime_s, 5);
	assert_true(system.can_suspend);
	assert_string_equal(system.hottest, "soc");
	assert_string_equal(system.cooling, "cpufreq-cpu0");
	system_done(&system);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_nothing_is_known_of_an_empty_tree),
		tree_test(test_model),
		tree_test(test_strings_of_a_device_tree),
		tree_test(test_kernel),
		tree_test(test_uptime),
		tree_test(test_suspend),
		tree_test(test_hottest_zone),
		tree_test(test_cooling_of_the_processor),
		tree_test(test_turbo),
		tree_test(test_supply),
		tree_test(test_virtualization),
		tree_test(test_one_missing_part_hides_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
