/* SPDX-License-Identifier: MIT */
/* What standard error, or the journal, is told of cards and of operations. */

#include "cmd/messages.h"

#include "apply/state-file.h"
#include "base/cpuset.h"
#include "cmd/context.h"
#include "machine/machine.h"
#include "plan/plan.h"
#include "report/outcome.h"
#include "report/report.h"
#include "root/root.h"

#include <errno.h>

/* What is wrong with a card that is not ready, and what to do. The caller frees it. */
static char *explain_unready(const struct card *card)
{
	switch (card_state(card)) {
	case CARD_NO_DRIVER:
		return text_format(
			"card %s has no driver: install the AXCL host package (axclhost, "
			"axcl_host_*.deb), then 'modprobe ax_pcie_host_dev'",
			card->address);
	case CARD_NO_INTERRUPT:
		return text_format(
			"card %s: its driver %s has requested no interrupt of the card; see "
			"what 'dmesg | grep -i ax_pcie' says",
			card->address, card->driver);
	case CARD_GIVEN_AWAY:
		return text_format(
			"card %s is bound to %s, which gives it to a virtual machine: run "
			"ax650n-tune there",
			card->address, card->driver);
	case CARD_DEAD:
		return text_format(
			"card %s does not answer, its configuration space reads all ones: "
			"power the machine off and on; a reboot may not be enough",
			card->address);
	case CARD_READY:
		break;
	}
	return NULL;
}

void report_unready(const struct context *context, const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];
		const struct log_fields fields = {
			.event = LOG_EVENT_UNREADY, .card = card->address, .irq = -1, .cpu = -1
		};
		CLEANUP_FREE char *text = explain_unready(card);

		if (text)
			log_message(&context->log, LOG_KIND_NO_CARD, &fields, "%s", text);
	}
}

static void report_change(const struct context *context, const struct op *op,
			  struct log_fields *fields, bool revert)
{
	fields->event = revert ? LOG_EVENT_REVERTED : LOG_EVENT_CHANGED;
	if (op->kind == KIND_IRQBALANCE_BAN)
		log_message(&context->log, LOG_KIND_CHANGE, fields, "IRQ %d is %s by irqbalance",
			    op->id, fields->after);
	else
		log_message(&context->log, LOG_KIND_CHANGE, fields, "%s %s: %s to %s",
			    revert ? "put back" : "set", op->path, fields->before, fields->after);
}

static void report_problem_of(const struct context *context, const struct machine *machine,
			      const struct op *op, struct log_fields *fields)
{
	CLEANUP_FREE char *problem = report_problem(op, cpus_are_equal(&machine->cpus));

	/* It is in the journal already. */
	if (op->told_before && context->log.journal)
		return;
	fields->event = op->result == OP_UNMOVABLE ? LOG_EVENT_UNMOVABLE : LOG_EVENT_FAILED;
	log_message(&context->log, op->result == OP_FAILED ? LOG_KIND_ERROR : LOG_KIND_WARNING,
		    fields, "%s", problem ? problem : op->path);
}

static void report_left_alone(const struct context *context, const struct op *op,
			      const struct log_fields *fields)
{
	const char *root = root_path(context->root);

	if (op->kind == KIND_IRQ_THREAD) {
		log_message(&context->log, LOG_KIND_WARNING, fields,
			    "thread %s is left alone: something else has set its CPUs to %s since. "
			    "To put the original back: sudo taskset -pc %s $(pgrep ^%s-)",
			    op->path, op->had, op->want, op->path);
		return;
	}
	log_message(
		&context->log, LOG_KIND_WARNING, fields,
		"%s%s is left alone: something else has set it to '%s' since. To put the original "
		"back: echo %s | sudo tee %s%s. To forget it: sudo rm %s" STATE_DIR "/" STATE_FILE,
		root, op->path, op->had, op->want, root, op->path, root);
}

int report_ops(const struct context *context, const struct machine *machine,
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
		else if (op->result == OP_SKIPPED && op->had && revert)
			report_left_alone(context, op, &fields);
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
