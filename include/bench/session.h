/* SPDX-License-Identifier: MIT */
#pragma once

#include "bench/variant.h"
#include "plan/state.h"

/* The machine while bench puts one variant after the other in force. */
struct session {
	const struct root *root;
	const struct config *config;
	int lock;	     /* keeps apply, and so the service, out meanwhile */
	int stop_fd;	     /* readable after SIGINT, SIGTERM or SIGHUP */
	struct state state;  /* as on disk now */
	struct state before; /* as on disk at the start */
	struct plan found;   /* plan_revert() of the start: what was in force */
};

/*
 * Takes the lock and notes what is in force. From now on the signals that would end the program
 * make stop_fd readable instead, until it ends. Returns 0, or -errno with the reason in ERROR.
 */
int session_begin(const struct root *root, const struct config *config, struct session *ret,
		  struct error *error);

/*
 * Puts VARIANT in force and reads it back; *ret is the machine with its clocks and temperatures
 * then, for the caller to release. Returns 0, or -errno with the reason in ERROR: -EBUSY if
 * something else sets it at the same time or the kernel has refused a value.
 */
int session_enter(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error);

/*
 * Reads the machine again. Returns like session_enter(): -EBUSY if VARIANT is not in force any
 * more.
 */
int session_check(struct session *session, const struct variant *variant, struct machine *ret,
		  struct error *error);

/* True if a person or the system wants the program to end. */
bool session_is_stopped(const struct session *session);

/*
 * Puts back what was in force at the start, and gives up the lock. Returns 0, or -errno with the
 * reason in ERROR; the originals are then still in the state file for revert.
 */
int session_end(struct session *session, struct error *error);
