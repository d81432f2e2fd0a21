/* SPDX-License-Identifier: MIT */
/* The board, the kernel, the temperature. */

#include "machine/system.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define THERMAL_DIR "/sys/class/thermal"
#define HWMON_DIR   "/sys/class/hwmon"

static int read_model(const struct root *root, const struct firmware *firmware, char **ret)
{
	const char *vendor = firmware->vendor ? firmware->vendor : "";
	int r = root_read_value(root, ret, "/proc/device-tree/model");

	if (r == 0 || r == -ENOMEM || !firmware->product)
		return r == -ENOMEM ? r : 0;
	/* Some vendors start the product name with their own name. */
	if (!strncmp(firmware->product, vendor, strlen(vendor)))
		vendor = "";
	*ret = text_format("%s%s%s", vendor, *vendor ? " " : "", firmware->product);
	return *ret ? 0 : -ENOMEM;
}

static int read_firmware_names(const struct root *root, struct system *system)
{
	CLEANUP_FREE char *vendor = NULL, *product = NULL;
	int r = root_read_words(root, &system->compatible, "/proc/device-tree/compatible");

	if (r != -ENOMEM)
		r = root_read_value(root, &vendor, "/sys/class/dmi/id/sys_vendor");
	if (r != -ENOMEM)
		r = root_read_value(root, &product, "/sys/class/dmi/id/product_name");
	const struct firmware firmware = { system->compatible, vendor, product };

	if (r != -ENOMEM)
		r = read_model(root, &firmware, &system->model);
	return r == -ENOMEM ? r : virtualization_read(root, &firmware, &system->virtualization);
}

static void read_uptime(const struct root *root, int64_t *ret)
{
	CLEANUP_FREE char *text = NULL;

	if (root_read_value(root, &text, "/proc/uptime") < 0)
		return;
	/* "350735.47 234388.90": whole seconds are enough. */
	text[strcspn(text, ". ")] = '\0';
	(void)parse_long(text, 0, INT64_MAX, ret);
}

static int read_suspend(const struct root *root, bool *ret)
{
	CLEANUP_FREE char *states = NULL;
	int r = root_read_value(root, &states, "/sys/power/state");

	if (r == 0)
		*ret = text_has_word(states, "mem");
	return r == -ENOMEM ? r : 0;
}

/* How much a zone of that type tells of the heat of the CPUs: 2 much, 1 a little, 0 nothing. */
static int zone_rank(const char *type)
{
	static const char *const near[] = { "cpu",     "bigcore", "littlecore",	  "cluster", "soc",
					    "package", "tcpu",	  "x86_pkg_temp", "coretemp" };
	static const char *const elsewhere[] = { "bat",	 "bms",	 "charger", "wifi",
						 "ath1", "nvme", "usb",	    "axcl" };

	for (size_t i = 0; i < ARRAY_SIZE(near); i++)
		if (!strncasecmp(type, near[i], strlen(near[i])))
			return 2;
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++)
		if (strcasestr(type, elsewhere[i]))
			return 0;
	return 1;
}

static int read_zones(const struct root *root, struct system *system)
{
	CLEANUP_FREE int *zones = NULL;
	size_t count;
	int best = 0;
	int r = root_list_numbers(root, "thermal_zone", &zones, &count, THERMAL_DIR);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *type = NULL;
		int64_t temperature;
		int rank;

		if (root_read_long(root, &temperature, THERMAL_DIR "/thermal_zone%d/temp",
				   zones[i]) < 0)
			continue;
		r = root_read_value(root, &type, THERMAL_DIR "/thermal_zone%d/type", zones[i]);
		if (r == -ENOMEM)
			return r;
		rank = r < 0 ? 0 : zone_rank(type);
		if (!rank || rank < best || (rank == best && temperature <= system->hottest_mc))
			continue;
		best = rank;
		free(system->hottest);
		system->hottest = type;
		type = NULL;
		system->hottest_mc = temperature;
	}
	return 0;
}

/* A device "cpufreq-cpu0" or "thermal-cpufreq-0" in a state above 0 limits the clock. */
static int read_cooler(const struct root *root, int id, struct system *system)
{
	CLEANUP_FREE char *type = NULL;
	struct cooler *grown;
	int64_t state = 0;
	int r = root_read_value(root, &type, THERMAL_DIR "/cooling_device%d/type", id);

	if (r < 0 || !strstr(type, "cpufreq"))
		return r == -ENOMEM ? r : 0;
	(void)root_read_long(root, &state, THERMAL_DIR "/cooling_device%d/cur_state", id);
	grown = array_grow(system->coolers, system->n_coolers, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	system->coolers = grown;
	grown[system->n_coolers++] = (struct cooler){ .type = type, .active = state > 0 };
	if (state > 0 && !system->cooling)
		system->cooling = type;
	type = NULL;
	return 0;
}

static int read_coolers(const struct root *root, struct system *system)
{
	CLEANUP_FREE int *devices = NULL;
	size_t count;
	int r = root_list_numbers(root, "cooling_device", &devices, &count, THERMAL_DIR);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; r == 0 && i < count; i++)
		r = read_cooler(root, devices[i], system);
	return r;
}

static void read_turbo(const struct root *root, struct system *system)
{
	static const struct {
		const char *path;
		int64_t off;
	} files[] = {
		{ "/sys/devices/system/cpu/intel_pstate/no_turbo", 1 },
		{ "/sys/devices/system/cpu/cpufreq/boost", 0 },
	};
	int64_t value;

	for (size_t i = 0; i < ARRAY_SIZE(files) && !system->no_turbo; i++)
		if (root_read_long(root, &value, "%s", files[i].path) == 0 && value == files[i].off)
			system->no_turbo = files[i].path;
}

/* drivers/hwmon/raspberrypi-hwmon.c asks the firmware every two seconds. */
static int read_supply(const struct root *root, struct system *system)
{
	CLEANUP_FREE int *sensors = NULL;
	size_t count;
	int r = root_list_numbers(root, "hwmon", &sensors, &count, HWMON_DIR);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *name = NULL;
		int64_t alarm = 0;

		r = root_read_value(root, &name, HWMON_DIR "/hwmon%d/name", sensors[i]);
		if (r == -ENOMEM)
			return r;
		if (r == 0 && !strcmp(name, "rpi_volt") &&
		    root_read_long(root, &alarm, HWMON_DIR "/hwmon%d/in0_lcrit_alarm",
				   sensors[i]) == 0)
			system->under_voltage = alarm > 0;
	}
	return 0;
}

int system_read(const struct root *root, struct system *ret)
{
	int r = read_firmware_names(root, ret);

	ret->uptime_s = -1;
	read_uptime(root, &ret->uptime_s);
	if (r != -ENOMEM)
		r = root_read_value(root, &ret->kernel, "/proc/sys/kernel/osrelease");
	if (r != -ENOMEM)
		r = read_suspend(root, &ret->can_suspend);
	if (r == 0)
		r = read_zones(root, ret);
	if (r == 0)
		r = read_supply(root, ret);
	read_turbo(root, ret);
	return r == 0 ? read_coolers(root, ret) : r;
}

void system_done(struct system *system)
{
	free(system->model);
	free(system->compatible);
	free(system->kernel);
	for (size_t i = 0; i < system->n_coolers; i++)
		free(system->coolers[i].type);
	free(system->coolers);
	free(system->hottest);
	*system = (struct system){ 0 };
}
