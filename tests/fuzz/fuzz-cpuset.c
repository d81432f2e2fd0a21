/* SPDX-License-Identifier: MIT */
/* cpulist and cpumask: parsing, printing and parsing again must give the same set. */

#include "base/cpuset.h"
#include "fuzz.h"

static void check_list(const struct cpuset *set)
{
	CLEANUP_FREE char *text = cpuset_format_list(set);
	struct cpuset again;

	CHECK(text && cpuset_parse_list(text, &again) == 0 && cpuset_equal(set, &again));
}

static void check_mask(const struct cpuset *set, int bits)
{
	CLEANUP_FREE char *text = cpuset_format_mask(set, bits);
	struct cpuset again;

	CHECK(text && cpuset_parse_mask(text, &again) == 0 && cpuset_equal(set, &again));
}

static void check_set(const struct cpuset *set)
{
	int count = 0, last = -1, single = cpuset_single(set);

	for (int cpu = cpuset_next(set, 0); cpu >= 0; cpu = cpuset_next(set, cpu + 1)) {
		CHECK(cpu > last && cpuset_has(set, cpu));
		last = cpu;
		count++;
	}
	CHECK(cpuset_empty(set) == !count && cpuset_overlap(set, set) == (count > 0));
	CHECK(single == (count == 1 ? last : -1));
	check_list(set);
	check_mask(set, last + 1);
	check_mask(set, CPUSET_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct cpuset set;

	if (cpuset_parse_list(text, &set) == 0)
		check_set(&set);
	if (cpuset_parse_mask(text, &set) == 0)
		check_set(&set);
	return 0;
}
