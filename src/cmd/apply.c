/* SPDX-License-Identifier: MIT */
/* apply: save the originals, change the settings, verify. */

#include "apply/tuning.h"
#include "base/cpuset.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "cmd/messages.h"

#include <getopt.h>

/* The CPUs on which the interrupts of the cards were read back. The caller frees the list. */
static char *list_cpus(const struct plan *plan)
{
	struct cpuset all = { 0 }, cpus;

	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];

		if (op->kind == KIND_IRQ_AFFINITY &&
		    (op->result == OP_CHANGED || op->result == OP_UNCHANGED) &&
		    cpuset_parse_mask(op->want, &cpus) == 0)
			for (int id = -1; (id = cpuset_next(&cpus, id + 1)) >= 0;)
				cpuset_add(&all, id);
	}
	return cpuset_format_list(&all);
}

/* One line for 'systemctl status'. */
static void notify_manager(const struct machine *machine, const struct plan *plan)
{
	CLEANUP_FREE char *cpus = list_cpus(plan), *unready = NULL;
	bool partly = plan_has(plan, OP_FAILED) || plan_has(plan, OP_UNMOVABLE);
	size_t ready = 0;

	for (size_t i = 0; i < machine->n_cards; i++)
		ready += card_is_ready(&machine->cards[i]);
	if (ready < machine->n_cards)
		unready = text_format("; %zu of %zu cards not ready", machine->n_cards - ready,
				      machine->n_cards);
	if (!ready)
		log_status("Not tuned: no card is ready");
	else if (!cpus || !*cpus)
		log_status("No interrupt was moved, see 'ax650n-tune status'%s",
			   unready ? unready : "");
	else
		log_status("%s, interrupts on CPU %s%s", partly ? "Only partly tuned" : "Tuned",
			   cpus, unready ? unready : "");
}

static void warn_of_slow_core(const struct context *context, const struct machine *machine)
{
	const struct cpu *cpu = cpus_find(&machine->cpus, context->config.cpu);

	if (cpu && !cpu->big && machine->n_cards)
		log_warning(&context->log,
			    "CPU%d is a slow core: the card is faster with its interrupts on a "
			    "fast one",
			    cpu->id);
}

static int report_apply(struct context *context, struct tuning *tuning, bool dry_run)
{
	struct machine *machine = &tuning->machine;
	const struct report report = {
		.command = "apply",
		.machine = machine,
		.plan = &tuning->plan,
		.dry_run = dry_run,
	};
	int status;

	if (!dry_run)
		notify_manager(machine, &tuning->plan);
	if (context->json)
		context->printed_json = report_json_run(&report) == 0;
	else if (machine->n_cards && context_prints_result(context)) {
		cpus_read_models(context->root, &machine->cpus);
		report_text_run(&report, context_style(context));
	}
	if (!machine->n_cards)
		return context_no_card(context);
	report_unready(context, machine);
	status = report_ops(context, machine, &tuning->plan, false);
	return status == STATUS_DONE && !machine_is_ready(machine) ? STATUS_FAILED : status;
}

enum { OPTION_DRY_RUN = 'n', OPTION_CPU = 512, OPTION_GOVERNOR };

static const struct option_help options[] = {
	{ "dry-run", OPTION_DRY_RUN, NULL, "write nothing; list what would be written" },
	{ "cpu", OPTION_CPU, "N", "move the interrupts to CPU N" },
	{ "governor", OPTION_GOVERNOR, "NAME", "set this governor; off: leave it alone" },
	{ NULL, 0, NULL, NULL },
};

/* The command line has the last word: it is set after the configuration was read. */
static int set_apply_option(struct context *context, const char *name, const char *key,
			    const char *value)
{
	struct error why = { .text = "out of memory" };

	if (!value || config_set(&context->config, key, value, &why) == 0)
		return -1;
	return cmd_usage_error(context, "--%s '%s': %s", name, value, why.text);
}

static int cmd_apply_run(struct context *context, int argc, char **argv)
{
	const char *cpu = NULL, *governor = NULL;
	struct error error = { .text = "out of memory" };
	struct tuning tuning = { .config = &context->config };
	bool dry_run = false;
	int status, code, r;

	while ((code = cmd_next_option(context, argc, argv, &status)) != -1) {
		switch (code) {
		case OPTION_DRY_RUN:
			dry_run = true;
			break;
		case OPTION_CPU:
			cpu = optarg;
			break;
		case OPTION_GOVERNOR:
			governor = optarg;
			break;
		default:
			return status;
		}
	}
	if ((status = cmd_no_operands(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 ||
	    (status = context_configure(context, NULL)) >= 0 ||
	    (status = set_apply_option(context, "cpu", "Cpu", cpu)) >= 0 ||
	    (status = set_apply_option(context, "governor", "Governor", governor)) >= 0)
		return status;
	tuning.root = context->root;
	tuning.unasked = log_is_event();
	tuning.patient = log_has_manager();
	r = dry_run ? tuning_plan(&tuning, &error) : tuning_apply(&tuning, &context->log, &error);
	if (r == 0 && cpu)
		warn_of_slow_core(context, &tuning.machine);
	status = r < 0 ? context_fail(context, r, &error) : report_apply(context, &tuning, dry_run);
	tuning_done(&tuning);
	return status;
}

const struct cmd cmd_apply = {
	.name = "apply",
	.summary = "Put the tuning in force.",
	.options = options,
	.run = cmd_apply_run,
};
