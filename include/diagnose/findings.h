/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/* In the order in which they are shown, worst first. */
enum severity {
	SEVERITY_PROBLEM, /* slows the card down or keeps it from working, now */
	SEVERITY_WARNING, /* may do so later */
	SEVERITY_INFO,	  /* good to know, nothing to do */
	SEVERITY_OK,
};

struct finding {
	enum severity severity;
	const char *code; /* stable, for scripts: "irq-on-little-core" */
	char *text;	  /* the fact, in a sentence or two */
	char *advice;	  /* what to do, often a command to type; NULL if nothing */
};

struct findings {
	size_t count;
	struct finding *list; /* worst first */
	bool failed;	      /* out of memory: some are missing */
};

/*
 * Adds a finding after those of the same severity. Takes ownership of TEXT and ADVICE; a NULL TEXT
 * means that there was no memory for it.
 */
void findings_add(struct findings *findings, enum severity severity, const char *code, char *text,
		  char *advice);
void findings_done(struct findings *findings);

size_t findings_count(const struct findings *findings, enum severity severity);

/* "problem" and so on, as in the JSON contract. */
const char *severity_name(enum severity severity);
