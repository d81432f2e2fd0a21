/* SPDX-License-Identifier: MIT */
#pragma once

#include "machine/card.h"

struct child_end;
struct root;

/* One card as shown by axcl-smi, the vendor's program. */
struct smi_card {
	char address[CARD_ADDRESS_MAX];
	char firmware[24];	  /* "V3.6.5"; "" unknown */
	long temperature_c;	  /* -1 unknown */
	long npu_percent;	  /* utilization; -1 unknown */
	long used_mib, total_mib; /* memory of the card for models (CMM); -1 unknown */
};

struct smi {
	enum {
		SMI_ABSENT,   /* not installed, the root is a tree, or there was no time left */
		SMI_ANSWERED, /* CARDS is filled in */
		SMI_FAILED,   /* it found no card; MESSAGE is the last line it printed */
		SMI_BROKEN,   /* it could not do its work; MESSAGE says why */
		SMI_SILENT,   /* it did not end in time and was killed */
	} outcome;
	char driver[40];   /* version of the driver; "" unknown */
	char message[160]; /* "" if there is none */
	size_t n_cards;
	struct smi_card *cards;
};

/*
 * Runs axcl-smi from where the vendor's package installs it, until DEADLINE (clock_ms()) at the
 * latest: it can hang for ever if a card does not answer. Returns 0 or -ENOMEM; the caller calls
 * smi_done() in any case.
 */
int smi_run(const struct root *root, double deadline, struct smi *ret);
void smi_done(struct smi *smi);

/* What its end means: a card that does not answer, none, or a program that does not start. */
int smi_conclude(const struct child_end *end, struct smi *ret);

/* Parses its output. Rows are split at "|", since column widths differ between versions. */
int smi_parse(const char *text, struct smi *ret);

/* The card at that address, or NULL. */
const struct smi_card *smi_find(const struct smi *smi, const char *address);
