/* SPDX-License-Identifier: MIT */
/* detect: is there a card that can be tuned? Made for ExecCondition= of a systemd unit. */

#include "cmd/cmd.h"
#include "cmd/context.h"
#include "machine/machine.h"

static int report_detect(struct context *context, struct machine *machine)
{
	if (context->json)
		context->printed_json = report_json_detect(machine) == 0;
	else if (context->log.level != LOG_QUIET) {
		if (context->log.level == LOG_VERBOSE)
			cpus_read_models(context->root, &machine->cpus);
		report_text_detect(machine, context_style(context));
	}
	if (!machine->n_cards)
		return context_no_card(context);
	return cards_count(machine->cards, machine->n_cards, CARD_READY) &&
			       !machine->is_partial_view
		       ? STATUS_DONE
		       : STATUS_FAILED;
}

static int detect(struct context *context)
{
	const struct config *config = &context->config;
	struct machine machine = { 0 };
	struct error error;
	int status, r;

	if ((status = context_open(context)) >= 0 ||
	    (status = context_configure(context, NULL)) >= 0)
		return status;
	r = machine_read(context->root, config->devices, config->n_devices, &machine, &error);
	status = r < 0 ? context_fail(context, r, &error) : report_detect(context, &machine);
	machine_done(&machine);
	return status;
}

enum { OPTION_EXEC_CONDITION = 512 };

static const struct option_help options[] = {
	{ "exec-condition", OPTION_EXEC_CONDITION, NULL, "exit 255 on errors, for ExecCondition=" },
	{ NULL, 0, NULL, NULL },
};

static int cmd_detect_run(struct context *context, int argc, char **argv)
{
	bool exec_condition = false;
	int status, code;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		if (code != OPTION_EXEC_CONDITION)
			return status;
		exec_condition = true;
	}
	if ((status = cmd_no_operands(context, argc, argv)) >= 0)
		return status;
	status = detect(context);
	/* systemd.service(5): 1 to 254 skip the unit, only 255 fails it. */
	return exec_condition && (status == STATUS_USAGE || status == STATUS_NOT_PERMITTED)
		       ? 255
		       : status;
}

const struct cmd cmd_detect = {
	.name = "detect",
	.summary = "Tell whether there is a card that can be tuned.",
	.options = options,
	.run = cmd_detect_run,
};
