/* SPDX-License-Identifier: MIT */
/* The JSON of diagnose, schema 1: what is unknown is null. */

#include "base/cpuset.h"
#include "base/json.h"
#include "base/util.h"
#include "diagnose/findings.h"
#include "diagnose/irqs.h"
#include "machine/card.h"
#include "machine/cpu.h"
#include "machine/irq.h"
#include "machine/irqbalance.h"
#include "machine/link.h"
#include "machine/machine.h"
#include "machine/path.h"
#include "machine/process.h"
#include "machine/services.h"
#include "machine/smi.h"
#include "machine/system.h"
#include "plan/plan.h"
#include "report/json.h"
#include "report/report.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Converts VALUE from thousandths: MT/s to GT/s. */
static void put_thousandth(struct json_object *object, const char *key, bool known, int64_t value)
{
	js_put_double(object, key, known ? (double)value / 1000 : NAN, 0);
}

static void put_speed(struct json_object *object, const char *key, long speed)
{
	put_thousandth(object, key, speed >= 0, speed);
}

static void put_known_bool(struct json_object *object, const char *key, bool known, bool value)
{
	if (known)
		js_put_bool(object, key, value);
	else
		js_put(object, key, NULL);
}

static void put_cpu_list(struct json_object *object, const char *key, const struct cpuset *set)
{
	CLEANUP_FREE char *list = cpuset_empty(set) ? NULL : cpuset_format_list(set);

	js_put_text(object, key, list);
}

static struct json_object *json_board(const struct system *system)
{
	struct json_object *object = js_new_object();

	js_put_text(object, "model", system->model);
	js_put_text(object, "kernel", system->kernel);
	js_put_text(object, "virtualization", virtualization_name(system->virtualization));
	js_put_number(object, "uptime_s", system->uptime_s);
	js_put_text(object, "throttled_by", system->cooling);
	put_thousandth(object, "hottest_c", system->hottest, system->hottest_mc);
	return object;
}

static struct json_object *json_cpu(const struct cpus *cpus, const struct cpu *cpu)
{
	const struct policy *policy = cpus_policy(cpus, cpu->id);
	struct json_object *object = js_new_object();
	char midr[24];

	snprintf(midr, sizeof(midr), "0x%" PRIx64, (uint64_t)cpu->midr);
	js_put_number(object, "cpu", cpu->id);
	js_put_text(object, "core", cpus_core_name(cpus, cpu));
	js_put_text(object, "midr", cpu->midr >= 0 ? midr : NULL);
	js_put_number(object, "capacity", cpu->capacity);
	js_put_number(object, "max_khz", cpu->max_khz);
	js_put_number(object, "limit_khz", policy ? policy->limit_khz : -1);
	js_put_number(object, "cur_khz", cpu->cur_khz);
	js_put_number(object, "policy", policy ? policy->id : -1);
	js_put_text(object, "governor", policy ? policy->governor : NULL);
	js_put_bool(object, "online", cpu->online);
	js_put_bool(object, "isolated", cpu->isolated);
	js_put_bool(object, "nohz_full", cpu->nohz_full);
	js_put_bool(object, "big", cpu->big);
	js_put_text(object, "idle_state", cpu->idle_state);
	js_put_number(object, "idle_exit_us", cpu->idle_us);
	js_put_number(object, "idle_residency_us", cpu->idle_residency_us);
	return object;
}

static void put_link(struct json_object *object, const struct link *link)
{
	put_speed(object, "speed_gts", link->speed);
	js_put_number(object, "width", link->width);
	put_speed(object, "max_speed_gts", link->max_speed);
	js_put_number(object, "max_width", link->max_width);
	js_put_number(object, "bandwidth_mb_s", link_bandwidth(link->speed, link->width));
}

static struct json_object *json_link(const struct card *card)
{
	static const char *const limits[] = {
		[LINK_LIMIT_SLOT] = "slot", [LINK_LIMIT_CARD] = "card", [LINK_LIMIT_FAULT] = "fault"
	};
	struct path_link own = path_link(card, path_count_links(card) - 1);
	struct json_object *object = js_new_object();

