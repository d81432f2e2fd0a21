/* SPDX-License-Identifier: MIT */
/* The text of diagnose: one screen of 80 columns, or as wide as the terminal. */

#include "base/util.h"
#include "diagnose/findings.h"
#include "machine/machine.h"
#include "machine/services.h"
#include "machine/system.h"
#include "report/report.h"
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- The board -------------------------------------------------------------------------------- */

static char *uptime_text(int64_t seconds)
{
	int64_t minutes = seconds / 60, hours = minutes / 60;

	if (hours >= 24)
		return text_format(", up %" PRId64 " d %" PRId64 " h", hours / 24, hours % 24);
	if (hours)
		return text_format(", up %" PRId64 " h %" PRId64 " min", hours, minutes % 60);
	return seconds >= 0 ? text_format(", up %" PRId64 " min", minutes) : strdup("");
}

static void print_board(const struct system *system)
{
	static const char *const places[] = {
		[VIRTUALIZATION_UNKNOWN] = "",
		[VIRTUALIZATION_NONE] = "",
		[VIRTUALIZATION_CONTAINER] = ", in a container",
		[VIRTUALIZATION_VM] = ", in a virtual machine",
	};
	CLEANUP_FREE char *uptime = uptime_text(system->uptime_s);
	CLEANUP_FREE char *heat = system->hottest ? text_format(", %" PRId64 " C",
								(system->hottest_mc + 500) / 1000)
						  : NULL;
	CLEANUP_FREE char *text = text_format(
		"%s%s, Linux %s%s%s", system->model ? system->model : "Unknown board",
		places[system->virtualization], system->kernel ? system->kernel : "unknown",
		uptime ? uptime : "", heat ? heat : "");

	text_print_wrapped(0, 2, text ? text : "");
	putchar('\n');
}

/* --- Services --------------------------------------------------------------------------------- */

static void put_services(const void *what, FILE *out)
{
	const struct services *services = what;
	const struct unit *own = &services->own;

	fputs("Services: " SERVICE_NAME " ", out);
	if (!services->asked)
		fputs("unknown, systemd did not answer", out);
	else if (!strcmp(own->load, "not-found"))
		fputs("not installed", out);
	else
		fprintf(out, "%s, %s", *own->file_state ? own->file_state : "not enabled",
			own->active);
	for (size_t i = 0; i < services->n_rivals; i++) {
		const struct rival *rival = &services->rivals[i];

		if (rival->running || rival->ran || rival->enabled)
			fprintf(out, "; %s %s", rival->name,
				!rival->daemon	 ? "at boot"
				: rival->running ? "running"
						 : "enabled");
	}
}

/* --- Findings --------------------------------------------------------------------------------- */

static void print_finding(const struct finding *finding, struct report_style style)
{
	static const char *const colors[] = {
		[SEVERITY_PROBLEM] = "\033[31m",
		[SEVERITY_WARNING] = "\033[33m",
		[SEVERITY_INFO] = "",
		[SEVERITY_OK] = "\033[32m",
	};
	const char *color = style.color ? colors[finding->severity] : "";

	printf("%s%-8s%s ", color, severity_name(finding->severity), *color ? "\033[0m" : "");
	text_print_wrapped(9, 9, finding->text);
	if (finding->advice) {
		printf("%9s-> ", "");
		text_print_wrapped(12, 12, finding->advice);
	}
}

/* How many cards do not work. A card that axcl-smi waits for in vain may be any of them. */
static size_t count_broken(const struct machine *machine)
{
	size_t ready = cards_count(machine->cards, machine->n_cards, CARD_READY);
	size_t given = cards_count(machine->cards, machine->n_cards, CARD_GIVEN_AWAY);
	size_t broken = machine->n_cards - ready - given;

	if (ready && machine->smi.outcome == SMI_FAILED)
		return broken + ready;
	return ready && machine->smi.outcome == SMI_SILENT && !broken ? 1 : broken;
}

static char *conclude(const struct machine *machine, bool problems)
{
	size_t count = machine->n_cards, broken = count_broken(machine);
	size_t given = cards_count(machine->cards, count, CARD_GIVEN_AWAY);

	if (count == 1 && broken)
		return strdup("the card does not work.");
	if (broken)
		return text_format("%zu of %zu cards %s not work.", broken, count,
				   broken == 1 ? "does" : "do");
	if (count == 1 && given)
		return strdup("the card is given to a virtual machine.");
	if (given == count)
		return strdup("the cards are given to virtual machines.");
	return strdup(problems ? "the card is not as fast as it could be."
			       : "the card works, but may lose speed.");
}

static char *judge_findings(const struct machine *machine, const struct findings *findings)
{
	size_t problems = findings_count(findings, SEVERITY_PROBLEM);
	size_t warnings = findings_count(findings, SEVERITY_WARNING);
	CLEANUP_FREE char *end = conclude(machine, problems);

	if (!machine->n_cards)
		return strdup("Verdict: no card.");
	if (!problems && !warnings)
		return strdup("Verdict: nothing that can be fixed slows the card down.");
	if (!end)
		return NULL;
	if (!warnings)
		return text_format("Verdict: %zu problem%s: %s", problems, text_plural(problems),
				   end);
	if (!problems)
		return text_format("Verdict: %zu warning%s: %s", warnings, text_plural(warnings),
				   end);
	return text_format("Verdict: %zu problem%s, %zu warning%s: %s", problems,
			   text_plural(problems), warnings, text_plural(warnings), end);
}

static void print_verdict(const struct machine *machine, const struct findings *findings)
{
	CLEANUP_FREE char *verdict = judge_findings(machine, findings);

	putchar('\n');
	text_print_wrapped(0, 2, verdict ? verdict : "");
}

/* The end is what stays on the screen: what to do about the worst. */
static void print_next_step(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (finding->severity > SEVERITY_WARNING)
			return;
		if (finding->advice) {
			fputs("Next: ", stdout);
			text_print_wrapped(6, 6, finding->advice);
			return;
		}
	}
}

void report_text_diagnose(const struct machine *machine, const struct plan *plan,
			  const struct findings *findings, struct report_style style)
{
	const struct report planned = { .command = "diagnose", .machine = machine, .plan = plan };

	print_board(&machine->system);
	if (machine->n_cards) {
		report_text_cards(machine, style);
		putchar('\n');
	}
	report_text_cpus(machine, style);
	putchar('\n');
	if (machine->irqs.n_lines) {
		report_text_irqs(machine, style);
		putchar('\n');
	}
	text_print_folded(put_services, &machine->services);
	putchar('\n');
	for (size_t i = 0; i < findings->count; i++)
		print_finding(&findings->list[i], style);
	if (style.verbose)
		report_text_paths(&planned);
	print_verdict(machine, findings);
	print_next_step(findings);
}
