/* SPDX-License-Identifier: MIT */
#pragma once

struct findings;
struct machine;
struct plan;

/*
 * Judges a machine that was read and inspected. PLAN is what plan_tune() returned for it; if it
 * failed, PLAN is empty and REFUSED the reason, else REFUSED is NULL. MISTAKE is what is wrong with
 * the configuration if the defaults were used instead, else NULL. Does no input or output. Returns
 * 0 or -ENOMEM; the caller calls findings_done() in any case.
 */
int diagnose(const struct machine *machine, const struct plan *plan, const char *refused,
	     const char *mistake, struct findings *ret);
