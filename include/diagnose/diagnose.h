/* SPDX-License-Identifier: MIT */
#pragma once

struct findings;
struct machine;
struct plan;

/*
 * Judges a machine that was read and inspected. PLAN is what plan_tune() makes of it, empty if it
 * was refused, for the reason REFUSED, which is NULL otherwise. Reads and writes nothing. Returns 0
 * or -ENOMEM; the caller calls findings_done() in any case.
 */
int diagnose(const struct machine *machine, const struct plan *plan, const char *refused,
	     struct findings *ret);
