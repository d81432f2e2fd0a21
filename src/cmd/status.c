/* SPDX-License-Identifier: MIT */
/* status: is the tuning in force now? */

#include "apply/tuning.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "cmd/messages.h"
#include "report/outcome.h"

#include <errno.h>

static int report_status(struct context *context, struct tuning *tuning)
{
	struct machine *machine = &tuning->machine;
	const struct report report = {
		.command = "status",
		.machine = machine,
		.plan = &tuning->plan,
	};

	if (context->json)
		context->printed_json = report_json_status(&report) == 0;
	else if (machine->n_cards && context->log.level != LOG_QUIET) {
		cpus_read_models(context->root, &machine->cpus);
		report_text_status(&report, context_style(context));
	}
	if (!machine->n_cards)
		return context_no_card(context);
	report_unready(context, machine);
	(void)report_ops(context, machine, &tuning->plan, false);
	return report_in_force(&report) ? STATUS_DONE : STATUS_FAILED;
}

static int cmd_status_run(struct context *context, int argc, char **argv)
{
	struct tuning tuning = { .config = &context->config };
	struct error error, mistake = { 0 };
	int status, r;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 ||
	    (status = context_configure(context, &mistake)) >= 0)
		return status;
	tuning.root = context->root;
	r = tuning_plan(&tuning, &error);
	status = r < 0 ? context_fail(context, r, &error) : report_status(context, &tuning);
	tuning_done(&tuning);
	/* What it compares with are the defaults then, and not what the user wants. */
	if (*mistake.text)
		status = context_fail(context, -EINVAL, &mistake);
	return status;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "Tell whether the tuning is in force, and what is not.",
	.run = cmd_status_run,
};