	put_link(object, &card->link);
	js_put_text(object, "limited_by", limits[link_limit(&own.lower.link, &own.upper.link)]);
	return object;
}

static struct json_object *json_path(const struct card *card)
{
	struct json_object *list = js_new_list();

	for (size_t i = 0; i <= card->n_ports; i++) {
		struct port function = path_function(card, i);
		struct json_object *object = js_new_object();

		js_put_text(object, "address", function.address);
		put_link(object, &function.link);
		js_append(list, object);
	}
	return list;
}

static struct json_object *json_root_port(const struct card *card)
{
	const struct port *port = card->ports;
	struct json_object *object;

	if (!card->n_ports)
		return NULL;
	object = js_new_object();
	js_put_text(object, "address", port->address);
	put_speed(object, "max_speed_gts", port->link.max_speed);
	js_put_number(object, "max_width", port->link.max_width);
	js_put_text(object, "controller", card->controller);
	return object;
}

static struct json_object *json_errors(struct aer aer)
{
	struct json_object *object = js_new_object();

	js_put_number(object, "correctable", aer.correctable);
	js_put_number(object, "nonfatal", aer.nonfatal);
	js_put_number(object, "fatal", aer.fatal);
	return object;
}

static struct json_object *json_counts(const struct irq_table *table, const struct vector *vector)
{
	struct json_object *object = vector->counts ? js_new_object() : NULL;

	for (size_t i = 0; object && i < table->n_columns; i++) {
		char cpu[16];

		snprintf(cpu, sizeof(cpu), "%d", table->cpus[i]);
		js_put_number(object, cpu, (int64_t)vector->counts[i]);
	}
	return object;
}

static struct json_object *json_thread(const struct irq_thread *thread)
{
	struct json_object *object;

	if (!thread->pid)
		return NULL;
	object = js_new_object();
	js_put_number(object, "pid", thread->pid);
	js_put_number(object, "priority", thread->priority);
	put_cpu_list(object, "cpus", &thread->allowed);
	js_put_number(object, "last_cpu", thread->last_cpu);
	return object;
}

static struct json_object *json_vector(const struct machine *machine, const struct vector *vector)
{
	const struct irq_thread *const threads[] = { &vector->thread, &vector->secondary };
	struct json_object *object = js_new_object(), *list = js_new_list();

	for (size_t i = 0; i < ARRAY_SIZE(threads); i++)
		if (threads[i]->pid)
			js_append(list, json_thread(threads[i]));
	js_put_number(object, "irq", vector->irq);
	js_put_text(object, "chip", vector->chip);
	js_put_text(object, "action", vector->action);
	js_put(object, "counts", json_counts(&machine->irqs, vector));
	put_cpu_list(object, "affinity", &vector->affinity);
	put_cpu_list(object, "effective", &vector->effective);
	js_put_number(object, "busiest_cpu", diagnose_busiest_cpu(machine, vector));
	js_put(object, "thread", json_thread(threads[0]->pid ? threads[0] : threads[1]));
	js_put(object, "threads", list);
	return object;
}

static struct json_object *json_smi(const struct smi_card *smi)
{
	struct json_object *object;

	if (!smi)
		return NULL;
	object = js_new_object();
	js_put_text(object, "firmware", *smi->firmware ? smi->firmware : NULL);
	js_put_number(object, "temperature_c", smi->temperature_c);
	js_put_number(object, "npu_percent", smi->npu_percent);
	js_put_number(object, "memory_used_mib", smi->used_mib);
	js_put_number(object, "memory_total_mib", smi->total_mib);
	return object;
}

