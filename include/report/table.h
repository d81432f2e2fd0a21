/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct libscols_line;
struct libscols_table;

/* The cells of COLUMN_LINES may hold several lines. */
struct column {
	const char *name;
	enum { COLUMN_LEFT, COLUMN_RIGHT, COLUMN_TREE, COLUMN_LINES } kind;
};

/*
 * A table for standard output; a tree has line-drawing characters if the locale has them. NULL
 * without memory; all functions here accept that.
 */
struct libscols_table *table_new(const struct column *columns, size_t count, bool color);

/* A new line, of a tree below PARENT unless that is NULL. */
struct libscols_line *table_add(struct libscols_table *table, struct libscols_line *parent);

/* Sets a cell. Takes ownership of TEXT, which may be NULL. */
void table_put(struct libscols_line *line, size_t column, char *text);

/* COLOR: a name as in terminal-colors.d(5). */
void table_color(struct libscols_line *line, size_t column, const char *color);

/* Prints and frees the table. */
void table_print(struct libscols_table *table);

/* Texts for cells, "-" for unknown values. NULL without memory. */
char *text_or_dash(const char *text);
char *number_or_dash(int64_t number); /* negative: unknown */

/* The ending of a noun after a number: "" for 1, else "s". */
const char *text_plural(size_t count);

/* True if the locale has characters for bars and lines. */
bool text_has_pictures(void);

/*
 * Prints TEXT and ends the line. The cursor is at column AT; further lines begin at column INDENT.
 * Breaks lines between words to stay within the terminal, but never inside a command in quotes, so
 * that it can be copied.
 */
void text_print_wrapped(size_t at, size_t indent, const char *text);

/* Prints in this way what PUT writes of WHAT. */
void text_print_folded(void (*put)(const void *what, FILE *out), const void *what);
