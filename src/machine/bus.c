/* SPDX-License-Identifier: MIT */
/* Asks the system manager over D-Bus. The only file that uses sd-bus. */

#include "machine/bus.h"

#include "base/util.h"
#include "root/record.h"
#include "root/root.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-bus.h>

#define SOCKET	  "/run/dbus/system_bus_socket"
#define MANAGER	  "org.freedesktop.systemd1"
#define DIRECTORY "/org/freedesktop/systemd1"

#define CLEANUP_BUS	CLEANUP(sd_bus_close_unrefp)
#define CLEANUP_MESSAGE CLEANUP(sd_bus_message_unrefp)

#define COPY(field, text) (void)snprintf(field, sizeof(field), "%s", text)

static struct unit *find_unit(struct unit *units, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

/*
 * Calls a method of the manager that takes a list of names. ListUnitFilesByPatterns takes a list of
 * states before it, which is left empty: any state.
 */
static int call_manager(sd_bus *bus, const char *method, bool any_state, char **names,
			sd_bus_message **ret)
{
	CLEANUP_MESSAGE sd_bus_message *message = NULL;
	int r = sd_bus_message_new_method_call(bus, &message, MANAGER, DIRECTORY,
					       MANAGER ".Manager", method);

	if (r >= 0 && any_state)
		r = sd_bus_message_append_strv(message, NULL);
	if (r >= 0)
		r = sd_bus_message_append_strv(message, names);
	return r < 0 ? r : sd_bus_call(bus, message, 0, NULL, ret);
}

static int read_states(sd_bus *bus, char **names, struct unit *units, size_t count)
{
	CLEANUP_MESSAGE sd_bus_message *reply = NULL;
	const char *name, *load, *active;
	int r = call_manager(bus, "ListUnitsByNames", false, names, &reply);

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(ssssssouso)");
	while (r >= 0 &&
	       (r = sd_bus_message_read(reply, "(ssssssouso)", &name, NULL, &load, &active, NULL,
					NULL, NULL, NULL, NULL, NULL)) > 0) {
		struct unit *unit = find_unit(units, count, name);

		if (!unit)
			continue;
		COPY(unit->load, load);
		COPY(unit->active, active);
	}
	return r;
}

static int read_file_states(sd_bus *bus, char **names, struct unit *units, size_t count)
{
	CLEANUP_MESSAGE sd_bus_message *reply = NULL;
	const char *path, *state;
	int r = call_manager(bus, "ListUnitFilesByPatterns", true, names, &reply);

	if (r >= 0)
		r = sd_bus_message_enter_container(reply, 'a', "(ss)");
	while (r >= 0 && (r = sd_bus_message_read(reply, "(ss)", &path, &state)) > 0) {
		const char *slash = strrchr(path, '/');
		struct unit *unit = find_unit(units, count, slash ? slash + 1 : path);

		if (unit)
			COPY(unit->file_state, state);
	}
	return r;
}

static int read_result(sd_bus *bus, struct unit *unit)
{
	CLEANUP_FREE char *path = NULL, *result = NULL;
	int r = sd_bus_path_encode(DIRECTORY "/unit", unit->name, &path);

	if (r >= 0)
		r = sd_bus_get_property_string(bus, MANAGER, path, MANAGER ".Service", "Result",
					       NULL, &result);
	if (r >= 0)
		COPY(unit->result, result);
	return r;
}

static int read_unit_drop_ins(sd_bus *bus, struct unit *unit)
{
	CLEANUP_FREE char *path = NULL;
	char **list = NULL;
	size_t length = 0;
	int r = sd_bus_path_encode(DIRECTORY "/unit", unit->name, &path);

	if (r >= 0)
		r = sd_bus_get_property_strv(bus, MANAGER, path, MANAGER ".Unit", "DropInPaths",
					     NULL, &list);
	for (char **p = list; p && *p; p++) {
		const char *slash = strrchr(*p, '/');
		const char *name = slash ? slash + 1 : *p;

		if (length + strlen(name) + 2 <= sizeof(unit->drop_ins))
			length += (size_t)sprintf(unit->drop_ins + length, "%s%s",
						  length ? "," : "", name);
		free(*p);
	}
	free(list);
	return r;
}

static int ask_manager(struct unit *units, size_t count, unsigned timeout_ms)
{
	CLEANUP_FREE char **names = calloc(count + 1, sizeof(*names));
	CLEANUP_BUS sd_bus *bus = NULL;
	int r = names ? sd_bus_open_system(&bus) : -ENOMEM;

	for (size_t i = 0; names && i < count; i++)
		names[i] = (char *)units[i].name;
	if (r >= 0)
		r = sd_bus_set_method_call_timeout(bus, timeout_ms * UINT64_C(1000));
	if (r >= 0)
		r = read_states(bus, names, units, count);
	if (r >= 0)
		r = read_file_states(bus, names, units, count);
	if (r >= 0 && !strcmp(units[0].load, "loaded"))
		r = read_result(bus, &units[0]);
	for (size_t i = 0; r >= 0 && i < count; i++)
		if (!strcmp(units[i].load, "loaded"))
			r = read_unit_drop_ins(bus, &units[i]);
	return r < 0 ? r : 0;
}

/* The answers of a tree: a file in place of the socket. */
static int read_answer(const struct root *root, struct unit *units, size_t count)
{
	CLEANUP_FREE char *text = NULL;
	char *next;
	int r = root_read_text(root, &text, SOCKET);

	if (r < 0)
		return r;
	text_make_printable(text);
	for (char *line = strtok_r(text, "\n", &next); line; line = strtok_r(NULL, "\n", &next)) {
		char *fields[6] = { 0 }, *rest;
		struct unit *unit;
		size_t n = 0;

		for (char *word = strtok_r(line, " ", &rest); word && n < ARRAY_SIZE(fields);
		     word = strtok_r(NULL, " ", &rest))
			fields[n++] = strcmp(word, "-") ? word : (char *)"";
		unit = n >= ARRAY_SIZE(fields) - 1 ? find_unit(units, count, fields[0]) : NULL;
		if (!unit)
			continue;
		COPY(unit->load, fields[1]);
		COPY(unit->active, fields[2]);
		COPY(unit->file_state, fields[3]);
		COPY(unit->result, fields[4]);
		COPY(unit->drop_ins, fields[5] ? fields[5] : "");
	}
	for (size_t i = 0; i < count; i++)
		if (!*units[i].load)
			COPY(units[i].load, "not-found");
	return 0;
}

static void note_answer(struct record *record, const struct unit *units, size_t count)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	for (size_t i = 0; i < count; i++) {
		const struct unit *unit = &units[i];

		if (strcmp(unit->load, "not-found") != 0)
			fprintf(out, "%s %s %s %s %s %s\n", unit->name, unit->load, unit->active,
				*unit->file_state ? unit->file_state : "-",
				*unit->result ? unit->result : "-",
				*unit->drop_ins ? unit->drop_ins : "-");
	}
	if (fclose(out) == 0)
		record_file(record, SOCKET, text, length);
}

int bus_read_units(const struct root *root, struct unit *units, size_t count, unsigned timeout_ms)
{
	int r;

	if (!root_is_live(root))
		return read_answer(root, units, count);
	r = ask_manager(units, count, timeout_ms);
	for (size_t i = 0; r < 0 && i < count; i++)
		units[i] = (struct unit){ .name = units[i].name };
	if (r == 0 && root_record(root))
		note_answer(root_record(root), units, count);
	return r;
}
