/* SPDX-License-Identifier: MIT */
/* Strict parsing of numbers, words, errno names, growing arrays. */

#include "base/util.h"
#include "row.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <malloc.h>
#include <stdio.h>

static void test_numbers_are_whole_and_within_their_range(void **state)
{
	static const struct {
		const char *text;
		int64_t min, max;
		int r;
		int64_t value;
	} rows[] = {
		{ "0", 0, 10, 0, 0 },
		{ "10", 0, 10, 0, 10 },
		{ "11", 0, 10, -ERANGE, 0 },
		{ "3", 4, 10, -ERANGE, 0 },
		{ "-1", 0, 10, -ERANGE, 0 },
		{ "-5", -5, 5, 0, -5 },
		{ "-6", -5, 5, -ERANGE, 0 },
		{ "007", 0, 10, 0, 7 },
		{ "99999999999999999999", INT64_MIN, INT64_MAX, -ERANGE, 0 },
		{ "-99999999999999999999", INT64_MIN, INT64_MAX, -ERANGE, 0 },
		{ "99999999999999999999x", INT64_MIN, INT64_MAX, -EINVAL, 0 },
		{ "", 0, 10, -EINVAL, 0 },
		{ "-", -10, 10, -EINVAL, 0 },
		{ "--1", -10, 10, -EINVAL, 0 },
		{ "+1", 0, 10, -EINVAL, 0 },
		{ " 1", 0, 10, -EINVAL, 0 },
		{ "1 ", 0, 10, -EINVAL, 0 },
		{ "1\n", 0, 10, -EINVAL, 0 },
		{ "1x", 0, 10, -EINVAL, 0 },
		{ "0x1", 0, 10, -EINVAL, 0 },
		{ "1.5", 0, 10, -EINVAL, 0 },
		{ "one", 0, 10, -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t value = 42;

		row_equal(rows[i].text, parse_long(rows[i].text, rows[i].min, rows[i].max, &value),
			  rows[i].r);
		row_equal(rows[i].text, value, rows[i].r < 0 ? 42 : rows[i].value);
	}
}

static void test_numbers_reach_to_both_ends_of_64_bits(void **state)
{
	const int64_t ends[] = { INT64_MIN, INT64_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		CLEANUP_FREE char *text = text_format("%" PRId64, ends[i]);
		int64_t value = 0;

		assert_int_equal(parse_long(text, INT64_MIN, INT64_MAX, &value), 0);
		assert_true(value == ends[i]);
	}
}

static void test_hex4_takes_four_digits(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint16_t value;
	} rows[] = {
		{ "1f4b", 0, 0x1f4b },	    { "FFFF", 0, 0xffff },   { "0000", 0, 0 },
		{ "1f4b:0650", 0, 0x1f4b }, { "1f4", -EINVAL, 0 },   { "1f4g", -EINVAL, 0 },
		{ "", -EINVAL, 0 },	    { "0x1f", -EINVAL, 0 },  { " 1f4", -EINVAL, 0 },
		{ "-1f4", -EINVAL, 0 },	    { "1f:4b", -EINVAL, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint16_t value = 0xabcd;

		row_equal(rows[i].text, parse_hex4(rows[i].text, &value), rows[i].r);
		row_equal(rows[i].text, value, rows[i].r < 0 ? 0xabcd : rows[i].value);
	}
}

static void test_words_are_found_whole(void **state)
{
	static const struct {
		const char *text, *word;
		bool found;
	} rows[] = {
		{ "ondemand performance schedutil", "ondemand", true },
		{ "ondemand performance schedutil", "performance", true },
		{ "ondemand performance schedutil", "schedutil", true },
		{ "ondemand performance schedutil", "perform", false },
		{ "ondemand performance schedutil", "demand", false },
		{ "ondemand performance schedutil", "", false },
		{ "performance2 xperformance performance", "performance", true },
		{ "performance2 xperformance", "performance", false },
		{ "  performance  ", "performance", true },
		{ "performance", "performance", true },
		{ "", "performance", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].text, text_has_word(rows[i].text, rows[i].word), rows[i].found);
}

static void test_distance_of_words(void **state)
{
	static const struct {
		const char *word, *other;
		size_t distance;
	} rows[] = {
		{ "", "", 0 },
		{ "", "apply", 5 },
		{ "apply", "", 5 },
		{ "apply", "apply", 0 },
		{ "aply", "apply", 1 },
		{ "appply", "apply", 1 },
		{ "stauts", "status", 2 },
		{ "kitten", "sitting", 3 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].word,
			  text_distance(rows[i].word, strlen(rows[i].word), rows[i].other),
			  rows[i].distance);
	assert_int_equal(text_distance("cpu=6", 3, "cpu"), 0);
}

static void test_control_characters_are_replaced(void **state)
{
	static const struct {
		const char *text, *printable;
	} rows[] = {
		{ "", "" },
		{ "performance", "performance" },
		{ "two\tcolumns\nand lines", "two\tcolumns\nand lines" },
		{ "\033[31mred\033]0;title\a", "?[31mred?]0;title?" },
		{ "back\b\bspace\r\177", "back??space??" },
		{ "\302\233"
		  "31m CSI of UTF-8",
		  "??31m CSI of UTF-8" },
		{ "\302\240\302\256 \303\237", "\302\240\302\256 \303\237" },
		{ "\302", "\302" },
		{ "\233", "\233" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = strdup(rows[i].text);

		assert_non_null(text);
		text_make_printable(text);
		row_same(rows[i].text, text, rows[i].printable);
	}
}

static void test_utf8_is_told_from_other_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t length;
	} rows[] = {
		{ "", 0 },
		{ "a", 1 },
		{ "\x7f", 1 },
		{ "\x80", 0 },
		{ "\xc1\xbf", 0 }, /* overlong */
		{ "\xc2\x80", 2 },
		{ "\xc2", 0 },
		{ "\xc3(", 0 },
		{ "\xdf\xbf", 2 },
		{ "\xe0\x9f\xbf", 0 }, /* overlong */
		{ "\xe0\xa0\x80", 3 },
		{ "\xed\x9f\xbf", 3 },
		{ "\xed\xa0\x80", 0 }, /* a surrogate */
		{ "\xef\xbf\xbd", 3 },
		{ "\xef\xbf", 0 },
		{ "\xf0\x8f\xbf\xbf", 0 }, /* overlong */
		{ "\xf0\x90\x80\x80", 4 },
		{ "\xf4\x8f\xbf\xbf", 4 },
		{ "\xf4\x90\x80\x80", 0 }, /* above U+10FFFF */
		{ "\xf5\x80\x80\x80", 0 },
		{ "\xff", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].text, utf8_length(rows[i].text), rows[i].length);
}

