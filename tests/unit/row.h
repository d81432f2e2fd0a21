/* SPDX-License-Identifier: MIT */
/* cmocka, and assertions that name the row of a table that fails. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define row_true(row, condition)                                               \
	do {                                                                   \
		if (!(condition))                                              \
			fail_msg("row '%s': %s is not true", row, #condition); \
	} while (0)

#define row_equal(row, value, wanted)                                                             \
	do {                                                                                      \
		long long value_ = (long long)(value), wanted_ = (long long)(wanted);             \
                                                                                                  \
		if (value_ != wanted_)                                                            \
			fail_msg("row '%s': %s is %lld, not %lld", row, #value, value_, wanted_); \
	} while (0)

/* Of texts; NULL is equal to NULL. */
#define row_same(row, value, wanted)                                                    \
	do {                                                                            \
		const char *value_ = (value), *wanted_ = (wanted);                      \
                                                                                        \
		if (!value_ != !wanted_ || (value_ && strcmp(value_, wanted_)))         \
			fail_msg("row '%s': %s is '%s', not '%s'", row, #value,         \
				 value_ ? value_ : "NULL", wanted_ ? wanted_ : "NULL"); \
	} while (0)

#define row_contains(row, value, part)                                             \
	do {                                                                       \
		const char *value_ = (value), *part_ = (part);                     \
                                                                                   \
		if (!strstr(value_, part_))                                        \
			fail_msg("row '%s': no '%s' in '%s'", row, part_, value_); \
	} while (0)
