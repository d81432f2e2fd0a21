/* SPDX-License-Identifier: MIT */
#pragma once

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#define ARRAY_SIZE(a)	  (sizeof(a) / sizeof((a)[0]))
#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* Released when the variable goes out of scope. One that is there for this alone is not unused. */
#define CLEANUP(f)    __attribute__((cleanup(f), unused))
#define CLEANUP_FREE  CLEANUP(free_p)
#define CLEANUP_CLOSE CLEANUP(close_p)
#define CLEANUP_DIR   CLEANUP(closedir_p)

static inline void free_p(void *p)
{
	free(*(void **)p);
}

static inline void close_p(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void closedir_p(DIR *const *dir)
{
	if (*dir)
		closedir(*dir);
}

/*
 * What went wrong, as a sentence for the user. Set by the function that knows the reason, printed
 * by the command.
 */
struct error {
	char text[512];
};

/* Stores the sentence and returns CODE (-errno), so that "return error_set(...)" works. */
int error_set(struct error *error, int code, const char *format, ...) PRINTF(3, 4);

/* The symbolic name of a positive errno ("EIO"), or NULL for one that has none. */
const char *errno_name(int code);
/* The errno of that name, or -EINVAL. */
int errno_from_name(const char *name);

/*
 * Parses a decimal number from MIN to MAX with nothing before or after it. Returns 0, -EINVAL (not
 * a number) or -ERANGE.
 */
int parse_long(const char *text, int64_t min, int64_t max, int64_t *ret);

/* Parses the four hexadecimal digits that TEXT begins with, as in PCI IDs. 0 or -EINVAL. */
int parse_hex4(const char *text, uint16_t *ret);

/* A newly allocated text, or NULL if out of memory. */
char *text_format(const char *format, ...) PRINTF(1, 2);

/* True if WORD is one of the blank-separated words of TEXT. */
bool text_has_word(const char *text, const char *word);

/* How many letters to add, remove or change to make OTHER of the first LENGTH letters of WORD. */
size_t text_distance(const char *word, size_t length, const char *other);

/*
 * Replaces control characters, except newline and tab, with '?', so that the name of a device or a
 * file cannot control a terminal. This includes the C1 controls of ISO 6429 in UTF-8.
 */
void text_make_printable(char *text);

/* The bytes of the UTF-8 character that TEXT begins with (RFC 3629); 0 if it begins with none. */
size_t utf8_length(const char *text);

/* True if TEXT consists of such characters alone. */
bool text_is_utf8(const char *text);

/*
 * Makes room for one more element, set to zero, in an array of COUNT elements of SIZE bytes. The
 * capacity follows from COUNT alone: it doubles at each power of two. Returns the array, possibly
 * moved, or NULL if out of memory; the old array then stays valid.
 */
void *array_grow(void *array, size_t count, size_t size);

/* For qsort(): sorts an array of int in ascending order. */
int compare_int(const void *a, const void *b);