static void test_errno_names_go_both_ways(void **state)
{
	static const struct {
		int code;
		const char *name;
	} rows[] = {
		{ EIO, "EIO" },	      { EPERM, "EPERM" },	  { EACCES, "EACCES" },
		{ EINVAL, "EINVAL" }, { EOVERFLOW, "EOVERFLOW" }, { ENOSPC, "ENOSPC" },
		{ EROFS, "EROFS" },   { ENOENT, "ENOENT" },	  { EBUSY, "EBUSY" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		row_same(rows[i].name, errno_name(rows[i].code), rows[i].name);
		row_equal(rows[i].name, errno_from_name(rows[i].name), rows[i].code);
	}
}

static void test_what_is_no_errno_has_no_name(void **state)
{
	static const char *const names[] = { "", "eio", "EI", "EIOX", "5", "Success" };

	(void)state;
	assert_null(errno_name(0));
	assert_null(errno_name(-EIO));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		row_equal(names[i], errno_from_name(names[i]), -EINVAL);
}

static void test_array_keeps_its_elements_and_gets_zeroes(void **state)
{
	static const struct item {
		size_t number;
		char text[9];
	} zero;
	struct item *items = NULL;

	(void)state;
	/* So that memory from malloc() is not zero by chance; ASan does this by itself. */
	(void)mallopt(M_PERTURB, 0x5a);
	for (size_t count = 0; count < 300; count++) {
		items = array_grow(items, count, sizeof(*items));
		assert_non_null(items);
		assert_memory_equal(&items[count], &zero, sizeof(zero));
		items[count].number = count;
		strcpy(items[count].text, "12345678");
	}
	for (size_t i = 0; i < 300; i++) {
		assert_int_equal(items[i].number, i);
		assert_string_equal(items[i].text, "12345678");
	}
	free(items);
}

static void test_error_returns_its_code_and_cuts_its_text(void **state)
{
	struct error error;
	char text[2000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(error_set(&error, -EIO, "%s: %d", "vector", 7), -EIO);
	assert_string_equal(error.text, "vector: 7");
	assert_int_equal(error_set(&error, -EPERM, "%s", text), -EPERM);
	assert_int_equal(strlen(error.text), sizeof(error.text) - 1);
}

static void test_ints_are_ordered_without_overflow(void **state)
{
	const int sorted[] = { INT_MIN, -1, 0, 1, INT_MAX };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sorted); i++)
		for (size_t k = 0; k < ARRAY_SIZE(sorted); k++)
			assert_int_equal(compare_int(&sorted[i], &sorted[k]), (i > k) - (i < k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers_are_whole_and_within_their_range),
		cmocka_unit_test(test_numbers_reach_to_both_ends_of_64_bits),
		cmocka_unit_test(test_hex4_takes_four_digits),
		cmocka_unit_test(test_words_are_found_whole),
		cmocka_unit_test(test_distance_of_words),
		cmocka_unit_test(test_control_characters_are_replaced),
		cmocka_unit_test(test_utf8_is_told_from_other_bytes),
		cmocka_unit_test(test_errno_names_go_both_ways),
		cmocka_unit_test(test_what_is_no_errno_has_no_name),
		cmocka_unit_test(test_array_keeps_its_elements_and_gets_zeroes),
		cmocka_unit_test(test_error_returns_its_code_and_cuts_its_text),
		cmocka_unit_test(test_ints_are_ordered_without_overflow),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
