/* SPDX-License-Identifier: MIT */
/* detect: is there a card, and has it a driver? Made for ExecCondition= of a systemd unit. */

#include "cmd/cmd.h"

static bool has_driver(const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++)
		if (machine->cards[i].driver)
			return true;
	return false;
}

/* The cards; with their interrupts only if somebody will see them. */
static int read_cards(const struct context *context, struct machine *machine)
{
	const struct config *config = &context->config;
	struct error error;
	int r;

	if (context->json || context->log.level != LOG_QUIET)
		return context_read_machine(context, 0, machine);
	r = cards_list(context->root, config->devices, config->n_devices, &machine->cards,
		       &machine->n_cards, &error);
	return r < 0 ? context_fail(context, r, &error) : -1;
}

static int cmd_detect_run(struct context *context, int argc, char **argv)
{
	struct machine machine = { 0 };
	int status;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 || (status = read_cards(context, &machine)) >= 0)
		return status;
	if (context->json)
		(void)report_json_detect(&machine);
	else if (context->log.level != LOG_QUIET) {
		if (context->log.level == LOG_VERBOSE)
			cpus_read_models(context->root, &machine.cpus);
		report_text_detect(&machine, context_style(context));
	}
	if (!machine.n_cards)
		status = context_no_card(context);
	else
		status = has_driver(&machine) ? STATUS_DONE : STATUS_FAILED;
	machine_done(&machine);
	return status;
}

const struct cmd cmd_detect = {
	.name = "detect",
	.summary = "Tell whether there is a card with its driver.",
	.run = cmd_detect_run,
};
