/* SPDX-License-Identifier: MIT */
/* What the program may answer and which files it may write. */

#include "writable.h"

#include <string.h>

bool is_documented(int status)
{
	return status >= 0 && status <= 5 && status != 3;
}

static bool ends_with(const char *path, const char *end)
{
	size_t length = strlen(path), n = strlen(end);

	return length >= n && !strcmp(path + length - n, end);
}

static bool is_own(const char *path)
{
	static const char own[] = "/run/ax650n-tune";

	return !strcmp(path, "/run") || (!strncmp(path, own, strlen(own)) &&
					 (!path[strlen(own)] || path[strlen(own)] == '/'));
}

bool is_writable(const char *path)
{
	bool of_irq = !strncmp(path, "/proc/irq/", 10) && ends_with(path, "/smp_affinity");
	bool of_cpu = !strncmp(path, "/sys/devices/system/cpu/", 24) &&
		      (ends_with(path, "/scaling_governor") ||
		       ends_with(path, "/scaling_setspeed") ||
		       ends_with(path, "/pm_qos_resume_latency_us"));
	/* /sys/class/devfreq/dmc is a link on a real machine. */
	bool of_memory = !strncmp(path, "/sys/", 5) && ends_with(path, "/dmc/governor");
	bool of_irqbalance = !strncmp(path, "/run/irqbalance/irqbalance", 26);

	return is_own(path) || of_irq || of_cpu || of_memory || of_irqbalance;
}

bool is_below_run(const char *path)
{
	return !strncmp(path, "/run", 4);
}
