/* SPDX-License-Identifier: MIT */
/* Machines made by hand, for the tests of the pure modules. */
#pragma once

#include "base/util.h"
#include "machine/kind.h"
#include "machine/machine.h"
#include "row.h"

#include <stdio.h>
#include <string.h>

/* A board with the classes of an RK3588: four small cores and two clusters of two big ones. */
struct board {
	struct cpu cpus[8];
	struct policy policies[3];
	struct card cards[8];
	struct port ports[8];
	struct vector vectors[8][4];
	int columns[8];
	uint64_t counts[8][8];
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
			.cur_khz = -1,
			.idle_us = -1,
			.idle_residency_us = -1,
		};
		board->columns[i] = i;
	}
	for (int i = 0; i < 3; i++)
		board->policies[i] = (struct policy){
			.id = i ? 2 + 2 * i : 0,
			.cpus = i ? cpus_of(2 + 2 * i, 3 + 2 * i) : cpus_of(0, 3),
			.max_khz = classes[i].max_khz,
			.governor = (char *)"schedutil",
			.governors = (char *)"ondemand performance schedutil",
			.limit_khz = -1,
			.floor_khz = -1,
		};
	board->machine = (struct machine){
		.cpus = { .n_cpus = 8,
			  .cpus = board->cpus,
			  .n_policies = 3,
			  .policies = board->policies,
			  .possible = 8 },
		.irqs = { .n_columns = 8, .cpus = board->columns },
		.cards = board->cards,
		.system = { .uptime_s = -1 },
	};
}

/* The governor of the memory, and those that the kernel offers. */
static inline void board_set_memory(struct board *board, const char *governor, const char *offered)
{
	board->machine.memory = (struct memory){ .name = (char *)"dmc",
						 .governor = (char *)governor,
						 .governors = (char *)offered };
}

/*
 * Adds a card with one vector of that affinity, none of whose interrupts have been counted. Its
 * link, its registers and its errors are unknown.
 */
static inline struct vector *board_add_card(struct board *board, int irq, const char *mask)
{
	size_t n = board->machine.n_cards++;
	struct vector *vector = board->vectors[n];

	board->cards[n] = (struct card){
		.id = { .vendor = 0x1f4b, .device = 0x0650 },
		.driver = (char *)"ax_pcie_dev_host",
		.n_vectors = 1,
		.vectors = vector,
		.link = LINK_UNKNOWN,
		.express = EXPRESS_UNKNOWN,
		.ports = &board->ports[n],
		.aer = { .correctable = -1, .nonfatal = -1, .fatal = -1 },
	};
	snprintf(board->cards[n].address, CARD_ADDRESS_MAX, "000%zu:01:00.0", n);
	*vector = (struct vector){ .irq = irq,
				   .handler = true,
				   .settable = true,
				   .mask = (char *)mask,
				   .counts = board->counts[n],
				   .thread = { .priority = -1, .last_cpu = -1 } };
	(void)cpuset_parse_mask(mask, &vector->affinity);
	return vector;
}

/* Puts the last card below a port: its link, and what the port tells of the same link. */
static inline void board_set_link(struct board *board, struct link card, struct link port)
{
	size_t n = board->machine.n_cards - 1;

	board->cards[n].link = card;
	board->cards[n].n_ports = 1;
	board->ports[n] = (struct port){ .link = port };
	snprintf(board->ports[n].address, CARD_ADDRESS_MAX, "000%zu:00:00.0", n);
}
