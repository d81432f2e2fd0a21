/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct root;

/* The machine as a whole. */
struct system {
	char *model;	  /* of the device tree, else of DMI; NULL unknown */
	char *compatible; /* of the device tree, separated by blanks; NULL unknown */
	char *kernel;	  /* release of the kernel; NULL unknown */
	long uptime_s;	  /* -1 unknown */
	bool can_suspend; /* the kernel offers suspend to memory */
	char *cooling;	 /* type of a cpufreq cooling device that is at work now; NULL if none is */
	long hottest_mc; /* the hottest thermal zone, in thousandths of a degree Celsius... */
	char *hottest;	 /* ...and its type; NULL if there is no thermal zone */
};

/*
 * Reads /proc/device-tree, /sys/class/dmi/id, /proc/sys/kernel, /proc/uptime, /sys/power/state and
 * /sys/class/thermal (Documentation/driver-api/thermal/sysfs-api.rst); all of it may be missing.
 * Returns 0 or -ENOMEM; the caller calls system_done() in any case.
 */
int system_read(const struct root *root, struct system *ret);
void system_done(struct system *system);
