/* SPDX-License-Identifier: MIT */
/* diagnose: everything that costs the card speed, and what to do about it. */

#include "diagnose/diagnose.h"
#include "apply/state-file.h"
#include "apply/tuning.h"
#include "base/clock.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "diagnose/findings.h"
#include "root/root.h"

#include <errno.h>

/* How long the interrupts of the cards are watched: some hundred of them under load. */
#define WATCH_MS 300
/* How long it may take all in all, whatever does not answer. */
#define TOTAL_MS 2800

static int report_diagnose(struct context *context, const struct tuning *tuning,
			   const struct findings *findings)
{
	const struct machine *machine = &tuning->machine;

	if (context->json)
		context->printed_json = report_json_diagnose(machine, &tuning->plan, findings) == 0;
	else if (context->log.level != LOG_QUIET)
		report_text_diagnose(machine, &tuning->plan, findings, context_style(context));
	if (!machine->n_cards)
		return STATUS_NO_CARD;
	return findings_count(findings, SEVERITY_PROBLEM) ||
			       !cards_count(machine->cards, machine->n_cards, CARD_READY)
		       ? STATUS_FAILED
		       : STATUS_DONE;
}

static int diagnose_refused(const struct tuning *tuning, const struct error *refused,
			    const char *mistake, struct findings *findings)
{
	CLEANUP_FREE char *state = text_format("%s" STATE_DIR, root_path(tuning->root));
	const struct refusal refusal = {
		.reason = *refused->text ? refused->text : NULL,
		.state_dir = tuning->state_refused ? state : NULL,
	};

	return state ? diagnose(&tuning->machine, &tuning->plan, &refusal, mistake, findings)
		     : -ENOMEM;
}

static int judge(struct tuning *tuning, const char *mistake, struct findings *findings,
		 struct error *error)
{
	struct error refused = { 0 };
	double deadline = clock_ms() + TOTAL_MS;
	int r = tuning_inspect(tuning, WATCH_MS, &refused, error);

	if (r < 0)
		return r;
	/* Last of all that is read, because it can take long to answer. */
	if (tuning->machine.n_cards)
		r = smi_run(tuning->root, deadline, &tuning->machine.smi);
	if (r == 0)
		r = diagnose_refused(tuning, &refused, mistake, findings);
	return r < 0 ? error_set(error, r, "out of memory") : 0;
}

static int cmd_diagnose_run(struct context *context, int argc, char **argv)
{
	struct tuning tuning = { .config = &context->config };
	struct findings findings = { 0 };
	struct error error, mistake = { 0 };
	int status, r;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 ||
	    (status = context_configure(context, &mistake)) >= 0)
		return status;
	tuning.root = context->root;
	r = judge(&tuning, *mistake.text ? mistake.text : NULL, &findings, &error);
	status = r < 0 ? context_fail(context, r, &error)
		       : report_diagnose(context, &tuning, &findings);
	findings_done(&findings);
	tuning_done(&tuning);
	return status;
}

const struct cmd cmd_diagnose = {
	.name = "diagnose",
	.summary = "Report what costs the card speed, and what to do about it.",
	.run = cmd_diagnose_run,
};
