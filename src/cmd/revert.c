/* SPDX-License-Identifier: MIT */
/* revert: put back every original that is still ours to put back. */

#include "cmd/cmd.h"

#include "apply/apply.h"
#include "plan/state.h"

#include <errno.h>
#include <getopt.h>

static int revert(const struct context *context, bool dry_run, struct machine *machine,
		  struct plan *plan, struct error *error)
{
	const struct config *config = &context->config;
	struct state state = { 0 };
	int r = state_read(context->root, &state, error);

	if (r == 0)
		r = machine_read(context->root, config->devices, config->n_devices,
				 plan_kinds(config, &state), machine, error);
	if (r == 0) {
		r = plan_revert(machine, &state, plan);
		if (r < 0)
			error_set(error, r, "out of memory");
	}
	if (r == 0 && !dry_run && state.n_saved) {
		(void)plan_apply(context->root, plan);
		state_drop_reverted(&state, plan);
		r = state_write(context->root, &state, error);
	}
	state_done(&state);
	return r;
}

static int cmd_revert_report(const struct context *context, bool dry_run,
			     const struct machine *machine, const struct plan *plan)
{
	const struct report report = {
		.command = "revert",
		.machine = machine,
		.plan = plan,
		.dry_run = dry_run,
	};

	if (context->json)
		(void)report_json_run(&report);
	else if (context_prints_result(context))
		report_text_run(&report, context_style(context));
	return context_report_ops(context, machine, plan, true);
}

static const struct option_help options[] = {
	{ "dry-run", 'n', NULL, "write nothing; list what would be written" },
	{ NULL, 0, NULL, NULL },
};

static int cmd_revert_run(struct context *context, int argc, char **argv)
{
	struct machine machine = { 0 };
	struct plan plan = { 0 };
	CLEANUP_CLOSE int lock = -1;
	struct error error;
	bool dry_run = false;
	int status, code, r = 0;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		if (code != 'n')
			return status;
		dry_run = true;
	}
	if (optind < argc)
		return cmd_usage_error(context, "revert takes no '%s'", argv[optind]);
	if ((status = context_open(context)) >= 0)
		return status;
	if (!dry_run)
		r = state_lock(context->root, &lock, &error);
	if (r == 0 && !dry_run)
		r = state_set_reverted(context->root, true, &error);
	if (r < 0)
		return context_fail(context, r, &error);
	r = revert(context, dry_run, &machine, &plan, &error);
	status = r < 0 ? context_fail(context, r, &error)
		       : cmd_revert_report(context, dry_run, &machine, &plan);
	plan_done(&plan);
	machine_done(&machine);
	return status;
}

const struct cmd cmd_revert = {
	.name = "revert",
	.summary = "Put the original settings back.",
	.options = options,
	.run = cmd_revert_run,
};
