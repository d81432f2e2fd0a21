/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct libscols_line;
struct libscols_table;

struct column {
	const char *name;
	enum { COLUMN_LEFT, COLUMN_RIGHT, COLUMN_TREE } kind;
};

/*
 * A table for standard output, with lines for the branches of a tree if the locale has them. NULL
 * without memory, which all functions here take and which prints nothing.
 */
struct libscols_table *table_new(const struct column *columns, size_t count, bool color);

/* A new line; PARENT, of a tree, may be NULL. */
struct libscols_line *table_add(struct libscols_table *table, struct libscols_line *parent);

/* Sets a cell. Takes over TEXT, which may be NULL. */
void table_put(struct libscols_line *line, size_t column, char *text);

/* COLOR: a name as in terminal-colors.d(5). */
void table_color(struct libscols_line *line, size_t column, const char *color);

/* Prints and releases the table. */
void table_print(struct libscols_table *table);

/* New texts for cells: "-" for what is unknown. NULL without memory. */
char *text_or_dash(const char *text);
char *number_or_dash(int64_t number); /* negative: unknown */

/* The ending of a noun after a number: "" for 1, else "s". */
const char *text_plural(size_t count);

/* True if the locale has the characters of pictures. */
bool text_has_pictures(void);

/*
 * Prints words and ends the line. The first stands at column AT, where the cursor is; lines that
 * would be wider than 80 columns go on below at column INDENT. A command in quotes is one word, for
 * it is to be copied.
 */
void text_print_wrapped(size_t at, size_t indent, const char *text);
