/* SPDX-License-Identifier: MIT */
/* Moves the thread that a driver's handler runs in, if the kernel does not. */

#include "apply/thread.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/process.h"
#include "root/root.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

static int set_affinity(int pid, const struct cpuset *cpus)
{
	size_t size = CPU_ALLOC_SIZE(CPUSET_MAX);
	cpu_set_t *set = calloc(1, size);
	int r;

	if (!set)
		return -ENOMEM;
	for (int cpu = cpuset_next(cpus, 0); cpu >= 0; cpu = cpuset_next(cpus, cpu + 1))
		CPU_SET_S((size_t)cpu, size, set);
	r = sched_setaffinity(pid, size, set) ? -errno : 0;
	free(set);
	return r;
}

static int rewrite_status(const struct root *root, int pid, const char *cpus)
{
	CLEANUP_FREE char *text = NULL, *path = text_format("/proc/%d/status", pid);
	CLEANUP_FREE char *changed = NULL;
	char *list, *rest;
	int r = path ? root_read_text(root, &text, "%s", path) : -ENOMEM;

	if (r < 0)
		return r;
	list = strstr(text, PROCESS_ALLOWED_LIST);
	if (!list)
		return -EBADMSG;
	list += strlen(PROCESS_ALLOWED_LIST);
	rest = list + strcspn(list, "\n");
	/* root_write_value() ends the last line. */
	for (size_t n = strlen(rest); n && rest[n - 1] == '\n'; n--)
		rest[n - 1] = '\0';
	changed = text_format("%.*s%s%s", (int)(list - text), text, cpus, rest);
	return changed ? root_write_value(root, path, changed) : -ENOMEM;
}

int irq_thread_set_affinity(const struct root *root, int irq, const char *cpus, char **ret_now)
{
	struct processes processes = { 0 };
	struct irq_thread thread = { 0 }, after = { 0 };
	struct cpuset wanted;
	int r = cpuset_parse_list(cpus, &wanted);

	if (r == 0)
		r = processes_read(root, &processes);
	if (r == 0)
		r = process_read_irq_thread(root, &processes, irq, true, &thread);
	if (r == 0 && !thread.pid)
		r = -ESRCH;
	if (r == 0)
		r = root_is_live(root) ? set_affinity(thread.pid, &wanted)
				       : rewrite_status(root, thread.pid, cpus);
	(void)process_read_irq_thread(root, &processes, irq, true, &after);
	*ret_now = cpuset_empty(&after.allowed) ? NULL : cpuset_format_list(&after.allowed);
	processes_done(&processes);
	return r;
}
