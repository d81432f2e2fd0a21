/* SPDX-License-Identifier: MIT */
/* Published results, from reference-results.tsv, which is a part of the program. */

#include "bench/reference.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* The lines of the file as texts (Makefile). */
static const char table[] =
#include "reference-results.inc"
	;

#define COLUMNS 11

static double parse_figure(const char *text)
{
	return *text ? strtod(text, NULL) : NAN;
}

static struct reference parse_line(char *line)
{
	char *cells[COLUMNS] = { 0 };

	for (size_t i = 0; i < COLUMNS; i++) {
		cells[i] = strsep(&line, "\t");
		if (!cells[i])
			cells[i] = (char *)"";
	}
	return (struct reference){
		.group = cells[0],
		.model = cells[1],
		.part = cells[2],
		.metric = cells[3],
		.unit = cells[4],
		.default_low = parse_figure(cells[5]),
		.default_high = parse_figure(cells[6]),
		.tuned_low = parse_figure(cells[7]),
		.tuned_high = parse_figure(cells[8]),
		.native_low = parse_figure(cells[9]),
		.native_high = parse_figure(cells[10]),
	};
}

int references_read(struct references *ret)
{
	struct references references = { .text = strdup(table) };
	char *rest = references.text, *line;

	if (!rest)
		return -ENOMEM;
	while ((line = strsep(&rest, "\n"))) {
		struct reference *grown;

		if (!*line)
			continue;
		grown = array_grow(references.list, references.count, sizeof(*grown));
		if (!grown) {
			references_done(&references);
			return -ENOMEM;
		}
		references.list = grown;
		grown[references.count++] = parse_line(line);
	}
	*ret = references;
	return 0;
}

void references_done(struct references *references)
{
	free(references->list);
	free(references->text);
	*references = (struct references){ 0 };
}

bool reference_is_rate(const struct reference *reference)
{
	return !strcmp(reference->unit, "token/s");
}

double reference_speedup(const struct reference *reference)
{
	double base = (reference->default_low + reference->default_high) / 2;
	double tuned = (reference->tuned_low + reference->tuned_high) / 2;

	return (reference_is_rate(reference) ? tuned / base - 1 : base / tuned - 1) * 100;
}

/* Compares letters and digits alone. The name may be two texts, one after the other. */
static bool same_name(const char *name, const char *first, const char *second)
{
	for (;;) {
		while (*name && !isalnum((unsigned char)*name))
			name++;
		while (*first && !isalnum((unsigned char)*first))
			first++;
		if (!*first && second) {
			first = second;
			second = NULL;
			continue;
		}
		if (!*name || !*first)
			return !*name && !*first;
		if (tolower((unsigned char)*name++) != tolower((unsigned char)*first++))
			return false;
	}
}

const struct reference *references_find(const struct references *references, const char *name,
					const char *unit)
{
	static const char ending[] = ".axmodel";
	const char *slash = strrchr(name, '/');
	CLEANUP_FREE char *base = strdup(slash ? slash + 1 : name);
	size_t length = base ? strlen(base) : 0;
	const struct reference *found = NULL;

	if (!base)
		return NULL;
	if (length >= sizeof(ending) && !strcmp(base + length - sizeof(ending) + 1, ending))
		base[length - sizeof(ending) + 1] = '\0';
	for (size_t i = 0; i < references->count; i++) {
		const struct reference *reference = &references->list[i];

		if (strcmp(reference->unit, unit) != 0 || !strcmp(reference->metric, "ttft"))
			continue;
		if (*reference->part && same_name(base, reference->model, reference->part))
			return reference;
		/* Of several parts the name alone does not say which. */
		if (same_name(base, reference->model, NULL)) {
			if (found)
				return NULL;
			found = reference;
		}
	}
	return found;
}

bool reference_matches(const struct reference *reference, const char *pattern)
{
	return strcasestr(reference->group, pattern) || strcasestr(reference->model, pattern) ||
	       strcasestr(reference->part, pattern);
}
