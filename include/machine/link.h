/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * A PCI Express link as reported by one of its ends. Speeds are in MT/s (5000 is Gen2), widths in
 * lanes; -1: unknown.
 */
struct link {
	long speed, width;	   /* now */
	long max_speed, max_width; /* what this end supports */
};

#define LINK_UNKNOWN ((struct link){ .speed = -1, .width = -1, .max_speed = -1, .max_width = -1 })

/* Which end limits a link. */
enum link_limit {
	LINK_LIMIT_UNKNOWN,
	LINK_LIMIT_NONE,  /* neither: both ends support the same */
	LINK_LIMIT_SLOT,  /* the lower end supports more than the port it sits in */
	LINK_LIMIT_CARD,  /* the port supports more than the lower end */
	LINK_LIMIT_FAULT, /* the link is slower or narrower than both ends support */
};

/* Registers of the PCI Express capability (PCIe 6.0, 7.5.3); -1: unknown. */
struct express {
	struct link link;
	long payload;	   /* DevCtl, Max_Payload_Size, bytes */
	long payload_max;  /* DevCap, Max_Payload_Size Supported, bytes */
	long read_request; /* DevCtl, Max_Read_Request_Size, bytes */
	int aspm;	   /* LnkCtl, ASPM Control: 0 off, bit 0 L0s, bit 1 L1 */
};

#define EXPRESS_UNKNOWN                          \
	((struct express){ .link = LINK_UNKNOWN, \
			   .payload = -1,        \
			   .payload_max = -1,    \
			   .read_request = -1,   \
			   .aspm = -1 })

/*
 * Parses a current_link_speed or max_link_speed file, "5.0 GT/s PCIe" (pci_speed_string() in
 * drivers/pci/probe.c). Returns MT/s, or -1 for "Unknown" and anything else.
 */
long link_parse_speed(const char *text);

/* "5.0 GT/s x1"; NULL if out of memory. The caller frees it. */
char *link_text(long speed, long width);

/*
 * The bandwidth of the link in one direction without the overhead of lane encoding, in MB/s (10^6
 * bytes): 8b/10b up to 5 GT/s, 128b/130b up to 32 GT/s (PCIe 6.0, 4.2), 1b/1b above. -1 if unknown.
 */
long link_bandwidth(long speed, long width);

/* What limits the link between a card, or a switch, and the port above it. */
enum link_limit link_limit(const struct link *lower, const struct link *upper);

/* What both ends support, in max_speed and max_width; the rest is unknown. */
struct link link_common(const struct link *lower, const struct link *upper);

/* Both ends run alike: what one of them does not tell of that, the other may. */
void link_join(struct link *lower, struct link *upper);

/* Decodes the raw values of the registers. */
void express_decode(uint32_t devcap, uint16_t devctl, uint32_t lnkcap, uint16_t lnkctl,
		    uint16_t lnksta, struct express *ret);
