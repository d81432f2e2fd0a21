/* SPDX-License-Identifier: MIT */
/* Reads the result of a workload from its output. Pure. */

#include "bench/metric.h"

#include "base/util.h"
#include "bench/stats.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <string.h>

/* --- Text ------------------------------------------------------------------------------------- */

/*
 * The length of the control sequence at TEXT, such as "\033[...m" (ECMA-48, 5.4); 0 if there is
 * none. An incomplete one ends where its line ends.
 */
static size_t escape_length(const char *text, size_t length)
{
	size_t n = 2;

	if (length < 2 || text[0] != '\033')
		return 0;
	if (text[1] != '[')
		return iscntrl((unsigned char)text[1]) ? 1 : 2;
	while (n < length && text[n] >= 0x20 && text[n] <= 0x3f)
		n++;
	return n < length && text[n] >= 0x40 && text[n] <= 0x7e ? n + 1 : n;
}

/* A copy without control sequences, and with newlines for carriage returns and NUL bytes. */
static char *clean_output(const char *text, size_t length)
{
	char *copy = malloc(length + 1), *end = copy;

	for (size_t i = 0; copy && i < length; i++) {
		size_t escape = escape_length(text + i, length - i);

		if (escape)
			i += escape - 1;
		else if (text[i] == '\r' || !text[i])
			*end++ = '\n';
		else
			*end++ = text[i];
	}
	if (copy)
		*end = '\0';
	return copy;
}

/*
 * Reads a positive number: digits with at most one point. Something must follow it, because at the
 * very end of the output it may be cut off. Returns what follows, or NULL.
 */
static const char *read_number(const char *text, double *ret)
{
	size_t length = strspn(text, "0123456789"), fraction;
	double number;

	if (!length)
		return NULL;
	if (text[length] == '.') {
		fraction = strspn(text + length + 1, "0123456789");
		if (!fraction)
			return NULL;
		length += 1 + fraction;
	}
	number = strtod(text, NULL);
	if (!text[length] || !(number > 0 && number < METRIC_MAX))
		return NULL;
	*ret = number;
	return text + length;
}

/* The number of "NAME = 1.234 ms" in LINE; NAN if there is none. */
static double read_field(const char *line, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = line; (at = strstr(at, name)); at += length) {
		const char *text = at + length;
		double number;

		if (at > line && !isspace((unsigned char)at[-1]))
			continue;
		text += strspn(text, " ");
		if (*text != '=')
			continue;
		text++;
		text += strspn(text, " ");
		text = read_number(text, &number);
		if (text && !strncmp(text, " ms", 3))
			return number;
	}
	return NAN;
}

/* --- The numbers of a run --------------------------------------------------------------------- */

struct numbers {
	size_t count;
	double *values;
};

