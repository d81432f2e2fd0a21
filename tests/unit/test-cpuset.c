/* SPDX-License-Identifier: MIT */
/* Sets of CPUs as lists and as masks. */

#include "base/cpuset.h"
#include "base/util.h"
#include "row.h"

#include <errno.h>

/* The set of CPUS, an array that ends with -1. */
static struct cpuset set_of(const int *cpus)
{
	struct cpuset set = { 0 };

	for (; *cpus >= 0; cpus++)
		cpuset_add(&set, *cpus);
	return set;
}

#define SET(...)  set_of((const int[]){ __VA_ARGS__, -1 })
#define SET_EMPTY set_of((const int[]){ -1 })

/* HIGHEST, then GROUPS groups of a comma and eight zeros. The caller frees it. */
static char *mask_above(const char *highest, int groups)
{
	char *mask = strdup(highest);

	for (int i = 0; i < groups; i++) {
		char *longer = text_format("%s,00000000", mask);

		free(mask);
		mask = longer;
	}
	assert_non_null(mask);
	return mask;
}

static void test_lists_go_both_ways(void **state)
{
	const struct {
		const char *text;
		struct cpuset set;
	} rows[] = {
		{ "", SET_EMPTY },	    { "0", SET(0) },
		{ "0-3", SET(0, 1, 2, 3) }, { "0-3,6", SET(0, 1, 2, 3, 6) },
		{ "0,2,4", SET(0, 2, 4) },  { "62-65", SET(62, 63, 64, 65) },
		{ "1,71", SET(1, 71) },	    { "8190-8191", SET(8190, 8191) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = cpuset_format_list(&rows[i].set);
		struct cpuset set;

		row_same(rows[i].text, text, rows[i].text);
		row_equal(rows[i].text, cpuset_parse_list(rows[i].text, &set), 0);
		row_true(rows[i].text, cpuset_equal(&set, &rows[i].set));
	}
}

static void test_lists_need_no_order(void **state)
{
	const struct {
		const char *text;
		struct cpuset set;
	} rows[] = {
		{ "6,0-1", SET(0, 1, 6) },
		{ "0-2,1-3", SET(0, 1, 2, 3) },
		{ "5,5", SET(5) },
		{ "4-4", SET(4) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpuset set;

		row_equal(rows[i].text, cpuset_parse_list(rows[i].text, &set), 0);
		row_true(rows[i].text, cpuset_equal(&set, &rows[i].set));
	}
}

static void test_bad_lists_are_refused(void **state)
{
	static const struct {
		const char *text;
		int r;
	} rows[] = {
		{ "3-1", -EINVAL },
		{ "0,,1", -EINVAL },
		{ "1-", -EINVAL },
		{ "-1", -EINVAL },
		{ ",", -EINVAL },
		{ ",1", -EINVAL },
		{ "1,", -EINVAL },
		{ "0-1-2", -EINVAL },
		{ " 1", -EINVAL },
		{ "1 ", -EINVAL },
		{ "1\n", -EINVAL },
		{ "0 1", -EINVAL },
		{ "a", -EINVAL },
		{ "0x1", -EINVAL },
		{ "(null)", -EINVAL },
		{ "8192", -ERANGE },
		{ "0-8192", -ERANGE },
		{ "99999999999999999999", -ERANGE },
		{ "0-4294967296", -ERANGE },
	};
	const struct cpuset before = SET(7);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpuset set = before;

		row_equal(rows[i].text, cpuset_parse_list(rows[i].text, &set), rows[i].r);
		row_true(rows[i].text, cpuset_equal(&set, &before));
	}
}

static void test_masks_go_both_ways(void **state)
{
	const struct {
		const char *text;
		int bits;
		struct cpuset set;
	} rows[] = {
		{ "1", 1, SET(0) },
		{ "f", 4, SET(0, 1, 2, 3) },
		{ "08", 5, SET(3) },
		{ "00", 8, SET_EMPTY },
		{ "40", 8, SET(6) },
		{ "a5", 8, SET(0, 2, 5, 7) },
		{ "80000001", 32, SET(0, 31) },
		{ "1,00000000", 33, SET(32) },
		{ "80000000,00000001", 64, SET(0, 63) },
		{ "00,00000001,80000000", 72, SET(31, 32) },
		{ "80,00000000,00000000", 72, SET(71) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = cpuset_format_mask(&rows[i].set, rows[i].bits);
		struct cpuset set;

		row_same(rows[i].text, text, rows[i].text);
		row_equal(rows[i].text, cpuset_parse_mask(rows[i].text, &set), 0);
		row_true(rows[i].text, cpuset_equal(&set, &rows[i].set));
	}
}

static void test_masks_may_be_padded_and_in_capitals(void **state)
{
	const struct {
		const char *text;
		struct cpuset set;
	} rows[] = {
		{ "0", SET_EMPTY },
		{ "000000C0", SET(6, 7) },
		{ "Ff", SET(0, 1, 2, 3, 4, 5, 6, 7) },
		{ "00000000,00000000,00000040", SET(6) },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cpuset set;

		row_equal(rows[i].text, cpuset_parse_mask(rows[i].text, &set), 0);
		row_true(rows[i].text, cpuset_equal(&set, &rows[i].set));
	}
}

static void test_bad_masks_are_refused(void **state)
{
	static const char *const texts[] = {
		"",	     ",",	    ",ff",	    ",00000001",
		"ff,",	     "ffff,fff",    "1,0000000",    "1,,00000000",
		"000000001", "1,000000001", "1,00000000,0", "0x1",
		"g",	     "-1",	    " 1",	    "1 ",
		"1\n",	     "00000000 1",
	};
	const struct cpuset before = SET(7);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct cpuset set = before;

		row_equal(texts[i], cpuset_parse_mask(texts[i], &set), -EINVAL);
		row_true(texts[i], cpuset_equal(&set, &before));
	}
}

static void test_mask_ends_at_the_largest_kernel(void **state)
{
	const struct {
		const char *highest;
		int groups, r;
	} rows[] = {
		/* 256 groups of 32 bits are all of CPUSET_MAX. */
		{ "80000000", 255, 0 },
		{ "0", 256, 0 },
		{ "1", 256, -ERANGE },
	};
	const struct cpuset last = SET(8191), none = SET_EMPTY;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *mask = mask_above(rows[i].highest, rows[i].groups);
		struct cpuset set = { 0 };

		row_equal(rows[i].highest, cpuset_parse_mask(mask, &set), rows[i].r);
		row_true(rows[i].highest, cpuset_equal(&set, i ? &none : &last));
	}
}

