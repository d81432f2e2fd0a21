/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"

/*
 * Messages for the user: on standard error, or with fields in the journal if standard error leads
 * there. Results go to standard output and are not logged.
 */
struct log {
	enum { LOG_QUIET = -1, LOG_NORMAL, LOG_VERBOSE } level;
	bool journal;
	struct error
		*first_error; /* the first message of LOG_KIND_ERROR is kept there, if not NULL */
};

enum log_kind {
	LOG_KIND_ERROR,	  /* something failed; always written */
	LOG_KIND_NO_CARD, /* a card is missing or not ready: an error to whoever runs the command,
			   * no more than a notice in the journal, and not there with -q */
	LOG_KIND_WARNING, /* nothing failed, but the user should know; not with -q */
	LOG_KIND_INFO,	  /* what the program is doing; not with -q */
	LOG_KIND_CHANGE,  /* part of the result too: only for the journal, which gets no result */
};

/* Events that the catalog explains (systemd/ax650n-tune.catalog repeats their IDs). */
enum log_event {
	LOG_EVENT_NONE,
	LOG_EVENT_CHANGED,   /* a setting was changed and read back */
	LOG_EVENT_FAILED,    /* a setting could not be changed */
	LOG_EVENT_UNMOVABLE, /* an interrupt cannot be moved */
	LOG_EVENT_REVERTED,  /* an original was put back */
	LOG_EVENT_UNREADY,   /* a card has no driver, or its driver has no interrupt */
};

/* What a message is about: AX650N_CARD= and so on. NULL or -1: does not apply. */
struct log_fields {
	enum log_event event;
	const char *card;
	int irq, cpu;
	const char *path, *before, *after;
};

/*
 * Chooses the journal if standard error leads there (systemd.exec(5), $JOURNAL_STREAM), and under
 * udev, which passes the properties of the event in the environment.
 */
void log_open(struct log *log);

/* FIELDS may be NULL. */
void log_message(const struct log *log, enum log_kind kind, const struct log_fields *fields,
		 const char *format, ...) PRINTF(4, 5);

#define log_error(log, ...)   log_message(log, LOG_KIND_ERROR, NULL, __VA_ARGS__)
#define log_warning(log, ...) log_message(log, LOG_KIND_WARNING, NULL, __VA_ARGS__)
#define log_info(log, ...)    log_message(log, LOG_KIND_INFO, NULL, __VA_ARGS__)

/* True if udev runs this for an event: nobody has asked for it just now. */
bool log_is_event(void);

/* True if a service manager has started this, and waits for it or stops it by limits of its own. */
bool log_has_manager(void);

/* Sets what 'systemctl status' shows as the status of the service (sd_notify(3), STATUS=). */
void log_status(const char *format, ...) PRINTF(1, 2);
