/* SPDX-License-Identifier: MIT */
/* What the facts mean: findings, each with what to do about it. Pure. */

#include "diagnose/diagnose.h"

#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/machine.h"

#include <errno.h>
#include <string.h>

#define SUDO "sudo "

/* Where commands are to be typed, and by whom. */
static void fit_advice(struct diagnosis *d)
{
	const struct system *system = &d->machine->system;

	for (size_t i = 0; i < d->findings.count; i++) {
		struct finding *finding = &d->findings.list[i];
		char *sudo = finding->advice ? strstr(finding->advice, SUDO) : NULL;

		if (sudo && system->virtualization == VIRTUALIZATION_CONTAINER) {
			char *there = text_format("On the host: %s", finding->advice);

			if (!there) {
				d->findings.failed = true;
				return;
			}
			free(finding->advice);
			finding->advice = there;
			sudo = strstr(there, SUDO);
		}
		for (; sudo && system->as_root; sudo = strstr(sudo, SUDO))
			memmove(sudo, sudo + strlen(SUDO), strlen(sudo + strlen(SUDO)) + 1);
	}
}

int diagnose(const struct machine *machine, const struct plan *plan, const char *refused,
	     const char *mistake, struct findings *ret)
{
	struct diagnosis d = {
		.machine = machine, .plan = plan, .refused = refused, .mistake = mistake
	};

	diagnose_cards(&d);
	diagnose_system(&d);
	diagnose_clocks(&d);
	diagnose_rivals(&d);
	diagnose_settings(&d);
	fit_advice(&d);
	*ret = d.findings;
	return ret->failed ? -ENOMEM : 0;
}
