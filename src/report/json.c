/* SPDX-License-Identifier: MIT */
/* The JSON contract, schema 1: unknown is null, numbers are numbers. */

#include "report/report.h"

#include "diagnose/findings.h"
#include "diagnose/irqs.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

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

	json_object_object_add(object, "kind", json_object_new_string(kind_name(op->kind)));
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

	json_object_object_add(object, "kind", json_object_new_string(kind_name(op->kind)));
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

/* --- diagnose --------------------------------------------------------------------------------- */

#define PUT(object, name, value) json_object_object_add(object, name, value)

static struct json_object *truth(bool value)
{
	return json_object_new_boolean(value);
}

/* MT/s as the GT/s that everybody speaks of. */
static struct json_object *gts_or_null(long speed)
{
	return speed >= 0 ? json_object_new_double((double)speed / 1000) : NULL;
}

static struct json_object *list_or_null(const struct cpuset *set)
{
	CLEANUP_FREE char *list = cpuset_empty(set) ? NULL : cpuset_format_list(set);

	return text_or_null(list);
}

static struct json_object *put_board(const struct system *system)
{
	struct json_object *object = json_object_new_object();

	PUT(object, "model", text_or_null(system->model));
	PUT(object, "kernel", text_or_null(system->kernel));
	PUT(object, "uptime_s", number_or_null(system->uptime_s));
	PUT(object, "throttled_by", text_or_null(system->cooling));
	PUT(object, "hottest_c",
	    system->hottest ? json_object_new_double((double)system->hottest_mc / 1000) : NULL);
	return object;
}

static struct json_object *put_cpu(const struct cpus *cpus, const struct cpu *cpu)
{
	const struct policy *policy = cpus_policy(cpus, cpu->id);
	const char *core = cpu_core_name(cpu->midr);
	struct json_object *object = json_object_new_object();
	char midr[24];

	snprintf(midr, sizeof(midr), "0x%lx", (unsigned long)cpu->midr);
	PUT(object, "cpu", json_object_new_int(cpu->id));
	PUT(object, "core", text_or_null(strcmp(core, "unknown") ? core : NULL));
	PUT(object, "midr", text_or_null(cpu->midr >= 0 ? midr : NULL));
	PUT(object, "capacity", number_or_null(cpu->capacity));
	PUT(object, "max_khz", number_or_null(cpu->max_khz));
	PUT(object, "limit_khz", number_or_null(policy ? policy->limit_khz : -1));
	PUT(object, "cur_khz", number_or_null(cpu->cur_khz));
	PUT(object, "policy", number_or_null(policy ? policy->id : -1));
	PUT(object, "governor", text_or_null(policy ? policy->governor : NULL));
	PUT(object, "online", truth(cpu->online));
	PUT(object, "isolated", truth(cpu->isolated));
	PUT(object, "nohz_full", truth(cpu->nohz_full));
	PUT(object, "big", truth(cpu->big));
	PUT(object, "idle_state", text_or_null(cpu->idle_state));
	PUT(object, "idle_exit_us", number_or_null(cpu->idle_us));
	return object;
}

static struct json_object *put_link(const struct card *card)
{
	static const char *const limits[] = { NULL, "slot", "card" };
	const struct link *link = &card->link;
	const struct port *port = card->n_ports ? &card->ports[card->n_ports - 1] : NULL;
	struct json_object *object = json_object_new_object();

	PUT(object, "speed_gts", gts_or_null(link->speed));
	PUT(object, "width", number_or_null(link->width));
	PUT(object, "max_speed_gts", gts_or_null(link->max_speed));
	PUT(object, "max_width", number_or_null(link->max_width));
	PUT(object, "bandwidth_mb_s", number_or_null(link_bandwidth(link->speed, link->width)));
	PUT(object, "limited_by",
	    text_or_null(port ? limits[link_limit(link, &port->link)] : NULL));
	return object;
}

