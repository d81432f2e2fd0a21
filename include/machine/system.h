/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/virtualization.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct root;

/* A cooling device that lowers the clock of a cpufreq policy. */
struct cooler {
	char *type; /* "cpufreq-cpu4" names a CPU of the policy, "thermal-cpufreq-1" none */
	bool active;
};

/* The machine as a whole. */
struct system {
	char *model;	  /* from the device tree, else from DMI; NULL unknown */
	char *compatible; /* from the device tree, separated by blanks; NULL unknown */
	char *kernel;	  /* kernel release; NULL unknown */
	int64_t uptime_s; /* -1 unknown */
	bool can_suspend; /* the kernel supports suspend to memory */
	enum virtualization virtualization;
	bool under_voltage; /* a Raspberry Pi says that its supply is too weak */
	size_t n_coolers;
	struct cooler *coolers; /* ascending by the number of the cooling device */
	const char *cooling;	/* type of the first active one; NULL if there is none */
	const char *no_turbo;	/* the file that turns turbo off; NULL if turbo is on or unknown */
	int64_t hottest_mc; /* millidegrees Celsius of the hottest thermal zone near the CPUs... */
	char *hottest;	    /* ...and its type; of any zone of the board if none is; NULL unknown */
};

/*
 * Reads /proc/device-tree, /sys/class/dmi/id, /proc/sys/kernel, /proc/uptime, /sys/power/state,
 * /sys/class/thermal (Documentation/driver-api/thermal/sysfs-api.rst), /sys/class/hwmon and what
 * virtualization_read() reads; all of it may be missing.
 * Returns 0 or -ENOMEM; the caller calls system_done() in any case.
 */
int system_read(const struct root *root, struct system *ret);
void system_done(struct system *system);
