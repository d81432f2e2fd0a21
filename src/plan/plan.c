/* SPDX-License-Identifier: MIT */
/* What has to be changed, and why. Pure: no file, no clock, no output. */

#include "plan/plan.h"

#include "base/util.h"
#include "machine/machine.h"
#include "plan/choose-core.h"
#include "plan/config.h"
#include "plan/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char *copy_or_null(const char *text)
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
	op->had = copy_or_null(had);
	op->want = want;
	op->why = why;
	if (!op->path || !op->want || !op->why || (had && !op->had))
		return NULL;
	if (!had) {
		op->result = OP_FAILED;
		op->error = ENOENT;
	} else if (kinds[kind].is_same(had, want)) {
		op->result = OP_UNCHANGED;
	}
	return op;
}

int op_set_path(struct op *op, const char *path)
{
	char *copy = copy_or_null(path);

	if (!copy)
		return path ? -ENOMEM : 0;
	free(op->path);
	op->path = copy;
	return 0;
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
		return text_format("CPU%d is the fastest free core: capacity %" PRId64 ", %" PRId64
				   " MHz, %" PRIu64 " other interrupts.",
				   cpu->id, cpu->capacity, cpu->max_khz / 1000, cpu->others);
	if (cpu->max_khz >= 0)
		return text_format("CPU%d is the fastest free core: %" PRId64 " MHz, %" PRIu64
				   " other interrupts.",
				   cpu->id, cpu->max_khz / 1000, cpu->others);
	if (cpu_speed_is_known(cpu))
		return text_format("CPU%d is one of the fastest free cores, with %" PRIu64
				   " other interrupts.",
				   cpu->id, cpu->others);
	return text_format("CPU%d is the free core with the fewest other interrupts.", cpu->id);
}

