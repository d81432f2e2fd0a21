/* SPDX-License-Identifier: MIT */
/* apply: save the originals, change the settings, verify. */

#include "cmd.h"

#include "apply.h"
#include "state.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>

struct apply {
	const struct context *context;
	bool dry_run;
	struct machine machine; /* as it was when last read */
	struct plan plan;	/* all that has been done */
	struct error error;
};

static int carry_out(struct apply *apply, struct state *state, struct plan *plan)
{
	const struct root *root = apply->context->root;
	int r = plan_carry_out(root, state, plan, &apply->error);

	if (r < 0)
		return r;
	r = state_note_unmovable(state, plan);
	if (r > 0)
		r = state_write(root, state, &apply->error);
	/* Then the next run finds it out again; what was done now is still to be told. */
	if (r < 0)
		log_warning(&apply->context->log, "%s", apply->error.text);
	return 0;
}

/* Reads the machine, plans, and unless it is a dry run carries out what there is to do now. */
static int apply_once(struct apply *apply)
{
	const struct context *context = apply->context;
	CLEANUP_CLOSE int lock = -1;
	struct machine machine = { 0 };
	struct state state = { 0 };
	struct plan plan = { 0 };
	int r = 0;

	if (!apply->dry_run)
		r = state_lock(context->root, &lock, &apply->error);
	if (r == 0 && !apply->dry_run)
		r = state_set_reverted(context->root, false, &apply->error);
	if (r == 0)
		r = state_read(context->root, &state, &apply->error);
	if (r == 0)
		r = machine_read(context->root, context->config.devices, context->config.n_devices,
				 plan_kinds(&context->config, &state), &machine, &apply->error);
	if (r == 0) {
		machine_done(&apply->machine);
		apply->machine = machine;
		state_prune(&state, &apply->machine);
		r = plan_tune(&apply->machine, &context->config, &state, &plan, &apply->error);
	}
	if (r == 0 && !apply->dry_run)
		r = carry_out(apply, &state, &plan);
	if (r == 0)
		r = plan_merge(&apply->plan, &plan);
	plan_done(&plan);
	state_done(&state);
	return r;
}

/* Tunes what is ready, and each further card as soon as its driver is, until the wait is over. */
static int apply_all(struct apply *apply, long wait_s)
{
	const struct root *root = apply->context->root;
	long left_ms = apply->dry_run ? 0 : wait_s * 1000;

	for (;;) {
		int r = apply_once(apply);

		if (r < 0 || machine_is_ready(&apply->machine) || !left_ms)
			return r;
		log_info(&apply->context->log, "waiting up to %ld s for a card's driver",
			 (left_ms + 999) / 1000);
		left_ms = machine_wait(root, &apply->machine, left_ms);
		if (!left_ms)
			return 0;
	}
}

/* One line for 'systemctl status'. */
static void tell_manager(const struct apply *apply)
{
	struct cpuset cpus = { 0 };
	CLEANUP_FREE char *list = NULL;

	if (apply->dry_run)
		return;
	for (size_t i = 0; i < apply->plan.n_cards; i++)
		if (apply->plan.cpus[i] >= 0)
			cpuset_add(&cpus, apply->plan.cpus[i]);
	list = cpuset_format_list(&cpus);
	if (list && *list)
		log_status("%s, interrupts on CPU %s",
			   plan_has(&apply->plan, OP_FAILED) ? "Only partly tuned" : "Tuned", list);
}

static int report(struct apply *apply)
{
	const struct context *context = apply->context;
	const struct report report = {
		.command = "apply",
		.machine = &apply->machine,
		.plan = &apply->plan,
		.dry_run = apply->dry_run,
	};
	int status;

	if (context->json)
		(void)report_json_run(&report);
	else if (apply->machine.n_cards && context_prints_result(context)) {
		cpus_read_models(context->root, &apply->machine.cpus);
		report_text_run(&report, context_style(context));
	}
	if (!apply->machine.n_cards)
		return context_no_card(context);
	context_report_unready(context, &apply->machine);
	status = context_report_ops(context, &apply->machine, &apply->plan, false);
	tell_manager(apply);
	return status == STATUS_DONE && !machine_is_ready(&apply->machine) ? STATUS_FAILED : status;
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
static int set_option(struct context *context, const char *name, const char *key, const char *value)
{
	struct error why = { .text = "out of memory" };

	if (!value)
		return -1;
	if (config_set(&context->config, key, value, &why) == 0)
		return -1;
	return cmd_usage_error(context, "--%s '%s': %s", name, value, why.text);
}

static int run(struct context *context, int argc, char **argv)
{
	const char *cpu = NULL, *governor = NULL, *wait = NULL;
	struct apply apply = { .context = context, .error = { .text = "out of memory" } };
	int status, code, r;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		switch (code) {
		case OPTION_DRY_RUN:
			apply.dry_run = true;
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
	    (status = set_option(context, "cpu", "Cpu", cpu)) >= 0 ||
	    (status = set_option(context, "governor", "Governor", governor)) >= 0 ||
	    (status = set_option(context, "wait", "Wait", wait)) >= 0)
		return status;
	r = apply_all(&apply, context->config.wait_s);
	/* Even if a later pass failed: what an earlier one has done is told. */
	status = r == 0 || apply.plan.n_ops ? report(&apply) : STATUS_FAILED;
	if (r < 0)
		status = context_fail(context, r, &apply.error);
	plan_done(&apply.plan);
	machine_done(&apply.machine);
	return status;
}

const struct cmd cmd_apply = {
	.name = "apply",
	.summary = "Put the tuning in force.",
	.options = options,
	.run = run,
};
