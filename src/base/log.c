/* SPDX-License-Identifier: MIT */
/* Messages to standard error or the journal: the only user of sd-journal and sd-daemon. */

#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

#define FIELDS_MAX 12
#define FIELD_SIZE 640

static const char *const message_ids[] = {
	[LOG_EVENT_CHANGED] = "d6a87766c1e94e2ab50c974adcde93b0",
	[LOG_EVENT_FAILED] = "9f07dd94352a4fca9166aa6db2d90c2e",
	[LOG_EVENT_UNMOVABLE] = "5edeccea329e40a78b163b43407e9853",
	[LOG_EVENT_REVERTED] = "c3ef8de1f94643d38b7170c53b05573c",
	[LOG_EVENT_UNREADY] = "7aa8556da8884d399eeff102fee441fc",
};

/* The properties of an event are the environment of what udev runs (udev(7), RUN). */
bool log_is_event(void)
{
	return getenv("DEVPATH") && getenv("SEQNUM");
}

void log_open(struct log *log)
{
	const char *stream = getenv("JOURNAL_STREAM");
	unsigned long long device, inode;
	struct stat st;

	/* udev drops what its programs print. */
	log->journal = log_is_event() ||
		       (stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 &&
			fstat(STDERR_FILENO, &st) == 0 && st.st_dev == device &&
			st.st_ino == inode);
}

/* A journal entry being built. */
struct journal_entry {
	int count;
	struct iovec fields[FIELDS_MAX];
	char texts[FIELDS_MAX][FIELD_SIZE];
};

static void PRINTF(2, 3) add_field(struct journal_entry *entry, const char *format, ...)
{
	char *text = entry->texts[entry->count];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, FIELD_SIZE, format, args);
	va_end(args);
	entry->fields[entry->count++] = (struct iovec){
		.iov_base = text,
		.iov_len = (size_t)(length < FIELD_SIZE ? length : FIELD_SIZE - 1),
	};
}

static void add_text_field(struct journal_entry *entry, const char *name, const char *value)
{
	if (value && *value)
		add_field(entry, "%s=%s", name, value);
}

static void add_number_field(struct journal_entry *entry, const char *name, int value)
{
	if (value >= 0)
		add_field(entry, "%s=%d", name, value);
}

static void send_to_journal(enum log_kind kind, const struct log_fields *fields, const char *text)
{
	static const int priorities[] = {
		[LOG_KIND_ERROR] = LOG_ERR,	  [LOG_KIND_NO_CARD] = LOG_NOTICE,
		[LOG_KIND_WARNING] = LOG_WARNING, [LOG_KIND_INFO] = LOG_NOTICE,
		[LOG_KIND_CHANGE] = LOG_NOTICE,
	};
	struct journal_entry entry = { 0 };

	add_field(&entry, "MESSAGE=%s", text);
	add_field(&entry, "PRIORITY=%d", priorities[kind]);
	add_field(&entry, "SYSLOG_IDENTIFIER=ax650n-tune");
	if (fields) {
		add_text_field(&entry, "MESSAGE_ID", message_ids[fields->event]);
		add_text_field(&entry, "AX650N_CARD", fields->card);
		add_number_field(&entry, "AX650N_IRQ", fields->irq);
		add_number_field(&entry, "AX650N_CPU", fields->cpu);
		add_text_field(&entry, "AX650N_PATH", fields->path);
		add_text_field(&entry, "AX650N_BEFORE", fields->before);
		add_text_field(&entry, "AX650N_AFTER", fields->after);
	}
	(void)sd_journal_sendv(entry.fields, entry.count);
}

void log_message(const struct log *log, enum log_kind kind, const struct log_fields *fields,
		 const char *format, ...)
{
	bool is_error = kind == LOG_KIND_ERROR || (kind == LOG_KIND_NO_CARD && !log->journal);
	char text[600];
	va_list args;

	if (!is_error && kind != LOG_KIND_CHANGE && log->level == LOG_QUIET)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (is_error && log->first_error && !*log->first_error->text)
		error_set(log->first_error, 0, "%s", text);
	if (log->journal)
		send_to_journal(kind, fields, text);
	else if (kind != LOG_KIND_CHANGE)
		fprintf(stderr, "ax650n-tune: %s%s\n", kind == LOG_KIND_WARNING ? "warning: " : "",
			text);
}

bool log_has_manager(void)
{
	return getenv("NOTIFY_SOCKET");
}

void log_status(const char *format, ...)
{
	char text[200];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	(void)sd_notifyf(0, "STATUS=%s", text);
}
