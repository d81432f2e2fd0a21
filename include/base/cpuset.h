/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most CPUs any Linux kernel can be built for (NR_CPUS with MAXSMP, arch/x86/Kconfig). */
#define CPUSET_MAX 8192

/* A set of CPU numbers. All zero is the empty set. */
struct cpuset {
	uint64_t word[CPUSET_MAX / 64];
};

void cpuset_add(struct cpuset *set, int cpu);
bool cpuset_has(const struct cpuset *set, int cpu);
bool cpuset_empty(const struct cpuset *set);
bool cpuset_equal(const struct cpuset *a, const struct cpuset *b);
bool cpuset_overlap(const struct cpuset *a, const struct cpuset *b);

/* The first member that is FROM or above, -1 if there is none. */
int cpuset_next(const struct cpuset *set, int from);

/* The one member of a set of one; -1 for any other set. */
int cpuset_single(const struct cpuset *set);

/*
 * A list as the kernel prints it: "0-3,6"; an empty text is the empty set (Documentation/
 * admin-guide/cputopology.rst). Returns 0, -EINVAL, or -ERANGE for a CPU above CPUSET_MAX.
 */
int cpuset_parse_list(const char *text, struct cpuset *ret);

/*
 * A mask as in /proc/irq/N/smp_affinity: hexadecimal, in groups of 32 bits separated by commas,
 * the highest first (%*pb in Documentation/core-api/printk-formats.rst). Returns like
 * cpuset_parse_list().
 */
int cpuset_parse_mask(const char *text, struct cpuset *ret);

/* Both return a newly allocated text, or NULL without memory. */
char *cpuset_format_list(const struct cpuset *set);
/* BITS: how many CPU numbers are possible on the machine, which is the width the kernel prints. */
char *cpuset_format_mask(const struct cpuset *set, int bits);
