/* SPDX-License-Identifier: MIT */
/* Tables, trees and wrapped text. The only file that uses libsmartcols. */

#include "report/table.h"

#include "base/terminal.h"
#include "base/util.h"

#include <inttypes.h>
#include <langinfo.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct libscols_table *table_new(const struct column *columns, size_t count, bool color)
{
	static const int flags[] = {
		[COLUMN_RIGHT] = SCOLS_FL_RIGHT,
		[COLUMN_TREE] = SCOLS_FL_TREE,
		[COLUMN_LINES] = SCOLS_FL_WRAP,
	};
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	(void)scols_table_enable_colors(table, color);
	(void)scols_table_set_column_separator(table, "  ");
	(void)scols_table_enable_minout(table, 1);
	for (size_t i = 0; i < count; i++) {
		struct libscols_column *column = scols_table_new_column(table, columns[i].name, 0,
									flags[columns[i].kind]);

		if (!column)
			goto fail;
		if (columns[i].kind == COLUMN_LINES) {
			(void)scols_column_set_safechars(column, "\n");
			(void)scols_column_set_wrapfunc(column, scols_wrapnl_chunksize,
							scols_wrapnl_nextchunk, NULL);
		}
	}
	return table;
fail:
	scols_unref_table(table);
	return NULL;
}

struct libscols_line *table_add(struct libscols_table *table, struct libscols_line *parent)
{
	return table ? scols_table_new_line(table, parent) : NULL;
}

void table_put(struct libscols_line *line, size_t column, char *text)
{
	if (!line || !text || scols_line_refer_data(line, column, text))
		free(text);
}

void table_color(struct libscols_line *line, size_t column, const char *color)
{
	if (line)
		(void)scols_cell_set_color(scols_line_get_cell(line, column), color);
}

void table_print(struct libscols_table *table)
{
	if (!table) {
		fputs("(out of memory)\n", stdout);
		return;
	}
	(void)scols_print_table(table);
	scols_unref_table(table);
}

char *text_or_dash(const char *text)
{
	return strdup(text ? text : "-");
}

char *number_or_dash(int64_t number)
{
	return number >= 0 ? text_format("%" PRId64, number) : text_or_dash(NULL);
}

const char *text_plural(size_t count)
{
	return count == 1 ? "" : "s";
}

bool text_has_pictures(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static size_t word_length(const char *text)
{
	const char *close = *text == '\'' ? strchr(text + 1, '\'') : NULL;

	return close ? (size_t)(close - text) + strcspn(close, " ") : strcspn(text, " ");
}

void text_print_wrapped(size_t at, size_t indent, const char *text)
{
	size_t columns = (size_t)terminal_columns(STDOUT_FILENO);

	for (bool first = true; *text; first = false) {
		size_t length = word_length(text);

		if (!first && at + 1 + length > columns) {
			printf("\n%*s", (int)indent, "");
			at = indent;
		} else if (!first) {
			putchar(' ');
			at++;
		}
		printf("%.*s", (int)length, text);
		at += length;
		text += length + (text[length] == ' ');
	}
	putchar('\n');
}

void text_print_folded(void (*put)(const void *what, FILE *out), const void *what)
{
	CLEANUP_FREE char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return;
	put(what, out);
	if (fclose(out) == 0)
		text_print_wrapped(0, 2, text);
}
