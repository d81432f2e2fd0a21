/* SPDX-License-Identifier: MIT */
/* The published results. */

#include "report/bench.h"

#include "base/json.h"
#include "base/util.h"
#include "bench/reference.h"
#include "bench/results-json.h"
#include "report/json.h"
#include "report/table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static char *range_text(double low, double high)
{
	return low < high ? text_format("%g-%g", low, high) : text_format("%g", low);
}

void report_reference(const struct reference *reference)
{
	CLEANUP_FREE char *base = range_text(reference->default_low, reference->default_high);
	CLEANUP_FREE char *tuned = range_text(reference->tuned_low, reference->tuned_high);

	printf("Published for %s%s%s on a CM3588, not measured here: %s -> %s %s, %+.1f %%\n",
	       reference->model, *reference->part ? ", " : "", reference->part, base ? base : "?",
	       tuned ? tuned : "?", reference->unit, reference_speedup(reference));
}

int report_json_references(const char *pattern)
{
	struct json_object *document = report_json_new("bench"), *list = js_new_list();
	const struct reference *reference;

	for (size_t i = 0; (reference = reference_at(i)); i++)
		if (!pattern || reference_matches(reference, pattern))
			js_append(list, bench_new_reference(reference));
	if (!js_count(list)) {
		js_free(list);
		js_free(document);
		return -ENOENT;
	}
	js_put(document, "references", list);
	return report_json_print(document);
}

int report_references(const char *pattern, struct report_style style)
{
	static const struct column columns[] = {
		{ "MODEL", COLUMN_LEFT },  { "PART", COLUMN_LEFT }, { "DEFAULT", COLUMN_RIGHT },
		{ "TUNED", COLUMN_RIGHT }, { "UNIT", COLUMN_LEFT }, { "SPEED-UP", COLUMN_RIGHT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);
	const struct reference *reference;
	int r = -ENOENT;

	for (size_t i = 0; (reference = reference_at(i)); i++) {
		struct libscols_line *line;

		if (pattern && !reference_matches(reference, pattern))
			continue;
		r = 0;
		line = table_add(table, NULL);
		table_put(line, 0, strdup(reference->model));
		table_put(line, 1, strdup(*reference->part ? reference->part : reference->metric));
		table_put(line, 2, range_text(reference->default_low, reference->default_high));
		table_put(line, 3, range_text(reference->tuned_low, reference->tuned_high));
		table_put(line, 4, strdup(reference->unit));
		table_put(line, 5, bench_percent_text(reference_speedup(reference)));
	}
	table_print(table);
	if (r == 0)
		puts("\nPublished for a CM3588 by " REFERENCE_SOURCE ",\nnot measured here.");
	return r;
}
