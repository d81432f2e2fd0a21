/* SPDX-License-Identifier: MIT */
/* The clock of the memory: a devfreq device, known by its name alone. */

#include "machine/memory.h"

#include "base/util.h"
#include "root/root.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#define DEVFREQ_DIR "/sys/class/devfreq"

/* What the devices of memory controllers are called, after an address or a prefix. */
static bool is_memory_device(const char *name)
{
	static const char *const endings[] = { "dmc",  "dmcfreq", "memory-controller",
					       "ddrc", "ddrfreq", "emc" };
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t tail = strlen(endings[i]);

		if (length >= tail && !strcmp(name + length - tail, endings[i]) &&
		    (length == tail || !isalnum((unsigned char)name[length - tail - 1])))
			return true;
	}
	return false;
}

/* Of several the first by name: a directory has no order. */
static int find_controller(const struct root *root, char **ret)
{
	CLEANUP_FREE char *name = NULL;
	CLEANUP_DIR DIR *dir = NULL;

	if (root_open_dir(root, &dir, DEVFREQ_DIR) < 0)
		return 0;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		if (!is_memory_device(entry->d_name) || (name && strcmp(entry->d_name, name) > 0))
			continue;
		free(name);
		name = strdup(entry->d_name);
		if (!name)
			return -ENOMEM;
	}
	*ret = name;
	name = NULL;
	return 0;
}

int memory_read(const struct root *root, struct memory *ret)
{
	int r = find_controller(root, &ret->name);

	if (r < 0 || !ret->name)
		return r;
	ret->path = text_format(DEVFREQ_DIR "/%s/governor", ret->name);
	if (!ret->path)
		return -ENOMEM;
	r = root_read_value(root, &ret->governor, "%s", ret->path);
	ret->error = -r;
	if (r == 0)
		r = root_read_value(root, &ret->governors, DEVFREQ_DIR "/%s/available_governors",
				    ret->name);
	return r == -ENOMEM ? r : 0;
}

void memory_done(struct memory *memory)
{
	free(memory->name);
	free(memory->path);
	free(memory->governor);
	free(memory->governors);
	*memory = (struct memory){ 0 };
}
