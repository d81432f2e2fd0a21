/* SPDX-License-Identifier: MIT */
/* What the facts mean: findings, each with what to do about it. Pure. */

#include "diagnose/diagnose.h"

#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/machine.h"

#include <errno.h>
#include <string.h>

#define SUDO "sudo "

/* What comes before a command: where it is to be typed, or what apply waits for; else NULL. */
static const char *condition(const struct diagnosis *d, const char *advice)
{
	if (d->machine->system.virtualization == VIRTUALIZATION_CONTAINER && strstr(advice, SUDO))
		return "On the host";
	if (strcmp(advice, APPLY) != 0)
		return NULL;
	if (d->refused->reason)
		return "Once the settings can be planned";
	return d->mistake ? "Once the configuration is right" : NULL;
}

static void fit_advice(struct diagnosis *d)
{
	for (size_t i = 0; i < d->findings.count; i++) {
		char **advice = &d->findings.list[i].advice;
		const char *before = *advice ? condition(d, *advice) : NULL;
		char *longer = before ? text_format("%s: %s", before, *advice) : NULL;

		if (before && !longer)
			d->findings.failed = true;
		if (longer) {
			free(*advice);
			*advice = longer;
		}
		/* Root need not become root. */
		if (!*advice || !d->machine->privileged)
			continue;
		for (char *sudo = *advice; (sudo = strstr(sudo, SUDO));)
			memmove(sudo, sudo + strlen(SUDO), strlen(sudo + strlen(SUDO)) + 1);
	}
}

int diagnose(const struct machine *machine, const struct plan *plan, const struct refusal *refused,
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
