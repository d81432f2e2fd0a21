/* SPDX-License-Identifier: MIT */
/* The variants that bench compares, as plans. Pure. */

#include "bench/variant.h"

#include "base/util.h"
#include "machine/machine.h"
#include "plan/config.h"
#include "plan/plan.h"
#include "plan/state.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static int add_word(struct variant *variant, const char *word, const struct config *config)
{
	unsigned found = 0;
	int64_t cpu;

	for (enum kind kind = 0; kind < N_KINDS; kind++)
		if (!strcmp(word, kinds[kind].variant))
			found |= KIND_BIT(kind);
	if (!strcmp(word, "tuned"))
		found = plan_kinds(config, NULL);
	if (!strncmp(word, "cpu", 3) && variant->cpu < 0 &&
	    parse_long(word + 3, 0, INT_MAX, &cpu) == 0) {
		found = KIND_BIT(KIND_IRQBALANCE_BAN) | KIND_BIT(KIND_IRQ_AFFINITY) |
			KIND_BIT(KIND_IRQ_THREAD);
		variant->cpu = (int)cpu;
	}
	variant->moves = variant->moves || !strcmp(word, kinds[KIND_IRQ_AFFINITY].variant) ||
			 variant->cpu >= 0;
	variant->kinds |= found;
	return found ? 0 : -EINVAL;
}

static int refuse_name(const char *name, struct error *error)
{
	return error_set(error, -EINVAL,
			 "unknown setting '%s': use default, or tuned, irq, governor, idle, memory "
			 "and cpuN joined by '+', or cpus for all of them",
			 name);
}

static int parse_variant(const char *name, const struct config *config, struct variant *ret,
			 struct error *error)
{
	struct variant variant = { .cpu = -1 };
	char words[sizeof(variant.name)];
	char *rest = words, *word;

	if (strlen(name) >= sizeof(words))
		return refuse_name(name, error);
	memcpy(words, name, strlen(name) + 1);
	memcpy(variant.name, name, strlen(name) + 1);
	while (strcmp(name, "default") != 0 && (word = strsep(&rest, "+")))
		if (add_word(&variant, word, config) < 0)
			return refuse_name(name, error);
	*ret = variant;
	return 0;
}

static int add_variant(const char *name, const struct config *config, struct variants *variants,
		       struct error *error)
{
	if (variants->count == VARIANTS_MAX)
		return error_set(error, -EINVAL, "--settings takes up to %d settings",
				 VARIANTS_MAX);
	for (size_t i = 0; i < variants->count; i++)
		if (!strcmp(variants->list[i].name, name))
			return error_set(error, -EINVAL, "setting %s is listed twice", name);
	return parse_variant(name, config, &variants->list[variants->count++], error);
}

static int add_each_cpu(const struct cpus *cpus, const struct config *config,
			struct variants *variants, struct error *error)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < cpus->n_cpus; i++) {
		char name[sizeof(variants->list[0].name)];

		if (!cpus->cpus[i].online)
			continue;
		snprintf(name, sizeof(name), "cpu%d+tuned", cpus->cpus[i].id);
		r = add_variant(name, config, variants, error);
	}
	return r;
}

int variants_parse(const char *list, const struct cpus *cpus, const struct config *config,
		   struct variants *ret, struct error *error)
{
	CLEANUP_FREE char *text = strdup(list);
	struct variants variants = { 0 };
	char *rest = text, *name;
	int r = text ? 0 : error_set(error, -ENOMEM, "out of memory");

	while (r == 0 && (name = strsep(&rest, ",")))
		r = strcmp(name, "cpus") ? add_variant(name, config, &variants, error)
					 : add_each_cpu(cpus, config, &variants, error);
	if (r == 0 && variants.count < 2)
		r = error_set(error, -EINVAL, "--settings takes at least two settings to compare");
	if (r == 0)
		*ret = variants;
	return r;
}

/* plan_revert() leaves alone what something else has set; a measurement cannot. */
static int plan_originals(const struct machine *machine, const struct state *state,
			  struct plan *ret)
{
	int r = plan_revert(machine, state, ret);

