/* SPDX-License-Identifier: MIT */
/* What has to be changed, and why. Pure: no file, no clock, no output. */

#include "plan/plan.h"

#include "base/util.h"
#include "plan/choose-core.h"
#include "plan/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char *copy_text(const char *text)
{
	return text ? strdup(text) : NULL;
}

struct op *plan_add_op(struct plan *plan, enum kind kind, int id, const char *card, const char *had,
		       char *want, char *why)
{
	struct op *op = array_grow(plan->ops, plan->n_ops, sizeof(*op));

	if (!op) {
		free(want);
		free(why);
		return NULL;
	}
	plan->ops = op;
	op += plan->n_ops++;
	op->kind = kind;
	op->id = id;
	snprintf(op->card, sizeof(op->card), "%s", card);
	op->path = kind_path(kind, id);
	op->had = copy_text(had);
	op->want = want;
	op->why = why;
	if (!op->path || !op->want || !op->why || (had && !op->had))
		return NULL;
	if (!had) {
		op->result = OP_FAILED;
		op->error = ENOENT;
	} else if (kind_same_value(kind, had, want)) {
		op->result = OP_UNCHANGED;
	}
	return op;
}

/* Why the present value of a setting is unknown, if it is. */
static void note_unreadable(struct op *op, int error)
{
	if (!op->had && error)
		op->error = error;
}

static char *explain_core(const struct cpu *cpu, bool asked, bool moves)
{
	if (asked)
		return text_format("CPU%d was asked for.", cpu->id);
	if (!moves)
		return text_format("CPU%d is one of the fastest cores, and the card's alone.",
				   cpu->id);
	if (cpu->capacity >= 0 && cpu->max_khz >= 0)
		return text_format("CPU%d is the fastest free core: capacity %ld, %ld MHz, %" PRIu64
				   " other interrupts.",
				   cpu->id, cpu->capacity, cpu->max_khz / 1000, cpu->others);
	if (cpu->max_khz >= 0)
		return text_format("CPU%d is the fastest free core: %ld MHz, %" PRIu64
				   " other interrupts.",
				   cpu->id, cpu->max_khz / 1000, cpu->others);
	return text_format("CPU%d is the free core with the fewest other interrupts.", cpu->id);
}

/* irqbalance must leave the interrupt alone before it is moved, or else it moves it back. */
static int plan_ban(struct plan *plan, const struct irqbalance *irqbalance, const struct card *card,
		    int irq)
{
	enum ban ban = irqbalance_ban(irqbalance, irq, card->driver);
	struct op *op;

	/* Who may not ask it may not tell it anything either. */
	if (!irqbalance->pid || irqbalance->error == EACCES || irqbalance->error == EPERM)
		return 0;
	op = plan_add_op(plan, KIND_IRQBALANCE_BAN, irq, card->address,
			 ban == BAN_UNKNOWN ? NULL
			 : ban == BAN_NONE  ? IRQBALANCE_BALANCED
					    : IRQBALANCE_BANNED,
			 strdup(IRQBALANCE_BANNED),
			 text_format("irqbalance would move interrupt %d again.", irq));
	if (!op)
		return -ENOMEM;
	/* It is not the machine that has failed: the rest works without. */
	if (ban == BAN_UNKNOWN) {
		op->result = OP_SKIPPED;
		op->error = irqbalance->error;
	}
	return 0;
}

static bool plans_ban(const struct plan *plan, int irq)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].kind == KIND_IRQBALANCE_BAN && plan->ops[i].id == irq)
			return true;
	return false;
}

/*
 * The bans of interrupts that were a card's: their numbers can come to mean another device. If that
 * is another card, the ban is right.
 */
static int plan_stale_bans(struct plan *plan, const struct machine *machine,
			   const struct state *known)
{
	for (size_t i = 0; known && i < known->n_saved; i++) {
		const struct saved *saved = &known->saved[i];

		if (saved->kind != KIND_IRQBALANCE_BAN || plans_ban(plan, saved->id) ||
		    !irqbalance_has_banned(&machine->irqbalance, saved->id) ||
		    cards_find_vector(machine->cards, machine->n_cards, saved->card, saved->id))
			continue;
		if (!plan_add_op(plan, KIND_IRQBALANCE_BAN, saved->id, saved->card,
				 IRQBALANCE_BANNED, strdup(IRQBALANCE_BALANCED),
				 text_format("Interrupt %d is no longer one of %s.", saved->id,
					     saved->card)))
			return -ENOMEM;
	}
	return 0;
}

