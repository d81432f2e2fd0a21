/* SPDX-License-Identifier: MIT */
/* Collects what was read from a machine and writes it as a board file. */

#include "root/record.h"

#include "base/util.h"
#include "root/board-path.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>

#define HEX_PER_LINE 16
#define MAC_DIGITS   12
/* board.c reads lines of less than PATH_MAX; this leaves room for the mode and " = ". */
#define LINE_LENGTH (PATH_MAX - 16)

struct entry {
	char *path;
	char *content; /* of a file, or the target of a link */
	size_t length;
	enum entry_type { ENTRY_DIR, ENTRY_FILE, ENTRY_LINK } type;
	int mode; /* -1: not read */
};

struct record {
	size_t count;
	struct entry *entries;
	bool failed; /* out of memory: something is missing */
};

struct record *record_new(void)
{
	return calloc(1, sizeof(struct record));
}

void record_free(struct record *record)
{
	for (size_t i = 0; record && i < record->count; i++) {
		free(record->entries[i].path);
		free(record->entries[i].content);
	}
	if (record)
		free(record->entries);
	free(record);
}

bool record_accepts(const char *path)
{
	/* A brace starts a list of numbers. */
	return board_path_is_valid(path) && !strchr(path, '{');
}

/* The entry of that path, created if necessary; NULL if out of memory or not accepted. */
static struct entry *get_entry(struct record *record, const char *path)
{
	struct entry *grown, *entry;

	if (!record_accepts(path))
		return NULL;
	for (size_t i = 0; i < record->count; i++)
		if (!strcmp(record->entries[i].path, path))
			return &record->entries[i];
	grown = array_grow(record->entries, record->count, sizeof(*grown));
	if (grown)
		record->entries = grown;
	entry = grown ? grown + record->count : NULL;
	if (entry)
		*entry = (struct entry){ .path = strdup(path), .mode = -1 };
	if (!entry || !entry->path) {
		record->failed = true;
		return NULL;
	}
	record->count++;
	return entry;
}

static void note(struct record *record, const char *path, enum entry_type type, const char *content,
		 size_t length)
{
	struct entry *entry = get_entry(record, path);

	if (!entry || entry->content)
		return;
	entry->content = malloc(length + 1);
	if (!entry->content) {
		record->failed = true;
		return;
	}
	memcpy(entry->content, content, length);
	entry->content[length] = '\0';
	entry->length = length;
	entry->type = type;
}

void record_file(struct record *record, const char *path, const char *bytes, size_t length)
{
	note(record, path, ENTRY_FILE, bytes, length);
}

void record_link(struct record *record, const char *path, const char *target)
{
	if (text_is_utf8(target))
		note(record, path, ENTRY_LINK, target, strlen(target));
}

void record_mode(struct record *record, const char *path, mode_t mode)
{
	struct entry *entry = get_entry(record, path);

	if (entry && entry->mode < 0)
		entry->mode = (int)mode;
}

void record_dir(struct record *record, const char *path)
{
	(void)get_entry(record, path);
}

/* Overwrites the MAC addresses in interface names by udev: "enx", "wlx", "wwx". */
static void hide_addresses(char *text)
{
	for (char *p = text; (p = strchr(p, 'x')); p++) {
		bool named = p >= text + 2 &&
			     (!strncmp(p - 2, "en", 2) || !strncmp(p - 2, "wl", 2) ||
			      !strncmp(p - 2, "ww", 2));

		if (named && strspn(p + 1, "0123456789abcdef") >= MAC_DIGITS)
			memset(p + 1, '0', MAC_DIGITS);
	}
}

