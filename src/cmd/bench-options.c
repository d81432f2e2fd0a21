/* SPDX-License-Identifier: MIT */
/* The command line of bench. */

#include "cmd/bench-request.h"
#include "cmd/cmd.h"
#include "cmd/context.h"

#include <getopt.h>
#include <string.h>
#include <sys/random.h>

#define DEFAULT_ROUNDS	  10
#define DEFAULT_WARMUP	  1
#define DEFAULT_TIMEOUT_S 600
#define DEFAULT_VARIANTS  "default,tuned"

enum {
	OPTION_ROUNDS = 512,
	OPTION_WARMUP,
	OPTION_TIMEOUT,
	OPTION_METRIC,
	OPTION_HIGHER,
	OPTION_SETTINGS,
	OPTION_SWEEP,
	OPTION_SEED,
	OPTION_FORMAT,
	OPTION_SAVE,
	OPTION_REPORT,
	OPTION_LIST,
};

const struct option_help bench_options[] = {
	{ "rounds", OPTION_ROUNDS, "N", "how often each setting is run (10)" },
	{ "warmup", OPTION_WARMUP, "N", "rounds before those, which do not count (1)" },
	{ "timeout", OPTION_TIMEOUT, "SECONDS", "how long a run may take (600)" },
	{ "settings", OPTION_SETTINGS, "LIST", "what to compare (" DEFAULT_VARIANTS ")" },
	{ "sweep-cpu", OPTION_SWEEP, NULL, "compare all CPUs for the interrupts" },
	{ "metric", OPTION_METRIC, "REGEX", "the number to read, as a group" },
	{ "higher-is-better", OPTION_HIGHER, NULL, "of that number" },
	{ "seed", OPTION_SEED, "N", "the same order of settings again" },
	{ "format", OPTION_FORMAT, "FORMAT", "text, markdown, csv or json" },
	{ "save", OPTION_SAVE, "FILE", "keep the results" },
	{ "report", OPTION_REPORT, "FILE", "print results that were kept; measure nothing" },
	{ "list-reference", OPTION_LIST, NULL, "print published results; measure nothing" },
	{ NULL, 0, NULL, NULL },
};

/* A number of an option. Returns an exit status, or -1 to go on. */
static int set_number(const struct context *context, const char *name, long min, long max,
		      long *ret)
{
	if (parse_long(optarg, min, max, ret) == 0)
		return -1;
	return cmd_usage_error(context, "--%s takes a number from %ld to %ld, not '%s'", name, min,
			       max, optarg);
}

/* Returns an exit status, or -1 to go on. */
static int set_bench_option(const struct context *context, int code, struct bench_request *request)
{
	switch (code) {
	case OPTION_ROUNDS:
		return set_number(context, "rounds", 1, STATS_PAIRS_MAX, &request->rounds);
	case OPTION_WARMUP:
		return set_number(context, "warmup", 0, STATS_PAIRS_MAX, &request->warmup);
	case OPTION_TIMEOUT:
		return set_number(context, "timeout", 1, 86400, &request->timeout_s);
	case OPTION_SEED:
		return set_number(context, "seed", 0, UINT32_MAX, &request->seed);
	case OPTION_SETTINGS:
		request->variants = optarg;
		break;
	case OPTION_SWEEP:
		request->sweep = true;
		break;
	case OPTION_METRIC:
		request->metric = optarg;
		break;
	case OPTION_HIGHER:
		request->higher = true;
		break;
	case OPTION_FORMAT:
		request->has_format = true;
		if (bench_format_from_name(optarg, &request->format) < 0)
			return cmd_usage_error(
				context, "--format takes text, markdown, csv or json, not '%s'",
				optarg);
		break;
	case OPTION_SAVE:
		request->save = optarg;
		break;
	case OPTION_REPORT:
		request->saved = optarg;
		break;
	case OPTION_LIST:
		request->list = true;
		break;
	}
	return -1;
}

/* What does not go together. Returns an exit status, or -1 to go on. */
static int check_request(const struct context *context, const struct bench_request *request)
{
	if (request->list)
		return request->n_operands > 1
			       ? cmd_usage_error(context, "--list-reference takes one pattern")
			       : -1;
	if (request->saved)
		return request->n_operands
			       ? cmd_usage_error(context, "--report measures nothing: no '%s'",
						 request->operands[0])
			       : -1;
	if (!request->n_operands)
		return cmd_usage_error(context, "bench takes models, or a command behind '--'");
	if (request->metric && !request->command)
		return cmd_usage_error(context, "--metric takes a command behind '--'");
	if (request->higher && !request->metric)
		return cmd_usage_error(context, "--higher-is-better takes --metric");
	return -1;
}

int bench_parse_options(struct context *context, int argc, char **argv, struct bench_request *ret)
{
	struct bench_request request = { .variants = DEFAULT_VARIANTS,
					 .rounds = DEFAULT_ROUNDS,
					 .warmup = DEFAULT_WARMUP,
					 .timeout_s = DEFAULT_TIMEOUT_S,
					 .seed = -1 };
	int status, code;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		if (code == '?' || (status = set_bench_option(context, code, &request)) >= 0)
			return status;
	}
	request.operands = argv + optind;
	request.n_operands = (size_t)(argc - optind);
	request.command = optind > 0 && !strcmp(argv[optind - 1], "--");
	if ((status = check_request(context, &request)) >= 0)
		return status;
	if (request.seed < 0) {
		uint32_t seed = 0;

		(void)!getrandom(&seed, sizeof(seed), 0);
		request.seed = seed;
	}
	*ret = request;
	return -1;
}
