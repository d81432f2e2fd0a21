/* SPDX-License-Identifier: MIT */
#pragma once

#include "diagnose/findings.h"

struct machine;
struct plan;
struct refusal;
struct vector;

/* The command that fixes most findings. */
#define APPLY "sudo ax650n-tune apply"

/* What the parts of diagnose() share. They read the facts and add findings. */
struct diagnosis {
	const struct machine *machine;
	const struct plan *plan;       /* empty if it was refused... */
	const struct refusal *refused; /* ...for this reason */
	const char *mistake;	       /* in the configuration, which is not used then; else NULL */
	struct findings findings;
};

void diagnose_cards(struct diagnosis *d);
void diagnose_vector(struct diagnosis *d, const struct vector *vector);
void diagnose_system(struct diagnosis *d);
void diagnose_clocks(struct diagnosis *d);
void diagnose_rivals(struct diagnosis *d);
void diagnose_settings(struct diagnosis *d);
