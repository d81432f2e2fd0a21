/* SPDX-License-Identifier: MIT */
/*
 * irqbalance: which interrupts it leaves alone. Its socket takes one command per connection, and
 * only from root. When irqbalance closes the connection, the command is in force
 * (sock_handle() in its irqbalance.c).
 */

#include "machine/irqbalance.h"

#include "base/clock.h"
#include "base/util.h"
#include "machine/process.h"
#include "root/record.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#define NAME_FORMAT "irqbalance%d.sock"

#define CHECK_MS 20

/* Up to 1.9.4 a command is read into 500 bytes. */
#define COMMAND_MAX 498
/* About 40 bytes for each banned interrupt. */
#define ANSWER_MAX (1 << 20)

/* --- The daemon ------------------------------------------------------------------------------- */

static bool is_irqbalance(const struct root *root, int pid)
{
	CLEANUP_FREE char *name = NULL;

	return root_read_value(root, &name, "/proc/%d/comm", pid) == 0 &&
	       !strcmp(name, "irqbalance") && process_is_of_root(root, pid);
}

/* The pid in the name of a socket. A daemon that was killed leaves its socket behind. */
static int find_socket(const struct root *root)
{
	CLEANUP_DIR DIR *dir = NULL;

	if (root_open_dir(root, &dir, IRQBALANCE_DIR) < 0)
		return 0;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		int pid, end = 0;

		if (sscanf(entry->d_name, NAME_FORMAT "%n", &pid, &end) == 1 && end &&
		    !entry->d_name[end] && is_irqbalance(root, pid))
			return pid;
	}
	return 0;
}

static int find_process(const struct root *root, struct processes *processes)
{
	return processes_read(root, processes) == 0 ? process_find(root, processes, "irqbalance")
						    : 0;
}

/*
 * systemd creates the directory when the service starts and removes it when it stops, so a running
 * machine without it is not searched for the process, which costs milliseconds. A daemon that has
 * just been started has no socket yet.
 */
static int find_daemon(const struct root *root, struct processes *processes, double deadline)
{
	const struct timespec interval = { .tv_nsec = CHECK_MS * 1000000L };
	int pid, found;

	if (root_is_live(root) && !root_has_dir(root, IRQBALANCE_DIR))
		return 0;
	found = find_socket(root);
	pid = found ? found : find_process(root, processes);
	while (pid && !found && root_is_live(root) && clock_left_ms(deadline)) {
		(void)nanosleep(&interval, NULL);
		found = find_socket(root);
	}
	return found ? found : pid;
}

/* --- Its socket ------------------------------------------------------------------------------- */

/* Its answer is sent back to it with one ban more or less: believe only root. */
static bool is_of_root(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == 0;
}

static int connect_socket(int fd, int pid, double deadline)
{
	int left = clock_left_ms(deadline);
	const struct timeval limit = { left / 1000, left % 1000 * 1000L };
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof(address.sun_path), IRQBALANCE_SOCKET, pid);
	/* To setsockopt(), 0 is no limit at all. */
	if (!left)
		return -ETIMEDOUT;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit)))
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)))
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return is_of_root(fd) ? 0 : -ECONNREFUSED;
}

static int open_socket(int pid, double deadline)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : connect_socket(fd, pid, deadline);

	if (r == 0)
		return fd;
	close_p(&fd);
	return r;
}

/* irqbalance requires the sender's credentials. */
static int send_command(int fd, const char *command)
{
	/* Including the NUL byte: irqbalance up to 1.8 does not add one. */
	struct iovec text = { .iov_base = (char *)command, .iov_len = strlen(command) + 1 };
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct ucred))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(struct ucred)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_CREDENTIALS } };
	const struct ucred sender = { .pid = getpid(), .uid = geteuid(), .gid = getegid() };
	const struct msghdr message = {
		.msg_iov = &text,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room),
	};

	memcpy(CMSG_DATA(&control.head), &sender, sizeof(sender));
	if (sendmsg(fd, &message, MSG_NOSIGNAL) >= 0)
		return 0;
	return errno == EAGAIN ? -ETIMEDOUT : -errno;
}

