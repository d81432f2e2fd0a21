/* SPDX-License-Identifier: MIT */
/* What may undo the settings: irqbalance, other programs, a boot, a suspend. Pure. */

#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/card.h"
#include "machine/irqbalance.h"
#include "machine/machine.h"
#include "machine/services.h"

#include <errno.h>
#include <string.h>

/* Arguments of irqbalance in Debian's and Fedora's file of its service. */
#define MORE_BANS                                                                               \
	"Its list of bans is full: use fewer --banirq options, or add --banmod=%s to "          \
	"IRQBALANCE_ARGS in /etc/default/irqbalance (/etc/sysconfig/irqbalance), then restart " \
	"irqbalance."

static void judge_ban(struct diagnosis *d, int irq, const char *driver)
{
	const struct irqbalance *irqbalance = &d->machine->irqbalance;
	bool lasting = d->machine->services.drop_in;

	switch (irqbalance_ban(irqbalance, irq)) {
	case BAN_NONE:
		if (irqbalance_has_room(irqbalance, irq) ||
		    !irqbalance_is_told_of(irqbalance, driver))
			findings_add(&d->findings, SEVERITY_WARNING, "irqbalance-unbanned",
				     text_format("irqbalance is running and may move IRQ %d within "
						 "10 s.",
						 irq),
				     irqbalance_has_room(irqbalance, irq)
					     ? strdup(APPLY)
					     : text_format(MORE_BANS, driver));
		else
			findings_add(&d->findings, SEVERITY_INFO, "irqbalance-unbanned",
				     text_format("irqbalance has no room for a ban on IRQ %d. From "
						 "version 1.9.1 on, --banmod=%s on its command "
						 "line bans it as well.",
						 irq, driver),
				     NULL);
		break;
	case BAN_IN_FORCE:
		findings_add(
			&d->findings, lasting ? SEVERITY_OK : SEVERITY_INFO, "irqbalance-banned",
			text_format("irqbalance is running but leaves IRQ %d alone%s.", irq,
				    lasting ? ", even after a restart" : " until it is restarted"),
			NULL);
		break;
	case BAN_UNKNOWN:
		/* A copy of the machine does not tell what was refused from what is missing. */
		if (!d->machine->is_tree && !d->machine->privileged &&
		    (irqbalance->error == EACCES || irqbalance->error == EPERM))
			findings_add(&d->findings, SEVERITY_WARNING, "irqbalance-unknown",
				     text_format("irqbalance is running and may move IRQ %d; only "
						 "root can query it.",
						 irq),
				     strdup("sudo ax650n-tune diagnose"));
		else
			findings_add(&d->findings, SEVERITY_WARNING, "irqbalance-unknown",
				     text_format("irqbalance is running and may move IRQ %d: it "
						 "%s.",
						 irq,
						 irqbalance->error == ENOENT && !d->machine->is_tree
							 ? "has no socket in " IRQBALANCE_DIR
							 : "gives no answer that can be read"),
				     strdup("sudo systemctl restart irqbalance"));
		break;
	}
}

static void judge_irqbalance(struct diagnosis *d)
{
	const struct irqbalance *irqbalance = &d->machine->irqbalance;

	for (size_t i = 0; irqbalance->pid && i < d->machine->n_cards; i++) {
		const struct card *card = &d->machine->cards[i];

		for (size_t v = 0; card_is_ready(card) && v < card->n_vectors; v++)
			if (card->vectors[v].handler && card->vectors[v].settable)
				judge_ban(d, card->vectors[v].irq, card->driver);
	}
}

static void judge_rivals(struct findings *findings, const struct services *services)
{
	for (size_t i = 0; i < services->n_rivals; i++) {
		const struct rival *rival = &services->rivals[i];
		const char *config = rival->config ? rival->config : "";

		if (rival->affinity || rival->agrees ||
		    !(rival->running || rival->ran || rival->enabled))
			continue;
		if (rival->running)
			findings_add(findings, SEVERITY_WARNING, "governor-rival",
				     text_format("%s is running and may set other governors.",
						 rival->name),
				     !strcmp(rival->name, "tuned")
					     ? strdup("sudo tuned-adm profile "
						      "throughput-performance")
					     : text_format("sudo systemctl disable --now %s",
							   rival->name));
		else
			findings_add(findings, SEVERITY_INFO, "governor-at-boot",
				     text_format("%s sets governors at boot%s%s.", rival->name,
						 *config ? ", from " : "", config),
				     NULL);
	}
}

static void judge_service(struct findings *findings, const struct unit *own)
{
	if (!strcmp(own->load, "not-found"))
		findings_add(findings, SEVERITY_WARNING, "service-not-installed",
			     strdup(SERVICE_NAME " is not installed: the settings are lost at the "
						 "next boot."),
			     strdup("Run 'sudo ./install.sh' in the source directory of "
				    "ax650n-tune."));
	else if (!strcmp(own->active, "failed"))
		findings_add(findings, SEVERITY_PROBLEM, "service-failed",
			     text_format(SERVICE_NAME " has failed (%s).", own->result),
			     strdup("See 'journalctl -b -u ax650n-tune'."));
	else if (!strcmp(own->file_state, "masked"))
		findings_add(findings, SEVERITY_WARNING, "service-not-enabled",
			     strdup(SERVICE_NAME " is masked: the settings are lost at the next "
						 "boot."),
			     strdup("sudo systemctl unmask ax650n-tune && "
				    "sudo systemctl enable --now ax650n-tune"));
	else if (strcmp(own->file_state, "enabled") != 0)
		findings_add(findings, SEVERITY_WARNING, "service-not-enabled",
			     strdup(SERVICE_NAME " is not enabled: the settings are lost at the "
						 "next boot."),
			     strdup("sudo systemctl enable --now ax650n-tune"));
}

static void judge_sleep(struct diagnosis *d)
{
	const struct unit *sleep = &d->machine->services.sleep;

	if (d->machine->n_cards && d->machine->system.can_suspend &&
	    strcmp(sleep->load, "masked") != 0 && strcmp(sleep->file_state, "masked") != 0)
		findings_add(&d->findings, SEVERITY_WARNING, "sleep-not-masked",
			     strdup("The system can suspend. According to its vendor, the card "
				    "does not survive that."),
			     strdup("sudo systemctl mask sleep.target"));
}

void diagnose_rivals(struct diagnosis *d)
{
	const struct services *services = &d->machine->services;

	judge_irqbalance(d);
	judge_rivals(&d->findings, services);
	/* What a container tells of services is not the host's. */
	if (services->asked && d->machine->system.virtualization != VIRTUALIZATION_CONTAINER) {
		judge_service(&d->findings, &services->own);
		judge_sleep(d);
	}
}
