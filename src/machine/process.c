/* SPDX-License-Identifier: MIT */
/* Running processes, and the threads of interrupts. */

#include "machine/process.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/*
 * Reads the name without noting it in the record: a board must not reveal what else runs. Returns
 * false if the process is gone.
 */
static bool read_name(const struct root *root, struct process *process)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/comm", process->pid);
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	n = fd < 0 ? -1 : read(fd, process->name, sizeof(process->name) - 1);
	if (n < 0)
		return false;
	process->name[n] = '\0';
	process->name[strcspn(process->name, "\n")] = '\0';
	return true;
}

void processes_done(struct processes *processes)
{
	free(processes->list);
	*processes = (struct processes){ 0 };
}

int processes_read(const struct root *root, struct processes *processes)
{
	CLEANUP_DIR DIR *dir = NULL;

	if (processes->read || root_open_dir(root, &dir, "/proc") < 0)
		return 0;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		struct process *grown;
		int64_t pid;

		if (parse_long(entry->d_name, 1, INT_MAX, &pid) < 0)
			continue;
		grown = array_grow(processes->list, processes->count, sizeof(*grown));
		if (!grown) {
			processes_done(processes);
			return -ENOMEM;
		}
		processes->list = grown;
		grown += processes->count;
		grown->pid = (int)pid;
		processes->count += read_name(root, grown);
	}
	processes->read = true;
	return 0;
}

static void note_name(const struct root *root, int pid)
{
	CLEANUP_FREE char *name = NULL;

	if (root_record(root))
		(void)root_read_value(root, &name, "/proc/%d/comm", pid);
}

bool process_is_of_root(const struct root *root, int pid)
{
	char path[32];
	struct stat st;

	if (!root_is_live(root))
		return true;
	snprintf(path, sizeof(path), "/proc/%d", pid);
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH, 0, path);
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == 0;
}

int process_find(const struct root *root, const struct processes *processes, const char *name)
{
	for (size_t i = 0; i < processes->count; i++) {
		if (strcmp(processes->list[i].name, name) != 0 ||
		    !process_is_of_root(root, processes->list[i].pid))
			continue;
		note_name(root, processes->list[i].pid);
		return processes->list[i].pid;
	}
	return 0;
}

/* Field number FIELD of /proc/PID/stat, counted from 1 as in proc(5), or -1. */
static int64_t stat_field(const char *stat, int field)
{
	/* Field 2 is the name in parentheses, which can contain anything. */
	const char *p = strrchr(stat, ')');
	char word[32];
	int64_t value;

	for (int i = 2; p && i < field; i++) {
		p = strchr(p, ' ');
		p = p ? p + 1 : NULL;
	}
	if (!p)
		return -1;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(p, " \n"), p);
	return parse_long(word, 0, INT64_MAX, &value) == 0 ? value : -1;
}

static int read_thread(const struct root *root, int pid, struct irq_thread *thread)
{
	static const char mark[] = PROCESS_ALLOWED_LIST;
	CLEANUP_FREE char *stat = NULL, *status = NULL;
	const char *line;
	int r = root_read_value(root, &stat, "/proc/%d/stat", pid);

	note_name(root, pid);
	if (r == 0)
		r = root_read_text(root, &status, "/proc/%d/status", pid);
	if (!stat || !status)
		return r == -ENOMEM ? r : 0;
	*thread = (struct irq_thread){
		.pid = pid,
		.last_cpu = (int)stat_field(stat, 39),
		.priority = stat_field(stat, 40),
	};
	line = strstr(status, mark);
	if (line) {
		CLEANUP_FREE char *list = strndup(line + sizeof(mark) - 1,
						  strcspn(line + sizeof(mark) - 1, "\n"));

		if (!list)
			return -ENOMEM;
		(void)cpuset_parse_list(list, &thread->allowed);
	}
	return 0;
}

bool process_irq_threads_are_forced(const struct root *root)
{
	CLEANUP_FREE char *options = NULL;
	int64_t realtime;

	return (root_read_value(root, &options, "/proc/cmdline") == 0 &&
		text_has_word(options, "threadirqs")) ||
	       (root_read_long(root, &realtime, "/sys/kernel/realtime") == 0 && realtime == 1);
}

int process_read_irq_thread(const struct root *root, const struct processes *processes, int irq,
			    bool secondary, struct irq_thread *ret)
{
	char prefix[32];
	int length = snprintf(prefix, sizeof(prefix), "irq/%d-", irq);

	for (size_t i = 0; i < processes->count; i++) {
		const char *name = processes->list[i].name;

		if (!strncmp(name, prefix, (size_t)length) &&
		    !strncmp(name + length, "s-", 2) == secondary)
			return read_thread(root, processes->list[i].pid, ret);
	}
	return 0;
}
