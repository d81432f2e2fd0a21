/* SPDX-License-Identifier: MIT */
/* Asks the system manager over D-Bus. The only file that uses sd-bus. */

#include "machine/bus.h"

#include "base/clock.h"
#include "base/util.h"
#include "root/record.h"
#include "root/root.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <systemd/sd-bus.h>
#include <time.h>

#define SOCKET	  "/run/dbus/system_bus_socket"
#define MANAGER	  "org.freedesktop.systemd1"
#define DIRECTORY "/org/freedesktop/systemd1"

#define CLEANUP_MESSAGE CLEANUP(sd_bus_message_unrefp)

#define COPY(field, text) (void)snprintf(field, sizeof(field), "%s", text)

/* A connection on which nothing waits longer than until DEADLINE (clock_ms()). */
struct line {
	sd_bus *bus;
	double deadline;
};

static void hang_up(struct line *line)
{
	sd_bus_close_unref(line->bus);
}

#define CLEANUP_LINE CLEANUP(hang_up)

static struct unit *find_unit(struct unit *units, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(units[i].name, name))
			return &units[i];
	return NULL;
}

/* Not sd_bus_open_system(): that obeys DBUS_SYSTEM_BUS_ADDRESS, which can name a program to run. */
static int connect_bus(double deadline)
{
	const struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = SOCKET };
	int left = clock_left_ms(deadline), r;
	const struct timeval limit = { left / 1000, left % 1000 * 1000L };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	/* It applies to connect() too, which waits while the backlog is full. */
	if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)) == 0 &&
	    connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	r = errno == EAGAIN ? -ETIMEDOUT : -errno;
	close_p(&fd);
	return r;
}

/* Starts the connection over FD and waits until it is authenticated, which sd-bus limits to 90 s.
 */
static int start_bus(const struct line *line, int fd)
{
	int r = sd_bus_set_fd(line->bus, fd, fd);

	if (r < 0) {
		close(fd);
		return r;
	}
	if ((r = sd_bus_set_bus_client(line->bus, true)) >= 0)
		r = sd_bus_start(line->bus);
	while (r >= 0 && (r = sd_bus_is_ready(line->bus)) == 0) {
		int left = clock_left_ms(line->deadline);

		r = left ? sd_bus_process(line->bus, NULL) : -ETIMEDOUT;
		if (r == 0)
			r = sd_bus_wait(line->bus, (uint64_t)left * 1000);
	}
	return r;
}

/* sd-bus takes a limit for a call, so the next one gets what is left. */
static int limit_call(const struct line *line)
{
	int left = clock_left_ms(line->deadline);

	return left ? sd_bus_set_method_call_timeout(line->bus, (uint64_t)left * 1000) : -ETIMEDOUT;
}

/*
 * Calls a method of the manager that takes a list of names. ListUnitFilesByPatterns takes a list of
 * states before it, which is left empty: any state.
 */
static int call_manager(const struct line *line, const char *method, bool any_state, char **names,
			sd_bus_message **ret)
{
	CLEANUP_MESSAGE sd_bus_message *message = NULL;
	int r = sd_bus_message_new_method_call(line->bus, &message, MANAGER, DIRECTORY,
					       MANAGER ".Manager", method);

	if (r >= 0 && any_state)
		r = sd_bus_message_append_strv(message, NULL);
	if (r >= 0)
		r = sd_bus_message_append_strv(message, names);
	if (r >= 0)
		r = limit_call(line);
	return r < 0 ? r : sd_bus_call(line->bus, message, 0, NULL, ret);
}

static int read_states(const struct line *line, char **names, struct unit *units, size_t count)
{
	CLEANUP_MESSAGE sd_bus_message *reply = NULL;
	const char *name, *load, *active;
	int r = call_manager(line, "ListUnitsByNames", false, names, &reply);

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

static int read_file_states(const struct line *line, char **names, struct unit *units, size_t count)
{
	CLEANUP_MESSAGE sd_bus_message *reply = NULL;
	const char *path, *state;
	int r = call_manager(line, "ListUnitFilesByPatterns", true, names, &reply);

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

static int read_result(const struct line *line, struct unit *unit)
{
	CLEANUP_FREE char *path = NULL, *result = NULL;
	int r = sd_bus_path_encode(DIRECTORY "/unit", unit->name, &path);

	if (r >= 0)
		r = limit_call(line);
	if (r >= 0)
		r = sd_bus_get_property_string(line->bus, MANAGER, path, MANAGER ".Service",
					       "Result", NULL, &result);
	if (r >= 0)
		COPY(unit->result, result);
	return r;
}

static int read_unit_drop_ins(const struct line *line, struct unit *unit)
{
	CLEANUP_FREE char *path = NULL;
	char **list = NULL;
	size_t length = 0;
	int r = sd_bus_path_encode(DIRECTORY "/unit", unit->name, &path);

	if (r >= 0)
		r = limit_call(line);
	if (r >= 0)
		r = sd_bus_get_property_strv(line->bus, MANAGER, path, MANAGER ".Unit",
					     "DropInPaths", NULL, &list);
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

/* The caller closes ret->bus, also after a failure. */
static int open_line(unsigned timeout_ms, struct line *ret)
{
	int fd, r;

	*ret = (struct line){ .deadline = clock_ms() + timeout_ms };
	r = sd_bus_new(&ret->bus);
	if (r >= 0)
		r = fd = connect_bus(ret->deadline);
	return r < 0 ? r : start_bus(ret, fd);
}

static int ask_manager(struct unit *units, size_t count, unsigned timeout_ms)
{
	CLEANUP_FREE char **names = calloc(count + 1, sizeof(*names));
	CLEANUP_LINE struct line line = { 0 };
	int r = names ? open_line(timeout_ms, &line) : -ENOMEM;

	for (size_t i = 0; names && i < count; i++)
		names[i] = (char *)units[i].name;
	if (r >= 0)
		r = read_states(&line, names, units, count);
	if (r >= 0)
		r = read_file_states(&line, names, units, count);
	if (r >= 0 && !strcmp(units[0].load, "loaded"))
		r = read_result(&line, &units[0]);
	for (size_t i = 0; r >= 0 && i < count; i++)
		if (!strcmp(units[i].load, "loaded"))
			r = read_unit_drop_ins(&line, &units[i]);
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

static bool is_down(const struct unit *unit)
{
	return !strcmp(unit->active, "inactive") || !strcmp(unit->active, "failed");
}

int bus_stop_unit(const struct root *root, const char *name, unsigned timeout_ms)
{
	const struct timespec moment = { .tv_nsec = 20000000L };
	char *names[] = { (char *)name, NULL };
	struct unit unit = { .name = name };
	CLEANUP_LINE struct line line = { 0 };
	int r;

	if (!root_is_live(root))
		return 0;
	r = open_line(BUS_TIMEOUT_MS, &line);
	if (r >= 0)
		r = read_states(&line, names, &unit, 1);
	/* What the unit runs to stop may have called this. */
	if (r < 0 || is_down(&unit) || !strcmp(unit.active, "deactivating"))
		return r < 0 ? r : 0;
	r = limit_call(&line);
	if (r >= 0)
		r = sd_bus_call_method(line.bus, MANAGER, DIRECTORY, MANAGER ".Manager", "StopUnit",
				       NULL, NULL, "ss", name, "replace");
	line.deadline = clock_ms() + timeout_ms;
	while (r >= 0 && !is_down(&unit)) {
		(void)nanosleep(&moment, NULL);
		r = read_states(&line, names, &unit, 1);
	}
	return r < 0 ? r : 1;
}
