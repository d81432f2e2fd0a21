/* SPDX-License-Identifier: MIT */
/* The command line of bench. */

#include "cmd/bench-options.h"

#include "base/child.h"
#include "base/util.h"
#include "bench/stats.h"
#include "cmd/cmd.h"
#include "cmd/context.h"

#include <ctype.h>
#include <getopt.h>
#include <inttypes.h>
#include <string.h>
#include <sys/random.h>

#define DEFAULT_VARIANTS "default,tuned"
/* Of main_axcl_aarch64 and axllm (ax-llm, src/main.cpp). */
#define DEFAULT_MARK "^(prompt )?>> *$"

enum {
	OPTION_ROUNDS = 512,
	OPTION_WARMUP,
	OPTION_TIMEOUT,
	OPTION_NAME,
	OPTION_METRIC,
	OPTION_HIGHER,
	OPTION_SETTINGS,
	OPTION_PROMPT,
	OPTION_MARK,
	OPTION_RESET,
	OPTION_STDIN,
	OPTION_SEED,
	OPTION_FORMAT,
	OPTION_SAVE,
	OPTION_REPORT,
	OPTION_LIST,
};

const struct option_help bench_options[] = {
	{ "rounds", OPTION_ROUNDS, "N", "run each setting N times (10)" },
	{ "warmup", OPTION_WARMUP, "N", "before those, N rounds that do not count (1)" },
	{ "timeout", OPTION_TIMEOUT, "SECONDS", "how long a run may take (600)" },
	{ "settings", OPTION_SETTINGS, "LIST", "what to compare (" DEFAULT_VARIANTS ")" },
	{ "name", OPTION_NAME, "NAME", "which model it is, to find its published result" },
	{ "prompt", OPTION_PROMPT, "TEXT", "start the command once, and ask it this each time" },
	{ "prompt-mark", OPTION_MARK, "REGEX", "how it shows that it waits ('>> ', 'prompt >> ')" },
	{ "reset", OPTION_RESET, "LINE", "send this before each prompt, such as /reset" },
	{ "stdin", OPTION_STDIN, "FILE", "what the command reads, each time from its start" },
	{ "metric", OPTION_METRIC, "REGEX", "the group of REGEX is the result" },
	{ "higher-is-better", OPTION_HIGHER, NULL, "a higher result of --metric is better" },
	{ "seed", OPTION_SEED, "N", "use the order of settings of an earlier run" },
	{ "format", OPTION_FORMAT, "FORMAT", "text, markdown or json" },
	{ "save", OPTION_SAVE, "FILE", "save the results" },
	{ "report", OPTION_REPORT, "FILE", "print saved results; measure nothing" },
	{ "list-reference", OPTION_LIST, NULL, "print published results; measure nothing" },
	{ NULL, 0, NULL, NULL },
};

/* Returns an exit status, or -1 to go on. */
static int set_number(const struct context *context, const char *name, int64_t min, int64_t max,
		      int64_t *ret)
{
	if (parse_long(optarg, min, max, ret) == 0)
		return -1;
	return cmd_usage_error(context,
			       "--%s takes a number from %" PRId64 " to %" PRId64 ", not '%s'",
			       name, min, max, optarg);
}

/* A terminal would take control characters for something else. Returns an exit status, or -1. */
static int set_line(const struct context *context, const char *name, const char **ret)
{
	if (!*optarg || strlen(optarg) > CHILD_LINE_MAX)
		return cmd_usage_error(context, "--%s takes a line of 1 to %d bytes", name,
				       CHILD_LINE_MAX);
	for (const char *p = optarg; *p; p++)
		if (iscntrl((unsigned char)*p))
			return cmd_usage_error(
				context, "--%s takes one line without control characters", name);
	*ret = optarg;
	return -1;
}

