/* SPDX-License-Identifier: MIT */
/* Runs axcl-smi, the vendor's status program, with a time limit and parses its output. */

#include "machine/smi.h"

#include "base/child.h"
#include "base/clock.h"
#include "base/util.h"
#include "root/root.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CELLS	   3
#define OUTPUT_MAX 32768
#define GRACE_MS   100
/* In less time even a card that answers may not. */
#define LEAST_MS 400
/* From here on, the exit status of the shell and of the dynamic linker: a library is missing. */
#define CANNOT_EXECUTE 126

static const char *find_program(void)
{
	static const char *const paths[] = { "/usr/bin/axcl/axcl-smi", "/usr/bin/axcl-smi" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

static void copy_cell(char *field, size_t size, const char *text, size_t length)
{
	snprintf(field, size, "%.*s", (int)length, text);
	text_make_printable(field);
}

static const char *trim(const char *text, size_t *length)
{
	while (*length && isspace((unsigned char)*text)) {
		text++;
		(*length)--;
	}
	while (*length && isspace((unsigned char)text[*length - 1]))
		(*length)--;
	return text;
}

/* The number before UNIT, such as 79 in "-- 79C" for "C"; -1 if there is none. */
static long number_before(const char *text, size_t length, const char *unit)
{
	CLEANUP_FREE char *copied = strndup(text, length);
	const char *end = copied ? strstr(copied, unit) : NULL, *digits;

	while (end && end > copied && end[-1] == ' ')
		end--;
	digits = end;
	while (digits && digits > copied && isdigit((unsigned char)digits[-1]))
		digits--;
	return digits && digits < end ? strtol(digits, NULL, 10) : -1;
}

struct cell {
	const char *text;
	size_t length;
};

/* Splits "| a | b | c |" into cells. Returns their number, or CELLS + 1 if there are more. */
static size_t split_row(const char *line, size_t length, struct cell cells[static CELLS])
{
	const char *end = line + length, *bar;
	size_t count = 0;

	for (line++; (bar = memchr(line, '|', (size_t)(end - line))); line = bar + 1) {
		if (count < CELLS)
			cells[count] = (struct cell){ line, (size_t)(bar - line) };
		count++;
	}
	return count > CELLS ? CELLS + 1 : count;
}

/* "|    0  AX650N    V3.6.5 | 0001:11:00.0 | ... |" starts a card. */
static int parse_first_row(const struct cell cells[static CELLS], struct smi *smi)
{
	size_t length = cells[1].length, word = cells[0].length;
	const char *address = trim(cells[1].text, &length), *names = trim(cells[0].text, &word);
	struct smi_card *grown;
	size_t at = word;

	if (!card_is_address(address, length))
		return 0;
	grown = array_grow(smi->cards, smi->n_cards, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	smi->cards = grown;
	grown += smi->n_cards++;
	copy_cell(grown->address, sizeof(grown->address), address, length);
	while (at && !isspace((unsigned char)names[at - 1]))
		at--;
	copy_cell(grown->firmware, sizeof(grown->firmware), names + at, word - at);
	grown->temperature_c = grown->npu_percent = grown->used_mib = grown->total_mib = -1;
	return 1;
}

/* "|   --   79C    -- / -- | 1%   0% |   18 MiB /  7040 MiB |" */
static void parse_second_row(const struct cell cells[static CELLS], struct smi_card *card)
{
	const char *percent = memchr(cells[1].text, '%', cells[1].length);
	const char *slash = memchr(cells[2].text, '/', cells[2].length);

	card->temperature_c = number_before(cells[0].text, cells[0].length, "C");
	if (percent)
		card->npu_percent = number_before(
			percent + 1, cells[1].length - (size_t)(percent + 1 - cells[1].text), "%");
	if (slash) {
		card->used_mib = number_before(cells[2].text, (size_t)(slash - cells[2].text),
					       "MiB");
		card->total_mib = number_before(
			slash, cells[2].length - (size_t)(slash - cells[2].text), "MiB");
	}
}

static void parse_head(const char *line, size_t length, struct smi *smi)
{
	const char *word = memmem(line, length, "Driver ", 7);

	if (!word || *smi->driver)
		return;
	word += 7 + strspn(word + 7, " ");
	copy_cell(smi->driver, sizeof(smi->driver), word, strcspn(word, " |\n"));
}

int smi_parse(const char *text, struct smi *ret)
{
	bool second = false;

	for (size_t length; *text; text += length + (text[length] == '\n')) {
		struct cell cells[CELLS];
		size_t count;
		int r;

		length = strcspn(text, "\n");
		if (*text != '|') {
			const char *line = text;
			size_t n = length;

			line = trim(line, &n);
			if (n && *line != '+')
				copy_cell(ret->message, sizeof(ret->message), line, n);
			continue;
		}
		parse_head(text, length, ret);
		count = split_row(text, length, cells);
		if (count == CELLS && second)
			parse_second_row(cells, &ret->cards[ret->n_cards - 1]);
		r = count == CELLS && !second ? parse_first_row(cells, ret) : 0;
		if (r < 0)
			return r;
		second = r > 0;
	}
	ret->outcome = ret->n_cards ? SMI_ANSWERED : SMI_FAILED;
	return 0;
}

int smi_conclude(const struct child_end *end, struct smi *ret)
{
	int r;

	ret->outcome = SMI_SILENT;
	if (end->outcome == CHILD_TIMED_OUT)
		return 0;
	r = smi_parse(end->output, ret);
	if (ret->n_cards || (end->outcome == CHILD_EXITED && end->code < CANNOT_EXECUTE))
		return r;
	ret->outcome = SMI_BROKEN;
	if (end->outcome == CHILD_KILLED)
		snprintf(ret->message, sizeof(ret->message), "killed by signal %d", end->code);
	return r;
}

int smi_run(const struct root *root, double deadline, struct smi *ret)
{
	static char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
					     (char *)"LC_ALL=C", NULL };
	const char *path = root_is_live(root) ? find_program() : NULL;
	char *const arguments[] = { (char *)path, NULL };
	const struct child child = { .arguments = arguments,
				     .environment = environment,
				     .input = -1,
				     .output_max = OUTPUT_MAX,
				     .timeout_ms = clock_left_ms(deadline -
								 CHILD_STOP_MS(GRACE_MS)),
				     .grace_ms = GRACE_MS,
				     .stop_fd = -1 };
	struct child_end end;
	int r;

	ret->outcome = SMI_ABSENT;
	if (!path || child.timeout_ms < LEAST_MS)
		return 0;
	r = child_run(&child, &end);
	if (r < 0) {
		ret->outcome = SMI_BROKEN;
		snprintf(ret->message, sizeof(ret->message), "cannot run %s: %s", path,
			 strerror(-r));
		return 0;
	}
	r = smi_conclude(&end, ret);
	free(end.output);
	return r;
}

void smi_done(struct smi *smi)
{
	free(smi->cards);
	*smi = (struct smi){ 0 };
}

const struct smi_card *smi_find(const struct smi *smi, const char *address)
{
	for (size_t i = 0; i < smi->n_cards; i++)
		if (!strcmp(smi->cards[i].address, address))
			return &smi->cards[i];
	return NULL;
}
