/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"

enum kind {
	KIND_IRQBALANCE_BAN,  /* id: interrupt; whether irqbalance leaves it alone */
	KIND_IRQ_AFFINITY,    /* id: interrupt; /proc/irq/ID/smp_affinity */
	KIND_GOVERNOR,	      /* id: cpufreq policy; its scaling_governor */
	KIND_IDLE_LATENCY,    /* id: CPU; its power/pm_qos_resume_latency_us */
	KIND_MEMORY_GOVERNOR, /* id: 0; governor of devfreq device dmc */
};

/* Sets of kinds. */
#define KIND_BIT(kind) (1U << (kind))
#define KIND_ALL       (KIND_BIT(KIND_MEMORY_GOVERNOR + 1) - 1)

/* The two values of KIND_IRQBALANCE_BAN. */
#define IRQBALANCE_BANNED   "banned"
#define IRQBALANCE_BALANCED "balanced"

enum op_result {
	OP_WOULD_CHANGE, /* planned, not done */
	OP_CHANGED,	 /* written, and read back as wanted */
	OP_UNCHANGED,	 /* was as wanted */
	OP_SKIPPED,   /* revert: the present value is no longer ours; a ban that irqbalance did not
			 take, with the error */
	OP_UNMOVABLE, /* the kernel does not let this interrupt be moved */
	OP_FAILED,
};

/* One setting: what it is, what it shall be and why. */
struct op {
	enum kind kind;
	int id;
	char card[CARD_ADDRESS_MAX]; /* of an interrupt: its card; else "" */
	char *path; /* of KIND_IRQBALANCE_BAN the directory of irqbalance's socket */
	char *want;
	char *had; /* when the machine was read; NULL if unreadable */
	char *now; /* read back after a write; NULL otherwise */
	char *why; /* one sentence */
	enum op_result result;
	int error;    /* errno of OP_FAILED, OP_UNMOVABLE and OP_SKIPPED, 0 if there was none */
	bool known;   /* OP_UNMOVABLE: found out in an earlier run, and told then */
	bool pending; /* accepted, but effective only with the next interrupt */
};

void op_done(struct op *op);

/* True if the setting is one of an interrupt, and so of a card. */
bool kind_has_card(enum kind kind);

/* True if the setting is not as it should be, and could be. */
bool op_is_drift(const struct op *op);

/* The value after the operation, or the one it would set; NULL if unknown. */
const char *op_after(const struct op *op);

/* The file of a setting, for the caller to free; NULL without memory. */
char *kind_path(enum kind kind, int id);

/* True if both texts are the same value of such a setting: masks are compared as sets. */
bool kind_same_value(enum kind kind, const char *a, const char *b);

/* True if the text can be a value of such a setting. */
bool kind_valid_value(enum kind kind, const char *value);

/* "irq-affinity" and so on; a name that is none gives -EINVAL. */
const char *kind_name(enum kind kind);
int kind_from_name(const char *name, enum kind *ret);

/* "would-change" and so on, as in the JSON contract. */
const char *op_result_name(enum op_result result);
