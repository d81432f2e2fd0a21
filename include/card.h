/* SPDX-License-Identifier: MIT */
#pragma once

#include "irq.h"
#include "root.h"

#define PCI_VENDOR_AXERA 0x1f4b

/* "dddd:bb:dd.f"; a domain can have more than four digits (VMD). */
#define CARD_ADDRESS_MAX 24

/* PCI vendor and device, as Devices= of the configuration names further cards. */
struct card_id {
	uint16_t vendor, device;
};

struct card {
	char address[CARD_ADDRESS_MAX];
	struct card_id id;
	char *driver; /* NULL if none is bound */
	size_t n_vectors;
	struct vector *vectors; /* ascending by interrupt number */
};

/*
 * The cards of the machine, in the order of their addresses: PCI functions of vendor 1f4b, and
 * those in EXTRA, that are no bridges (base class 06h: PCI Code and ID Assignment, 1.7). Their
 * driver is filled in, their vectors are not. No card, and no PCI bus, is no error.
 * Returns 0 or -errno with the reason in ERROR. The caller calls cards_done().
 */
int cards_list(const struct root *root, const struct card_id *extra, size_t n_extra,
	       struct card **ret, size_t *ret_count, struct error *error);

/*
 * The vectors of a card in two steps, for /proc/interrupts is read between them, once for all
 * cards: their interrupt numbers, then what the kernel says of each. TABLE must outlive the card.
 * Both return 0 or -errno.
 */
int card_list_vectors(const struct root *root, struct card *card);
int card_read_vectors(const struct root *root, const struct irq_table *table, struct card *card);

/* Releases what the card holds; cards_done() also the array. */
void card_done(struct card *card);
void cards_done(struct card *cards, size_t count);

/* True if a driver is bound that has requested at least one of the interrupts. */
bool card_is_ready(const struct card *card);

/* The vector of that interrupt number on the card of that address, or NULL. */
const struct vector *cards_find_vector(const struct card *cards, size_t count, const char *address,
				       int irq);

/* "AX650N" for 1f4b:0650 (also sold as AX8850), "AX8860"; "card" for any other. */
const char *card_name(struct card_id id);