/* irqbalance must leave the interrupt alone before we move it, or it moves it back. */
static int plan_ban(struct plan *plan, const struct irqbalance *irqbalance, const struct card *card,
		    int irq)
{
	bool banned = irqbalance_has_banned(irqbalance, irq);
	struct op *op;

	/* If we may not query irqbalance, we may not command it. */
	if (!irqbalance->pid || irqbalance->error == EACCES || irqbalance->error == EPERM)
		return 0;
	op = plan_add_op(plan, KIND_IRQBALANCE_BAN, irq, card->address,
			 irqbalance->error ? NULL
			 : banned	   ? IRQBALANCE_BANNED
					   : IRQBALANCE_BALANCED,
			 strdup(IRQBALANCE_BANNED),
			 text_format("irqbalance would move IRQ %d again.", irq));
	if (!op)
		return -ENOMEM;
	if (irqbalance->error) {
		/* Not a failure of the machine: everything else works without it. */
		op->result = OP_SKIPPED;
		op->error = irqbalance->error;
	} else if (!banned && !irqbalance_has_room(irqbalance, irq)) {
		/* The owner has done what can be done, if this irqbalance heeds it. */
		op->result = irqbalance_is_told_of(irqbalance, card->driver) ? OP_SKIPPED
									     : OP_FAILED;
		op->error = E2BIG;
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
 * Lifts the bans of interrupts that no longer belong to a card: the kernel may give their numbers
 * to another device. If that is another card of ours, the ban stays.
 */
static int plan_stale_bans(struct plan *plan, const struct machine *machine,
			   const struct state *state)
{
	for (size_t i = 0; state && i < state->n_saved; i++) {
		const struct saved *saved = &state->saved[i];

		if (saved->kind != KIND_IRQBALANCE_BAN || plans_ban(plan, saved->id) ||
		    !irqbalance_has_banned(&machine->irqbalance, saved->id) ||
		    machine_find_vector(machine, saved->card, saved->id))
			continue;
		if (!plan_add_op(
			    plan, KIND_IRQBALANCE_BAN, saved->id, saved->card, IRQBALANCE_BANNED,
			    strdup(IRQBALANCE_BALANCED),
			    text_format("IRQ %d is no longer one of %s.", saved->id, saved->card)))
			return -ENOMEM;
	}
	return 0;
}

static int plan_vector(struct plan *plan, const struct cpus *cpus, const struct config *config,
		       const struct state *state, const char *card, const struct vector *vector,
		       int target)
{
	const struct saved *saved = state ? state_find(state, KIND_IRQ_AFFINITY, vector->irq, card)
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
	op->told_before = saved && saved->unmovable;
	if (op->result == OP_WOULD_CHANGE && (!vector->settable || op->told_before)) {
		op->result = OP_UNMOVABLE;
		op->error = op->told_before ? saved->unmovable : EPERM;
		op->retry = vector->settable;
	}
	if (!vector->secondary_cpus || op->result == OP_UNMOVABLE)
		return 0;
	op = plan_add_op(
		plan, KIND_IRQ_THREAD, vector->irq, card, vector->secondary_cpus,
		cpuset_format_list(&set),
		strdup("The driver's handler runs in this thread, which Linux 6.1 does not "
		       "move along with the IRQ."));
	return op ? 0 : -ENOMEM;
}

/* A CPU that the user named must be able to take an interrupt. */
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
			   const struct config *config, const struct state *state,
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
			r = plan_vector(plan, &machine->cpus, config, state, card->address,
					&card->vectors[v], plan->cpus[i]);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static bool is_offered(const struct present *present, const char *value)
{
	return !present->offered || text_has_word(present->offered, value);
}

static char *explain_wish(const struct machine *machine, enum kind kind, int id, const char *value)
{
	return kinds[kind].explain ? kinds[kind].explain(machine, id, value)
				   : text_format("%s= asks for this value.", kinds[kind].key);
}

static int refuse_wish(enum kind kind, int id, const char *value, const char *offered,
		       struct error *error)
{
	CLEANUP_FREE char *label = kind_label(kind, id);

	return error_set(
		error, -EINVAL,
		"the %s cannot be '%s'; the kernel offers: %s. Choose one of them, or load "
		"the module that provides '%s'",
		label ? label : kinds[kind].name, value, offered, value);
}

/* Every target of a kind that the configuration asks for. */
static int plan_wish(struct plan *plan, const struct machine *machine, enum kind kind,
		     const struct config *config, const struct cpuset *chosen, struct error *error)
{
	const char *value = config->wanted[kind], *refused = NULL;
	bool offered = false;
	int at = 0;

	for (int id = kinds[kind].next(machine, chosen, 0); id >= 0;
	     id = kinds[kind].next(machine, chosen, id + 1)) {
		const struct present present = kinds[kind].present(machine, kind, "", id);
		struct op *op = plan_add_op(plan, kind, id, "", present.value, strdup(value),
					    explain_wish(machine, kind, id, value));

		if (!op || op_set_path(op, present.path) < 0)
			return -ENOMEM;
		note_unreadable(op, present.error);
		if (op->result == OP_UNCHANGED || is_offered(&present, value)) {
			offered = true;
			continue;
		}
		refused = present.offered;
		at = id;
	}
	/*
	 * No target offers the name that the user gave: a mistyped one, refused before anything is
	 * written. Any other is written, for the kernel may load the module of a governor then.
	 */
	return refused && !offered && config->named & KIND_BIT(kind)
		       ? refuse_wish(kind, at, value, refused, error)
		       : 0;
}

/* "userspace" forgets its speed when another governor takes over. */
static int plan_speeds(struct plan *plan, const struct machine *machine)
{
	for (size_t i = 0, n = plan->n_ops; i < n; i++) {
		const enum kind kind = KIND_GOVERNOR_SPEED;
		const int id = plan->ops[i].id;
		struct present now;

		if (plan->ops[i].kind != KIND_GOVERNOR || plan->ops[i].result != OP_WOULD_CHANGE)
			continue;
		now = kinds[kind].present(machine, kind, "", id);
		if (now.value && strcmp(now.value, SPEED_UNSUPPORTED) != 0 &&
		    !plan_add_op(plan, kind, id, "", now.value, strdup(SPEED_UNSUPPORTED),
				 strdup("Only 'userspace' holds a speed. revert sets it again.")))
			return -ENOMEM;
	}
	return 0;
}

unsigned plan_kinds(const struct config *config, const struct state *state)
{
	unsigned set = KIND_BIT(KIND_IRQBALANCE_BAN) | KIND_BIT(KIND_IRQ_AFFINITY) |
		       KIND_BIT(KIND_IRQ_THREAD);

	for (enum kind kind = 0; config && kind < N_KINDS; kind++)
		if (config->wanted[kind])
			set |= KIND_BIT(kind);
	if (set & KIND_BIT(KIND_GOVERNOR))
		set |= KIND_BIT(KIND_GOVERNOR_SPEED);
	for (size_t i = 0; state && i < state->n_saved; i++)
		set |= KIND_BIT(state->saved[i].kind);
	return set;
}

static int plan_settings(struct plan *plan, const struct machine *machine,
			 const struct config *config, const struct state *state,
			 struct error *error)
{
	struct cpuset chosen = { 0 };
	int r = plan_affinities(plan, machine, config, state, error);

	/* Without a card that is ready, leave the machine alone. */
	if (r < 0 || !plan->n_ops)
		return r;
	for (size_t i = 0; i < plan->n_cards; i++)
		if (plan->cpus[i] >= 0)
			cpuset_add(&chosen, plan->cpus[i]);
	r = plan_stale_bans(plan, machine, state);
	for (enum kind kind = 0; r == 0 && kind < N_KINDS; kind++)
		if (config->wanted[kind])
			r = plan_wish(plan, machine, kind, config, &chosen, error);
	return r < 0 ? r : plan_speeds(plan, machine);
}

int plan_tune(const struct machine *machine, const struct config *config, const struct state *state,
	      struct plan *ret, struct error *error)
{
	struct plan plan = { .n_cards = machine->n_cards };
	int r = 0;

	if (machine->is_partial_view)
		return error_set(
			error, -ENOTSUP,
			"sysfs lacks CPUs that /proc/interrupts shows to be online: this is a "
			"container with a view of its own; run ax650n-tune on the host");
	if (config->cpu >= 0)
		r = check_cpu(&machine->cpus, config->cpu, error);
	if (r < 0)
		return r;
	plan.cpus = malloc((machine->n_cards + 1) * sizeof(*plan.cpus));
	for (size_t i = 0; plan.cpus && i < machine->n_cards; i++)
		plan.cpus[i] = -1;
	r = plan.cpus ? plan_settings(&plan, machine, config, state, error) : -ENOMEM;
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

int plan_take_op(struct plan *plan, struct op *op)
{
	struct op *grown = array_grow(plan->ops, plan->n_ops, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	plan->ops = grown;
	grown[plan->n_ops++] = *op;
	*op = (struct op){ 0 };
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