static int add_number(struct numbers *numbers, double value)
{
	double *grown = array_grow(numbers->values, numbers->count, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	numbers->values = grown;
	grown[numbers->count++] = value;
	return 0;
}

/* A single number has no spread. */
static int sum_up(const struct numbers *numbers, struct measurement *ret)
{
	struct measurement result = MEASUREMENT_UNKNOWN;
	struct stats_summary summary;
	int r = stats_summarize(numbers->values, numbers->count, &summary);

	if (r < 0)
		return r;
	result.value = summary.median;
	if (numbers->count > 1) {
		result.min = summary.min;
		result.max = summary.max;
		result.mean = summary.mean;
		result.median = summary.median;
		result.p95 = summary.p95;
	}
	*ret = result;
	return 0;
}

/* --- axcl_run_model (axcl-runtime, sample/engine/apps/benchmark/main.cc) ---------------------- */

/*
 * "  min =   3.561 ms   max =   4.011 ms   avg =   3.702 ms  median =   3.690 ms", and with 100
 * calls or more a second line "   5% =   3.580 ms   90% = ...   95% = ...     99% = ...".
 * A line without its newline may be cut off before the median.
 */
static bool read_axcl(char *text, struct measurement *ret)
{
	char *rest = text, *line;
	bool found = false;

	while ((line = strsep(&rest, "\n")) && rest) {
		double mean = read_field(line, "avg");

		if (isnan(mean)) {
			double p95 = read_field(line, "95%");

			if (found && !isnan(p95))
				ret->p95 = p95;
			continue;
		}
		if (isnan(read_field(line, "min")) || isnan(read_field(line, "max")))
			continue;
		*ret = (struct measurement){
			.min = read_field(line, "min"),
			.max = read_field(line, "max"),
			.mean = mean,
			.median = read_field(line, "median"),
			.p95 = NAN,
		};
		ret->value = isnan(ret->median) ? mean : ret->median;
		found = true;
	}
	return found;
}

/* --- Language-model runners ------------------------------------------------------------------- */

/* What follows "hit eos,avg ", "hit eos, decode avg " or "take 503.68ms, "; NULL for other text. */
static const char *skip_words(const char *text)
{
	double skipped;

	if (!strncmp(text, "hit eos,", 8)) {
		text += 8 + strspn(text + 8, " ");
		text += strncmp(text, "decode ", 7) ? 0 : 7;
		return strncmp(text, "avg ", 4) ? NULL : text + 4;
	}
	text = strncmp(text, "take ", 5) ? NULL : read_number(text + 5, &skipped);
	return text && !strncmp(text, "ms, ", 4) ? text + 4 : NULL;
}

/* Progress bars print token/s too, so the words before the number decide. */
static int read_llm(const char *text, struct numbers *numbers)
{
	for (; *text; text++) {
		const char *at = skip_words(text);
		double number;

		at = at ? read_number(at, &number) : NULL;
		if (at && !strncmp(at, " token/s", 8) && add_number(numbers, number) < 0)
			return -ENOMEM;
	}
	return 0;
}

/* --- A regular expression --------------------------------------------------------------------- */

static int read_match(const char *text, size_t length, struct numbers *numbers, struct error *error)
{
	CLEANUP_FREE char *copy = strndup(text, length);
	double number;
	char *end;

	if (!copy)
		return -ENOMEM;
	number = strtod(copy, &end);
	if (end == copy || *end || !(number > 0 && number < METRIC_MAX))
		return error_set(error, -ENODATA,
				 "--metric found '%.40s', which is not a number above 0", copy);
	return add_number(numbers, number);
}

/*
 * Matching can take time quadratic in the length of a line. Of a long one, such as a progress bar,
 * only the end is searched.
 */
#define LINE_TAIL 4096

/* With REG_STARTEND, regexec() need not search for the end of the line each time. */
static int read_line(const regex_t *regex, const char *line, struct numbers *numbers,
		     struct error *error)
{
	const regoff_t end = (regoff_t)strlen(line);

	for (regoff_t at = end > LINE_TAIL ? end - LINE_TAIL : 0; at < end;) {
		regmatch_t match[2] = { { .rm_so = at, .rm_eo = end } };
		int r = 0;

		if (regexec(regex, line, ARRAY_SIZE(match), match, REG_STARTEND))
			break;
		if (match[1].rm_so >= 0)
			r = read_match(line + match[1].rm_so,
				       (size_t)(match[1].rm_eo - match[1].rm_so), numbers, error);
		if (r < 0)
			return r;
		at = match[0].rm_eo > at ? match[0].rm_eo : at + 1;
	}
	return 0;
}

static int read_regex(const regex_t *regex, char *text, struct numbers *numbers,
		      struct error *error)
{
	char *rest = text, *line;
	int r = 0;

	while (r == 0 && (line = strsep(&rest, "\n")))
		r = read_line(regex, line, numbers, error);
	return r;
}

/* --- All -------------------------------------------------------------------------------------- */

int metric_init(struct metric *ret, const char *regex, bool higher_is_better, struct error *error)
{
	struct metric metric = { .kind = METRIC_REGEX, .higher_is_better = higher_is_better };
	char why[200];
	int r = regcomp(&metric.regex, regex, REG_EXTENDED);

	if (r) {
		regerror(r, &metric.regex, why, sizeof(why));
		return error_set(error, -EINVAL, "%s", why);
	}
	if (!metric.regex.re_nsub) {
		regfree(&metric.regex);
		return error_set(error, -EINVAL,
				 "it needs a group in parentheses around the number");
	}
	*ret = metric;
	return 0;
}

void metric_done(struct metric *metric)
{
	if (metric->kind == METRIC_REGEX)
		regfree(&metric->regex);
	*metric = (struct metric){ 0 };
}

const char *metric_unit(const struct metric *metric)
{
	switch (metric->kind) {
	case METRIC_LLM:
		return "token/s";
	case METRIC_REGEX:
		return "";
	case METRIC_AUTO:
	case METRIC_WALL:
	case METRIC_AXCL:
		break;
	}
	return "ms";
}

bool metric_higher_is_better(const struct metric *metric)
{
	return metric->kind == METRIC_LLM ||
	       (metric->kind == METRIC_REGEX && metric->higher_is_better);
}

enum metric_kind metric_detect(const char *text, size_t length)
{
	static const enum metric_kind kinds[] = { METRIC_AXCL, METRIC_LLM };

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct metric metric = { .kind = kinds[i] };
		struct measurement result;
		struct error error = { 0 };

		if (metric_read(&metric, text, length, 1, &result, &error) == 0)
			return kinds[i];
	}
	return METRIC_WALL;
}

static int fail_metric(const struct metric *metric, struct error *error)
{
	static const char *const wanted[] = {
		[METRIC_AXCL] = "the min, max and avg of axcl_run_model",
		[METRIC_LLM] = "a line with 'avg ... token/s'",
		[METRIC_REGEX] = "a match of --metric",
	};

	return error_set(error, -ENODATA, "no result: the output does not contain %s",
			 wanted[metric->kind]);
}

int metric_read(const struct metric *metric, const char *text, size_t length, double wall_ms,
		struct measurement *ret, struct error *error)
{
	CLEANUP_FREE char *copy = NULL;
	struct numbers numbers = { 0 };
	int r = 0;

	if (metric->kind == METRIC_WALL) {
		*ret = MEASUREMENT_UNKNOWN;
		ret->value = wall_ms;
		return 0;
	}
	copy = clean_output(text, length);
	if (!copy)
		return error_set(error, -ENOMEM, "out of memory");
	if (metric->kind == METRIC_AXCL)
		return read_axcl(copy, ret) ? 0 : fail_metric(metric, error);
	if (metric->kind == METRIC_LLM)
		r = read_llm(copy, &numbers);
	else
		r = read_regex(&metric->regex, copy, &numbers, error);
	if (r == 0)
		r = numbers.count ? sum_up(&numbers, ret) : fail_metric(metric, error);
	if (r == -ENOMEM)
		error_set(error, r, "out of memory");
	free(numbers.values);
	return r;
}
