/* SPDX-License-Identifier: MIT */
/* What the commands share: options, help, opening and closing, errors and their exit status. */

#include "cmd/cmd.h"

#include "plan/state.h"
#include "report/outcome.h"
#include "root/board.h"

#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 32
/* How long the interrupts of the cards are watched: some hundred of them under load. */
#define WATCH_MS 300

/* Options without a letter. */
enum { OPTION_SYSROOT = 256, OPTION_JSON, OPTION_COLOR, OPTION_CONFIG };

static const struct option_help common_options[] = {
	{ "sysroot", OPTION_SYSROOT, "DIR|FILE", "use DIR, or the board file FILE, in place of /" },
	{ "config", OPTION_CONFIG, "FILE", "read FILE in place of " CONFIG_FILE },
	{ "json", OPTION_JSON, NULL, "print JSON" },
	{ "color", OPTION_COLOR, "WHEN", "auto, always or never" },
	{ "verbose", 'v', NULL, "print more: files and reasons" },
	{ "quiet", 'q', NULL, "print errors only" },
	{ "help", 'h', NULL, "print this help" },
	{ "version", 'V', NULL, "print the version" },
	{ NULL, 0, NULL, NULL },
};

/* Adds a table to what getopt_long() wants: a list of long options and a text of letters. */
static size_t add_options(const struct option_help *table, struct option *options, size_t count,
			  char *letters)
{
	for (; table && table->name && count < OPTIONS_MAX; table++) {
		options[count++] = (struct option){
			.name = table->name,
			.has_arg = table->argument ? required_argument : no_argument,
			.val = table->code,
		};
		if (table->code < 256)
			snprintf(letters + strlen(letters), 3, table->argument ? "%c:" : "%c",
				 table->code);
	}
	return count;
}

int cmd_usage_error(const struct context *context, const char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	log_error(&context->log, "%s", message);
	fputs("Try 'ax650n-tune --help'\n", stderr);
	return STATUS_USAGE;
}

