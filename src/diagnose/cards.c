/* SPDX-License-Identifier: MIT */
/* The cards: drivers, links, registers and errors. Pure. */

#include "base/util.h"
#include "diagnose/parts.h"
#include "machine/card.h"
#include "machine/link.h"
#include "machine/machine.h"
#include "machine/path.h"
#include "machine/smi.h"

#include <inttypes.h>
#include <string.h>

/* The value after a reset, with which the driver is used. */
#define READ_REQUEST_USUAL 512

static void judge_state(struct findings *findings, const struct card *card)
{
	switch (card_state(card)) {
	case CARD_DEAD:
		findings_add(findings, SEVERITY_PROBLEM, "card-dead",
			     text_format("Card %s does not answer: its configuration space reads "
					 "all ones.",
					 card->address),
			     strdup("Power the machine off and on; a reboot may not be enough. If "
				    "it happens again, check the power supply and the cooling of "
				    "the card."));
		break;
	case CARD_GIVEN_AWAY:
		findings_add(findings, SEVERITY_WARNING, "card-given-away",
			     text_format("Card %s is given to a virtual machine by %s, so it "
					 "cannot be used or tuned here.",
					 card->address, card->driver),
			     text_format("Run ax650n-tune in the virtual machine. To have the card "
					 "here, remove what binds it to %s, in /etc/modprobe.d or "
					 "the kernel's command line, and reboot.",
					 card->driver));
		break;
	case CARD_NO_DRIVER:
		findings_add(
			findings, SEVERITY_PROBLEM, "no-driver",
			text_format("Card %s has no driver, so it does not work.", card->address),
			strdup("Install the AXCL host package (axclhost, axcl_host_*.deb), "
			       "after an update of the kernel once more, and run "
			       "'sudo modprobe ax_pcie_host_dev'; see "
			       "'sudo dmesg | grep -i ax_pcie'."));
		break;
	case CARD_NO_INTERRUPT:
		findings_add(findings, SEVERITY_PROBLEM, "no-handler",
			     text_format("Driver %s of card %s has requested no interrupt, so the "
					 "card does not work.",
					 card->driver, card->address),
			     strdup("Check 'sudo dmesg | grep -i ax_pcie'. The usual error is "
				    "'Failed to get MSI interrupts'."));
		break;
	case CARD_READY:
		break;
	}
}

/* True if the path of one of the first COUNT cards leads over that port, or to that card. */
static bool is_on_path(const struct machine *machine, size_t count, const char *address)
{
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k <= machine->cards[i].n_ports; k++)
			if (!strcmp(path_function(&machine->cards[i], k).address, address))
				return true;
	return false;
}

/* True unless every card below the link is known to have a narrower one on its path. */
static bool slows_a_card(const struct machine *machine, const struct path_link *link)
{
	long bandwidth = link_bandwidth(link->lower.link.speed, link->lower.link.width);
	struct path_link narrowest;

	for (size_t i = 0; i < machine->n_cards; i++)
		for (size_t k = 0; k < path_count_links(&machine->cards[i]); k++)
			if (!strcmp(path_link(&machine->cards[i], k).lower.address,
				    link->lower.address)) {
				long least = path_bandwidth(&machine->cards[i], &narrowest);

				if (least < 0 || least == bandwidth)
					return true;
			}
	return false;
}

static void add_degraded(struct diagnosis *d, const struct path_link *link, const char *now,
			 const char *both)
{
	bool slows = slows_a_card(d->machine, link);

	findings_add(&d->findings, slows ? SEVERITY_PROBLEM : SEVERITY_WARNING, "link-degraded",
		     text_format("The link from %s to %s runs at %s, but both ends support %s.%s",
				 link->upper.address, link->lower.address, now, both,
				 slows ? ""
				       : " By itself it slows no card: others on the way are "
					 "narrower."),
		     strdup("Power off the board and reseat the card, and the adapter, cable or "
			    "switch before it; see 'sudo dmesg | grep -i pcie'."));
}

