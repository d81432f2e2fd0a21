/* SPDX-License-Identifier: MIT */
/* What the facts mean: findings, each with what to do about it. Pure. */

#include "diagnose/diagnose.h"

#include "base/util.h"
#include "diagnose/parts.h"

#include <errno.h>

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
	*ret = d.findings;
	return ret->failed ? -ENOMEM : 0;
}
