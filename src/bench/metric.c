/* SPDX-License-Identifier: MIT */
/* Reads the result of a workload from its output. Pure. */

#include "bench/metric.h"

#include "base/util.h"
#include "bench/stats.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const struct {
	const char *name, *unit;
} metrics[] = {
	[METRIC_INFERENCE] = { "inference", "ms" }, [METRIC_DECODE] = { "decode", "token/s" },
	[METRIC_TTFT] = { "ttft", "ms" },	    [METRIC_WALL] = { "wall", "ms" },
	[METRIC_CUSTOM] = { "custom", "" },
};

const char *metric_name(enum metric metric)
{
	return metrics[metric].name;
}

int metric_from_name(const char *name, enum metric *ret)
{
	for (enum metric metric = 0; metric < N_METRICS; metric++) {
		if (!strcmp(metrics[metric].name, name)) {
			*ret = metric;
			return 0;
		}
	}
	return -EINVAL;
}

const char *metric_unit(enum metric metric)
{
	return metrics[metric].unit;
}

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

char *output_clean(const char *text, size_t length)
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

/*
 * Matches PATTERN at TEXT: '@' is the number that is wanted, '#' another, a blank any number of
 * blanks, and everything else itself. Returns what follows, or NULL.
 */
static const char *match(const char *text, const char *pattern, double *ret)
{
	double number = NAN, skipped;

	for (; *pattern; pattern++) {
		if (*pattern == ' ')
			text += strspn(text, " ");
		else if (*pattern == '@')
			text = read_number(text, &number);
		else if (*pattern == '#')
			text = read_number(text, &skipped);
		else if (*text++ != *pattern)
			return NULL;
		if (!text)
			return NULL;
	}
	*ret = number;
	return text;
}

/* The number of "NAME = 1.234 ms" in a line, given "NAME = @ ms"; NAN if there is none. */
static double read_field(const char *line, const char *pattern)
{
	double number;

	for (const char *at = line; *at && *at != '\n'; at++)
		if ((at == line || isspace((unsigned char)at[-1])) && match(at, pattern, &number))
			return number;
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
static bool read_axcl(const char *text, struct measurement *ret)
{
	const char *end;
	bool found = false;

	for (const char *line = text; (end = strchr(line, '\n')); line = end + 1) {
		double mean = read_field(line, "avg = @ ms"), p95 = read_field(line, "95% = @ ms");
		double min = read_field(line, "min = @ ms"), max = read_field(line, "max = @ ms");
		double median = read_field(line, "median = @ ms");

		if (found && !isnan(p95))
			ret->p95 = p95;
		if (isnan(mean) || isnan(min) || isnan(max))
			continue;
		*ret = (struct measurement){
			.value = isnan(median) ? mean : median,
			.min = min,
			.max = max,
			.mean = mean,
			.median = median,
			.p95 = NAN,
		};
		found = true;
	}
	return found;
}

/* --- Other runners ---------------------------------------------------------------------------- */

/* Progress bars print token/s too, so the words before the number decide. */
static const struct pattern {
	enum metric metric;
	const char *text;
} patterns[] = {
	/* ax-samples */
	{ METRIC_INFERENCE, "Repeat # times, avg time @ ms" },
	/* ax-llm: main_axcl_aarch64, axllm; CosyVoice */
	{ METRIC_DECODE, "hit eos, avg @ token/s" },
	{ METRIC_DECODE, "hit eos, decode avg @ token/s" },
	{ METRIC_TTFT, "ttft: @ ms" },
	/* whisper.axcl */
	{ METRIC_INFERENCE, "Encoder run take @ ms" },
	{ METRIC_TTFT, "First token: # take @ ms" },
	{ METRIC_DECODE, "All Token: take # ms, @ token/s" },
	/* llama.cpp (common_perf_print() and llama-server), the longer one first */
	{ METRIC_TTFT, "prompt eval time = @ ms / # tokens" },
	{ METRIC_DECODE, "eval time = # ms / # runs ( # ms per token, @ tokens per second" },
	{ METRIC_DECODE, "eval time = # ms / # tokens ( # ms per token, @ tokens per second" },
};

static const struct pattern *match_any(const char **text, double *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		const char *end = match(*text, patterns[i].text, ret);

		if (end) {
			*text = end;
			return &patterns[i];
		}
	}
	return NULL;
}

static int read_runners(const char *text, struct numbers found[N_METRICS])
{
	while (*text) {
		double number;
		const struct pattern *pattern = match_any(&text, &number);

		if (!pattern)
			text++;
		else if (add_number(&found[pattern->metric], number) < 0)
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
		return error_set(error, -EINVAL,
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

static int read_regex(const regex_t *regex, const char *text, struct numbers *numbers,
		      struct error *error)
{
	CLEANUP_FREE char *copy = strdup(text);
	char *rest = copy, *line;
	int r = copy ? 0 : -ENOMEM;

	while (r == 0 && (line = strsep(&rest, "\n")))
		r = read_line(regex, line, numbers, error);
	return r;
}

/* --- All -------------------------------------------------------------------------------------- */

int metric_compile(const char *regex, regex_t *ret, struct error *error)
{
	char why[200];
	int r = regcomp(ret, regex, REG_EXTENDED);

	if (r) {
		regerror(r, ret, why, sizeof(why));
		return error_set(error, -EINVAL, "%s", why);
	}
	if (!ret->re_nsub) {
		regfree(ret);
		return error_set(error, -EINVAL,
				 "it needs a group in parentheses around the number");
	}
	return 0;
}

int metrics_read(const char *text, const regex_t *custom, unsigned *ret,
		 struct measurement results[N_METRICS], struct error *error)
{
	struct numbers found[N_METRICS] = { 0 };
	unsigned set = 0;
	int r = custom ? read_regex(custom, text, &found[METRIC_CUSTOM], error)
		       : read_runners(text, found);

	for (enum metric metric = 0; metric < N_METRICS; metric++) {
		if (r == 0 && found[metric].count) {
			r = sum_up(&found[metric], &results[metric]);
			set |= METRIC_BIT(metric);
		}
		free(found[metric].values);
	}
	if (r == 0 && !custom && read_axcl(text, &results[METRIC_INFERENCE]))
		set |= METRIC_BIT(METRIC_INFERENCE);
	if (r == 0)
		*ret = set;
	return r == -ENOMEM ? error_set(error, r, "out of memory") : r;
}
