/* SPDX-License-Identifier: MIT */
/* apply: save the originals, change the settings, verify. */

#include "cmd/cmd.h"

#include "apply/tuning.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

/* One line for 'systemctl status'. */
static void tell_manager(const struct tuning *tuning)
{
	struct cpuset cpus = { 0 };
	CLEANUP_FREE char *list = NULL;

	if (tuning->dry_run)
		return;
	for (size_t i = 0; i < tuning->plan.n_cards; i++)
		if (tuning->plan.cpus[i] >= 0)
			cpuset_add(&cpus, tuning->plan.cpus[i]);
	list = cpuset_format_list(&cpus);
	if (list && *list)
		log_status("%s, interrupts on CPU %s",
			   plan_has(&tuning->plan, OP_FAILED) ? "Only partly tuned" : "Tuned",
			   list);
}

static int cmd_apply_report(struct tuning *tuning)
{
	const struct context *context = tuning->context;
	const struct report report = {
		.command = "apply",
		.machine = &tuning->machine,
		.plan = &tuning->plan,
		.dry_run = tuning->dry_run,
	};
	int status;

	if (context->json)
		(void)report_json_run(&report);
	else if (tuning->machine.n_cards && context_prints_result(context)) {
		cpus_read_models(context->root, &tuning->machine.cpus);
		report_text_run(&report, context_style(context));
	}
	if (!tuning->machine.n_cards)
		return context_no_card(context);
	context_report_unready(context, &tuning->machine);
	status = context_report_ops(context, &tuning->machine, &tuning->plan, false);
	tell_manager(tuning);
	return status == STATUS_DONE && !machine_is_ready(&tuning->machine) ? STATUS_FAILED
									    : status;
}

enum { OPTION_DRY_RUN = 'n', OPTION_CPU = 512, OPTION_GOVERNOR, OPTION_WAIT };

static const struct option_help options[] = {
	{ "dry-run", OPTION_DRY_RUN, NULL, "write nothing; list what would be written" },
	{ "cpu", OPTION_CPU, "N", "move the interrupts to CPU N" },
	{ "governor", OPTION_GOVERNOR, "NAME", "set this governor; off: leave it alone" },
	{ "wait", OPTION_WAIT, "SECONDS", "how long to wait for the card's driver" },
	{ NULL, 0, NULL, NULL },
};

/* What the command line says comes after, and so over, what the configuration says. */
static int set_apply_option(struct context *context, const char *name, const char *key,
			    const char *value)
{
	struct error why = { .text = "out of memory" };

	if (!value)
		return -1;
	if (config_set(&context->config, key, value, &why) == 0)
		return -1;
	return cmd_usage_error(context, "--%s '%s': %s", name, value, why.text);
}

static int cmd_apply_run(struct context *context, int argc, char **argv)
{
	const char *cpu = NULL, *governor = NULL, *wait = NULL;
	struct tuning tuning = { .context = context, .error = { .text = "out of memory" } };
	int status, code, r;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		switch (code) {
		case OPTION_DRY_RUN:
			tuning.dry_run = true;
			break;
		case OPTION_CPU:
			cpu = optarg;
			break;
		case OPTION_GOVERNOR:
			governor = optarg;
			break;
		case OPTION_WAIT:
			wait = optarg;
			break;
		default:
			return status;
		}
	}
	if (optind < argc)
		return cmd_usage_error(context, "apply takes no '%s'", argv[optind]);
	if ((status = context_open(context)) >= 0 ||
	    (status = set_apply_option(context, "cpu", "Cpu", cpu)) >= 0 ||
	    (status = set_apply_option(context, "governor", "Governor", governor)) >= 0 ||
	    (status = set_apply_option(context, "wait", "Wait", wait)) >= 0)
		return status;
	r = tuning_run(&tuning);
	/* Even if a later pass failed: what an earlier one has done is told. */
	status = r == 0 || tuning.plan.n_ops ? cmd_apply_report(&tuning) : STATUS_FAILED;
	if (r < 0)
		status = context_fail(context, r, &tuning.error);
	tuning_done(&tuning);
	return status;
}

const struct cmd cmd_apply = {
	.name = "apply",
	.summary = "Put the tuning in force.",
	.options = options,
	.run = cmd_apply_run,
};
