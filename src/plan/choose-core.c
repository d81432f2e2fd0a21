/* SPDX-License-Identifier: MIT */
/* Which CPU takes the interrupts of which card. Pure. */

#include "plan/choose-core.h"

#include "base/util.h"

#include <errno.h>

/* A CPU that may be chosen, and how many cards have been given to it. */
struct candidate {
	const struct cpu *cpu;
	size_t cards;
};

static int compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* Above zero if A is better than B for the card by what lasts: room, capacity, clock, node. */
static int compare_class(const struct card *card, const struct candidate *a,
			 const struct candidate *b)
{
	int r = compare_numbers((int64_t)b->cards, (int64_t)a->cards);

	if (!r)
		r = compare_numbers(a->cpu->capacity, b->cpu->capacity);
	if (!r)
		r = compare_numbers(a->cpu->max_khz, b->cpu->max_khz);
	if (!r)
		r = compare_numbers(cpuset_has(&card->node_cpus, a->cpu->id),
				    cpuset_has(&card->node_cpus, b->cpu->id));
	return r;
}

/* The best candidate for the card. They are in the order of their numbers: the lowest wins a tie.
 */
static struct candidate *find_best(const struct card *card, struct candidate *candidates,
				   size_t count)
{
	struct candidate *best = candidates;

	for (struct candidate *c = candidates + 1; c < candidates + count; c++) {
		int r = compare_class(card, c, best);

		if (r > 0 || (r == 0 && c->cpu->others < best->cpu->others))
			best = c;
	}
	return best;
}

static size_t list_candidates(const struct cpus *cpus, bool big, struct candidate *ret)
{
	size_t count = 0;

	for (size_t i = 0; i < cpus->n_cpus; i++) {
		const struct cpu *cpu = &cpus->cpus[i];

		if (!cpu_excluded(cpu) && (cpu->big || !big))
			ret[count++] = (struct candidate){ .cpu = cpu };
	}
	return count;
}

/* The one CPU that has all interrupts of the card to itself by their affinity, or -1. */
static int present_cpu(const struct card *card)
{
	int cpu = -1;

	for (size_t i = 0; i < card->n_vectors; i++) {
		const struct vector *vector = &card->vectors[i];
		int single = cpuset_single(&vector->affinity);

		if (!vector->handler || !vector->settable)
			continue;
		if (single < 0 || (cpu >= 0 && single != cpu))
			return -1;
		cpu = single;
	}
	return cpu;
}

/* A candidate that a card without a choice sits on, as good as the best for it, and that card. */
static struct candidate *find_kept(const struct card *cards, size_t n_cards, const int *chosen,
				   struct candidate *candidates, size_t count, size_t *ret_card)
{
	for (size_t i = 0; i < n_cards; i++) {
		const struct card *card = &cards[i];
		int cpu = present_cpu(card);

		if (chosen[i] >= 0 || cpu < 0 || !card_is_ready(card))
			continue;
		for (struct candidate *c = candidates; c < candidates + count; c++) {
			if (c->cpu->id == cpu &&
			    compare_class(card, c, find_best(card, candidates, count)) == 0) {
				*ret_card = i;
				return c;
			}
		}
	}
	return NULL;
}

static size_t next_card(const struct card *cards, size_t n_cards, const int *chosen)
{
	size_t i = 0;

	while (i < n_cards && (chosen[i] >= 0 || !card_is_ready(&cards[i])))
		i++;
	return i;
}

int cores_choose(const struct cpus *cpus, const struct card *cards, size_t n_cards, int *chosen)
{
	CLEANUP_FREE struct candidate *candidates = NULL;
	size_t count;

	candidates = calloc(cpus->n_cpus ? cpus->n_cpus : 1, sizeof(*candidates));
	if (!candidates)
		return -ENOMEM;
	count = list_candidates(cpus, true, candidates);
	if (!count)
		count = list_candidates(cpus, false, candidates);
	if (!count)
		return -ENXIO;
	for (size_t i = 0; i < n_cards; i++)
		chosen[i] = -1;
	for (size_t card; (card = next_card(cards, n_cards, chosen)) < n_cards;) {
		struct candidate *take = find_kept(cards, n_cards, chosen, candidates, count,
						   &card);

		if (!take)
			take = find_best(&cards[card], candidates, count);
		chosen[card] = take->cpu->id;
		take->cards++;
	}
	return 0;
}
