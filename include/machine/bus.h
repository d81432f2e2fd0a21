/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

struct root;

/* How long the system manager may take for all answers to one command. */
#define BUS_TIMEOUT_MS 800

/* A unit as the system manager knows it (org.freedesktop.systemd1(5)). */
struct unit {
	const char *name;    /* set by the caller */
	char load[16];	     /* LoadState: "loaded", "not-found", "masked"; "" unknown */
	char active[16];     /* ActiveState: "active", "inactive", "failed"... */
	char file_state[16]; /* UnitFileState: "enabled", "disabled", "masked"...; "" none */
	char result[24];   /* Result of a service: "success", "exit-code"...; "" if not asked for */
	char drop_ins[64]; /* names of the files in DropInPaths, separated by commas */
};

/*
 * Asks the system manager for the states of the units whose names are set, and for the result of
 * the first one. All of it, from connecting to the last answer, takes TIMEOUT_MS at most. Only the
 * system bus at /run/dbus/system_bus_socket is asked, whatever the environment says. A board has a
 * file with the answers in place of the bus socket, with one line for each loaded unit: NAME LOAD
 * ACTIVE FILE-STATE RESULT DROP-INS, "-" for an empty field; the last field may be missing. Returns
 * 0, or -errno if the manager could not be asked: the states are then unknown.
 */
int bus_read_units(const struct root *root, struct unit *units, size_t count, unsigned timeout_ms);

/*
 * Has the system manager stop the unit NAME, and waits up to TIMEOUT_MS until it is down. Does
 * nothing in a tree. Returns 1 if the unit has been stopped, 0 if it was not active or is being
 * stopped already, or -errno.
 */
int bus_stop_unit(const struct root *root, const char *name, unsigned timeout_ms);
