/* SPDX-License-Identifier: MIT */
/* The configuration file. The only file that uses inih. */

#include "plan/config.h"

#include "base/util.h"
#include "plan/op.h"
#include "root/root.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

int config_init(struct config *ret)
{
	*ret = (struct config){ .cpu = -1, .wait_s = 10, .idle_latency_us = -1 };
	ret->governor = strdup("performance");
	return ret->governor ? 0 : -ENOMEM;
}

void config_done(struct config *config)
{
	free(config->devices);
	free(config->governor);
	free(config->memory_governor);
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
	long cpu = -1;

	if (strcmp(value, "auto") && parse_long(value, 0, CPUSET_MAX - 1, &cpu) < 0)
		return error_set(error, -EINVAL, "allowed are 'auto' and the number of a CPU");
	config->cpu = (int)cpu;
	return 0;
}

static int set_name(char **name, const char *value, struct error *error)
{
	char *copy = NULL;

	if (!kind_valid_value(KIND_GOVERNOR, value))
		return error_set(error, -EINVAL,
				 "allowed are 'off' and the name of a governor, such as "
				 "'performance'");
	if (strcmp(value, "off")) {
		copy = strdup(value);
		if (!copy)
			return -ENOMEM;
	}
	free(*name);
	*name = copy;
	return 0;
}

static int set_governor(struct config *config, const char *value, struct error *error)
{
	return set_name(&config->governor, value, error);
}

static int set_memory_governor(struct config *config, const char *value, struct error *error)
{
	return set_name(&config->memory_governor, value, error);
}

static int set_wait(struct config *config, const char *value, struct error *error)
{
	if (parse_long(value, 0, WAIT_MAX_S, &config->wait_s) < 0)
		return error_set(error, -EINVAL, "allowed are 0 to %d seconds", WAIT_MAX_S);
	return 0;
}

static int set_idle_latency(struct config *config, const char *value, struct error *error)
{
	long latency = -1;

	/* The kernel's file takes 0 for "no limit", which is what 'off' leaves in force. */
	if (strcmp(value, "off") && parse_long(value, 1, IDLE_LATENCY_MAX_US, &latency) < 0)
		return error_set(error, -EINVAL, "allowed are 'off' and 1 to %d microseconds",
				 IDLE_LATENCY_MAX_US);
	config->idle_latency_us = latency;
	return 0;
}

static const struct {
	const char *name;
	int (*set)(struct config *config, const char *value, struct error *error);
} keys[] = {
	{ "Devices", set_devices },	     { "Cpu", set_cpu },
	{ "Governor", set_governor },	     { "Wait", set_wait },
	{ "IdleLatency", set_idle_latency }, { "MemoryGovernor", set_memory_governor },
};

int config_set(struct config *config, const char *key, const char *value, struct error *error)
{
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (!strcmp(keys[i].name, key))
			return keys[i].set(config, value, error);
	return error_set(error, -EINVAL,
			 "allowed are the keys Devices, Cpu, Governor, Wait, IdleLatency and "
			 "MemoryGovernor");
}

/* One file being parsed. inih goes on after an error; the first one is kept. */
struct parse {
	const char *rest;
	const char *name;
	int line;
	struct config *config;
	struct error *error;
	int result;
};

static void parse_fail(struct parse *parse, int code, const char *key, const char *why)
{
	if (parse->result == 0)
		parse->result = error_set(parse->error, code, "%s, line %d: %s: %s", parse->name,
					  parse->line, key, why);
}

/* Like fgets(). An indented line is one of its own, not the continuation inih would make of it. */
static char *next_config_line(char *line, int size, void *stream)
{
	struct parse *parse = stream;
	const char *start = parse->rest + strspn(parse->rest, " \t");
	size_t length = strcspn(start, "\n"), room = (size_t)size - 2;

	if (!*parse->rest)
		return NULL;
	parse->line++;
	if (*start == '[')
		parse_fail(parse, -EINVAL, "[...]", "the file has no sections; remove the line");
	parse->rest = start + length + (start[length] == '\n');
	if (length > room) {
		parse_fail(parse, -EINVAL, "the line is too long", "shorten it");
		length = room;
	}
	memcpy(line, start, length);
	memcpy(line + length, "\n", 2);
	return line;
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
	struct parse *parse = user;
	struct error why = { .text = "out of memory" };
	char assignment[256];
	int r;

	(void)section;
	if (parse->result)
		return 1;
	snprintf(assignment, sizeof(assignment), "%s=%s", key, value);
	r = config_set(parse->config, key, value, &why);
	if (r < 0)
		parse_fail(parse, r, assignment, why.text);
	return 1;
}

int config_parse(const char *text, const char *name, struct config *config, struct error *error)
{
	struct parse parse = { .rest = text, .name = name, .config = config, .error = error };
	int line = ini_parse_stream(next_config_line, &parse, on_key, &parse);

	if (line > 0 && parse.result == 0) {
		parse.line = line;
		parse_fail(&parse, -EINVAL, "not an assignment", "write KEY=VALUE");
	}
	if (line < 0 && parse.result == 0)
		return error_set(error, -ENOMEM, "out of memory");
	return parse.result;
}

static int read_config_file(const struct root *root, const char *path, struct config *config,
			    struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	int r = root_read_text(root, &text, "%s", path);

	if (r < 0)
		return error_set(error, r == -EINVAL ? -EIO : r, "cannot read %s: %s", path,
				 strerror(-r));
	return config_parse(text, path, config, error);
}

static int compare_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int read_config_dir(const struct root *root, struct config *config, struct error *error)
{
	CLEANUP_DIR DIR *dir = NULL;
	char **names = NULL;
	size_t count = 0;
	int r = root_open_dir(root, &dir, CONFIG_DIR);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(error, r, "cannot read " CONFIG_DIR ": %s", strerror(-r));
	for (const struct dirent *entry; r == 0 && (entry = readdir(dir));) {
		size_t length = strlen(entry->d_name);
		char **grown;

		if (entry->d_name[0] == '.' || length < 5 ||
		    strcmp(entry->d_name + length - 5, ".conf"))
			continue;
		grown = array_grow(names, count, sizeof(*names));
		if (grown) {
			names = grown;
			names[count] = text_format(CONFIG_DIR "/%s", entry->d_name);
		}
		if (!grown || !names[count++])
			r = error_set(error, -ENOMEM, "out of memory");
	}
	if (count)
		qsort(names, count, sizeof(*names), compare_name);
	for (size_t i = 0; i < count; i++) {
		if (r == 0)
			r = read_config_file(root, names[i], config, error);
		free(names[i]);
	}
	free(names);
	return r;
}

int config_read(const struct root *root, const char *file, struct config *config,
		struct error *error)
{
	struct error missing = { 0 };
	int r;

	if (file) {
		CLEANUP_ROOT struct root *host = NULL;

		r = root_open("/", &host);
		return r < 0 ? error_set(error, r, "cannot open /: %s", strerror(-r))
			     : read_config_file(host, file, config, error);
	}
	r = read_config_file(root, CONFIG_FILE, config, &missing);
	if (r < 0 && r != -ENOENT) {
		*error = missing;
		return r;
	}
	return read_config_dir(root, config, error);
}
