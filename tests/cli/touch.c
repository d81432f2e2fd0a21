/* SPDX-License-Identifier: MIT */
/*
 * For LD_PRELOAD: ends the process at the first step into libsmartcols, json-c or sd-bus, naming
 * it. No other function of those libraries works without one of these.
 */

#include <stdio.h>
#include <stdlib.h>

#define TOUCH(function)                                   \
	void *function(void);                             \
	void *function(void)                              \
	{                                                 \
		fputs("touched " #function "\n", stderr); \
		abort();                                  \
	}

TOUCH(scols_new_table)
TOUCH(json_tokener_new)
TOUCH(json_object_new_object)
TOUCH(sd_bus_open_system)