static int set_color(struct context *context, const char *when)
{
	static const char *const names[] = { "auto", "always", "never" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcmp(names[i], when)) {
			context->color = i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Carries out an option that all commands have. Returns false if it is none of them. */
static bool set_common(struct context *context, int code, int *ret_status)
{
	*ret_status = -1;
	switch (code) {
	case OPTION_SYSROOT:
		context->sysroot = optarg;
		break;
	case OPTION_CONFIG:
		context->config_file = optarg;
		break;
	case OPTION_JSON:
		context->json = true;
		break;
	case OPTION_COLOR:
		if (set_color(context, optarg) < 0)
			*ret_status = cmd_usage_error(
				context, "--color takes auto, always or never, not '%s'", optarg);
		break;
	case 'v':
		context->log.level = LOG_VERBOSE;
		break;
	case 'q':
		context->log.level = LOG_QUIET;
		break;
	case 'h':
		*ret_status = STATUS_DONE;
		if (context->cmd)
			help_command(context->cmd);
		else
			help_program(context->cmds);
		break;
	case 'V':
		*ret_status = STATUS_DONE;
		puts("ax650n-tune " VERSION);
		break;
	default:
		return false;
	}
	return true;
}

int cmd_next_option(struct context *context, int argc, char **argv, int *ret_status)
{
	struct option options[OPTIONS_MAX + 1] = { 0 };
	/* "+": the first word that is no option ends them; it is the command. */
	char letters[3 * OPTIONS_MAX] = "+";
	size_t count = add_options(common_options, options, 0, letters);
	int code;

	if (context->cmd) {
		memmove(letters, letters + 1, strlen(letters));
		(void)add_options(context->cmd->options, options, count, letters);
	}
	for (;;) {
		code = getopt_long(argc, argv, letters, options, NULL);
		if (code == '?') {
			fputs("Try 'ax650n-tune --help'\n", stderr);
			*ret_status = STATUS_USAGE;
			return '?';
		}
		if (code == -1 || !set_common(context, code, ret_status))
			return code;
		if (*ret_status >= 0)
			return '?';
	}
}

int cmd_no_options(struct context *context, int argc, char **argv)
{
	int status;

	if (cmd_next_option(context, argc, argv, &status) == '?')
		return status;
	if (optind < argc)
		return cmd_usage_error(context, "%s takes no '%s'", context->cmd->name,
				       argv[optind]);
	return -1;
}

int context_fail(const struct context *context, int code, const struct error *error)
{
	bool denied = (code == -EACCES || code == -EPERM) && geteuid() != 0;

	log_error(&context->log, "%s%s", error->text, denied ? "; run it with sudo" : "");
	return denied ? STATUS_NOT_PERMITTED : code == -EINVAL ? STATUS_USAGE : STATUS_FAILED;
}

int context_open(struct context *context)
{
	struct error error = { .text = "out of memory" };
	int r = sysroot_open(context->sysroot, &context->root, &context->temporary, &error);

	if (r == 0) {
		root_set_record(context->root, context->record);
		r = config_init(&context->config);
	}
	if (r == 0)
		r = config_read(context->root, context->config_file, &context->config, &error);
	return r < 0 ? context_fail(context, r, &error) : -1;
}

void context_close(struct context *context)
{
	config_done(&context->config);
	sysroot_close(context->root, context->temporary);
	record_free(context->record);
}

int context_read_machine(const struct context *context, unsigned kinds, struct machine *ret)
{
	struct error error;
	int r = machine_read(context->root, context->config.devices, context->config.n_devices,
			     kinds, ret, &error);

	return r < 0 ? context_fail(context, r, &error) : -1;
}

int context_inspect(const struct context *context, struct inspection *ret)
{
	struct inspection inspection = { 0 };
	struct error error = { .text = "out of memory" };
	struct state state = { 0 };
	int status = context_read_machine(context, KIND_ALL, &inspection.machine);
	int r;

	if (status >= 0)
		return status;
	r = machine_inspect(context->root, WATCH_MS, &inspection.machine);
	if (r == 0)
		r = state_read(context->root, &state, &inspection.refused);
	if (r == 0)
		r = plan_tune(&inspection.machine, &context->config, &state, &inspection.plan,
			      &inspection.refused);
	state_done(&state);
	if (r == -ENOMEM) {
		inspection_done(&inspection);
		return context_fail(context, r, &error);
	}
	*ret = inspection;
	return -1;
}

void inspection_done(struct inspection *inspection)
{
	plan_done(&inspection->plan);
	machine_done(&inspection->machine);
}

int context_no_card(const struct context *context)
{
	log_error(&context->log,
		  "no AX650N card found: no PCI device of vendor 1f4b. Check that the card sits "
		  "firmly in its slot, that its power is on, and what 'lspci -d 1f4b:' and "
		  "'dmesg | grep -i pcie' say");
	return STATUS_NO_CARD;
}

bool context_prints_result(const struct context *context)
{
	return context->log.level != LOG_QUIET && !context->log.journal;
}

struct report_style context_style(const struct context *context)
{
	const char *no_color = getenv("NO_COLOR");
	bool color = context->color == COLOR_ALWAYS ||
		     (context->color == COLOR_AUTO && isatty(STDOUT_FILENO) &&
		      !(no_color && *no_color));

	/* For the lines and bars of tables. Nothing else depends on the language. */
	(void)setlocale(LC_CTYPE, "");
	return (struct report_style){ .color = color,
				      .verbose = context->log.level == LOG_VERBOSE };
}

void context_report_unready(const struct context *context, const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];
		const struct log_fields fields = {
			.event = LOG_EVENT_UNREADY, .card = card->address, .irq = -1, .cpu = -1
		};

		if (card_is_ready(card))
			continue;
		if (!card->driver)
			log_message(&context->log, LOG_KIND_ERROR, &fields,
				    "card %s has no driver: install the AXCL host package "
				    "(axclhost, axcl_host_*.deb), then 'modprobe "
				    "ax_pcie_host_dev', or wait longer with --wait",
				    card->address);
		else
			log_message(&context->log, LOG_KIND_ERROR, &fields,
				    "card %s: its driver %s has requested no interrupt; see what "
				    "'dmesg | grep -i ax_pcie' says",
				    card->address, card->driver);
	}
}

