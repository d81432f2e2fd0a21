/* SPDX-License-Identifier: MIT */
#pragma once

#include "cmd/cmd.h"

/* What apply does, and has done. */
struct tuning {
	const struct context *context; /* with the configuration that is to be in force */
	bool dry_run;
	struct machine machine; /* as it was when last read */
	struct plan plan;	/* all that has been done; of a dry run all there is to do */
	struct error error;
};

/*
 * Tunes what is ready, and each further card as soon as its driver is, until the time that the
 * configuration gives is over. Returns 0, or -errno with the reason in tuning->error; what was done
 * before is in the plan then, too. The caller calls tuning_done().
 */
int tuning_run(struct tuning *tuning);
void tuning_done(struct tuning *tuning);