/* Returns an exit status, or -1 to go on. */
static int set_bench_option(const struct context *context, int code, struct bench_request *request)
{
	switch (code) {
	case OPTION_ROUNDS:
		return set_number(context, "rounds", 1, STATS_PAIRS_MAX, &request->method.rounds);
	case OPTION_WARMUP:
		return set_number(context, "warmup", 0, STATS_PAIRS_MAX, &request->method.warmup);
	case OPTION_TIMEOUT:
		return set_number(context, "timeout", 1, 86400, &request->timeout_s);
	case OPTION_SEED:
		return set_number(context, "seed", 0, UINT32_MAX, &request->method.seed);
	case OPTION_SETTINGS:
		request->variants = optarg;
		break;
	case OPTION_PROMPT:
		return set_line(context, "prompt", &request->prompt);
	case OPTION_RESET:
		return set_line(context, "reset", &request->reset);
	case OPTION_MARK:
		request->mark = optarg;
		break;
	case OPTION_STDIN:
		request->input = optarg;
		break;
	case OPTION_NAME:
		request->name = optarg;
		break;
	case OPTION_METRIC:
		request->metric = optarg;
		break;
	case OPTION_HIGHER:
		request->higher_is_better = true;
		break;
	case OPTION_FORMAT:
		request->has_format = true;
		if (bench_format_from_name(optarg, &request->format) < 0)
			return cmd_usage_error(
				context, "--format takes text, markdown or json, not '%s'", optarg);
		break;
	case OPTION_SAVE:
		request->save = optarg;
		break;
	case OPTION_REPORT:
		request->report = optarg;
		break;
	case OPTION_LIST:
		request->list = true;
		break;
	}
	return -1;
}

/* Refuses options and operands that do not go together. Returns an exit status, or -1 to go on. */
static int check_request(const struct context *context, const struct bench_request *request)
{
	if (context->json && request->format != FORMAT_JSON)
		return cmd_usage_error(context, "--json goes with --format json only");
	if (request->list)
		return request->n_operands > 1
			       ? cmd_usage_error(context, "unexpected argument '%s'",
						 request->operands[1])
			       : -1;
	if (request->report)
		return request->n_operands
			       ? cmd_usage_error(context, "unexpected argument '%s' with --report",
						 request->operands[0])
			       : -1;
	if (!request->n_operands)
		return cmd_usage_error(context, "bench needs a model, or a command after '--'");
	if (request->name && request->n_operands > 1 && !request->command)
		return cmd_usage_error(context, "--name goes with one model only");
	if (!request->command && (request->metric || request->prompt || request->input))
		return cmd_usage_error(context, "--%s needs a command after '--'",
				       request->metric	 ? "metric"
				       : request->prompt ? "prompt"
							 : "stdin");
	if (request->prompt && request->input)
		return cmd_usage_error(context, "--prompt and --stdin do not go together");
	if (!request->prompt && (request->reset || request->mark))
		return cmd_usage_error(context, "--%s needs --prompt",
				       request->reset ? "reset" : "prompt-mark");
	if (request->higher_is_better && !request->metric)
		return cmd_usage_error(context, "--higher-is-better needs --metric");
	return -1;
}

int bench_parse_options(struct context *context, int argc, char **argv, struct bench_request *ret)
{
	struct bench_request request = { .variants = DEFAULT_VARIANTS,
					 .method = { .rounds = 10, .warmup = 1, .seed = -1 },
					 .timeout_s = 600 };
	int status, code;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		if (code == '?' || (status = set_bench_option(context, code, &request)) >= 0)
			return status;
	}
	if (context->json && !request.has_format)
		request.format = FORMAT_JSON;
	request.operands = argv + optind;
	request.n_operands = (size_t)(argc - optind);
	request.command = optind > 0 && !strcmp(argv[optind - 1], "--");
	if ((status = check_request(context, &request)) >= 0)
		return status;
	if (!request.mark)
		request.mark = DEFAULT_MARK;
	if (request.method.seed < 0) {
		uint32_t seed = 0;

		(void)!getrandom(&seed, sizeof(seed), 0);
		request.method.seed = seed;
	}
	*ret = request;
	return -1;
}