static struct json_object *put_root_port(const struct card *card)
{
	const struct port *port = card->ports;
	struct json_object *object;

	if (!card->n_ports)
		return NULL;
	object = json_object_new_object();
	PUT(object, "address", json_object_new_string(port->address));
	PUT(object, "max_speed_gts", gts_or_null(port->link.max_speed));
	PUT(object, "max_width", number_or_null(port->link.max_width));
	PUT(object, "controller", text_or_null(card->controller));
	return object;
}

static struct json_object *put_aer(const struct aer *aer)
{
	struct json_object *object = json_object_new_object();

	PUT(object, "correctable", number_or_null(aer->correctable));
	PUT(object, "nonfatal", number_or_null(aer->nonfatal));
	PUT(object, "fatal", number_or_null(aer->fatal));
	return object;
}

static struct json_object *put_counts(const struct irq_table *table, const struct vector *vector)
{
	struct json_object *object = vector->counts ? json_object_new_object() : NULL;

	for (size_t i = 0; object && i < table->n_columns; i++) {
		char cpu[16];

		snprintf(cpu, sizeof(cpu), "%d", table->cpus[i]);
		PUT(object, cpu, json_object_new_int64((int64_t)vector->counts[i]));
	}
	return object;
}

static struct json_object *put_thread(const struct irq_thread *thread)
{
	struct json_object *object;

	if (!thread->pid)
		return NULL;
	object = json_object_new_object();
	PUT(object, "pid", json_object_new_int(thread->pid));
	PUT(object, "priority", number_or_null(thread->priority));
	PUT(object, "cpus", list_or_null(&thread->allowed));
	PUT(object, "last_cpu", number_or_null(thread->last_cpu));
	return object;
}

static struct json_object *put_vector(const struct machine *machine, const struct vector *vector)
{
	struct json_object *object = json_object_new_object();

	PUT(object, "irq", json_object_new_int(vector->irq));
	PUT(object, "chip", text_or_null(vector->chip));
	PUT(object, "action", text_or_null(vector->action));
	PUT(object, "counts", put_counts(&machine->irqs, vector));
	PUT(object, "affinity", list_or_null(&vector->affinity));
	PUT(object, "effective", list_or_null(&vector->effective));
	PUT(object, "busiest_cpu", number_or_null(diagnose_busiest_cpu(machine, vector)));
	PUT(object, "thread", put_thread(&vector->thread));
	return object;
}

static struct json_object *put_smi(const struct smi_card *smi)
{
	struct json_object *object;

	if (!smi)
		return NULL;
	object = json_object_new_object();
	PUT(object, "firmware", text_or_null(*smi->firmware ? smi->firmware : NULL));
	PUT(object, "temperature_c", number_or_null(smi->temperature_c));
	PUT(object, "npu_percent", number_or_null(smi->npu_percent));
	PUT(object, "memory_used_mib", number_or_null(smi->used_mib));
	PUT(object, "memory_total_mib", number_or_null(smi->total_mib));
	return object;
}

static struct json_object *put_card(const struct machine *machine, const struct card *card, int cpu)
{
	static const char *const aspm[] = { "off", "L0s", "L1", "L0s L1" };
	struct json_object *object = json_object_new_object(), *irqs = json_object_new_array();
	const struct express *express = &card->express;

	PUT(object, "address", json_object_new_string(card->address));
	PUT(object, "id", id_text(card->id));
	PUT(object, "name", json_object_new_string(card_name(card->id)));
	PUT(object, "driver", text_or_null(card->driver));
	PUT(object, "driver_version", text_or_null(card->driver_version));
	PUT(object, "cpu", number_or_null(cpu));
	PUT(object, "link", put_link(card));
	PUT(object, "root_port", put_root_port(card));
	PUT(object, "mps", number_or_null(express->payload));
	PUT(object, "mrrs", number_or_null(express->read_request));
	PUT(object, "aspm", text_or_null(express->aspm >= 0 ? aspm[express->aspm] : NULL));
	PUT(object, "aer", put_aer(&card->aer));
	PUT(object, "smi", put_smi(smi_find(&machine->smi, card->address)));
	for (size_t i = 0; i < card->n_vectors; i++)
		json_object_array_add(irqs, put_vector(machine, &card->vectors[i]));
	PUT(object, "irqs", irqs);
	return object;
}

