/* SPDX-License-Identifier: MIT */
/* The JSON contract, schema 1: unknown is null, numbers are numbers. */

#include "report.h"

#include <errno.h>
#include <json-c/json.h>

static struct json_object *text_or_null(const char *text)
{
	return text ? json_object_new_string(text) : NULL;
}

/* Numbers of CPUs and the like; negative ones mean unknown. */
static struct json_object *number_or_null(long number)
{
	return number >= 0 ? json_object_new_int64(number) : NULL;
}

static struct json_object *id_text(struct card_id id)
{
	char text[16];

	snprintf(text, sizeof(text), "%04x:%04x", id.vendor, id.device);
	return json_object_new_string(text);
}

static struct json_object *put_irqs(const struct card *card, const struct plan *plan)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < card->n_vectors; i++) {
		const struct vector *vector = &card->vectors[i];
		struct json_object *irq = json_object_new_object();

		json_object_object_add(irq, "irq", json_object_new_int(vector->irq));
		json_object_object_add(irq, "action", text_or_null(vector->action));
		json_object_object_add(irq, "cpu", number_or_null(report_irq_cpu(plan, vector)));
		json_object_array_add(list, irq);
	}
	return list;
}

/* PLAN may be empty: then no CPU has been chosen. */
static struct json_object *put_cards(const struct machine *machine, const struct plan *plan)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];
		struct json_object *object = json_object_new_object();

		json_object_object_add(object, "address", json_object_new_string(card->address));
		json_object_object_add(object, "id", id_text(card->id));
		json_object_object_add(object, "driver", text_or_null(card->driver));
		json_object_object_add(object, "cpu",
				       number_or_null(i < plan->n_cards ? plan->cpus[i] : -1));
		json_object_object_add(object, "irqs", put_irqs(card, plan));
		json_object_array_add(list, object);
	}
	return list;
}

static struct json_object *put_op(const struct op *op)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "kind", json_object_new_string(op_kind_name(op->kind)));
	json_object_object_add(object, "path", json_object_new_string(op->path));
	json_object_object_add(object, "before", text_or_null(op->had));
	json_object_object_add(object, "after", text_or_null(op_after(op)));
	json_object_object_add(object, "result",
			       json_object_new_string(op_result_name(op->result)));
	json_object_object_add(object, "error", text_or_null(errno_name(op->error)));
	json_object_object_add(object, "why", json_object_new_string(op->why));
	return object;
}

static struct json_object *put_drift(const struct op *op)
{
	struct json_object *object = json_object_new_object();

	json_object_object_add(object, "kind", json_object_new_string(op_kind_name(op->kind)));
	json_object_object_add(object, "path", json_object_new_string(op->path));
	json_object_object_add(object, "want", json_object_new_string(op->want));
	json_object_object_add(object, "have", text_or_null(op->had));
	return object;
}

static struct json_object *new_document(const char *command)
{
	struct json_object *document = json_object_new_object();

	json_object_object_add(document, "schema", json_object_new_int(1));
	json_object_object_add(document, "command", json_object_new_string(command));
	return document;
}

static int print(struct json_object *document)
{
	const char *text = json_object_to_json_string_ext(
		document,
		JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
	int r = text ? 0 : -ENOMEM;

	if (text)
		puts(text);
	json_object_put(document);
	return r;
}

int report_json_run(const struct report *report)
{
	struct json_object *document = new_document(report->command);
	struct json_object *operations = json_object_new_array();

	json_object_object_add(document, "dry_run", json_object_new_boolean(report->dry_run));
	json_object_object_add(document, "result", json_object_new_string(report_result(report)));
	json_object_object_add(document, "cards", put_cards(report->machine, report->plan));
	for (size_t i = 0; i < report->plan->n_ops; i++)
		json_object_array_add(operations, put_op(&report->plan->ops[i]));
	json_object_object_add(document, "operations", operations);
	return print(document);
}

int report_json_status(const struct report *report)
{
	struct json_object *document = new_document(report->command);
	struct json_object *drift = json_object_new_array();

	json_object_object_add(document, "tuned", json_object_new_boolean(report_in_force(report)));
	json_object_object_add(document, "cards", put_cards(report->machine, report->plan));
	for (size_t i = 0; i < report->plan->n_ops; i++)
		if (op_is_drift(&report->plan->ops[i]))
			json_object_array_add(drift, put_drift(&report->plan->ops[i]));
	json_object_object_add(document, "drift", drift);
	return print(document);
}

int report_json_detect(const struct machine *machine)
{
	struct json_object *document = new_document("detect");
	const struct plan none = { 0 };

	json_object_object_add(document, "cards", put_cards(machine, &none));
	return print(document);
}
