/* SPDX-License-Identifier: MIT */
/* Tables and trees. The only file that uses libsmartcols. */

#include "table.h"

#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>

struct libscols_table *table_new(const struct column *columns, size_t count, bool color)
{
	static const int flags[] = {
		[COLUMN_RIGHT] = SCOLS_FL_RIGHT, [COLUMN_TREE] = SCOLS_FL_TREE
	};
	struct libscols_table *table = scols_new_table();

	if (!table)
		return NULL;
	(void)scols_table_enable_colors(table, color);
	(void)scols_table_set_column_separator(table, "  ");
	(void)scols_table_enable_minout(table, 1);
	for (size_t i = 0; i < count; i++)
		if (!scols_table_new_column(table, columns[i].name, 0, flags[columns[i].kind]))
			goto fail;
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