	for (size_t i = 0; r == 0 && i < ret->n_ops; i++)
		if (ret->ops[i].result == OP_SKIPPED && ret->ops[i].had)
			ret->ops[i].result = OP_WOULD_CHANGE;
	return r;
}

int variant_plan(const struct variant *variant, const struct machine *machine,
		 const struct config *config, const struct state *state, struct plan *ret,
		 struct error *error)
{
	/* A copy for looking at: what its pointers point to stays CONFIG's. */
	struct config wanted = *config;
	struct plan tune = { 0 }, back = { 0 }, plan = { 0 };
	int r;

	if (variant->cpu >= 0)
		wanted.cpu = variant->cpu;
	for (enum kind kind = 0; kind < N_KINDS; kind++)
		if (variant->kinds & KIND_BIT(kind) && !wanted.wanted[kind]) {
			wanted.wanted[kind] = (char *)kinds[kind].usual;
			wanted.named |= KIND_BIT(kind);
		}
	r = plan_tune(machine, &wanted, state, &tune, error);
	if (r < 0)
		return r;
	r = plan_originals(machine, state, &back);
	/* First the originals of everything that the variant does not set, then what it sets. */
	for (size_t i = 0; r == 0 && i < back.n_ops; i++) {
		const enum kind kind = back.ops[i].kind;
		bool sets = variant->kinds & KIND_BIT(kind);

		/* A governor that is set has no speed to put back. */
		if (!sets || (kind != KIND_GOVERNOR_SPEED && !plan_find_op(&tune, &back.ops[i])))
			r = plan_take_op(&plan, &back.ops[i]);
	}
	for (size_t i = 0; r == 0 && i < tune.n_ops; i++)
		if (variant->kinds & KIND_BIT(tune.ops[i].kind))
			r = plan_take_op(&plan, &tune.ops[i]);
	plan.cpus = tune.cpus;
	plan.n_cards = tune.n_cards;
	tune.cpus = NULL;
	plan_done(&tune);
	plan_done(&back);
	if (r < 0) {
		plan_done(&plan);
		return error_set(error, r, "out of memory");
	}
	*ret = plan;
	return 0;
}

/* What "tuned" cannot move stays where it is; a name that asks for the move would lie. */
static bool is_refused(const struct variant *variant, const struct op *op)
{
	return variant->moves && op->result == OP_UNMOVABLE;
}

int variants_check(const struct variants *variants, const struct machine *machine,
		   const struct config *config, const struct state *state, struct error *error)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < variants->count; i++) {
		const struct variant *variant = &variants->list[i];
		struct plan plan = { 0 };

		r = variant_plan(variant, machine, config, state, &plan, error);
		for (size_t k = 0; r == 0 && k < plan.n_ops; k++)
			if (is_refused(variant, &plan.ops[k]) && !plan.ops[k].retry)
				r = error_set(error, -EOPNOTSUPP,
					      "setting %s is not possible: IRQ %d cannot be "
					      "moved on this machine",
					      variant->name, plan.ops[k].id);
		plan_done(&plan);
	}
	return r;
}

const struct op *variant_missing(const struct variant *variant, const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_ops; i++)
		if (op_is_drift(&plan->ops[i]) || is_refused(variant, &plan->ops[i]))
			return &plan->ops[i];
	return NULL;
}

int variant_plan_back(const struct machine *machine, const struct state *state,
		      const struct plan *found, struct plan *ret)
{
	struct plan back = { 0 }, plan = { 0 };
	int r = plan_originals(machine, state, &back);

	for (size_t i = 0; r == 0 && i < back.n_ops; i++) {
		const struct op *op = &back.ops[i], *before = plan_find_op(found, op);
		const char *want = before && before->had ? before->had : op->want;
		struct op *added = plan_add_op(&plan, op->kind, op->id, op->card, op->had,
					       strdup(want), strdup(op->why));

		if (!added || op_set_path(added, op->path) < 0) {
			r = -ENOMEM;
		} else if (!op->had) {
			added->result = op->result;
			added->error = op->error;
		}
	}
	plan_done(&back);
	if (r < 0)
		plan_done(&plan);
	else
		*ret = plan;
	return r;
}