/* The ban that lasts least, of all interrupts of the cards; NULL if there is none to be asked of.
 */
static const char *weakest_ban(const struct machine *machine)
{
	const struct irqbalance *irqbalance = &machine->irqbalance;
	enum ban weakest = BAN_DRIVER;
	bool any = false;

	for (size_t i = 0; irqbalance->pid && i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];

		for (size_t v = 0; card->driver && v < card->n_vectors; v++) {
			enum ban ban = irqbalance_ban(irqbalance, card->vectors[v].irq,
						      card->driver);

			if (!card->vectors[v].handler)
				continue;
			any = true;
			weakest = ban < weakest ? ban : weakest;
		}
	}
	if (!any || weakest == BAN_UNKNOWN)
		return NULL;
	if (weakest == BAN_NONE)
		return "none";
	return weakest == BAN_NUMBER && !machine->services.drop_in ? "runtime" : "persistent";
}

static struct json_object *put_rival(const struct machine *machine, const struct rival *rival)
{
	struct json_object *object = json_object_new_object();

	PUT(object, "name", json_object_new_string(rival->name));
	PUT(object, "running", truth(rival->running));
	PUT(object, "enabled", machine->services.asked ? truth(rival->enabled) : NULL);
	PUT(object, "writes", json_object_new_string(rival->affinity ? "affinity" : "governor"));
	PUT(object, "ban", text_or_null(rival->affinity ? weakest_ban(machine) : NULL));
	return object;
}

static struct json_object *put_service(const struct services *services)
{
	const struct unit *own = &services->own;
	struct json_object *object = json_object_new_object();

	PUT(object, "enabled", services->asked ? truth(!strcmp(own->file_state, "enabled")) : NULL);
	PUT(object, "active", services->asked ? truth(!strcmp(own->active, "active")) : NULL);
	PUT(object, "result", text_or_null(*own->result ? own->result : NULL));
	return object;
}

static struct json_object *put_finding(const struct finding *finding)
{
	struct json_object *object = json_object_new_object();

	PUT(object, "severity", json_object_new_string(severity_name(finding->severity)));
	PUT(object, "code", json_object_new_string(finding->code));
	PUT(object, "text", json_object_new_string(finding->text));
	PUT(object, "advice", text_or_null(finding->advice));
	return object;
}

int report_json_diagnose(const struct machine *machine, const struct plan *plan,
			 const struct findings *findings)
{
	struct json_object *document = new_document("diagnose"), *list;

	PUT(document, "board", put_board(&machine->system));
	list = json_object_new_array();
	for (size_t i = 0; i < machine->cpus.n_cpus; i++)
		json_object_array_add(list, put_cpu(&machine->cpus, &machine->cpus.cpus[i]));
	PUT(document, "cpus", list);
	list = json_object_new_array();
	for (size_t i = 0; i < machine->n_cards; i++)
		json_object_array_add(list, put_card(machine, &machine->cards[i],
						     i < plan->n_cards ? plan->cpus[i] : -1));
	PUT(document, "cards", list);
	list = json_object_new_array();
	for (size_t i = 0; i < machine->services.n_rivals; i++)
		json_object_array_add(list, put_rival(machine, &machine->services.rivals[i]));
	PUT(document, "rivals", list);
	PUT(document, "service", put_service(&machine->services));
	list = json_object_new_array();
	for (size_t i = 0; i < findings->count; i++)
		json_object_array_add(list, put_finding(&findings->list[i]));
	PUT(document, "findings", list);
	return print(document);
}
