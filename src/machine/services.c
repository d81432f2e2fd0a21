/* SPDX-License-Identifier: MIT */
/* The state of our own unit, and of programs that may undo its work. */

#include "machine/services.h"

#include "base/util.h"
#include "machine/process.h"
#include "root/root.h"

#include <errno.h>
#include <string.h>

#define CPUFREQ_DIR "/sys/devices/system/cpu/cpufreq"

/* What a program writes, if that depends on the machine or on its configuration. */
enum writes { WRITES_GOVERNOR, WRITES_PERFORMANCE, WRITES_NOTHING };

/* These profiles of tuned, and those that include them, set the governor performance. */
static enum writes tuned_writes(const struct root *root)
{
	static const char *const profiles[] = {
		"throughput-performance", "latency-performance", "network-throughput",
		"network-latency",	  "hpc-compute",	 "accelerator-performance",
	};
	CLEANUP_FREE char *profile = NULL;

	if (root_read_value(root, &profile, "/etc/tuned/active_profile") < 0)
		return WRITES_GOVERNOR;
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		if (text_has_word(profile, profiles[i]))
			return WRITES_PERFORMANCE;
	return WRITES_GOVERNOR;
}

/* Where it finds neither file, as on Arm boards, only its placeholder driver is left. */
static enum writes power_profiles_write(const struct root *root)
{
	CLEANUP_FREE char *profile = NULL;
	CLEANUP_FREE int *policies = NULL;
	size_t count = 0;

	if (root_read_value(root, &profile, "/sys/firmware/acpi/platform_profile") == 0)
		return WRITES_GOVERNOR;
	(void)root_list_numbers(root, "policy", &policies, &count, CPUFREQ_DIR);
	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *preference = NULL;

		if (root_read_value(root, &preference,
				    CPUFREQ_DIR "/policy%d/energy_performance_preference",
				    policies[i]) == 0)
			return WRITES_GOVERNOR;
	}
	return WRITES_NOTHING;
}

/* A daemon is also recognized by its process, in case the manager cannot be asked. */
static const struct known {
	const char *name, *unit, *config;
	const char *process; /* as in comm, at most 15 characters; NULL: not a daemon */
	bool affinity;
	enum writes (*writes)(const struct root *root); /* NULL: always a governor */
} known[] = {
	{ "irqbalance", "irqbalance.service", "/etc/default/irqbalance", "irqbalance", true, NULL },
	{ "tuned", "tuned.service", "/etc/tuned/active_profile", "tuned", false, tuned_writes },
	{ "power-profiles-daemon", "power-profiles-daemon.service", NULL, "power-profiles-", false,
	  power_profiles_write },
	{ "tlp", "tlp.service", "/etc/tlp.conf", NULL, false, NULL },
	{ "auto-cpufreq", "auto-cpufreq.service", "/etc/auto-cpufreq.conf", "auto-cpufreq", false,
	  NULL },
	{ "cpupower", "cpupower.service", "/etc/default/cpupower", NULL, false, NULL },
	{ "cpufrequtils", "cpufrequtils.service", "/etc/default/cpufrequtils", NULL, false, NULL },
	{ "loadcpufreq", "loadcpufreq.service", "/etc/default/loadcpufreq", NULL, false, NULL },
	{ "ondemand", "ondemand.service", NULL, NULL, false, NULL },
	{ "raspi-config", "raspi-config.service", "/etc/default/cpu_governor", NULL, false, NULL },
	{ "cpu-governor-performance", "cpu-governor-performance.service", NULL, NULL, false, NULL },
	{ "dietpi-preboot", "dietpi-preboot.service", "/boot/dietpi.txt", NULL, false, NULL },
	{ "armbian-hardware-optimize", "armbian-hardware-optimize.service",
	  "/etc/default/cpufrequtils", NULL, false, NULL },
	{ "orangepi-hardware-optimize", "orangepi-hardware-optimize.service",
	  "/etc/default/cpufrequtils", NULL, false, NULL },
};

enum { UNIT_OWN, UNIT_SLEEP, UNIT_KNOWN, N_UNITS = UNIT_KNOWN + ARRAY_SIZE(known) };

/* Adds a rival if it is installed or running. */
static int add_rival(const struct root *root, struct services *services, const struct known *what,
		     const struct unit *unit, bool process)
{
	enum writes writes = WRITES_GOVERNOR;
	bool installed = *unit->load && strcmp(unit->load, "not-found") != 0 &&
			 strcmp(unit->load, "masked") != 0;
	bool active = installed && !strcmp(unit->active, "active");
	struct rival *grown;

	if (!installed && !process)
		return 0;
	if (what->writes)
		writes = what->writes(root);
	if (writes == WRITES_NOTHING)
		return 0;
	grown = array_grow(services->rivals, services->n_rivals, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	services->rivals = grown;
	grown[services->n_rivals++] = (struct rival){
		.name = what->name,
		.affinity = what->affinity,
		.config = what->config,
		.daemon = what->process,
		.agrees = writes == WRITES_PERFORMANCE,
		.running = process || (what->process && active),
		.ran = !what->process && active,
		.enabled = !strcmp(unit->file_state, "enabled"),
	};
	return 0;
}

int services_read(const struct root *root, const struct processes *processes, struct services *ret)
{
	struct unit units[N_UNITS] = { 0 };
	int r;

	units[UNIT_OWN].name = SERVICE_NAME;
	units[UNIT_SLEEP].name = "sleep.target";
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		units[UNIT_KNOWN + i].name = known[i].unit;
	r = bus_read_units(root, units, ARRAY_SIZE(units), BUS_TIMEOUT_MS);
	if (r == -ENOMEM)
		return r;
	ret->asked = r == 0;
	ret->own = units[UNIT_OWN];
	ret->sleep = units[UNIT_SLEEP];
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].affinity)
			ret->drop_in = !strcmp(ret->own.active, "active") &&
				       strstr(units[UNIT_KNOWN + i].drop_ins, DROP_IN_NAME);
		r = add_rival(root, ret, &known[i], &units[UNIT_KNOWN + i],
			      known[i].process && process_find(root, processes, known[i].process));
		if (r < 0)
			return r;
	}
	return 0;
}

void services_done(struct services *services)
{
	free(services->rivals);
	*services = (struct services){ 0 };
}
