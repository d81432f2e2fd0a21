/* SPDX-License-Identifier: MIT */
/* What the user asks for, key by key. Pure. */

#include "plan/config.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/card.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int config_init(struct config *ret)
{
	*ret = (struct config){ .cpu = -1 };
	ret->wanted[KIND_GOVERNOR] = strdup(kinds[KIND_GOVERNOR].usual);
	return ret->wanted[KIND_GOVERNOR] ? 0 : -ENOMEM;
}

void config_done(struct config *config)
{
	free(config->devices);
	for (enum kind kind = 0; kind < N_KINDS; kind++)
		free(config->wanted[kind]);
	*config = (struct config){ 0 };
}

static int set_devices(struct config *config, const char *value, struct error *error)
{
	CLEANUP_FREE struct card_id *devices = NULL;
	size_t count = 0;

	for (const char *p = value + strspn(value, " ,"); *p; p += strspn(p, " ,")) {
		struct card_id *grown = array_grow(devices, count, sizeof(*devices));

		if (!grown)
			return -ENOMEM;
		devices = grown;
		if (parse_hex4(p, &devices[count].vendor) < 0 || p[4] != ':' ||
		    parse_hex4(p + 5, &devices[count].device) < 0 || !strchr(" ,", p[9]))
			return error_set(error, -EINVAL,
					 "allowed are PCI ids VENDOR:DEVICE of four hexadecimal "
					 "digits each, such as 1f4b:0650");
		count++;
		p += 9;
	}
	free(config->devices);
	config->devices = devices;
	config->n_devices = count;
	devices = NULL;
	return 0;
}

static int set_cpu(struct config *config, const char *value, struct error *error)
{
	int64_t cpu = -1;

	if (strcmp(value, "auto") && parse_long(value, 0, CPUSET_MAX - 1, &cpu) < 0)
		return error_set(error, -EINVAL, "allowed are 'auto' and the number of a CPU");
	config->cpu = (int)cpu;
	return 0;
}

static int set_wanted(struct config *config, enum kind kind, const char *value, struct error *error)
{
	char *copy = NULL;

	if (strcmp(value, "off") != 0) {
		if (!kinds[kind].is_allowed(value))
			return error_set(error, -EINVAL, "allowed are 'off' and %s",
					 kinds[kind].allowed);
		copy = strdup(value);
		if (!copy)
			return -ENOMEM;
	}
	free(config->wanted[kind]);
	config->wanted[kind] = copy;
	config->named |= KIND_BIT(kind);
	return 0;
}

static int refuse_key(struct error *error)
{
	char list[128] = "";

	for (enum kind kind = 0; kind < N_KINDS; kind++)
		if (kinds[kind].key)
			snprintf(list + strlen(list), sizeof(list) - strlen(list), ", %s",
				 kinds[kind].key);
	return error_set(error, -EINVAL, "unknown key; allowed are Devices, Cpu%s", list);
}

int config_set(struct config *config, const char *key, const char *value, struct error *error)
{
	if (!strcmp(key, "Devices"))
		return set_devices(config, value, error);
	if (!strcmp(key, "Cpu"))
		return set_cpu(config, value, error);
	for (enum kind kind = 0; kind < N_KINDS; kind++)
		if (kinds[kind].key && !strcmp(key, kinds[kind].key))
			return set_wanted(config, kind, value, error);
	return refuse_key(error);
}