static struct json_object *json_card(const struct machine *machine, const struct card *card,
				     int cpu)
{
	static const char *const aspm[] = { "off", "L0s", "L1", "L0s L1" };
	struct json_object *object = report_json_card(card), *irqs = js_new_list();
	const struct express *express = &card->express;
	struct path_link narrowest = { 0 };

	js_put_text(object, "name", card_name(card->id));
	js_put_text(object, "driver", card->driver);
	js_put_text(object, "driver_version", card->driver_version);
	js_put_number(object, "cpu", cpu);
	js_put(object, "link", json_link(card));
	js_put(object, "path", json_path(card));
	js_put_number(object, "bandwidth_mb_s", path_bandwidth(card, &narrowest));
	js_put_text(object, "narrowest", *narrowest.upper.address ? narrowest.upper.address : NULL);
	js_put(object, "root_port", json_root_port(card));
	js_put_number(object, "mps", express->payload);
	js_put_number(object, "mrrs", express->read_request);
	js_put_text(object, "aspm", express->aspm >= 0 ? aspm[express->aspm] : NULL);
	js_put(object, "aer", json_errors(path_sum_errors(card, card->n_ports + 1)));
	js_put(object, "aer_port", json_errors(path_sum_errors(card, card->n_ports)));
	js_put(object, "smi", json_smi(smi_find(&machine->smi, card->address)));
	for (size_t i = 0; i < card->n_vectors; i++)
		js_append(irqs, json_vector(machine, &card->vectors[i]));
	js_put(object, "irqs", irqs);
	return object;
}

/* The weakest irqbalance ban on any IRQ of the cards; NULL if unknown or without such an IRQ. */
static const char *weakest_ban(const struct machine *machine)
{
	const struct irqbalance *irqbalance = &machine->irqbalance;
	enum ban weakest = BAN_IN_FORCE;
	bool any = false;

	for (size_t i = 0; irqbalance->pid && i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];

		for (size_t v = 0; card_is_ready(card) && v < card->n_vectors; v++) {
			enum ban ban = irqbalance_ban(irqbalance, card->vectors[v].irq);

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
	return machine->services.drop_in ? "persistent" : "runtime";
}

static struct json_object *json_rival(const struct machine *machine, const struct rival *rival)
{
	struct json_object *object = js_new_object();

	js_put_text(object, "name", rival->name);
	js_put_bool(object, "running", rival->running);
	put_known_bool(object, "enabled", machine->services.asked, rival->enabled);
	js_put_text(object, "writes", rival->affinity ? "affinity" : "governor");
	js_put_text(object, "ban", rival->affinity ? weakest_ban(machine) : NULL);
	return object;
}

static struct json_object *json_service(const struct services *services)
{
	const struct unit *own = &services->own;
	struct json_object *object = js_new_object();

	put_known_bool(object, "enabled", services->asked, !strcmp(own->file_state, "enabled"));
	put_known_bool(object, "active", services->asked, !strcmp(own->active, "active"));
	js_put_text(object, "result", *own->result ? own->result : NULL);
	return object;
}

static struct json_object *json_finding(const struct finding *finding)
{
	struct json_object *object = js_new_object();

	js_put_text(object, "severity", severity_name(finding->severity));
	js_put_text(object, "code", finding->code);
	js_put_text(object, "text", finding->text);
	js_put_text(object, "advice", finding->advice);
	return object;
}

int report_json_diagnose(const struct machine *machine, const struct plan *plan,
			 const struct findings *findings)
{
	struct json_object *document = report_json_new("diagnose"), *list;

	js_put(document, "board", json_board(&machine->system));
	list = js_new_list();
	for (size_t i = 0; i < machine->cpus.n_cpus; i++)
		js_append(list, json_cpu(&machine->cpus, &machine->cpus.cpus[i]));
	js_put(document, "cpus", list);
	list = js_new_list();
	for (size_t i = 0; i < machine->n_cards; i++)
		js_append(list, json_card(machine, &machine->cards[i],
					  i < plan->n_cards ? plan->cpus[i] : -1));
	js_put(document, "cards", list);
	list = js_new_list();
	for (size_t i = 0; i < machine->services.n_rivals; i++)
		js_append(list, json_rival(machine, &machine->services.rivals[i]));
	js_put(document, "rivals", list);
	js_put(document, "service", json_service(&machine->services));
	list = js_new_list();
	for (size_t i = 0; i < findings->count; i++)
		js_append(list, json_finding(&findings->list[i]));
	js_put(document, "findings", list);
	return report_json_print(document);
}
