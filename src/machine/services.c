/* SPDX-License-Identifier: MIT */
/* The state of our own unit, and of programs that may undo its work. */

#include "machine/services.h"

#include "base/util.h"
#include "machine/process.h"
#include "root/root.h"

#include <errno.h>
#include <string.h>

/* A daemon is also recognized by its process, in case the manager cannot be asked. */
static const struct known {
	const char *name, *unit, *config;
	const char *process; /* as in comm, at most 15 characters; NULL: not a daemon */
	bool affinity;
} known[] = {
	{ "irqbalance", "irqbalance.service", "/etc/default/irqbalance", "irqbalance", true },
	{ "tuned", "tuned.service", "/etc/tuned/active_profile", "tuned", false },
	{ "power-profiles-daemon", "power-profiles-daemon.service", NULL, "power-profiles-",
	  false },
	{ "tlp", "tlp.service", "/etc/tlp.conf", NULL, false },
	{ "auto-cpufreq", "auto-cpufreq.service", "/etc/auto-cpufreq.conf", "auto-cpufreq", false },
	{ "cpupower", "cpupower.service", "/etc/default/cpupower", NULL, false },
	{ "cpufrequtils", "cpufrequtils.service", "/etc/default/cpufrequtils", NULL, false },
	{ "loadcpufreq", "loadcpufreq.service", "/etc/default/loadcpufreq", NULL, false },
	{ "ondemand", "ondemand.service", NULL, NULL, false },
	{ "raspi-config", "raspi-config.service", "/etc/default/cpu_governor", NULL, false },
	{ "cpu-governor-performance", "cpu-governor-performance.service", NULL, NULL, false },
	{ "armbian-hardware-optimize", "armbian-hardware-optimize.service",
	  "/etc/default/cpufrequtils", NULL, false },
	{ "orangepi-hardware-optimize", "orangepi-hardware-optimize.service",
	  "/etc/default/cpufrequtils", NULL, false },
};

enum { UNIT_OWN, UNIT_SLEEP, UNIT_KNOWN, N_UNITS = UNIT_KNOWN + ARRAY_SIZE(known) };

/* Adds a rival if it is installed or running. */
static int add_rival(struct services *services, const struct known *what, const struct unit *unit,
		     bool process)
{
	bool installed = *unit->load && strcmp(unit->load, "not-found") != 0 &&
			 strcmp(unit->load, "masked") != 0;
	struct rival *grown;

	if (!installed && !process)
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
		.running = process || (installed && !strcmp(unit->active, "active")),
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
		r = add_rival(ret, &known[i], &units[UNIT_KNOWN + i],
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
