/* SPDX-License-Identifier: MIT */
#pragma once

#include "plan/plan.h"
#include "plan/state.h"

#include <signal.h>

struct config;
struct error;
struct log;
struct machine;
struct root;
struct variant;
struct variants;

/* The machine while bench puts one variant after the other in force. */
struct session {
	const struct root *root;
	const struct config *config;
	int lock;	     /* keeps apply, and so the service, waiting until the end */
	int stop_fd;	     /* readable after SIGINT, SIGTERM, SIGHUP or SIGQUIT */
	sigset_t mask;	     /* the signals that were blocked before; a workload gets it back */
	struct state state;  /* the state file as it is now */
	struct state before; /* the state file as it was at the start */
	struct plan found;   /* plan_revert() at the start: what was in force then */
};

/*
 * Takes the lock and notes what is in force. From then on, signals that would end the program make
 * stop_fd readable instead; that stays so after session_end(). Returns 0, or -errno with the reason
 * in ERROR.
 */
int session_begin(const struct root *root, const struct config *config, const struct log *log,
		  struct session *ret, struct error *error);

/* Before the first run: see variants_check(). */
int session_check_variants(const struct session *session, const struct variants *variants,
			   struct error *error);

/*
 * Puts VARIANT in force and reads it back; *ret is then the machine with its clocks and
 * temperatures, for the caller to release. Returns 0, or -errno with the reason in ERROR: -EBUSY if
 * the kernel refused a value or something else has changed it again.
 */
int session_enter(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error);

/* Reads the machine again. Returns like session_enter(): -EBUSY if VARIANT is no longer in force.
 */
int session_check(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error);

/* True after a signal that asked the program to end. */
bool session_is_stopped(const struct session *session);

/* That signal, which is then no longer pending; 0 if there was none. */
int session_stop_signal(const struct session *session);

/*
 * Restores what was in force at the start, and releases the lock. Returns 0, or -errno with the
 * reason in ERROR; the originals are then still in the state file for revert.
 */
int session_end(struct session *session, struct error *error);
