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
#include <math.h>
#include <stdio.h>
#include <string.h>

static char *range_text(double low, double high)
{
	if (isnan(low))
		return text_or_dash(NULL);
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

static bool is_listed(const struct reference *reference, const char *pattern)
{
	return !pattern || reference_matches(reference, pattern);
}

static int print_references_json(const char *pattern)
{
	struct json_object *document = report_json_new("bench"), *list = js_new_list();
	const struct reference *reference;

	for (size_t i = 0; (reference = reference_at(i)); i++)
		if (is_listed(reference, pattern))
			js_append(list, bench_new_reference(reference));
	js_put(document, "references", list);
	return report_json_print(document);
}

static void print_cells(const char *const cells[], bool markdown)
{
	static const int widths[] = { 34, 8, 7, 8, 7, 6 };

	for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
		const char *cell = cells[i] ? cells[i] : "?";

		if (markdown)
			printf("| %s ", cell);
		else if (i)
			printf("  %*s", widths[i], cell);
		else if (strlen(cell) > (size_t)widths[i])
			printf("%s\n%*s", cell, widths[i], "");
		else
			printf("%-*s", widths[i], cell);
	}
	puts(markdown ? "|" : "");
}

static void print_row(const struct reference *reference, bool markdown)
{
	bool frames = !strcmp(reference->metric, "inference");
	char *cells[] = {
		text_format("%s%s%s", reference->model, *reference->part ? ", " : "",
			    reference->part),
		range_text(reference->default_low, reference->default_high),
		range_text(reference->tuned_low, reference->tuned_high),
		bench_percent_text(reference_speedup(reference)),
		range_text(reference->native_low, reference->native_high),
		frames ? text_format("%.1f", 1000 / reference->tuned_low) : text_or_dash(NULL),
	};

	print_cells((const char *const *)cells, markdown);
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++)
		free(cells[i]);
}

static bool same_section(const struct reference *a, const struct reference *b)
{
	return !strcmp(a->group, b->group) && !strcmp(a->metric, b->metric);
}

static void print_section(const struct reference *first, const char *pattern, bool markdown)
{
	static const char *const names[] = { "MODEL, PART", "DEFAULT", "TUNED",
					     "SPEED-UP",    "NATIVE",  "FPS" };
	static const char *const rule[] = { "---", "---:", "---:", "---:", "---:", "---:" };
	const struct reference *reference;

	printf("%s%s: %s, %s%s\n%s", markdown ? "### " : "", first->group, first->metric,
	       first->unit,
	       strcmp(first->metric, "RTF") ? "" : "; below 1 is faster than real time",
	       markdown ? "\n" : "");
	print_cells(names, markdown);
	if (markdown)
		print_cells(rule, markdown);
	for (size_t i = 0; (reference = reference_at(i)); i++)
		if (is_listed(reference, pattern) && same_section(first, reference))
			print_row(reference, markdown);
	putchar('\n');
}

/* Results of a group need not follow each other. */
static bool begins_section(size_t index, const char *pattern)
{
	const struct reference *reference = reference_at(index);

	for (size_t i = 0; i < index; i++)
		if (is_listed(reference_at(i), pattern) && same_section(reference_at(i), reference))
			return false;
	return is_listed(reference, pattern);
}

int report_references(const char *pattern, enum bench_format format)
{
	const struct reference *reference;
	bool any = false;

	for (size_t i = 0; (reference = reference_at(i)); i++)
		any |= is_listed(reference, pattern);
	if (!any)
		return -ENOENT;
	if (format == FORMAT_JSON)
		return print_references_json(pattern);
	for (size_t i = 0; (reference = reference_at(i)); i++)
		if (begins_section(i, pattern))
			print_section(reference, pattern, format == FORMAT_MARKDOWN);
	puts("Published for a CM3588, not measured here, by\n" REFERENCE_SOURCE ".\n"
	     "Speed-up: from the middle of the ranges. Native: the chip without PCI Express.\n"
	     "FPS: frames per second, tuned.");
	return 0;
}
