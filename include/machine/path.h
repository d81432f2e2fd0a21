/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"

/*
 * The path from the root port down to a card: the ports above it, then the card. A switch is two of
 * them, a port on its upper side and one on its lower side, so every second step is a link.
 */

/* A link of the path. */
struct path_link {
	struct port upper; /* without address if sysfs shows no port there */
	struct port lower;
};

/* The port, or the card, that many steps below the root port: 0 to card->n_ports. */
struct port path_function(const struct card *card, size_t step);

/* The links, the topmost first. */
size_t path_count_links(const struct card *card);
struct path_link path_link(const struct card *card, size_t i);

/*
 * The bandwidth of the narrowest link, the topmost of several: that of the whole path, in MB/s. -1
 * if that of any link is unknown; *ret_narrowest is then untouched.
 */
long path_bandwidth(const struct card *card, struct path_link *ret_narrowest);

/* The errors that the first COUNT of ports and card have counted, as far as they are known. */
struct aer path_sum_errors(const struct card *card, size_t count);

/* True if that link is another one than the card's own. */
bool path_is_narrowed(const struct card *card, struct path_link *ret_narrowest);
