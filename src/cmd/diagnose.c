/* SPDX-License-Identifier: MIT */
/* diagnose: everything that costs the card speed, and what to do about it. */

#include "cmd/cmd.h"

#include "diagnose/diagnose.h"
#include "diagnose/findings.h"

#include <errno.h>

#define SMI_TIMEOUT_MS 5000

static int cmd_diagnose_report(const struct context *context, const struct inspection *inspection,
			       const struct findings *findings)
{
	const struct machine *machine = &inspection->machine;

	if (context->json)
		(void)report_json_diagnose(machine, &inspection->plan, findings);
	else if (context->log.level != LOG_QUIET)
		report_text_diagnose(machine, findings, context_style(context));
	if (!machine->n_cards)
		return STATUS_NO_CARD;
	return findings_count(findings, SEVERITY_PROBLEM) ? STATUS_FAILED : STATUS_DONE;
}

static int judge(struct inspection *inspection, const struct root *root, struct findings *findings)
{
	const struct error *refused = &inspection->refused;
	int r = 0;

	/* Last of all that is read: it may have to be waited for. */
	if (inspection->machine.n_cards)
		r = smi_run(root, SMI_TIMEOUT_MS, &inspection->machine.smi);
	return r < 0 ? r
		     : diagnose(&inspection->machine, &inspection->plan,
				*refused->text ? refused->text : NULL, findings);
}

static int cmd_diagnose_run(struct context *context, int argc, char **argv)
{
	struct inspection inspection = { 0 };
	struct findings findings = { 0 };
	int status;

	if ((status = cmd_no_options(context, argc, argv)) >= 0 ||
	    (status = context_open(context)) >= 0 ||
	    (status = context_inspect(context, &inspection)) >= 0)
		return status;
	if (judge(&inspection, context->root, &findings) == 0)
		status = cmd_diagnose_report(context, &inspection, &findings);
	else
		status = context_fail(context, -ENOMEM, &(struct error){ .text = "out of memory" });
	findings_done(&findings);
	inspection_done(&inspection);
	return status;
}

const struct cmd cmd_diagnose = {
	.name = "diagnose",
	.summary = "Report what costs the card speed, and what to do about it.",
	.run = cmd_diagnose_run,
};
