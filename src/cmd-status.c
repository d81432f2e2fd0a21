/* SPDX-License-Identifier: MIT */
/* status: is the tuning in force now? */

#include "cmd.h"

#include "state.h"

static int plan_now(const struct context *context, const struct machine *machine, struct plan *plan)
{
	struct state state = { 0 };
	struct error error;
	int r = state_read(context->root, &state, &error);

	if (r == 0)
		r = plan_tune(machine, &context->config, &state, plan, &error);
	state_done(&state);
	return r < 0 ? context_fail(context, r, &error) : -1;
}

static int report(const struct context *context, const struct machine *machine,
		  const struct plan *plan)
{
	const struct report report = { .command = "status", .machine = machine, .plan = plan };

	if (context->json)
		(void)report_json_status(&report);
	else if (machine->n_cards && context->log.level != LOG_QUIET)
		report_text_status(&report, context_style(context));
	if (!machine->n_cards)
		return context_no_card(context);
	context_report_unready(context, machine);
	(void)context_report_ops(context, machine, plan, false);
	return report_in_force(&report) ? STATUS_DONE : STATUS_FAILED;
}

static int run(struct context *context, int argc, char **argv)
{
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	int status;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 ||
	    (status = context_read_machine(context, &machine)) >= 0)
		return status;
	status = plan_now(context, &machine, &plan);
	if (status < 0)
		status = report(context, &machine, &plan);
	plan_done(&plan);
	machine_done(&machine);
	return status;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "Tell whether the tuning is in force, and what is not.",
	.run = run,
};