/* Reads to the end of the connection. */
static int receive_answer(int fd, double deadline, char **ret)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	CLEANUP_FREE char *answer = NULL;
	size_t length = 0;
	ssize_t n = 1;

	answer = malloc(ANSWER_MAX + 1);
	if (!answer)
		return -ENOMEM;
	while (n > 0 && length < ANSWER_MAX) {
		int left = clock_left_ms(deadline);

		if (!left)
			return -ETIMEDOUT;
		if (poll(&ready, 1, left) <= 0)
			continue;
		n = recv(fd, answer + length, ANSWER_MAX - length, 0);
		if (n < 0)
			return -errno;
		length += (size_t)n;
	}
	/* Sending back a list that was cut off would lift the other bans. */
	if (length == ANSWER_MAX)
		return -E2BIG;
	answer[length] = '\0';
	*ret = answer;
	answer = NULL;
	return 0;
}

int irqbalance_ask(int pid, const char *command, double deadline, char **ret)
{
	int fd, r;

	if (strlen(command) > COMMAND_MAX)
		return -E2BIG;
	fd = open_socket(pid, deadline);
	if (fd < 0)
		return fd;
	r = send_command(fd, command);
	if (r == 0)
		r = receive_answer(fd, deadline, ret);
	close(fd);
	return r;
}

/* The answer to "setup"; in a tree it is a file. */
static int ask_setup(const struct root *root, int pid, double deadline, char **ret)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), IRQBALANCE_SOCKET, pid);
	if (!root_is_live(root))
		return root_read_text(root, ret, "%s", path);
	r = irqbalance_ask(pid, "setup", deadline, ret);
	/* Without an answer, the board gets an empty one. */
	if (root_record(root)) {
		const char *answer = r == 0 && *ret ? *ret : "";

		record_file(root_record(root), path, answer, strlen(answer));
	}
	return r;
}

/* --- Its answer ------------------------------------------------------------------------------- */

int irqbalance_parse_setup(const char *text, int **ret, size_t *ret_count)
{
	CLEANUP_FREE int *list = NULL;
	size_t count = 0;

	if (strncmp(text, "SLEEP ", 6))
		return -EBADMSG;
	for (const char *p = text; (p = strstr(p, " IRQ "));) {
		char *end;
		long long irq;
		int *grown;

		p += strlen(" IRQ ");
		irq = strtoll(p, &end, 10);
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

int irqbalance_read(const struct root *root, struct processes *processes, double deadline,
		    struct irqbalance *ret)
{
	CLEANUP_FREE char *answer = NULL;
	int r;

	ret->pid = find_daemon(root, processes, deadline);
	if (!ret->pid)
		return 0;
	r = root_read_words(root, &ret->arguments, "/proc/%d/cmdline", ret->pid);
	if (r == -ENOMEM)
		return r;
	r = ask_setup(root, ret->pid, deadline, &answer);
	if (r == 0)
		r = irqbalance_parse_setup(answer, &ret->banned, &ret->n_banned);
	ret->error = -r;
	return r == -ENOMEM ? r : 0;
}

void irqbalance_find(const struct root *root, const struct processes *processes,
		     struct irqbalance *irqbalance)
{
	if (irqbalance->pid)
		return;
	irqbalance->pid = process_find(root, processes, "irqbalance");
	irqbalance->error = irqbalance->pid ? ENOENT : 0;
}

void irqbalance_done(struct irqbalance *irqbalance)
{
	free(irqbalance->arguments);
	free(irqbalance->banned);
	*irqbalance = (struct irqbalance){ 0 };
}

bool irqbalance_has_banned(const struct irqbalance *irqbalance, int irq)
{
	for (size_t i = 0; i < irqbalance->n_banned; i++)
		if (irqbalance->banned[i] == irq)
			return true;
	return false;
}

bool irqbalance_has_room(const struct irqbalance *irqbalance, int irq)
{
	int length = snprintf(NULL, 0, IRQBALANCE_BAN " %d", irq);

	for (size_t i = 0; i < irqbalance->n_banned; i++)
		length += snprintf(NULL, 0, " %d", irqbalance->banned[i]);
	return length <= COMMAND_MAX;
}

enum ban irqbalance_ban(const struct irqbalance *irqbalance, int irq)
{
	if (irqbalance->error)
		return BAN_UNKNOWN;
	return irqbalance_has_banned(irqbalance, irq) ? BAN_IN_FORCE : BAN_NONE;
}

/* In each form that getopt_long() accepts. */
bool irqbalance_is_told_of(const struct irqbalance *irqbalance, const char *driver)
{
	static const char *const forms[] = { "--banmod=", "--banmod ", "-m ", "-m" };

	for (size_t i = 0; irqbalance->arguments && i < ARRAY_SIZE(forms); i++) {
		CLEANUP_FREE char *option = text_format("%s%s", forms[i], driver);

		if (option && text_has_word(irqbalance->arguments, option))
			return true;
	}
	return false;
}
