/* SPDX-License-Identifier: MIT */
/* status: is the tuning in force now? */

#include "cmd/cmd.h"

#include "plan/state.h"
#include "report/outcome.h"

static int plan_now(const struct context *context, struct machine *machine, struct plan *plan,
		    struct error *error)
{
	const struct config *config = &context->config;
	struct state state = { 0 };
	int r = state_read(context->root, &state, error);

	if (r == 0)
		r = machine_read(context->root, config->devices, config->n_devices,
				 plan_kinds(config, &state), machine, error);
	if (r == 0)
		r = plan_tune(machine, config, &state, plan, error);
	state_done(&state);
	return r;
}

static int cmd_status_report(const struct context *context, struct machine *machine,
			     const struct plan *plan)
{
	const struct report report = { .command = "status", .machine = machine, .plan = plan };

	if (context->json)
		(void)report_json_status(&report);
	else if (machine->n_cards && context->log.level != LOG_QUIET) {
		cpus_read_models(context->root, &machine->cpus);
		report_text_status(&report, context_style(context));
	}
	if (!machine->n_cards)
		return context_no_card(context);
	context_report_unready(context, machine);
	(void)context_report_ops(context, machine, plan, false);
	return report_in_force(&report) ? STATUS_DONE : STATUS_FAILED;
}

static int cmd_status_run(struct context *context, int argc, char **argv)
{
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	struct error error;
	int status, r;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0)
		return status;
	r = plan_now(context, &machine, &plan, &error);
	status = r < 0 ? context_fail(context, r, &error)
		       : cmd_status_report(context, &machine, &plan);
	plan_done(&plan);
	machine_done(&machine);
	return status;
}

const struct cmd cmd_status = {
	.name = "status",
	.summary = "Tell whether the tuning is in force, and what is not.",
	.run = cmd_status_run,
};
