/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

struct root;

/* A unit as the system manager knows it (org.freedesktop.systemd1(5)). */
struct unit {
	const char *name;    /* given by the caller */
	char load[16];	     /* LoadState: "loaded", "not-found", "masked"; "" unknown */
	char active[16];     /* ActiveState: "active", "inactive", "failed"... */
	char file_state[16]; /* UnitFileState: "enabled", "disabled", "masked"...; "" none */
	char result[24];     /* Result of a service: "success", "exit-code"...; "" if not asked */
	char drop_ins[64];   /* names of the files of DropInPaths, separated by commas */
};

/*
 * Asks the system manager for the states of the units whose names are filled in, and for the
 * result of the first one. Waits no longer than TIMEOUT_MS for any answer, and asks nothing more
 * after one that did not come. In the place of the socket of the bus a board has a file with the
 * answer, a line for each unit that is loaded: NAME LOAD ACTIVE FILE-STATE RESULT DROP-INS, "-" for
 * a field that is empty; the last may be missing. Returns 0, or -errno if the manager could not be
 * asked: the states are then unknown.
 */
int bus_read_units(const struct root *root, struct unit *units, size_t count, unsigned timeout_ms);
