/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>

struct error;
struct log;
struct root;
struct state;

#define STATE_DIR  "/run/ax650n-tune"
#define STATE_FILE "state.json"
/* In STATE_DIR: the user has reverted the settings, so no event applies them again. */
#define REVERTED_MARK "reverted"

/*
 * The state file, STATE_DIR/STATE_FILE. Reading: a missing file is an empty state; a file that
 * this program cannot have written is refused with -EBADMSG. Writing: to a new file, which is
 * synced and then renamed; an empty state removes the file. Both return 0, or -errno with the
 * reason in ERROR.
 */
int state_read(const struct root *root, struct state *ret, struct error *error);
int state_write(const struct root *root, const struct state *state, struct error *error);

/*
 * Makes STATE_DIR if need be and takes the lock that keeps a second run out. Waits for it up to ten
 * seconds, or as long as it takes if PATIENT; LOG is told after one. *ret is a file descriptor;
 * closing it gives the lock up. Returns 0, or -errno with the reason in ERROR.
 */
int state_lock(const struct root *root, bool patient, const struct log *log, int *ret,
	       struct error *error);

/* True if the mark is there. */
bool state_is_reverted(const struct root *root);

/*
 * Sets or takes away the mark that the units and the udev rule look for. The caller has the lock.
 * Returns 0, or -errno with the reason in ERROR.
 */
int state_set_reverted(const struct root *root, bool reverted, struct error *error);
