/* SPDX-License-Identifier: MIT */
#pragma once

#include "diagnose/diagnose.h"

/* The command that mends most of it. */
#define APPLY "sudo ax650n-tune apply"

/* What the parts of diagnose() share while they judge. They read the facts and add findings. */
struct diagnosis {
	const struct machine *machine;
	const struct plan *plan; /* NULL if there is none */
	struct findings findings;
	bool failed; /* out of memory */
};

/*
 * Adds a finding behind those that are as bad. Takes over TEXT and ADVICE; a TEXT of NULL is one
 * that there was no memory for.
 */
void findings_add(struct diagnosis *d, enum severity severity, const char *code, char *text,
		  char *advice);

/* The parts. */
void diagnose_cards(struct diagnosis *d);
void diagnose_vector(struct diagnosis *d, const struct vector *vector);
void diagnose_clocks(struct diagnosis *d);
void diagnose_services(struct diagnosis *d);

/* REFUSED: as for diagnose(). */
void diagnose_settings(struct diagnosis *d, const char *refused);