/* The link with that number on the path of a card. */
static void judge_link(struct diagnosis *d, const struct card *card, size_t i)
{
	struct path_link link = path_link(card, i), narrowest;
	struct link lower = link.lower.link, common = link_common(&lower, &link.upper.link);
	enum link_limit limit = link_limit(&lower, &link.upper.link);
	CLEANUP_FREE char *now = link_text(lower.speed, lower.width);
	CLEANUP_FREE char *most = link_text(lower.max_speed, lower.max_width);
	CLEANUP_FREE char *both = link_text(common.max_speed, common.max_width);

	if (!now || !most || !both)
		d->findings.failed = true;
	else if (limit == LINK_LIMIT_FAULT)
		add_degraded(d, &link, now, both);
	else if (limit == LINK_LIMIT_SLOT && i + 1 == path_count_links(card))
		findings_add(&d->findings, SEVERITY_INFO, "link-limited-by-slot",
			     text_format("The link of %s runs at %s, the most that the card and "
					 "the slot both support. The card alone supports %s. The "
					 "board sets this limit; tuning cannot change it.",
					 card->address, now, most),
			     NULL);
	else if (limit != LINK_LIMIT_UNKNOWN && path_is_narrowed(card, &narrowest) &&
		 !strcmp(narrowest.lower.address, link.lower.address))
		findings_add(&d->findings, SEVERITY_INFO, "link-limited-by-slot",
			     text_format("The link from %s to %s runs at %s, the most that both "
					 "ends support, and is narrower than that of the card "
					 "below. The board sets this limit; tuning cannot change "
					 "it.",
					 link.upper.address, link.lower.address, now),
			     NULL);
}

static bool misses_registers(const struct card *card)
{
	return !card->dead && card->express.payload < 0 && card->express.read_request < 0;
}

/* Why the registers of a card are unknown, mostly the same for all of them. */
static void judge_missing(struct diagnosis *d, const struct card *card)
{
	static const char unknown[] = "MaxPayload, MaxReadReq and ASPM are unknown";

	if (!card->config_cut)
		findings_add(&d->findings, SEVERITY_INFO, "registers-hidden",
			     text_format("%s: the card shows no PCI Express capability, as in a "
					 "virtual machine.",
					 unknown),
			     NULL);
	else if (d->machine->privileged)
		findings_add(&d->findings, SEVERITY_INFO, "registers-hidden",
			     text_format("%s: not even root can read them here, as in a container.",
					 unknown),
			     strdup("Run ax650n-tune on the host."));
	else if (d->machine->is_tree)
		findings_add(
			&d->findings, SEVERITY_INFO, "needs-root",
			text_format("%s: this copy of the machine has no more than anyone "
				    "can read.",
				    unknown),
			strdup("Have the machine captured by root: 'sudo ax650n-tune capture'."));
	else
		findings_add(&d->findings, SEVERITY_INFO, "needs-root",
			     text_format("%s: only root can read them.", unknown),
			     strdup("sudo ax650n-tune diagnose"));
}

static void judge_registers(struct findings *findings, const struct card *card)
{
	const struct express *express = &card->express;

	if (express->payload == 128)
		findings_add(findings, SEVERITY_INFO, "max-payload-128",
			     text_format("MaxPayload of %s is 128 bytes%s.", card->address,
					 express->payload_max == 128
						 ? ", the most the card supports"
						 : ""),
			     NULL);
	if (express->read_request >= 0 && express->read_request != READ_REQUEST_USUAL)
		findings_add(findings, SEVERITY_WARNING, "max-read-request",
			     text_format("MaxReadReq of %s is %ld bytes instead of %d. In "
					 "measurements, 4096 made a language model 30 %% slower, "
					 "and 128 and 256 crashed the driver.",
					 card->address, express->read_request, READ_REQUEST_USUAL),
			     strdup("Do not write it while the driver is loaded. Remove what sets "
				    "it (kernel parameter pci=pcie_bus_perf, or setpci) and "
				    "reboot."));
}

/* Those that the port, or the card, that many steps below the root port has counted. */
static void judge_errors(struct findings *findings, const struct card *card, size_t step)
{
	struct port function = path_function(card, step);
	const struct aer *aer = &function.aer;
	bool lost = aer->nonfatal > 0 || aer->fatal > 0;
	CLEANUP_FREE char *where = step < card->n_ports
					   ? text_format("%s, above card %s,", function.address,
							 card->address)
					   : text_format("Card %s", card->address);
	CLEANUP_FREE char *errors = NULL;

	if (!lost && aer->correctable <= 0)
		return;
	if (!lost)
		errors = text_format("%" PRId64 " corrected errors", aer->correctable);
	else if (aer->nonfatal > 0 && aer->fatal > 0)
		errors = text_format("%" PRId64 " non-fatal and %" PRId64 " fatal errors",
				     aer->nonfatal, aer->fatal);
	else
		errors = text_format("%" PRId64 " %s errors",
				     aer->fatal > 0 ? aer->fatal : aer->nonfatal,
				     aer->fatal > 0 ? "fatal" : "non-fatal");
	findings_add(findings, lost ? SEVERITY_PROBLEM : SEVERITY_WARNING, "aer-errors",
		     where && errors ? text_format("%s has counted %s of its link since boot.",
						   where, errors)
				     : NULL,
		     strdup(lost ? "Reseat the card and check its power supply; see "
				   "'sudo dmesg | grep AER'."
				 : "If the number grows, reseat the card and check its power "
				   "supply."));
}

