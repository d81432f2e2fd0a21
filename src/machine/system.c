/* SPDX-License-Identifier: MIT */
/* The board, the kernel, the temperature. */

#include "machine/system.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define THERMAL_DIR "/sys/class/thermal"

static int read_model(const struct root *root, char **ret)
{
	CLEANUP_FREE char *vendor = NULL, *product = NULL;
	int r = root_read_value(root, ret, "/proc/device-tree/model");

	if (r == 0 || r == -ENOMEM)
		return r;
	r = root_read_value(root, &product, "/sys/class/dmi/id/product_name");
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	r = root_read_value(root, &vendor, "/sys/class/dmi/id/sys_vendor");
	if (r == -ENOMEM)
		return r;
	/* Some vendors start the product name with their own name. */
	if (vendor && !strncmp(product, vendor, strlen(vendor)))
		*vendor = '\0';
	*ret = text_format("%s%s%s", vendor ? vendor : "", vendor && *vendor ? " " : "", product);
	return *ret ? 0 : -ENOMEM;
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

static int read_zones(const struct root *root, struct system *system)
{
	CLEANUP_FREE int *zones = NULL;
	size_t count;
	int r = root_list_numbers(root, "thermal_zone", &zones, &count, THERMAL_DIR);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < count; i++) {
		char *type;
		int64_t temperature;

		if (root_read_long(root, &temperature, THERMAL_DIR "/thermal_zone%d/temp",
				   zones[i]) < 0 ||
		    (system->hottest && temperature <= system->hottest_mc))
			continue;
		r = root_read_value(root, &type, THERMAL_DIR "/thermal_zone%d/type", zones[i]);
		if (r == -ENOMEM)
			return r;
		if (r < 0)
			continue;
		free(system->hottest);
		system->hottest = type;
		system->hottest_mc = temperature;
	}
	return 0;
}

/* A device "cpufreq-cpu0" or "thermal-cpufreq-0" in a state above 0 limits the clock. */
static int read_cooling(const struct root *root, struct system *system)
{
	CLEANUP_FREE int *devices = NULL;
	size_t count;
	int r = root_list_numbers(root, "cooling_device", &devices, &count, THERMAL_DIR);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < count && !system->cooling; i++) {
		CLEANUP_FREE char *type = NULL;
		int64_t state = 0;

		r = root_read_value(root, &type, THERMAL_DIR "/cooling_device%d/type", devices[i]);
		if (r == -ENOMEM)
			return r;
		if (r < 0 || !strstr(type, "cpufreq"))
			continue;
		(void)root_read_long(root, &state, THERMAL_DIR "/cooling_device%d/cur_state",
				     devices[i]);
		if (state > 0) {
			system->cooling = type;
			type = NULL;
		}
	}
	return 0;
}

int system_read(const struct root *root, struct system *ret)
{
	int r = read_model(root, &ret->model);

	ret->uptime_s = -1;
	read_uptime(root, &ret->uptime_s);
	if (r == 0)
		r = root_read_words(root, &ret->compatible, "/proc/device-tree/compatible");
	if (r != -ENOMEM)
		r = root_read_value(root, &ret->kernel, "/proc/sys/kernel/osrelease");
	if (r != -ENOMEM)
		r = read_suspend(root, &ret->can_suspend);
	if (r == 0)
		r = read_zones(root, ret);
	return r == 0 ? read_cooling(root, ret) : r;
}

void system_done(struct system *system)
{
	free(system->model);
	free(system->compatible);
	free(system->kernel);
	free(system->cooling);
	free(system->hottest);
	*system = (struct system){ 0 };
}
