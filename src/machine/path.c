/* SPDX-License-Identifier: MIT */
/* The path from the root port to a card, link by link. Pure. */

#include "machine/path.h"

#include "machine/link.h"

#include <string.h>

struct port path_function(const struct card *card, size_t step)
{
	struct port own = { .link = card->link, .aer = card->aer };

	if (step < card->n_ports)
		return card->ports[step];
	memcpy(own.address, card->address, sizeof(own.address));
	return own;
}

size_t path_count_links(const struct card *card)
{
	return card->n_ports / 2 + 1;
}

struct path_link path_link(const struct card *card, size_t i)
{
	/* Counted from the card: in a virtual machine the root port may be missing. */
	size_t lower = 2 * i + card->n_ports % 2;

	return (struct path_link){
		.upper = lower ? path_function(card, lower - 1)
			       : (struct port){ .link = LINK_UNKNOWN },
		.lower = path_function(card, lower),
	};
}

long path_bandwidth(const struct card *card, struct path_link *ret_narrowest)
{
	struct path_link narrowest = { 0 };
	long least = -1;

	for (size_t i = 0; i < path_count_links(card); i++) {
		struct path_link link = path_link(card, i);
		long bandwidth = link_bandwidth(link.lower.link.speed, link.lower.link.width);

		if (bandwidth < 0)
			return -1;
		if (least < 0 || bandwidth < least) {
			least = bandwidth;
			narrowest = link;
		}
	}
	*ret_narrowest = narrowest;
	return least;
}

static int64_t add_known(int64_t sum, int64_t count)
{
	if (sum < 0 || count < 0)
		return sum < 0 ? count : sum;
	return count > INT64_MAX - sum ? INT64_MAX : sum + count;
}

struct aer path_sum_errors(const struct card *card, size_t count)
{
	struct aer sum = AER_UNKNOWN;

	for (size_t i = 0; i < count; i++) {
		struct aer aer = path_function(card, i).aer;

		sum.correctable = add_known(sum.correctable, aer.correctable);
		sum.nonfatal = add_known(sum.nonfatal, aer.nonfatal);
		sum.fatal = add_known(sum.fatal, aer.fatal);
	}
	return sum;
}

bool path_is_narrowed(const struct card *card, struct path_link *ret_narrowest)
{
	long least = path_bandwidth(card, ret_narrowest);

	return least >= 0 && least < link_bandwidth(card->link.speed, card->link.width);
}
