/* SPDX-License-Identifier: MIT */
/* irqbalance: whether it runs, and which interrupts it leaves alone. */

#include "irqbalance.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#define SOCKET_FORMAT "/run/irqbalance/irqbalance%d.sock"
#define ANSWER_MAX    16384

static int open_socket(int pid, int timeout_ms)
{
	const struct timeval timeout = { .tv_sec = timeout_ms / 1000,
					 .tv_usec = timeout_ms % 1000 * 1000L };
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	snprintf(address.sun_path, sizeof(address.sun_path), SOCKET_FORMAT, pid);
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)) ||
	    connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

/* One command and its answer, up to the end of the connection. The caller frees *ret. */
static int ask(int pid, const char *command, int timeout_ms, char **ret)
{
	CLEANUP_CLOSE int fd = open_socket(pid, timeout_ms);
	char *answer;
	size_t length = 0;
	ssize_t n;

	if (fd < 0)
		return fd;
	/* With its NUL byte: irqbalance up to 1.8 does not add one. */
	if (send(fd, command, strlen(command) + 1, MSG_NOSIGNAL) < 0)
		return -errno;
	answer = malloc(ANSWER_MAX + 1);
	if (!answer)
		return -ENOMEM;
	while (length < ANSWER_MAX && (n = recv(fd, answer + length, ANSWER_MAX - length, 0)) > 0)
		length += (size_t)n;
	answer[length] = '\0';
	*ret = answer;
	return 0;
}

int irqbalance_parse_setup(const char *text, int **ret, size_t *ret_count)
{
	CLEANUP_FREE int *list = NULL;
	size_t count = 0;

	if (strncmp(text, "SLEEP ", 6))
		return -EBADMSG;
	for (const char *p = text; (p = strstr(p, " IRQ "));) {
		char *end;
		long irq;
		int *grown;

		p += strlen(" IRQ ");
		irq = strtol(p, &end, 10);
		if (end == p || irq < 0 || irq > INT_MAX)
			return -EBADMSG;
		grown = array_grow(list, count, sizeof(*list));
		if (!grown)
			return -ENOMEM;
		list = grown;
		list[count++] = (int)irq;
	}
	*ret = list;
	*ret_count = count;
	list = NULL;
	return 0;
}

static int read_banned(const struct root *root, int timeout_ms, struct irqbalance *irqbalance)
{
	CLEANUP_FREE char *answer = NULL;
	char path[64];
	int r;

	snprintf(path, sizeof(path), SOCKET_FORMAT, irqbalance->pid);
	if (root_is_live(root)) {
		r = ask(irqbalance->pid, "setup", timeout_ms, &answer);
		if (answer && root_record(root))
			record_file(root_record(root), path, answer, strlen(answer));
	} else {
		r = root_read_text(root, &answer, "%s", path);
	}
	if (answer)
		r = irqbalance_parse_setup(answer, &irqbalance->banned, &irqbalance->n_banned);
	irqbalance->asked = r == 0;
	return r == -ENOMEM ? r : 0;
}

int irqbalance_read(const struct root *root, const struct process *processes, size_t count,
		    int timeout_ms, struct irqbalance *ret)
{
	int r;

	ret->pid = process_find(root, processes, count, "irqbalance");
	if (!ret->pid)
		return 0;
	r = root_read_words(root, &ret->arguments, "/proc/%d/cmdline", ret->pid);
	return r == -ENOMEM ? r : read_banned(root, timeout_ms, ret);
}

void irqbalance_done(struct irqbalance *irqbalance)
{
	free(irqbalance->arguments);
	free(irqbalance->banned);
	*irqbalance = (struct irqbalance){ 0 };
}

/* The ways getopt_long() takes the option. */
static bool bans_driver(const char *arguments, const char *driver)
{
	static const char *const forms[] = { "--banmod=", "--banmod ", "-m ", "-m" };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		CLEANUP_FREE char *option = text_format("%s%s", forms[i], driver);

		if (option && text_has_word(arguments, option))
			return true;
	}
	return false;
}

enum ban irqbalance_ban(const struct irqbalance *irqbalance, int irq, const char *driver)
{
	if (irqbalance->arguments && bans_driver(irqbalance->arguments, driver))
		return BAN_PERSISTENT;
	if (!irqbalance->asked)
		return BAN_UNKNOWN;
	for (size_t i = 0; i < irqbalance->n_banned; i++)
		if (irqbalance->banned[i] == irq)
			return BAN_RUNTIME;
	return BAN_NONE;
}
