/* SPDX-License-Identifier: MIT */
/* The configuration file. The only file that uses inih. */

#include "cmd/config-file.h"

#include "plan/config.h"
#include "root/root.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

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
				 root_strerror(r));
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