static int plan_vector(struct plan *plan, const struct cpus *cpus, const struct config *config,
		       const struct state *known, const char *card, const struct vector *vector,
		       int target)
{
	const struct saved *saved = known ? state_find(known, KIND_IRQ_AFFINITY, vector->irq, card)
					  : NULL;
	struct cpuset set = { 0 };
	struct op *op;
	bool moves;

	cpuset_add(&set, target);
	moves = !cpuset_equal(&set, &vector->affinity);
	op = plan_add_op(plan, KIND_IRQ_AFFINITY, vector->irq, card, vector->mask,
			 cpuset_format_mask(&set, cpus->possible),
			 explain_core(cpus_find(cpus, target), config->cpu >= 0, moves));
	if (!op)
		return -ENOMEM;
	note_unreadable(op, vector->mask_error);
	if (op->result == OP_WOULD_CHANGE && (!vector->settable || (saved && saved->unmovable))) {
		op->result = OP_UNMOVABLE;
		op->known = saved && saved->unmovable;
		op->error = saved && saved->unmovable ? saved->unmovable : EPERM;
	}
	return 0;
}

/* The CPU that was asked for must be able to take an interrupt. */
static int check_cpu(const struct cpus *cpus, int id, struct error *error)
{
	const struct cpu *cpu = cpus_find(cpus, id);
	struct cpuset usable = { 0 };
	CLEANUP_FREE char *list = NULL;

	if (cpu && cpu->online)
		return 0;
	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].online)
			cpuset_add(&usable, cpus->cpus[i].id);
	list = cpuset_format_list(&usable);
	if (!cpu)
		return error_set(error, -EINVAL, "there is no CPU%d; online are %s", id,
				 list ? list : "others");
	return error_set(error, -ENXIO, "CPU%d is offline; online are %s", id,
			 list ? list : "others");
}

static int plan_affinities(struct plan *plan, const struct machine *machine,
			   const struct config *config, const struct state *known,
			   struct error *error)
{
	int r;

	r = cores_choose(&machine->cpus, machine->cards, machine->n_cards, plan->cpus);
	if (r == -ENXIO && config->cpu < 0)
		return error_set(error, r,
				 "every CPU is offline, isolated or nohz_full; name one with --cpu "
				 "or Cpu=");
	if (r == -ENOMEM)
		return r;
	for (size_t i = 0; i < machine->n_cards; i++) {
		const struct card *card = &machine->cards[i];

		if (!card_is_ready(card))
			continue;
		if (config->cpu >= 0)
			plan->cpus[i] = config->cpu;
		for (size_t v = 0; v < card->n_vectors; v++) {
			if (!card->vectors[v].handler)
				continue;
			if (card->vectors[v].settable &&
			    plan_ban(plan, &machine->irqbalance, card, card->vectors[v].irq) < 0)
				return -ENOMEM;
			r = plan_vector(plan, &machine->cpus, config, known, card->address,
					&card->vectors[v], plan->cpus[i]);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* True if the policy has an online CPU of the big class: its clock counts for the card. */
static bool is_big(const struct cpus *cpus, const struct policy *policy)
{
	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].online && cpus->cpus[i].big &&
		    cpuset_has(&policy->cpus, cpus->cpus[i].id))
			return true;
	return false;
}

static bool offers(const char *governors, const char *governor)
{
	return !governors || text_has_word(governors, governor);
}

static char *explain_governor(const struct policy *policy)
{
	CLEANUP_FREE char *list = cpuset_format_list(&policy->cpus);

	return list ? text_format(
			      "CPUs %s are of the fast class; their clock must not drop between "
			      "calls.",
			      list)
		    : NULL;
}

static int refuse_governor(const char *governor, const char *key, const char *option,
			   const char *governors, struct error *error)
{
	return error_set(error, -EINVAL,
			 "no governor '%s' here; there are: %s; name one of them with %s%s=, or "
			 "load its module",
			 governor, governors, option, key);
}

static int plan_governors(struct plan *plan, const struct cpus *cpus, const char *governor,
			  struct error *error)
{
	const char *refused = NULL;
	bool offered = false;

	for (size_t i = 0; i < cpus->n_policies; i++) {
		const struct policy *policy = &cpus->policies[i];
		struct op *op;

		if (!is_big(cpus, policy))
			continue;
		op = plan_add_op(plan, KIND_GOVERNOR, policy->id, "", policy->governor,
				 strdup(governor), explain_governor(policy));
		if (!op)
			return -ENOMEM;
		note_unreadable(op, policy->governor_error);
		if (op->result == OP_UNCHANGED || offers(policy->governors, governor)) {
			offered = true;
		} else {
			refused = policy->governors;
			op->result = OP_FAILED;
			op->error = EINVAL;
		}
	}
	/* On every policy: a mistyped name, to be refused before anything is written. */
	if (refused && !offered)
		return refuse_governor(governor, "Governor", "--governor or ", refused, error);
	return 0;
}

/* The idle limit of each chosen CPU, once even if two cards share it. */
static int plan_idle_latency(struct plan *plan, const struct cpus *cpus, long latency_us)
{
	struct cpuset done = { 0 };

	for (size_t i = 0; i < plan->n_cards; i++) {
		int id = plan->cpus[i];
		const struct cpu *cpu = cpus_find(cpus, id);
		struct op *op;

		if (id < 0 || cpuset_has(&done, id))
			continue;
		cpuset_add(&done, id);
		op = plan_add_op(
			plan, KIND_IDLE_LATENCY, id, "", cpu->latency,
			text_format("%ld", latency_us),
			text_format("IdleLatency= keeps CPU%d out of idle states that take "
				    "longer than %ld us to leave.",
				    id, latency_us));
		if (!op)
			return -ENOMEM;
		note_unreadable(op, cpu->latency_error);
	}
	return 0;
}

static int plan_memory(struct plan *plan, const struct memory *memory, const char *governor,
		       struct error *error)
{
	struct op *op;

