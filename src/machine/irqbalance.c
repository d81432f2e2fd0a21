/* SPDX-License-Identifier: MIT */
/*
 * irqbalance: which interrupts it leaves alone. Its socket takes one command a connection, and only
 * from root; "settings ban irqs" replaces the whole list. The end of the connection says that a
 * command is in force (process_connection() in its ui/ and socket code).
 */

#include "machine/irqbalance.h"

#include "machine/process.h"
#include "root/record.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>

#define NAME_FORMAT "irqbalance%d.sock"
#define PATH_FORMAT IRQBALANCE_DIR "/" NAME_FORMAT

#define TIMEOUT_MS 2000
#define CHECK_MS   20

/* Up to 1.9.4 a command is read into 500 bytes. */
#define COMMAND_MAX 498
/* Some 40 bytes for each interrupt that it leaves alone. */
#define ANSWER_MAX (1 << 20)

/* --- The daemon ------------------------------------------------------------------------------- */

static bool is_irqbalance(const struct root *root, int pid)
{
	CLEANUP_FREE char *name = NULL;

	return root_read_value(root, &name, "/proc/%d/comm", pid) == 0 &&
	       !strcmp(name, "irqbalance");
}

/* The pid in the name of a socket: one of a daemon that was killed can be left over. */
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
 * Without the directory that its service makes since 1.6: the socket is one of those that have the
 * pid in their name, or a nameless one (see set_address()).
 */
static int find_other_socket(const struct root *root, struct processes *processes)
{
	CLEANUP_FREE char *line = NULL;
	int fd = root_open_file(root, O_RDONLY, 0, "/proc/net/unix");
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	bool nameless = false;
	size_t size = 0;
	int found = 0;

	if (!file) {
		close_p(&fd);
		return 0;
	}
	while (!found && getline(&line, &size, file) > 0) {
		const char *name = strstr(line, "irqbalance");
		int pid;

		nameless |= strstr(line, " @@@") != NULL;
		if (name && sscanf(name, NAME_FORMAT, &pid) == 1 && is_irqbalance(root, pid))
			found = pid;
	}
	fclose(file);
	return found || !nameless ? found : find_process(root, processes);
}

/* One that has just been started has no socket yet. */
static int find_daemon(const struct root *root, struct processes *processes)
{
	const struct timespec interval = { .tv_nsec = CHECK_MS * 1000000L };
	int pid, found;

	if (!root_has_dir(root, IRQBALANCE_DIR))
		return root_is_live(root) ? find_other_socket(root, processes)
					  : find_process(root, processes);
	found = find_socket(root);
	pid = found ? found : find_process(root, processes);
	for (int ms = 0; pid && !found && root_is_live(root) && ms < TIMEOUT_MS; ms += CHECK_MS) {
		(void)nanosleep(&interval, NULL);
		found = find_socket(root);
	}
	return found ? found : pid;
}

/* --- Its socket ------------------------------------------------------------------------------- */

enum address {
	ADDRESS_FILE,	  /* since 1.6 */
	ADDRESS_OLD_FILE, /* 1.5 */
	ADDRESS_ABSTRACT, /* up to 1.4 */
	ADDRESS_NAMELESS, /* since 1.5, where it could not make its file: NUL bytes only */
	N_ADDRESSES
};

static socklen_t set_address(struct sockaddr_un *address, enum address kind, int pid)
{
	char *path = address->sun_path;
	const size_t size = sizeof(address->sun_path);
	socklen_t length = sizeof(*address);

	*address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (kind == ADDRESS_FILE)
		snprintf(path, size, PATH_FORMAT, pid);
	else if (kind == ADDRESS_OLD_FILE)
		snprintf(path, size, "/run/" NAME_FORMAT, pid);
	else if (kind == ADDRESS_ABSTRACT)
		/* It begins with a NUL byte, and has none at its end. */
		length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1) +
			 (socklen_t)snprintf(path + 1, size - 1, NAME_FORMAT, pid);
	return length;
}

/* Anyone may take an abstract name: it is irqbalance only if it is root. */
static bool is_of_root(int fd)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == 0;
}

static int connect_socket(int fd, int pid)
{
	const struct timeval timeout = { .tv_sec = TIMEOUT_MS / 1000 };
	struct sockaddr_un address = { 0 };
	int connected = -1;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout)))
		return -errno;
	for (enum address kind = 0; kind < N_ADDRESSES; kind++) {
		socklen_t length = set_address(&address, kind, pid);

		connected = connect(fd, (struct sockaddr *)&address, length);
		if (connected == 0 || (errno != ENOENT && errno != ECONNREFUSED))
			break;
	}
	if (connected < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return is_of_root(fd) ? 0 : -ECONNREFUSED;
}

static int open_socket(int pid)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r = fd < 0 ? -errno : connect_socket(fd, pid);

	if (r == 0)
		return fd;
	close_p(&fd);
	return r;
}

