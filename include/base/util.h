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

/* Released when the variable goes out of scope. */
#define CLEANUP(f)    __attribute__((cleanup(f)))
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
 * What went wrong, in a sentence for a person. Filled by the function that knows, printed by the
 * command. An untouched error has an empty text.
 */
struct error {
	char text[512];
};

/* Stores the sentence and returns CODE (-errno), so that it can end a function. */
int error_set(struct error *error, int code, const char *format, ...) PRINTF(3, 4);

/* The symbolic name of a positive errno ("EIO"), or NULL for one that has none. */
const char *errno_name(int code);
/* The errno of such a name, or -EINVAL. */
int errno_from_name(const char *name);

/*
 * A whole decimal number between MIN and MAX, nothing before or after it.
 * Returns 0, -EINVAL (not a number) or -ERANGE.
 */
int parse_long(const char *text, long min, long max, long *ret);

/* Exactly four hexadecimal digits at TEXT, as in PCI ids. Returns 0 or -EINVAL. */
int parse_hex4(const char *text, uint16_t *ret);

/* A newly allocated text, or NULL without memory. */
char *text_format(const char *format, ...) PRINTF(1, 2);

/* True if WORD is one of the words of TEXT, which are separated by blanks. */
bool text_has_word(const char *text, const char *word);

/*
 * Puts '?' in the place of control characters, but for line ends and tabs: what a device or a file
 * is called must not tell a terminal what to do. Those of ISO 6429 in UTF-8 are among them.
 */
void text_make_printable(char *text);

/*
 * Makes room for one more element in an array of COUNT elements of SIZE bytes. The room is derived
 * from COUNT alone: it doubles at each power of two. The new element is zero.
 * Returns the array, perhaps moved, or NULL without memory (the old one is then still valid).
 */
void *array_grow(void *array, size_t count, size_t size);

/* For qsort(): ascending order of an array of int. */
int compare_int(const void *a, const void *b);
