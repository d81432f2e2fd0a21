/* SPDX-License-Identifier: MIT */
/* What else may undo the settings: irqbalance, other programs, a boot, a suspend. Pure. */

#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/card.h"
#include "machine/irqbalance.h"
#include "machine/machine.h"
#include "machine/services.h"

#include "base/util.h"

#include <string.h>

static void judge_ban(struct diagnosis *d, int irq, enum ban ban)
{
	bool lasting = ban == BAN_DRIVER || d->machine->services.drop_in;

	switch (ban) {
	case BAN_NONE:
		findings_add(
			&d->findings, SEVERITY_WARNING, "irqbalance-unbanned",
			text_format(
				"irqbalance runs and moves interrupt %d as it likes, within 10 s.",
				irq),
			strdup(APPLY));
		break;
	case BAN_NUMBER:
	case BAN_DRIVER:
		findings_add(&d->findings, lasting ? SEVERITY_OK : SEVERITY_INFO,
			     "irqbalance-banned",
			     text_format("irqbalance runs and leaves interrupt %d alone%s.", irq,
					 lasting ? " for good" : ", until it is restarted"),
			     NULL);
		break;
	case BAN_UNKNOWN:
		findings_add(
			&d->findings, SEVERITY_WARNING, "irqbalance-unknown",
			text_format(
				"irqbalance runs and may move interrupt %d; only root can ask it.",
				irq),
			strdup("sudo ax650n-tune diagnose"));
		break;
	}
}

static void judge_irqbalance(struct diagnosis *d)
{
	const struct irqbalance *irqbalance = &d->machine->irqbalance;

	for (size_t i = 0; irqbalance->pid && i < d->machine->n_cards; i++) {
		const struct card *card = &d->machine->cards[i];

		for (size_t v = 0; v < card->n_vectors; v++)
			if (card->driver && card->vectors[v].handler && card->vectors[v].settable)
				judge_ban(d, card->vectors[v].irq,
					  irqbalance_ban(irqbalance, card->vectors[v].irq,
							 card->driver));
	}
}

static void judge_rivals(struct diagnosis *d)
{
	const struct services *services = &d->machine->services;

	for (size_t i = 0; i < services->n_rivals; i++) {
		const struct rival *rival = &services->rivals[i];

		if (rival->affinity || !(rival->running || rival->enabled))
			continue;
		if (rival->daemon && rival->running)
			findings_add(
				&d->findings, SEVERITY_WARNING, "governor-rival",
				text_format("%s runs and may set other governors.", rival->name),
				text_format(
					"Have it use performance%s%s, or 'sudo systemctl disable "
					"--now %s'.",
					rival->config ? ": " : "",
					rival->config ? rival->config : "", rival->name));
		else
			findings_add(&d->findings, SEVERITY_INFO, "governor-at-boot",
				     text_format("%s sets governors when the system starts%s%s.",
						 rival->name, rival->config ? ", from " : "",
						 rival->config ? rival->config : ""),
				     NULL);
	}
}

static void judge_service(struct diagnosis *d)
{
	const struct services *services = &d->machine->services;
	const struct unit *own = &services->own;

	if (!services->asked)
		return;
	if (!strcmp(own->load, "not-found"))
		findings_add(&d->findings, SEVERITY_WARNING, "service-not-installed",
			     strdup(SERVICE_NAME
				    " is not installed: the settings end with the next boot."),
			     strdup("sudo ./install.sh, in the source of ax650n-tune"));
	else if (!strcmp(own->active, "failed"))
		findings_add(&d->findings, SEVERITY_PROBLEM, "service-failed",
			     text_format(SERVICE_NAME " has failed (%s).", own->result),
			     strdup("See 'journalctl -b -u ax650n-tune'."));
	else if (!strcmp(own->file_state, "masked"))
		findings_add(
			&d->findings, SEVERITY_WARNING, "service-not-enabled",
			strdup(SERVICE_NAME " is masked: the settings end with the next boot."),
			strdup("sudo systemctl unmask ax650n-tune, then sudo systemctl enable "
			       "--now "
			       "ax650n-tune"));
	else if (strcmp(own->file_state, "enabled") != 0)
		findings_add(&d->findings, SEVERITY_WARNING, "service-not-enabled",
			     strdup(SERVICE_NAME
				    " is not enabled: the settings end with the next boot."),
			     strdup("sudo systemctl enable --now ax650n-tune"));
	if (d->machine->n_cards && d->machine->system.can_suspend &&
	    strcmp(services->sleep.load, "masked") != 0 &&
	    strcmp(services->sleep.file_state, "masked") != 0)
		findings_add(
			&d->findings, SEVERITY_WARNING, "sleep-not-masked",
			strdup("The system may be suspended, which the card does not survive (its "
			       "vendor says so)."),
			strdup("sudo systemctl mask sleep.target"));
}

void diagnose_rivals(struct diagnosis *d)
{
	judge_irqbalance(d);
	judge_rivals(d);
	judge_service(d);
}
