/* SPDX-License-Identifier: MIT */
/* The published results, and which of them is that of a model. Pure. */

#include "bench/reference.h"

#include "base/util.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
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

	/* Calls that differ less are not faster. */
	if (!strcmp(reference->metric, "spread"))
		return NAN;
	return (reference_is_rate(reference) ? tuned / base - 1 : base / tuned - 1) * 100;
}

/* Letters, digits and '+', as in CAM++, make words; anything else only separates them. */
static bool is_letter(char c)
{
	return isalnum((unsigned char)c) || c == '+';
}

static const char *skip_separators(const char *text)
{
	while (*text && !is_letter(*text))
		text++;
	return text;
}

static size_t letters_length(const char *text)
{
	size_t length = 0;

	while (is_letter(text[length]))
		length++;
	return length;
}

static bool same_word(const char *word, size_t length, const char *other)
{
	return letters_length(other) == length && !strncasecmp(word, other, length);
}

static bool has_word(const char *text, const char *word, size_t length)
{
	for (text = skip_separators(text); *text;
	     text = skip_separators(text + letters_length(text)))
		if (same_word(word, length, text))
			return true;
	return false;
}

/* What the vendor's file names add that changes nothing, as the size that a whole group has. */
static bool is_decoration(const char *word, size_t length, const char *group)
{
	return has_word("run ctx axcl aarch64 x86 ax650 npu3 axmodel sh", word, length) ||
	       (isdigit((unsigned char)*word) && memchr(word, 'x', length) &&
		has_word(group, word, length));
}

/* Where TEXT goes on after the LENGTH letters of WORD, which may be spread over its words; or NULL.
 */
static const char *after_letters(const char *text, const char *word, size_t length)
{
	for (; length; length--, text++) {
		text = skip_separators(text);
		if (tolower((unsigned char)*text) != tolower((unsigned char)*word++))
			return NULL;
	}
	return text;
}

/* What is left of TEXT, a model and its part in GROUP, after NAME; NULL if it does not begin so. */
static const char *after_name(const char *text, const char *name, const char *group)
{
	static const char *const synonyms[][2] = {
		{ "encoder", "enc" },
		{ "decoder", "dec" },
		{ "int8", "W8A16" },
		{ "int4", "W4A16" },
	};
	const char *rest, *left;
	size_t length;

	name = skip_separators(name);
	length = letters_length(name);
	if (!length)
		return skip_separators(text);
	rest = after_letters(text, name, length);
	left = rest ? after_name(rest, name + length, group) : NULL;
	for (size_t i = 0; !left && i < ARRAY_SIZE(synonyms); i++) {
		if (!same_word(name, length, synonyms[i][0]))
			continue;
		rest = after_letters(text, synonyms[i][1], strlen(synonyms[i][1]));
		left = rest ? after_name(rest, name + length, group) : NULL;
	}
	if (!left && is_decoration(name, length, group))
		left = after_name(text, name + length, group);
	return left;
}

static const struct reference *find_name(const char *name, const char *metric)
{
	const struct reference *reference, *found = NULL;
	ptrdiff_t most = 0;

	for (size_t i = 0; (reference = reference_at(i)); i++) {
		char text[sizeof(reference->model) + sizeof(reference->part)];
		const char *left;

		/* Of CosyVoice3 they are called TTFT and LLM Decode. */
		if (!strcasestr(reference->metric, metric))
			continue;
		snprintf(text, sizeof(text), "%s %s", reference->model, reference->part);
		left = after_name(text, name, reference->group);
		if (left && !*left)
			return reference;
		/* What begins several models as well is ambiguous. */
		if (!left || left - text < most)
			continue;
		found = left - text > most && left == text + strlen(reference->model) + 1
				? reference
				: NULL;
		most = left - text;
	}
	return found;
}

const struct reference *reference_find(const char *name, const char *metric)
{
	const struct reference *found = find_name(name, metric);

	if (found || strcmp(metric, "ttft") != 0)
		return found;
	/* Its results name no weights: those of the model, if it was decoded with one kind. */
	found = find_name(name, "decode");
	return found && find_name(found->model, "decode") ? find_name(found->model, metric) : NULL;
}

bool reference_matches(const struct reference *reference, const char *pattern)
{
	return strcasestr(reference->group, pattern) || strcasestr(reference->model, pattern) ||
	       strcasestr(reference->part, pattern);
}