static bool is_text(struct entry *entry)
{
	size_t length = entry->length;

	/* The strings of a device tree end in a NUL byte; readers drop it like a newline. */
	if (length && !entry->content[length - 1])
		length--;
	for (size_t i = 0, n; i < length; i += n) {
		unsigned char c = (unsigned char)entry->content[i];

		n = utf8_length(entry->content + i);
		if (!n || (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)
			return false;
	}
	entry->length = length;
	return true;
}

/* "/sys/devices/system" of "/sys/devices/system/cpu": entries that form a paragraph. */
static size_t paragraph_length(const char *path)
{
	size_t length = 0;

	for (int i = 0; i < 3 && path[length]; i++)
		length += 1 + strcspn(path + length + 1, "/");
	return length;
}

static bool same_paragraph(const struct entry *a, const struct entry *b)
{
	size_t length = paragraph_length(a->path);

	return length == paragraph_length(b->path) && !strncmp(a->path, b->path, length);
}

static void write_hex(const struct entry *entry, FILE *file)
{
	fputs(": hex\n", file);
	for (size_t i = 0; i < entry->length; i++)
		fprintf(file, "%s%02x%s", i % HEX_PER_LINE ? " " : "|",
			(unsigned char)entry->content[i],
			i % HEX_PER_LINE == HEX_PER_LINE - 1 || i + 1 == entry->length ? "\n" : "");
}

static void write_lines(const char *text, FILE *file)
{
	fputs(":\n", file);
	while (*text) {
		size_t length = strcspn(text, "\n");

		fprintf(file, "|%.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

static void write_content(struct entry *entry, FILE *file)
{
	char *newline;

	if (!is_text(entry)) {
		write_hex(entry, file);
		return;
	}
	hide_addresses(entry->content);
	newline = strchr(entry->content, '\n');
	if ((!newline || !newline[1]) && strlen(entry->path) + strlen(entry->content) < LINE_LENGTH)
		fprintf(file, " = %.*s\n", (int)strcspn(entry->content, "\n"), entry->content);
	else
		write_lines(entry->content, file);
}

static void write_entry(const struct record *record, size_t i, FILE *file)
{
	struct entry *entry = &record->entries[i];
	const struct entry *next = i + 1 < record->count ? entry + 1 : NULL;
	size_t length = strlen(entry->path);

	if (entry->type == ENTRY_LINK) {
		fprintf(file, "%s -> %s\n", entry->path, entry->content);
		return;
	}
	if (!entry->content) {
		/* A directory with entries needs no line. */
		if (entry->mode < 0 && !(next && !strncmp(next->path, entry->path, length) &&
					 next->path[length] == '/'))
			fprintf(file, "%s/\n", entry->path);
		return;
	}
	if (entry->mode >= 0 && entry->mode != 0644)
		fprintf(file, "[%04o] ", (unsigned)entry->mode);
	fputs(entry->path, file);
	write_content(entry, file);
}

/* Numbers by value; "/" before everything else, so that its entries follow a directory. */
static int compare_paths(const char *a, const char *b)
{
	for (;; a++, b++) {
		if (isdigit((unsigned char)*a) && isdigit((unsigned char)*b)) {
			char *end_a, *end_b;
			unsigned long long x = strtoull(a, &end_a, 10), y = strtoull(b, &end_b, 10);

			if (x != y)
				return x > y ? 1 : -1;
			if (end_a - a != end_b - b)
				return strcmp(a, b);
			a = end_a;
			b = end_b;
		}
		if (*a != *b || !*a)
			break;
	}
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	if (*a == '/' || *b == '/')
		return *b == '/' ? 1 : -1;
	return (unsigned char)*a > (unsigned char)*b ? 1 : -1;
}

static int compare_entries(const void *a, const void *b)
{
	return compare_paths(((const struct entry *)a)->path, ((const struct entry *)b)->path);
}

int record_write(struct record *record, const char *head, FILE *file)
{
	if (record->failed)
		return -ENOMEM;
	if (record->count)
		qsort(record->entries, record->count, sizeof(*record->entries), compare_entries);
	errno = 0;
	fprintf(file, BOARD_MARK "\n# %s\n", head);
	for (size_t i = 0; i < record->count; i++) {
		if (i == 0 || !same_paragraph(&record->entries[i - 1], &record->entries[i]))
			putc('\n', file);
		write_entry(record, i, file);
	}
	if (fflush(file) || ferror(file))
		return errno ? -errno : -EIO;
	return 0;
}
