/* SPDX-License-Identifier: MIT */
/* detect: is there a card that can be tuned? Made for ExecCondition= of a systemd unit. */

#include "cmd/cmd.h"
#include "cmd/context.h"
#include "machine/machine.h"

static bool has_ready_card(const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++)
		if (card_is_ready(&machine->cards[i]))
			return true;
	return false;
}

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
	return has_ready_card(machine) && !machine->is_partial_view ? STATUS_DONE : STATUS_FAILED;
}

static int cmd_detect_run(struct context *context, int argc, char **argv)
{
	const struct config *config = &context->config;
	struct machine machine = { 0 };
	struct error error;
	int status, r;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 ||
	    (status = context_configure(context, NULL)) >= 0)
		return status;
	r = machine_read(context->root, config->devices, config->n_devices, &machine, &error);
	status = r < 0 ? context_fail(context, r, &error) : report_detect(context, &machine);
	machine_done(&machine);
	return status;
}

const struct cmd cmd_detect = {
	.name = "detect",
	.summary = "Tell whether there is a card that can be tuned.",
	.run = cmd_detect_run,
};
