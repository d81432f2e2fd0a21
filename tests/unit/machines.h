/* SPDX-License-Identifier: MIT */
/* Machines made by hand, for the tests of the pure modules. */
#pragma once

#include "machine.h"
#include "row.h"

#include <stdio.h>
#include <string.h>

/* A board with the classes of an RK3588: four small cores and two clusters of two big ones. */
struct board {
	struct cpu cpus[8];
	struct policy policies[3];
	struct card cards[8];
	struct vector vectors[8][4];
	struct machine machine;
};

static inline struct cpuset cpus_of(int first, int last)
{
	struct cpuset set = { 0 };

	for (int cpu = first; cpu <= last; cpu++)
		cpuset_add(&set, cpu);
	return set;
}

static inline void board_init(struct board *board)
{
	static const struct {
		long capacity, max_khz;
	} classes[] = { { 405, 1800000 }, { 1003, 2304000 }, { 1024, 2352000 } };

	*board = (struct board){ 0 };
	for (int i = 0; i < 8; i++) {
		int class = i < 4 ? 0 : i < 6 ? 1 : 2;

		board->cpus[i] = (struct cpu){
			.id = i,
			.online = true,
			.big = i >= 4,
			.capacity = classes[class].capacity,
			.max_khz = classes[class].max_khz,
			.midr = -1,
			.latency = (char *)"0",
		};
	}
	for (int i = 0; i < 3; i++)
		board->policies[i] = (struct policy){
			.id = i ? 2 + 2 * i : 0,
			.cpus = i ? cpus_of(2 + 2 * i, 3 + 2 * i) : cpus_of(0, 3),
			.max_khz = classes[i].max_khz,
			.governor = (char *)"schedutil",
			.governors = (char *)"ondemand performance schedutil",
		};
	board->machine = (struct machine){
		.cpus = { .n_cpus = 8,
			  .cpus = board->cpus,
			  .n_policies = 3,
			  .policies = board->policies,
			  .possible = 8 },
		.cards = board->cards,
	};
}

/* Adds a card with one vector that may go to CPUs FIRST to LAST. */
static inline struct vector *board_add_card(struct board *board, int irq, const char *mask)
{
	size_t n = board->machine.n_cards++;
	struct vector *vector = board->vectors[n];

	board->cards[n] = (struct card){
		.id = { .vendor = 0x1f4b, .device = 0x0650 },
		.driver = (char *)"ax_pcie_dev_host",
		.n_vectors = 1,
		.vectors = vector,
	};
	snprintf(board->cards[n].address, CARD_ADDRESS_MAX, "000%zu:01:00.0", n);
	*vector = (struct vector){
		.irq = irq, .handler = true, .settable = true, .mask = (char *)mask
	};
	(void)cpuset_parse_mask(mask, &vector->affinity);
	return vector;
}
