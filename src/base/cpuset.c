/* SPDX-License-Identifier: MIT */
/* Sets of CPUs and their two text formats: cpulist ("0-3,6") and cpumask ("4f"). */

#include "base/cpuset.h"

#include "base/util.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void cpuset_add(struct cpuset *set, int cpu)
{
	set->word[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

bool cpuset_has(const struct cpuset *set, int cpu)
{
	return cpu >= 0 && cpu < CPUSET_MAX && set->word[cpu / 64] >> (cpu % 64) & 1;
}

bool cpuset_empty(const struct cpuset *set)
{
	return cpuset_next(set, 0) < 0;
}

bool cpuset_equal(const struct cpuset *a, const struct cpuset *b)
{
	return !memcmp(a, b, sizeof(*a));
}

bool cpuset_overlap(const struct cpuset *a, const struct cpuset *b)
{
	for (size_t i = 0; i < CPUSET_MAX / 64; i++)
		if (a->word[i] & b->word[i])
			return true;
	return false;
}

int cpuset_next(const struct cpuset *set, int from)
{
	for (int cpu = from; cpu < CPUSET_MAX; cpu++) {
		if (!set->word[cpu / 64]) {
			cpu |= 63;
			continue;
		}
		if (cpuset_has(set, cpu))
			return cpu;
	}
	return -1;
}

int cpuset_single(const struct cpuset *set)
{
	int first = cpuset_next(set, 0);

	return first >= 0 && cpuset_next(set, first + 1) < 0 ? first : -1;
}

/* Parses the CPU number at *TEXT and moves *TEXT past it. */
static int parse_cpu(const char **text, int *ret)
{
	char *end;
	unsigned long cpu;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	cpu = strtoul(*text, &end, 10);
	if (cpu >= CPUSET_MAX)
		return -ERANGE;
	*text = end;
	*ret = (int)cpu;
	return 0;
}

int cpuset_parse_list(const char *text, struct cpuset *ret)
{
	struct cpuset set = { 0 };

	while (*text) {
		int first, last, r;

		r = parse_cpu(&text, &first);
		if (r < 0)
			return r;
		last = first;
		if (*text == '-') {
			text++;
			r = parse_cpu(&text, &last);
			if (r < 0)
				return r;
		}
		if (last < first)
			return -EINVAL;
		for (int cpu = first; cpu <= last; cpu++)
			cpuset_add(&set, cpu);
		if (*text == ',' && text[1])
			text++;
		else if (*text)
			return -EINVAL;
	}
	*ret = set;
	return 0;
}

int cpuset_parse_mask(const char *text, struct cpuset *ret)
{
	size_t length = strlen(text);
	struct cpuset set = { 0 };
	int bit = 0, digits = 0;

	if (!length)
		return -EINVAL;
	for (size_t i = length; i-- > 0;) {
		const char *hex = "0123456789abcdef", *digit;

		if (text[i] == ',') {
			/* Every group but the highest has eight digits. */
			if (digits != 8 || i == 0)
				return -EINVAL;
			digits = 0;
			continue;
		}
		digit = strchr(hex,
			       text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
		if (!digit || ++digits > 8)
			return -EINVAL;
		for (int b = 0; b < 4; b++) {
			if (!((digit - hex) >> b & 1))
				continue;
			if (bit + b >= CPUSET_MAX)
				return -ERANGE;
			cpuset_add(&set, bit + b);
		}
		bit += 4;
	}
	*ret = set;
	return 0;
}

char *cpuset_format_list(const struct cpuset *set)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	for (int first = cpuset_next(set, 0), last; first >= 0;
	     first = cpuset_next(set, last + 1)) {
		for (last = first; cpuset_has(set, last + 1);)
			last++;
		fprintf(out, last > first ? "%s%d-%d" : "%s%d", ftell(out) > 0 ? "," : "", first,
			last);
	}
	if (fclose(out)) {
		free(text);
		return NULL;
	}
	return text;
}

char *cpuset_format_name(const struct cpuset *set)
{
	CLEANUP_FREE char *list = cpuset_format_list(set);

	return list ? text_format("%s%s", cpuset_single(set) >= 0 ? "CPU" : "CPUs ", list) : NULL;
}

char *cpuset_format_mask(const struct cpuset *set, int bits)
{
	size_t groups = bits > 32 ? ((size_t)bits + 31) / 32 : 1;
	/* The highest group is only as wide as BITS requires, the others have eight digits. */
	int width = (bits - 32 * ((int)groups - 1) + 3) / 4;
	char *text = malloc(9 * groups + 1), *p = text;

	if (!text)
		return NULL;
	for (size_t i = groups; i-- > 0; width = 8) {
		uint32_t group = (uint32_t)(set->word[i / 2] >> (i % 2 * 32));

		p += sprintf(p, i ? "%0*x," : "%0*x", width, group);
	}
	return text;
}
