/* SPDX-License-Identifier: MIT */
#pragma once

struct findings;
struct machine;
struct plan;

/* Why there is no plan. */
struct refusal {
	const char *reason;    /* a sentence; NULL if there is a plan */
	const char *state_dir; /* the directory of saved settings that cannot be read; else NULL */
};

/*
 * Judges a machine that was read and inspected. PLAN is what plan_tune() returned for it; if it
 * failed, PLAN is empty and REFUSED has the reason. MISTAKE is what is wrong with
 * the configuration if the defaults were used instead, else NULL. Does no input or output. Returns
 * 0 or -ENOMEM; the caller calls findings_done() in any case.
 */
int diagnose(const struct machine *machine, const struct plan *plan, const struct refusal *refused,
	     const char *mistake, struct findings *ret);
