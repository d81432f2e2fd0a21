/* SPDX-License-Identifier: MIT */
/* The JSON of apply, revert, status and detect, schema 1: what is unknown is null. */

#include "report/json.h"

#include "base/json.h"
#include "base/util.h"
#include "machine/card.h"
#include "machine/irq.h"
#include "machine/machine.h"
#include "plan/op.h"
#include "plan/plan.h"
#include "report/outcome.h"
#include "report/report.h"

#include <errno.h>
#include <stdio.h>

struct json_object *report_json_new(const char *command)
{
	struct json_object *document = js_new_object();

	js_put_number(document, "schema", 1);
	js_put_text(document, "command", command);
	return document;
}

struct json_object *report_json_card(const struct card *card)
{
	struct json_object *object = js_new_object();
	char id[16];

	snprintf(id, sizeof(id), "%04x:%04x", card->id.vendor, card->id.device);
	js_put_text(object, "address", card->address);
	js_put_text(object, "id", id);
	js_put_text(object, "state", card_state_name(card_state(card)));
	return object;
}

int report_json_print(struct json_object *document)
{
	const char *text = js_text(document);
	int r = text ? 0 : -ENOMEM;

	if (text)
		puts(text);
	js_free(document);
	return r;
}

static struct json_object *json_irqs(const struct card *card, const struct plan *plan)
{
	struct json_object *list = js_new_list();

	for (size_t i = 0; i < card->n_vectors; i++) {
		const struct vector *vector = &card->vectors[i];
		struct json_object *irq = js_new_object();

		js_put_number(irq, "irq", vector->irq);
		js_put_text(irq, "action", vector->action);
		js_put_number(irq, "cpu", report_irq_cpu(plan, vector));
		js_append(list, irq);
	}
	return list;
}

/* An empty PLAN means that no CPU was chosen. */
static struct json_object *json_cards(const struct machine *machine, const struct plan *plan)
{
	struct json_object *list = js_new_list();

	for (size_t i = 0; i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];
		struct json_object *object = report_json_card(card);

		js_put_text(object, "driver", card->driver);
		js_put_number(object, "cpu", i < plan->n_cards ? plan->cpus[i] : -1);
		js_put(object, "irqs", json_irqs(card, plan));
		js_append(list, object);
	}
	return list;
}

static struct json_object *json_op(const struct op *op)
{
	struct json_object *object = js_new_object();

	js_put_text(object, "kind", kinds[op->kind].name);
	js_put_text(object, "path", op->path);
	js_put_text(object, "before", op->had);
	js_put_text(object, "after", op_after(op));
	js_put_text(object, "result", op_result_name(op->result));
	js_put_text(object, "error", errno_name(op->error));
	js_put_text(object, "why", op->why);
	return object;
}

static struct json_object *json_drift(const struct op *op)
{
	struct json_object *object = js_new_object();

	js_put_text(object, "kind", kinds[op->kind].name);
	js_put_text(object, "path", op->path);
	js_put_text(object, "want", op->want);
	js_put_text(object, "have", op->had);
	return object;
}

int report_json_run(const struct report *report)
{
	struct json_object *document = report_json_new(report->command);
	struct json_object *operations = js_new_list();

	js_put_bool(document, "dry_run", report->dry_run);
	js_put_text(document, "result", report_result(report));
	js_put(document, "cards", json_cards(report->machine, report->plan));
	for (size_t i = 0; i < report->plan->n_ops; i++)
		js_append(operations, json_op(&report->plan->ops[i]));
	js_put(document, "operations", operations);
	return report_json_print(document);
}

int report_json_status(const struct report *report)
{
	struct json_object *document = report_json_new(report->command);
	struct json_object *drift = js_new_list();

	js_put_bool(document, "tuned", report_in_force(report));
	js_put(document, "cards", json_cards(report->machine, report->plan));
	for (size_t i = 0; i < report->plan->n_ops; i++)
		if (op_is_drift(&report->plan->ops[i]))
			js_append(drift, json_drift(&report->plan->ops[i]));
	js_put(document, "drift", drift);
	return report_json_print(document);
}

int report_json_detect(const struct machine *machine)
{
	struct json_object *document = report_json_new("detect");
	const struct plan none = { 0 };

	js_put(document, "cards", json_cards(machine, &none));
	return report_json_print(document);
}

int report_json_capture(const char *file, const char *board)
{
	struct json_object *document = report_json_new("capture");

	js_put_text(document, "file", file);
	js_put_text(document, "board", board);
	return report_json_print(document);
}

int report_json_failure(const char *command, const char *error)
{
	struct json_object *document = report_json_new(command);

	js_put_text(document, "result", "failed");
	js_put_text(document, "error", error);
	return report_json_print(document);
}