/* With the sender's credentials, as irqbalance's own tool sends it. */
static int send_command(int fd, const char *command)
{
	/* With its NUL byte: irqbalance up to 1.8 does not add one. */
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

/* One command and its answer, up to the end of the connection. The caller frees *ret. */
static int ask_daemon(int pid, const char *command, char **ret)
{
	CLEANUP_CLOSE int fd = open_socket(pid);
	CLEANUP_FREE char *answer = NULL;
	size_t length = 0;
	ssize_t n = 1;
	int r = fd < 0 ? fd : send_command(fd, command);

	if (r < 0)
		return r;
	answer = malloc(ANSWER_MAX + 1);
	if (!answer)
		return -ENOMEM;
	while (n > 0 && length < ANSWER_MAX) {
		n = recv(fd, answer + length, ANSWER_MAX - length, 0);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n < 0)
			return errno == EAGAIN ? -ETIMEDOUT : -errno;
		else
			length += (size_t)n;
	}
	/* A list cut off would lift the bans of the rest when it is sent back. */
	if (length == ANSWER_MAX)
		return -E2BIG;
	answer[length] = '\0';
	*ret = answer;
	answer = NULL;
	return 0;
}

/* The same of a board, whose answer is a file. */
static int ask_irqbalance(const struct root *root, int pid, char **ret)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), PATH_FORMAT, pid);
	if (!root_is_live(root))
		return root_read_text(root, ret, "%s", path);
	r = ask_daemon(pid, "setup", ret);
	/* No answer is noted, too: a board then has an empty one. */
	if (root_record(root)) {
		const char *answer = r == 0 && *ret ? *ret : "";

		record_file(root_record(root), path, answer, strlen(answer));
	}
	return r;
}

/* --- What it says ----------------------------------------------------------------------------- */

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

int irqbalance_read(const struct root *root, struct processes *processes, struct irqbalance *ret)
{
	CLEANUP_FREE char *answer = NULL;
	int r;

	ret->pid = find_daemon(root, processes);
	if (!ret->pid)
		return 0;
	r = root_read_words(root, &ret->arguments, "/proc/%d/cmdline", ret->pid);
	if (r == -ENOMEM)
		return r;
	r = ask_irqbalance(root, ret->pid, &answer);
	if (r == 0)
		r = irqbalance_parse_setup(answer, &ret->banned, &ret->n_banned);
	ret->error = -r;
	return r == -ENOMEM ? r : 0;
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
		return BAN_DRIVER;
	if (irqbalance->error)
		return BAN_UNKNOWN;
	return irqbalance_has_banned(irqbalance, irq) ? BAN_NUMBER : BAN_NONE;
}

/* --- Changing it ------------------------------------------------------------------------------ */

/* Its list with one number more or less. Returns 0 or -ENOMEM. */
static int change_list(struct irqbalance *irqbalance, int irq, bool banned)
{
	size_t kept = 0;
	int *grown;

	for (size_t i = 0; i < irqbalance->n_banned; i++)
		if (irqbalance->banned[i] != irq)
			irqbalance->banned[kept++] = irqbalance->banned[i];
	irqbalance->n_banned = kept;
	if (!banned)
		return 0;
	grown = reallocarray(irqbalance->banned, kept + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	irqbalance->banned = grown;
	grown[irqbalance->n_banned++] = irq;
	return 0;
}

/* HEAD, each number of the list behind WORD, TAIL. The caller frees it. */
static char *print_list(const struct irqbalance *irqbalance, const char *head, const char *word,
			const char *tail)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	fputs(head, out);
	for (size_t i = 0; i < irqbalance->n_banned; i++)
		fprintf(out, "%s%d", word, irqbalance->banned[i]);
	fputs(tail, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static int send_list(const struct irqbalance *irqbalance)
{
	CLEANUP_FREE char *answer = NULL;
	CLEANUP_FREE char *command = print_list(irqbalance, "settings ban irqs", " ",
						irqbalance->n_banned ? "" : " NONE");

	if (!command)
		return -ENOMEM;
	if (strlen(command) > COMMAND_MAX)
		return -E2BIG;
	return ask_daemon(irqbalance->pid, command, &answer);
}

/* A board's irqbalance does what it is told, too: its answer is another from now on. */
static int write_answer(const struct root *root, const struct irqbalance *irqbalance)
{
	CLEANUP_FREE char *answer = print_list(irqbalance, "SLEEP 10", " IRQ ", " BANNED 00000000");
	char path[64];

	snprintf(path, sizeof(path), PATH_FORMAT, irqbalance->pid);
	return answer ? root_write_value(root, path, answer) : -ENOMEM;
}

static int set_ban(const struct root *root, struct irqbalance *irqbalance, int irq, bool banned)
{
	struct processes processes = { 0 };
	int r = irqbalance_read(root, &processes, irqbalance);

	processes_done(&processes);
	if (r == 0)
		r = irqbalance->pid ? -irqbalance->error : -ESRCH;
	if (r == 0)
		r = change_list(irqbalance, irq, banned);
	if (r == 0)
		r = root_is_live(root) ? send_list(irqbalance) : write_answer(root, irqbalance);
	return r;
}

int irqbalance_set_ban(const struct root *root, int irq, bool banned)
{
	struct irqbalance before = { 0 }, after = { 0 };
	struct processes processes = { 0 };
	int r = set_ban(root, &before, irq, banned);

	if (r == 0)
		r = irqbalance_read(root, &processes, &after);
	if (r == 0 && irqbalance_has_banned(&after, irq) != banned)
		r = after.pid ? -EIO : -ESRCH;
	irqbalance_done(&before);
	irqbalance_done(&after);
	processes_done(&processes);
	return r;
}
