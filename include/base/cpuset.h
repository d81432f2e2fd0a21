/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The most CPUs any Linux kernel can be built for (NR_CPUS with MAXSMP, arch/x86/Kconfig). */
#define CPUSET_MAX 8192

/* A set of CPU numbers; all zero is the empty set. */
struct cpuset {
	uint64_t word[CPUSET_MAX / 64];
};

void cpuset_add(struct cpuset *set, int cpu);
bool cpuset_has(const struct cpuset *set, int cpu);
bool cpuset_empty(const struct cpuset *set);
bool cpuset_equal(const struct cpuset *a, const struct cpuset *b);
bool cpuset_overlap(const struct cpuset *a, const struct cpuset *b);

/* The lowest CPU in the set that is FROM or above; -1 if there is none. */
int cpuset_next(const struct cpuset *set, int from);

/* The CPU in a set of exactly one; -1 for any other set. */
int cpuset_single(const struct cpuset *set);

/*
 * Parses a list as the kernel prints it, "0-3,6"; an empty text is the empty set (Documentation/
 * admin-guide/cputopology.rst). Returns 0, -EINVAL, or -ERANGE for a CPU number not below
 * CPUSET_MAX.
 */
int cpuset_parse_list(const char *text, struct cpuset *ret);

/*
 * Parses a mask as in /proc/irq/N/smp_affinity: hexadecimal, in groups of 32 bits separated by
 * commas, the highest first (%*pb in Documentation/core-api/printk-formats.rst). Returns like
 * cpuset_parse_list().
 */
int cpuset_parse_mask(const char *text, struct cpuset *ret);

/* Both return a newly allocated text, or NULL if out of memory. */
char *cpuset_format_list(const struct cpuset *set);

/* "CPU6" or "CPUs 4-7", for sentences. The caller frees it; NULL if out of memory. */
char *cpuset_format_name(const struct cpuset *set);
/* BITS: the number of possible CPUs. The kernel prints masks of this width. */
char *cpuset_format_mask(const struct cpuset *set, int bits);