/* Cards below a switch share what is above it. */
static void judge_path(struct diagnosis *d, size_t index)
{
	const struct card *card = &d->machine->cards[index];

	for (size_t i = 0; i < path_count_links(card); i++)
		if (!is_on_path(d->machine, index, path_link(card, i).lower.address))
			judge_link(d, card, i);
	for (size_t i = 0; i <= card->n_ports; i++)
		if (!is_on_path(d->machine, index, path_function(card, i).address))
			judge_errors(&d->findings, card, i);
}

static void judge_smi(struct findings *findings, const struct smi *smi)
{
	if (smi->outcome == SMI_SILENT)
		findings_add(findings, SEVERITY_PROBLEM, "card-not-answering",
			     strdup("axcl-smi timed out: a card does not respond."),
			     strdup("Power the board off and on; see "
				    "'sudo dmesg | grep -iE \"axcl|heartbeat\"'."));
	else if (smi->outcome == SMI_FAILED)
		findings_add(findings, SEVERITY_PROBLEM, "card-not-usable",
			     text_format("axcl-smi reports no card: %s",
					 *smi->message ? smi->message : "it printed nothing."),
			     strdup("Check in 'sudo dmesg | grep -i axcl' that the driver has "
				    "loaded the firmware of the card."));
	else if (smi->outcome == SMI_BROKEN)
		findings_add(findings, SEVERITY_WARNING, "axcl-smi-broken",
			     text_format("axcl-smi does not start%s%s, so programs that use the "
					 "card may not either.",
					 *smi->message ? ": " : "", smi->message),
			     strdup("Install the AXCL host package (axclhost, axcl_host_*.deb) "
				    "again and run 'sudo ldconfig'; then see what 'axcl-smi' "
				    "says."));
}

/* What keeps a card from working, before all that may make it slow. */
static void judge_states(struct diagnosis *d)
{
	if (!d->machine->n_cards)
		findings_add(&d->findings, SEVERITY_PROBLEM, "no-card",
			     strdup("No AX650N card found: no PCI device of vendor 1f4b."),
			     strdup("Check that the card is seated firmly and has power; see "
				    "'lspci -d 1f4b:' and 'sudo dmesg | grep -i pcie'."));
	for (size_t i = 0; i < d->machine->n_cards; i++)
		judge_state(&d->findings, &d->machine->cards[i]);
	/* Without a card that is ready, axcl-smi has nothing to add. */
	if (cards_count(d->machine->cards, d->machine->n_cards, CARD_READY))
		judge_smi(&d->findings, &d->machine->smi);
}

/* For a card whose driver is to have interrupts. */
static bool misses_interrupts(const struct machine *machine)
{
	return !machine->irqs.n_columns &&
	       cards_count(machine->cards, machine->n_cards, CARD_READY) +
		       cards_count(machine->cards, machine->n_cards, CARD_NO_INTERRUPT);
}

void diagnose_cards(struct diagnosis *d)
{
	const struct card *missing = NULL;

	judge_states(d);
	if (misses_interrupts(d->machine))
		findings_add(&d->findings, SEVERITY_WARNING, "interrupts-hidden",
			     strdup("/proc/interrupts cannot be read or is empty, as in a "
				    "container that hides it: nothing shows where the interrupts "
				    "of the card arrive."),
			     strdup("Run ax650n-tune on the host."));
	for (size_t i = 0; i < d->machine->n_cards; i++) {
		const struct card *card = &d->machine->cards[i];

		if (misses_registers(card) && !missing)
			missing = card;
		for (size_t v = 0; card_is_ready(card) && v < card->n_vectors; v++)
			if (card->vectors[v].handler)
				diagnose_vector(d, &card->vectors[v]);
		judge_path(d, i);
		judge_registers(&d->findings, card);
	}
	if (missing)
		judge_missing(d, missing);
}
