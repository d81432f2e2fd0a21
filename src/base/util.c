/* SPDX-License-Identifier: MIT */
/* Errors, strict parsing of numbers, texts, growing arrays. */

#include "base/util.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int error_set(struct error *error, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	(void)vsnprintf(error->text, sizeof(error->text), format, args);
	va_end(args);
	return code;
}

/*
 * The errors that a write to /proc or /sys, or irqbalance, can return. strerrorname_np() needs
 * glibc 2.32; Debian 11 has 2.31.
 */
static const struct {
	int code;
	const char *name;
} errno_names[] = {
	{ E2BIG, "E2BIG" },
	{ EBADMSG, "EBADMSG" },
	{ ECONNREFUSED, "ECONNREFUSED" },
	{ ESRCH, "ESRCH" },
	{ ETIMEDOUT, "ETIMEDOUT" },
	{ EACCES, "EACCES" },
	{ EAGAIN, "EAGAIN" },
	{ EBUSY, "EBUSY" },
	{ EINTR, "EINTR" },
	{ EINVAL, "EINVAL" },
	{ EIO, "EIO" },
	{ ENODEV, "ENODEV" },
	{ ENOENT, "ENOENT" },
	{ ENOMEM, "ENOMEM" },
	{ ENOSPC, "ENOSPC" },
	{ ENOTSUP, "ENOTSUP" },
	{ ENXIO, "ENXIO" },
	{ EPERM, "EPERM" },
	{ ERANGE, "ERANGE" },
	{ EOVERFLOW, "EOVERFLOW" },
	{ EROFS, "EROFS" },
};

const char *errno_name(int code)
{
	for (size_t i = 0; i < ARRAY_SIZE(errno_names); i++)
		if (errno_names[i].code == code)
			return errno_names[i].name;
	return NULL;
}

int errno_from_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errno_names); i++)
		if (!strcmp(errno_names[i].name, name))
			return errno_names[i].code;
	return -EINVAL;
}

int parse_long(const char *text, int64_t min, int64_t max, int64_t *ret)
{
	const char *digits = *text == '-' ? text + 1 : text;
	char *end;
	int64_t value;

	if (*digits < '0' || *digits > '9')
		return -EINVAL;
	errno = 0;
	value = strtoll(text, &end, 10);
	if (*end || (*text == '-' && value == 0))
		return -EINVAL;
	if (errno == ERANGE || value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

int parse_hex4(const char *text, uint16_t *ret)
{
	char digits[5];

	if (strspn(text, "0123456789abcdefABCDEF") < 4)
		return -EINVAL;
	memcpy(digits, text, 4);
	digits[4] = '\0';
	*ret = (uint16_t)strtoul(digits, NULL, 16);
	return 0;
}

char *text_format(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	return n < 0 ? NULL : text;
}

bool text_has_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	for (const char *p = text; length && (p = strstr(p, word)); p += length) {
		bool begins = p == text || p[-1] == ' ';
		bool ends = p[length] == '\0' || p[length] == ' ';

		if (begins && ends)
			return true;
	}
	return false;
}

size_t text_distance(const char *word, size_t length, const char *other)
{
	size_t row[64];

	if (strlen(other) >= ARRAY_SIZE(row))
		return SIZE_MAX;
	for (size_t k = 0; k <= strlen(other); k++)
		row[k] = k;
	/* Row I of Levenshtein's matrix takes the place of the one before it. */
	for (size_t i = 1; i <= length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= strlen(other); k++) {
			size_t above = row[k];
			size_t changed = diagonal + (word[i - 1] != other[k - 1]);
			size_t added = (above < row[k - 1] ? above : row[k - 1]) + 1;

			row[k] = changed < added ? changed : added;
			diagonal = above;
		}
	}
	return row[strlen(other)];
}

void text_make_printable(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		bool second = p > (unsigned char *)text && p[-1] == 0xc2 && *p >= 0x80 && *p < 0xa0;

		if (second)
			p[-1] = '?';
		if (second || *p == 0x7f || (*p < 0x20 && *p != '\n' && *p != '\t'))
			*p = '?';
	}
}

size_t utf8_length(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	/* The second byte also rules out overlong forms, surrogates, and what is above U+10FFFF. */
	unsigned char low = *p == 0xe0 ? 0xa0 : *p == 0xf0 ? 0x90 : 0x80;
	unsigned char high = *p == 0xed ? 0x9f : *p == 0xf4 ? 0x8f : 0xbf;
	size_t length = *p < 0x80 ? 1 : *p < 0xc2 ? 0 : *p < 0xe0 ? 2 : *p < 0xf0 ? 3 : 4;

	if (!*p || *p > 0xf4)
		return 0;
	for (size_t i = 1; i < length; i++, low = 0x80, high = 0xbf)
		if (p[i] < low || p[i] > high)
			return 0;
	return length;
}

bool text_is_utf8(const char *text)
{
	for (size_t n; *text; text += n) {
		n = utf8_length(text);
		if (!n)
			return false;
	}
	return true;
}

void *array_grow(void *array, size_t count, size_t size)
{
	if ((count & (count - 1)) == 0) {
		void *grown = reallocarray(array, count ? 2 * count : 1, size);

		if (!grown)
			return NULL;
		array = grown;
	}
	memset((char *)array + count * size, 0, size);
	return array;
}

int compare_int(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}
