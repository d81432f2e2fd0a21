/* SPDX-License-Identifier: MIT */
/* axcl-smi, the vendor's program that talks to the cards: run with a limit of time. */

#include "smi.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#define CELLS	   3
#define OUTPUT_MAX 32768

static const char *find_program(void)
{
	static const char *const paths[] = { "/usr/bin/axcl/axcl-smi", "/usr/bin/axcl-smi" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

/* Starts it with its output in a pipe. Returns the pid, or -errno. */
static pid_t start(const char *path, int *ret_fd)
{
	static char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
					     (char *)"LC_ALL=C", NULL };
	char *const arguments[] = { (char *)path, NULL };
	posix_spawn_file_actions_t actions;
	int pipe_fds[2], r;
	pid_t pid;

	if (pipe2(pipe_fds, O_CLOEXEC))
		return -errno;
	r = posix_spawn_file_actions_init(&actions);
	if (r == 0) {
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 1);
		posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], 2);
		r = posix_spawn(&pid, path, &actions, NULL, arguments, environment);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(pipe_fds[1]);
	if (r) {
		close(pipe_fds[0]);
		return -r;
	}
	*ret_fd = pipe_fds[0];
	return pid;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/* All it prints until it closes its output. Returns 0 or -ETIMEDOUT. */
static int read_output(int fd, long end_ms, char text[static OUTPUT_MAX])
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	size_t length = 0;
	ssize_t n = 1;

	while (n > 0 && length + 1 < OUTPUT_MAX) {
		long left = end_ms - now_ms();

		if (left <= 0 || poll(&ready, 1, (int)left) == 0)
			return -ETIMEDOUT;
		n = read(fd, text + length, OUTPUT_MAX - 1 - length);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			length += (size_t)n;
		text[length] = '\0';
	}
	return 0;
}

static void copy(char *field, size_t size, const char *text, size_t length)
{
	snprintf(field, size, "%.*s", (int)length, text);
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

/* The number before UNIT, "79" of "-- 79C" for "C"; -1 if there is none. */
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

/* The cells of "| a | b | c |". Returns how many there are, CELLS + 1 if there are more. */
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

/* "|    0  AX650N    V3.6.5 | 0001:11:00.0 | ... |" begins a card. */
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
	copy(grown->address, sizeof(grown->address), address, length);
	while (at && !isspace((unsigned char)names[at - 1]))
		at--;
	copy(grown->firmware, sizeof(grown->firmware), names + at, word - at);
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
	copy(smi->driver, sizeof(smi->driver), word, strcspn(word, " |\n"));
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
				copy(ret->message, sizeof(ret->message), line, n);
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

/* Waits a moment for its end. A process that hangs in the driver cannot even be killed. */
static void reap(pid_t pid)
{
	const struct timespec moment = { .tv_nsec = 10 * 1000000L };

	for (int i = 0; i < 20 && waitpid(pid, NULL, WNOHANG) == 0; i++)
		(void)nanosleep(&moment, NULL);
}

int smi_run(const struct root *root, int timeout_ms, struct smi *ret)
{
	const char *path = root_is_live(root) ? find_program() : NULL;
	long end_ms = now_ms() + timeout_ms;
	char text[OUTPUT_MAX] = "";
	int fd = -1, r;
	pid_t pid;

	ret->outcome = SMI_ABSENT;
	if (!path)
		return 0;
	pid = start(path, &fd);
	if (pid < 0) {
		ret->outcome = SMI_FAILED;
		snprintf(ret->message, sizeof(ret->message), "cannot run %s: %s", path,
			 strerror(-pid));
		return 0;
	}
	r = read_output(fd, end_ms, text);
	close(fd);
	if (r < 0)
		(void)kill(pid, SIGKILL);
	reap(pid);
	if (r == 0)
		return smi_parse(text, ret);
	ret->outcome = SMI_SILENT;
	return 0;
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