	if (memory->governor && !offers(memory->governors, governor))
		return refuse_governor(governor, "MemoryGovernor", "", memory->governors, error);
	op = plan_add_op(plan, KIND_MEMORY_GOVERNOR, 0, "", memory->governor, strdup(governor),
			 strdup("MemoryGovernor= sets how the clock of the memory is chosen."));
	if (!op)
		return -ENOMEM;
	note_unreadable(op, memory->error);
	return 0;
}

unsigned plan_kinds(const struct config *config, const struct state *state)
{
	unsigned kinds = KIND_BIT(KIND_IRQ_AFFINITY) | KIND_BIT(KIND_IRQBALANCE_BAN) |
			 (config->governor ? KIND_BIT(KIND_GOVERNOR) : 0) |
			 (config->idle_latency_us >= 0 ? KIND_BIT(KIND_IDLE_LATENCY) : 0) |
			 (config->memory_governor ? KIND_BIT(KIND_MEMORY_GOVERNOR) : 0);

	for (size_t i = 0; i < state->n_saved; i++)
		kinds |= KIND_BIT(state->saved[i].kind);
	return kinds;
}

static int plan_settings(struct plan *plan, const struct machine *machine,
			 const struct config *config, const struct state *known,
			 struct error *error)
{
	int r = plan_affinities(plan, machine, config, known, error);

	/* Nothing to serve: leave the rest of the machine alone. */
	if (r < 0 || !plan->n_ops)
		return r;
	r = plan_stale_bans(plan, machine, known);
	if (r == 0 && config->governor)
		r = plan_governors(plan, &machine->cpus, config->governor, error);
	if (r == 0 && config->idle_latency_us >= 0)
		r = plan_idle_latency(plan, &machine->cpus, config->idle_latency_us);
	if (r == 0 && config->memory_governor)
		r = plan_memory(plan, &machine->memory, config->memory_governor, error);
	return r;
}

int plan_tune(const struct machine *machine, const struct config *config, const struct state *known,
	      struct plan *ret, struct error *error)
{
	struct plan plan = { .n_cards = machine->n_cards };
	int r = 0;

	if (config->cpu >= 0)
		r = check_cpu(&machine->cpus, config->cpu, error);
	if (r < 0)
		return r;
	plan.cpus = malloc((machine->n_cards + 1) * sizeof(*plan.cpus));
	for (size_t i = 0; plan.cpus && i < machine->n_cards; i++)
		plan.cpus[i] = -1;
	r = plan.cpus ? plan_settings(&plan, machine, config, known, error) : -ENOMEM;
	if (r == -ENOMEM)
		error_set(error, r, "out of memory");
	if (r < 0) {
		plan_done(&plan);
		return r;
	}
	*ret = plan;
	return 0;
}

void plan_done(struct plan *plan)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		op_done(&plan->ops[i]);
	free(plan->ops);
	free(plan->cpus);
	*plan = (struct plan){ 0 };
}

struct op *plan_find_op(const struct plan *plan, const struct op *like)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].kind == like->kind && plan->ops[i].id == like->id &&
		    !strcmp(plan->ops[i].card, like->card))
			return &plan->ops[i];
	return NULL;
}

int plan_merge(struct plan *plan, struct plan *later)
{
	for (size_t i = 0; i < later->n_ops; i++) {
		struct op *op = &later->ops[i], *had = plan_find_op(plan, op);

		if (had && op->result == OP_UNCHANGED)
			continue;
		if (!had) {
			struct op *grown = array_grow(plan->ops, plan->n_ops, sizeof(*grown));

			if (!grown)
				return -ENOMEM;
			plan->ops = grown;
			had = &plan->ops[plan->n_ops++];
		}
		op_done(had);
		*had = *op;
		*op = (struct op){ 0 };
	}
	free(plan->cpus);
	plan->cpus = later->cpus;
	plan->n_cards = later->n_cards;
	later->cpus = NULL;
	plan_done(later);
	return 0;
}

bool plan_has(const struct plan *plan, enum op_result result)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (plan->ops[i].result == result)
			return true;
	return false;
}

enum plan_result plan_sum(const struct plan *plan, bool ready)
{
	bool changes = plan_has(plan, OP_CHANGED) || plan_has(plan, OP_WOULD_CHANGE);

	if (plan_has(plan, OP_FAILED) || !ready)
		return changes || plan_has(plan, OP_UNCHANGED) ? PLAN_PARTIAL : PLAN_FAILED;
	return changes ? PLAN_TUNED : PLAN_UNCHANGED;
}