static void test_members(void **state)
{
	const struct cpuset set = SET(0, 63, 64, 8191);
	const int out[] = { -1, 1, 62, 65, 8190, CPUSET_MAX };

	(void)state;
	assert_true(cpuset_has(&set, 0) && cpuset_has(&set, 63) && cpuset_has(&set, 64) &&
		    cpuset_has(&set, 8191));
	for (size_t i = 0; i < ARRAY_SIZE(out); i++)
		assert_false(cpuset_has(&set, out[i]));
}

static void test_next_walks_over_gaps(void **state)
{
	const struct cpuset set = SET(2, 63, 640), none = SET_EMPTY;

	(void)state;
	assert_int_equal(cpuset_next(&set, 0), 2);
	assert_int_equal(cpuset_next(&set, 2), 2);
	assert_int_equal(cpuset_next(&set, 3), 63);
	assert_int_equal(cpuset_next(&set, 64), 640);
	assert_int_equal(cpuset_next(&set, 100), 640);
	assert_int_equal(cpuset_next(&set, 641), -1);
	assert_int_equal(cpuset_next(&set, CPUSET_MAX), -1);
	assert_int_equal(cpuset_next(&none, 0), -1);
}

static void test_single_is_the_only_member(void **state)
{
	const struct {
		const char *name;
		struct cpuset set;
		int single;
	} rows[] = {
		{ "empty", SET_EMPTY, -1 },	 { "first", SET(0), 0 },
		{ "middle", SET(6), 6 },	 { "last", SET(8191), 8191 },
		{ "neighbours", SET(6, 7), -1 }, { "far apart", SET(0, 8191), -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].name, cpuset_single(&rows[i].set), rows[i].single);
}

static void test_sets_compare(void **state)
{
	const struct cpuset none = SET_EMPTY, a = SET(1, 64), b = SET(2, 64), c = SET(2, 65);

	(void)state;
	assert_true(cpuset_empty(&none));
	assert_false(cpuset_empty(&a));
	assert_true(cpuset_overlap(&a, &b));
	assert_false(cpuset_overlap(&a, &c));
	assert_false(cpuset_overlap(&a, &none));
	assert_true(cpuset_equal(&a, &a));
	assert_false(cpuset_equal(&a, &b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists_go_both_ways),
		cmocka_unit_test(test_lists_need_no_order),
		cmocka_unit_test(test_bad_lists_are_refused),
		cmocka_unit_test(test_masks_go_both_ways),
		cmocka_unit_test(test_masks_may_be_padded_and_in_capitals),
		cmocka_unit_test(test_bad_masks_are_refused),
		cmocka_unit_test(test_mask_ends_at_the_largest_kernel),
		cmocka_unit_test(test_members),
		cmocka_unit_test(test_next_walks_over_gaps),
		cmocka_unit_test(test_single_is_the_only_member),
		cmocka_unit_test(test_sets_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
