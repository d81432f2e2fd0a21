/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/irq.h"
#include "machine/link.h"

#include <stdint.h>

struct error;
struct root;

#define PCI_VENDOR_AXERA 0x1f4b

/* "dddd:bb:dd.f"; a domain can have more than four digits (VMD). */
#define CARD_ADDRESS_MAX 24

/* PCI vendor and device ID, as in Devices= of the configuration. */
struct card_id {
	uint16_t vendor, device;
};

/* Totals of Advanced Error Reporting since boot; -1: unknown. */
struct aer {
	int64_t correctable, nonfatal, fatal;
};

#define AER_UNKNOWN ((struct aer){ .correctable = -1, .nonfatal = -1, .fatal = -1 })

/* A bridge above a card: its root port, or a port of a switch. */
struct port {
	char address[CARD_ADDRESS_MAX];
	struct link link; /* downstream; upstream on the upper side of a switch */
	struct aer aer;
};

/* Whether a card can be tuned, and if not, why. */
enum card_state {
	CARD_READY,	   /* its driver has requested an interrupt of its own */
	CARD_NO_DRIVER,	   /* no driver is bound */
	CARD_NO_INTERRUPT, /* the driver is bound, but has requested no interrupt of the card */
	CARD_GIVEN_AWAY,   /* bound to a driver that gives it to a virtual machine */
	CARD_DEAD,	   /* the configuration space reads all ones: it does not answer */
};

struct card {
	char address[CARD_ADDRESS_MAX];
	struct card_id id;
	char *driver;		 /* NULL if none is bound */
	bool dead;		 /* the configuration space reads all ones */
	struct cpuset node_cpus; /* of its NUMA node; empty if unknown or there is only one */
	bool legacy;		 /* no MSI: the one vector is the line in the irq file */
	size_t n_vectors;
	struct vector *vectors; /* ascending by IRQ number */

	/* Filled in by card_inspect(). */
	char *driver_version;	/* NULL unknown */
	struct link link;	/* from sysfs, else from the registers; unknown if dead */
	struct express express; /* registers, which only root can read; unknown if dead */
	bool config_cut;	/* no more than the 64 bytes that anyone may read of them */
	size_t n_ports;
	struct port *ports; /* root port first; none if sysfs shows none */
	char *controller;   /* device-tree node of the host bridge, "pcie@fe180000"; NULL unknown */
	struct aer aer;
};

/*
 * Lists the cards in the order of their addresses: PCI functions of vendor 1f4b or in EXTRA that
 * are not bridges (base class 06h: PCI Code and ID Assignment, 1.7). Fills in the driver, but not
 * the vectors. A machine without a card or without a PCI bus is not an error. Returns 0, or -errno
 * with the reason in ERROR. The caller calls cards_done().
 */
int cards_list(const struct root *root, const struct card_id *extra, size_t n_extra,
	       struct card **ret, size_t *ret_count, struct error *error);

/*
 * Read the vectors of a card in two steps: first the IRQ numbers, then the state of each IRQ. In
 * between, the caller reads /proc/interrupts once for all cards. TABLE must outlive the card. A
 * legacy line counts only if its one action is this card's own: otherwise other devices share it,
 * or the driver got no MSI, and it is dropped from the card and the table. Both return 0 or -errno.
 */
int card_list_vectors(const struct root *root, struct card *card);
int card_read_vectors(const struct root *root, struct irq_table *table, struct card *card);

/*
 * Fills in what only diagnose needs: driver version, link, AER totals, the ports above the card
 * (Documentation/ABI/testing/sysfs-bus-pci and sysfs-bus-pci-devices-aer_stats). Returns 0 or
 * -ENOMEM.
 */
int card_inspect(const struct root *root, struct card *card);

/*
 * Reads the PCI Express registers of a function from its configuration space, of which only root
 * can read more than the first 64 bytes. Returns 0, -EACCES if no more of it can be read, -ENXIO if
 * the capability is not visible all the same, or -errno.
 */
int card_read_express(const struct root *root, const char *address, struct express *ret);

/* Frees what the card owns; cards_done() also frees the array. */
void card_done(struct card *card);
void cards_done(struct card *cards, size_t count);

enum card_state card_state(const struct card *card);
bool card_is_ready(const struct card *card);

/* How many of the cards are in that state. */
size_t cards_count(const struct card *cards, size_t count, enum card_state state);

/* "ready" and so on: the word of the JSON contract. */
const char *card_state_name(enum card_state state);

/* The vector with that IRQ number of the card at ADDRESS, or NULL. */
const struct vector *cards_find_vector(const struct card *cards, size_t count, const char *address,
				       int irq);

/* True if the first LENGTH characters of NAME are the address of a PCI function. */
bool card_is_address(const char *name, size_t length);

/* "AX650N" for 1f4b:0650 (also sold as AX8850), "AX8860"; "card" for any other. */
const char *card_name(struct card_id id);
