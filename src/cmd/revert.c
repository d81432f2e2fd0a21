/* SPDX-License-Identifier: MIT */
/* revert: put back every original that is still ours to put back. */

#include "apply/tuning.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "cmd/messages.h"
#include "machine/bus.h"

#include <errno.h>

#define STOP_TIMEOUT_MS 10000

/*
 * A service that stayed active would say that it is in force, and could not be started again.
 * Stopping it reverts, too: that must be over before the next apply.
 */
static void stop_service(const struct context *context)
{
	int r = bus_stop_unit(context->root, SERVICE_NAME, STOP_TIMEOUT_MS);

	if (r > 0)
		log_info(&context->log, "stopped " SERVICE_NAME);
	else if (r == -ETIMEDOUT)
		log_warning(&context->log,
			    SERVICE_NAME " does not stop; see 'systemctl status ax650n-tune'");
}

static int report_revert(struct context *context, const struct tuning *tuning, bool dry_run)
{
	const struct report report = {
		.command = "revert",
		.machine = &tuning->machine,
		.plan = &tuning->plan,
		.dry_run = dry_run,
	};

	if (context->json)
		context->printed_json = report_json_run(&report) == 0;
	else if (context_prints_result(context))
		report_text_run(&report, context_style(context));
	return report_ops(context, &tuning->machine, &tuning->plan, true);
}

static const struct option_help options[] = {
	{ "dry-run", 'n', NULL, "write nothing; list what would be written" },
	{ NULL, 0, NULL, NULL },
};

static int cmd_revert_run(struct context *context, int argc, char **argv)
{
	struct tuning tuning = { 0 };
	struct error error;
	bool dry_run = false;
	int status, code, r;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		if (code != 'n')
			return status;
		dry_run = true;
	}
	if ((status = cmd_no_operands(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0)
		return status;
	tuning.root = context->root;
	tuning.patient = log_has_manager();
	r = dry_run ? tuning_plan_revert(&tuning, &error)
		    : tuning_revert(&tuning, &context->log, &error);
	status = r < 0 ? context_fail(context, r, &error)
		       : report_revert(context, &tuning, dry_run);
	tuning_done(&tuning);
	if (!dry_run && r == 0) {
		log_status(status == STATUS_DONE ? "The original settings are in force"
						 : "Not every original setting is in force");
		stop_service(context);
	}
	return status;
}

const struct cmd cmd_revert = {
	.name = "revert",
	.summary = "Put the original settings back.",
	.options = options,
	.run = cmd_revert_run,
};