static void report_change(const struct context *context, const struct op *op,
			  struct log_fields *fields, bool revert)
{
	fields->event = revert ? LOG_EVENT_REVERTED : LOG_EVENT_CHANGED;
	if (op->kind == KIND_IRQBALANCE_BAN)
		log_message(&context->log, LOG_KIND_NOTICE, fields,
			    "interrupt %d is %s by irqbalance", op->id, fields->after);
	else
		log_message(&context->log, LOG_KIND_NOTICE, fields, "%s %s: %s to %s",
			    revert ? "put back" : "set", op->path, fields->before, fields->after);
}

static void report_problem_of(const struct context *context, const struct machine *machine,
			      const struct op *op, struct log_fields *fields)
{
	CLEANUP_FREE char *problem = report_problem(op, cpus_are_equal(&machine->cpus));

	/* The journal has it already. */
	if (op->known && context->log.journal)
		return;
	fields->event = op->result == OP_UNMOVABLE ? LOG_EVENT_UNMOVABLE : LOG_EVENT_FAILED;
	log_message(&context->log, op->result == OP_FAILED ? LOG_KIND_ERROR : LOG_KIND_WARNING,
		    fields, "%s", problem ? problem : op->path);
}

int context_report_ops(const struct context *context, const struct machine *machine,
		       const struct plan *plan, bool revert)
{
	int status = STATUS_DONE;

	for (size_t i = 0; i < plan->n_ops; i++) {
		const struct op *op = &plan->ops[i];
		struct cpuset set;
		bool mask = op->kind == KIND_IRQ_AFFINITY && cpuset_parse_mask(op->want, &set) == 0;
		struct log_fields fields = {
			.card = op->card,
			.irq = *op->card ? op->id : -1,
			.cpu = mask ? cpuset_single(&set) : -1,
			.path = op->path,
			.before = op->had,
			.after = op_after(op),
		};

		if (op->result == OP_CHANGED)
			report_change(context, op, &fields, revert);
		else if (op->result == OP_FAILED || op->result == OP_UNMOVABLE ||
			 (op->result == OP_SKIPPED && op->error))
			report_problem_of(context, machine, op, &fields);
		if (op->result == OP_FAILED && status == STATUS_DONE)
			status = (op->error == EACCES || op->error == EPERM) && geteuid() != 0
					 ? STATUS_NOT_PERMITTED
					 : STATUS_FAILED;
	}
	return status;
}

static void print_options(const struct option_help *table)
{
	for (; table && table->name; table++) {
		char left[64];

		snprintf(left, sizeof(left), "%c%c%s --%s%s%s", table->code < 256 ? '-' : ' ',
			 table->code < 256 ? table->code : ' ', table->code < 256 ? "," : " ",
			 table->name, table->argument ? " " : "",
			 table->argument ? table->argument : "");
		printf("  %-26s %s\n", left, table->help);
	}
}

void help_command(const struct cmd *cmd)
{
	printf("Usage: ax650n-tune %s%s%s%s\n%s\n\nOptions:\n", cmd->name,
	       cmd->options ? " [OPTION...]" : "", cmd->operands ? " " : "",
	       cmd->operands ? cmd->operands : "", cmd->summary);
	print_options(cmd->options);
	print_options(common_options);
}

void help_program(const struct cmd *const *cmds)
{
	puts("Usage: ax650n-tune [OPTION...] COMMAND [OPTION...]\n\n"
	     "Gives an AX650N card the full speed of its host: moves the card's interrupts to\n"
	     "the fastest core and keeps the clocks of the fast cores up.\n\n"
	     "Commands:");
	for (; *cmds; cmds++)
		printf("  %-10s %s\n", (*cmds)->name, (*cmds)->summary);
	puts("\nOptions:");
	print_options(common_options);
	puts("\nSee 'ax650n-tune COMMAND --help' and ax650n-tune(8).");
}
