/* SPDX-License-Identifier: MIT */
/* The published results, and which of them is that of a model. Pure. */

#include "bench/reference.h"

#include "base/util.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

static const struct reference table[] = {
#include "reference-results.inc"
};

const struct reference *reference_at(size_t index)
{
	return index < ARRAY_SIZE(table) ? &table[index] : NULL;
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

/* True if NAME is FIRST and then SECOND, by their letters and digits alone, whatever their case. */
static bool same_name(const char *name, const char *first, const char *second)
{
	for (;;) {
		while (*name && !isalnum((unsigned char)*name))
			name++;
		while (*first && !isalnum((unsigned char)*first))
			first++;
		if (!*first && *second) {
			first = second;
			second = "";
			continue;
		}
		if (!*name || !*first)
			return !*name && !*first;
		if (tolower((unsigned char)*name++) != tolower((unsigned char)*first++))
			return false;
	}
}

const struct reference *reference_find(const char *name, const char *unit)
{
	static const char ending[] = ".axmodel";
	const char *slash = strrchr(name, '/');
	CLEANUP_FREE char *base = strdup(slash ? slash + 1 : name);
	size_t length = base ? strlen(base) : 0;
	const struct reference *reference, *found = NULL;

	if (!base)
		return NULL;
	if (length >= sizeof(ending) && !strcmp(base + length - sizeof(ending) + 1, ending))
		base[length - sizeof(ending) + 1] = '\0';
	for (size_t i = 0; (reference = reference_at(i)); i++) {
		if (strcmp(reference->unit, unit) != 0 || !strcmp(reference->metric, "ttft"))
			continue;
		if (*reference->part && same_name(base, reference->model, reference->part))
			return reference;
		/* Where a model has several parts, its name alone does not say which. */
		if (same_name(base, reference->model, "")) {
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
