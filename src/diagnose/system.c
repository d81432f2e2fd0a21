/* SPDX-License-Identifier: MIT */
/* The machine as a whole: its supply. Pure. */

#include "machine/system.h"

#include "diagnose/parts.h"
#include "machine/machine.h"

#include <string.h>

static void judge_supply(struct diagnosis *d)
{
	if (d->machine->system.under_voltage)
		findings_add(&d->findings, SEVERITY_PROBLEM, "under-voltage",
			     strdup("The supply voltage of the board is too low (rpi_volt): its "
				    "clocks drop, and the card may fail."),
			     strdup("Use the supply made for the board, with its own cable: 5 V at "
				    "5 A for a Raspberry Pi 5, 5 V at 3 A for a Raspberry Pi 4. "
				    "Then see 'vcgencmd get_throttled'."));
}

void diagnose_system(struct diagnosis *d)
{
	judge_supply(d);
}
