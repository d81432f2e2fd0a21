/* SPDX-License-Identifier: MIT */
/* help: the help texts, which --help prints too. */

#include "cmd/cmd.h"
#include "cmd/context.h"

#include <getopt.h>
#include <stdio.h>

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

static void help_command(const struct cmd *cmd)
{
	printf("Usage: ax650n-tune %s%s%s%s\n%s\n\nOptions:\n", cmd->name,
	       cmd->options ? " [OPTION...]" : "", cmd->operands ? " " : "",
	       cmd->operands ? cmd->operands : "", cmd->summary);
	print_options(cmd->options);
	print_options(cmd_common_options);
	if (cmd->example)
		printf("\nExample: %s\n", cmd->example);
}

static void help_program(const struct cmd *const *cmds)
{
	puts("Usage: ax650n-tune [OPTION...] COMMAND [OPTION...]\n\n"
	     "Gives an AX650N card the full speed of its host: moves the card's interrupts to\n"
	     "the fastest core and keeps the clocks of the fast cores up.\n\n"
	     "Commands:");
	for (; *cmds; cmds++)
		printf("  %-10s %s\n", (*cmds)->name, (*cmds)->summary);
	puts("\nOptions:");
	print_options(cmd_common_options);
	puts("\nSee 'ax650n-tune COMMAND --help' and ax650n-tune(8).");
}

void cmd_print_help(const struct cmd *const *cmds, const struct cmd *cmd)
{
	if (cmd)
		help_command(cmd);
	else
		help_program(cmds);
}

static int cmd_help_run(struct context *context, int argc, char **argv)
{
	const struct cmd *cmd = NULL;
	int status;

	if (cmd_next_option(context, argc, argv, &status) == '?')
		return status;
	if (context->json)
		return cmd_usage_error(context, "there is no help in JSON");
	if (optind + 1 < argc)
		return cmd_usage_error(context, "unexpected argument '%s'", argv[optind + 1]);
	if (optind < argc && !(cmd = cmd_find(context, argv[optind])))
		return STATUS_USAGE;
	cmd_print_help(context->cmds, cmd);
	return STATUS_DONE;
}

const struct cmd cmd_help = {
	.name = "help",
	.summary = "Tell how a command is used.",
	.operands = "[COMMAND]",
	.run = cmd_help_run,
};
