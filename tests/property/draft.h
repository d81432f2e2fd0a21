/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/cpuset.h"
#include "base/util.h"

#include <stdint.h>
#include <stdio.h>

#define MAX_CPUS 64

/* A machine that is being made. */
struct machine {
	uint64_t random;
	FILE *out;
	int damage; /* of 1000 files */
	int n_cpus;
	int possible;
	int n_clusters;
	int cluster[MAX_CPUS]; /* of each CPU */
	struct cpuset online;
	FILE *rows; /* of /proc/interrupts */
	int next_irq;
	int next_pid;
	int n_cards;
};

/* A number below LIMIT; true in PERCENT of 100 calls; each CPU in PERCENT of 100. */
int below(struct machine *m, int limit);
bool chance(struct machine *m, int percent);
struct cpuset random_set(struct machine *m, int percent);

#define PICK(m, array) ((array)[below(m, ARRAY_SIZE(array))])

/* A path for put(), valid until the end of the block. */
#define PATH(name, ...) CLEANUP_FREE char *name = text_format(__VA_ARGS__)

/* True if the file is missing now, or written as something that no kernel writes. */
bool put_damaged(struct machine *m, const char *path);

/* A file with one line, or a damaged one. */
void put(struct machine *m, const char *path, const char *format, ...) PRINTF(3, 4);
void put_set(struct machine *m, const char *path, const struct cpuset *set);

/* A card, or another device if OTHER, behind root port AT, with its interrupts. */
void put_device(struct machine *m, int at, bool other);
/* /proc/interrupts with ROWS. */
void put_interrupts(struct machine *m, const char *rows);
