/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"

struct root;

/* What axcl-smi, the vendor's program, says of one card. */
struct smi_card {
	char address[CARD_ADDRESS_MAX];
	char firmware[24];	  /* "V3.6.5"; "" unknown */
	long temperature_c;	  /* -1 unknown */
	long npu_percent;	  /* how busy it is; -1 unknown */
	long used_mib, total_mib; /* the card's memory for models (CMM); -1 unknown */
};

struct smi {
	enum {
		SMI_ABSENT,   /* not installed, or not asked: the machine is a tree */
		SMI_ANSWERED, /* CARDS holds what it said */
		SMI_FAILED,   /* MESSAGE is the last line it printed */
		SMI_SILENT,   /* it did not end in time, and was killed */
	} outcome;
	char driver[40];   /* version of the driver; "" unknown */
	char message[160]; /* "" if there is none */
	size_t n_cards;
	struct smi_card *cards;
};

/*
 * Runs axcl-smi where the vendor's package puts it, for at most TIMEOUT_MS: it can hang for ever
 * when a card does not answer. Returns 0 or -ENOMEM; the caller calls smi_done() in any case.
 */
int smi_run(const struct root *root, int timeout_ms, struct smi *ret);
void smi_done(struct smi *smi);

/* The same from what it has printed. Rows are taken apart at "|": widths differ by version. */
int smi_parse(const char *text, struct smi *ret);

/* What was said of the card of that address, or NULL. */
const struct smi_card *smi_find(const struct smi *smi, const char *address);
