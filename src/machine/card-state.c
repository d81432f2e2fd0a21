/* SPDX-License-Identifier: MIT */
/* Whether a card can be tuned, and what it is called. Pure. */

#include "machine/card.h"

#include "base/util.h"

#include <string.h>

enum card_state card_state(const struct card *card)
{
	static const char *const guest_drivers[] = { "vfio-pci", "pci-stub", "pciback",
						     "xen-pciback" };

	if (card->dead)
		return CARD_DEAD;
	if (!card->driver)
		return CARD_NO_DRIVER;
	for (size_t i = 0; i < ARRAY_SIZE(guest_drivers); i++)
		if (!strcmp(card->driver, guest_drivers[i]))
			return CARD_GIVEN_AWAY;
	for (size_t i = 0; i < card->n_vectors; i++)
		if (card->vectors[i].handler)
			return CARD_READY;
	return CARD_NO_INTERRUPT;
}

bool card_is_ready(const struct card *card)
{
	return card_state(card) == CARD_READY;
}

size_t cards_count(const struct card *cards, size_t count, enum card_state state)
{
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		found += card_state(&cards[i]) == state;
	return found;
}

const char *card_state_name(enum card_state state)
{
	static const char *const names[] = {
		[CARD_READY] = "ready",
		[CARD_NO_DRIVER] = "no-driver",
		[CARD_NO_INTERRUPT] = "no-interrupt",
		[CARD_GIVEN_AWAY] = "given-away",
		[CARD_DEAD] = "dead",
	};

	return names[state];
}

const struct vector *cards_find_vector(const struct card *cards, size_t count, const char *address,
				       int irq)
{
	for (size_t i = 0; i < count; i++)
		for (size_t v = 0; !strcmp(cards[i].address, address) && v < cards[i].n_vectors;
		     v++)
			if (cards[i].vectors[v].irq == irq)
				return &cards[i].vectors[v];
	return NULL;
}

const char *card_name(struct card_id id)
{
	if (id.vendor != PCI_VENDOR_AXERA)
		return "card";
	return id.device == 0x0650 ? "AX650N" : id.device == 0x8860 ? "AX8860" : "card";
}
