/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"
#include "machine/kind.h"

enum op_result {
	OP_WOULD_CHANGE, /* planned, not done */
	OP_CHANGED,	 /* written, and read back as wanted */
	OP_UNCHANGED,	 /* was as wanted */
	OP_SKIPPED,   /* revert: the present value is no longer ours; a ban that irqbalance did not
			 take, with the error; a speed that the kernel still shows */
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
	int error;	  /* errno of OP_FAILED, OP_UNMOVABLE and OP_SKIPPED, 0 if there was none */
	bool told_before; /* OP_UNMOVABLE: an earlier run has reported it */
	bool retry;   /* OP_UNMOVABLE: only because an earlier write failed; apply tries again */
	bool pending; /* accepted, but effective only from the next interrupt on */
};

void op_done(struct op *op);

/* True if apply writes the value. */
bool op_is_to_be_tried(const struct op *op);

/* True if the setting is not as it should be, and could be. */
bool op_is_drift(const struct op *op);

/* The value after the operation, or the one it would set; NULL if unknown. */
const char *op_after(const struct op *op);

/* "would-change" and so on, as in the JSON contract. */
const char *op_result_name(enum op_result result);
