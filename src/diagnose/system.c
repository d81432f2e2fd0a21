/* SPDX-License-Identifier: MIT */
/* The machine as a whole: its supply, and whether it is a machine at all. Pure. */

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

static void judge_place(struct diagnosis *d)
{
	enum virtualization place = d->machine->system.virtualization;

	if (place == VIRTUALIZATION_CONTAINER)
		findings_add(&d->findings, SEVERITY_WARNING, "container",
			     strdup("This is a container: the interrupts, the governors and the "
				    "service belong to its host."),
			     strdup("Run ax650n-tune on the host."));
	else if (place == VIRTUALIZATION_VM)
		findings_add(
			&d->findings, SEVERITY_INFO, "virtual-machine",
			strdup("This is a virtual machine: its host decides on which cores its "
			       "CPUs run, where the interrupts of the card arrive first, and "
			       "the clocks."),
			strdup("Tune the host as well: give this machine fast cores of its own "
			       "(such as with 'virsh vcpupin') and set their governor to "
			       "performance."));
}

void diagnose_system(struct diagnosis *d)
{
	judge_place(d);
	judge_supply(d);
}
