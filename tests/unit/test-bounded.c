/* SPDX-License-Identifier: MIT */
/*
 * Time limits of what asks another process: peers that do not accept, do not answer, answer a byte
 * at a time, or never end. The tests do not measure time; they fail where something hangs.
 */

#include "base/clock.h"
#include "machine/bus.h"
#include "machine/irqbalance.h"
#include "machine/process.h"
#include "machine/smi.h"
#include "root/root.h"
#include "row.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#define BUS "/run/dbus/system_bus_socket"

/* What is given to those who are asked, and when a test fails. */
#define LIMIT_MS 800
#define LATE_MS	 8000

enum behaviour { SILENT, DRIPS, ENDLESS, FULL, AUTHENTICATES };

/* What sd-bus waits for before its first message. */
static const char handshake[] = "DATA\r\nOK 0123456789abcdef0123456789abcdef\r\nAGREE_UNIX_FD\r\n";

static void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)!write(fd, text, strlen(text));
	close(fd);
}

/* From here on /run is this process's own. */
static int enter_private_run(void **state)
{
	unsigned uid = geteuid(), gid = getegid();
	char map[32];

	(void)state;
	if (unshare(CLONE_NEWNS | (uid ? CLONE_NEWUSER : 0)))
		return 0;
	if (uid) {
		snprintf(map, sizeof(map), "0 %u 1", uid);
		write_file("/proc/self/uid_map", map);
		/* No file can be made without a group. */
		write_file("/proc/self/setgroups", "deny");
		snprintf(map, sizeof(map), "0 %u 1", gid);
		write_file("/proc/self/gid_map", map);
	}
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "/run", "tmpfs", 0, NULL))
		return 0;
	assert_int_equal(mkdir("/run/dbus", 0755), 0);
	assert_int_equal(mkdir("/run/irqbalance", 0755), 0);
	assert_int_equal(mkdir("/run/private", 0755), 0);
	return 0;
}

static void need_private_run(void)
{
	if (access("/run/private", F_OK))
		skip();
}

static void serve(int fd, enum behaviour behaviour)
{
	const char *text = behaviour == AUTHENTICATES ? handshake : "SLEEP 10 IRQ ";
	size_t length = strlen(text);

	for (size_t i = 0; behaviour != SILENT; i++) {
		if (behaviour == AUTHENTICATES && i == length)
			break;
		if (send(fd, text + i % length, 1, MSG_NOSIGNAL) < 0)
			break;
		if (behaviour == DRIPS)
			usleep(100000);
	}
	pause();
}

/* A process that is asked at PATH; the caller kills it. */
static pid_t start_peer(const char *path, enum behaviour behaviour)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	(void)unlink(path);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, behaviour == FULL ? 0 : 5), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int client;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (behaviour == FULL) {
			client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
			(void)!connect(client, (struct sockaddr *)&address, sizeof(address));
			pause();
		}
		while ((client = accept(fd, NULL, NULL)) >= 0)
			serve(client, behaviour);
		_exit(0);
	}
	close(fd);
	if (behaviour == FULL)
		usleep(200000);
	return pid;
}

static void stop_peer(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
	alarm(0);
}

static void test_system_bus(void **state)
{
	static const struct {
		const char *name;
		enum behaviour behaviour;
	} rows[] = {
		{ "does not accept", FULL },
		{ "does not authenticate", SILENT },
		{ "authenticates a byte at a time", DRIPS },
		{ "never ends", ENDLESS },
		{ "does not answer", AUTHENTICATES },
	};

	(void)state;
	need_private_run();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct unit unit = { .name = "a.service" };
		pid_t peer = start_peer(BUS, rows[i].behaviour);
		double start = clock_ms();
		CLEANUP_ROOT struct root *root = NULL;

		assert_int_equal(root_open("/", &root), 0);
		alarm(LATE_MS / 1000);
		row_true(rows[i].name, bus_read_units(root, &unit, 1, LIMIT_MS) < 0);
		row_true(rows[i].name, clock_ms() - start < LATE_MS);
		stop_peer(peer);
	}
}

static void test_bus_of_the_environment_is_not_asked(void **state)
{
	struct unit unit = { .name = "a.service" };
	CLEANUP_ROOT struct root *root = NULL;

	(void)state;
	need_private_run();
	(void)unlink(BUS);
	assert_int_equal(root_open("/", &root), 0);
	setenv("DBUS_SYSTEM_BUS_ADDRESS", "unixexec:path=/bin/touch,argv1=/run/private/ran", 1);
	assert_int_equal(bus_read_units(root, &unit, 1, LIMIT_MS), -ENOENT);
	unsetenv("DBUS_SYSTEM_BUS_ADDRESS");
	usleep(200000);
	assert_int_not_equal(access("/run/private/ran", F_OK), 0);
}

static void test_irqbalance(void **state)
{
	static const struct {
		const char *name;
		enum behaviour behaviour;
		int result;
	} rows[] = {
		{ "does not accept", FULL, -ETIMEDOUT },
		{ "does not answer", SILENT, -ETIMEDOUT },
		{ "answers a byte at a time", DRIPS, -ETIMEDOUT },
		{ "never ends", ENDLESS, -E2BIG },
	};

	(void)state;
	need_private_run();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *answer = NULL;
		pid_t peer = start_peer("/run/irqbalance/irqbalance7.sock", rows[i].behaviour);
		int r;

		alarm(LATE_MS / 1000);
		r = irqbalance_ask(7, "setup", clock_ms() + LIMIT_MS, &answer);
		row_true(rows[i].name,
			 r == rows[i].result || (rows[i].behaviour == ENDLESS && r == -ETIMEDOUT));
		stop_peer(peer);
	}
}

/* Whether the process of another user counts as irqbalance. */
static void test_name_of_another_user(void **state)
{
	struct processes processes = { 0 };
	CLEANUP_ROOT struct root *root = NULL;
	bool listed = false;
	int ready[2];
	char byte;
	pid_t pid;

	(void)state;
	assert_int_equal(root_open("/", &root), 0);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (geteuid() == 0 && setuid(65534))
			_exit(1);
		prctl(PR_SET_NAME, "irqb-of-nobody");
		(void)!write(ready[1], "", 1);
		pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(processes_read(root, &processes), 0);
	for (size_t i = 0; i < processes.count; i++)
		listed = listed || processes.list[i].pid == pid;
	/* It is listed, */
	assert_true(listed);
	/* but is not the daemon that it is called. */
	assert_int_equal(process_find(root, &processes, "irqb-of-nobody"), 0);
	assert_false(process_is_of_root(root, pid));
	processes_done(&processes);
	stop_peer(pid);
}

static void copy_file(const char *from, const char *to)
{
	char buffer[65536];
	CLEANUP_CLOSE int in = open(from, O_RDONLY | O_CLOEXEC);
	CLEANUP_CLOSE int out = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	for (ssize_t n; (n = read(in, buffer, sizeof(buffer))) > 0;)
		assert_int_equal(write(out, buffer, (size_t)n), n);
}

/* What main() does as axcl-smi. */
static void hang(void)
{
	(void)signal(SIGTERM, SIG_IGN);
	for (;;)
		if (write(STDOUT_FILENO, "| 1 |\n", 6) < 0)
			pause();
}

static void test_vendor_program(void **state)
{
	CLEANUP_ROOT struct root *root = NULL;
	struct smi smi = { 0 };
	double start = clock_ms();

	(void)state;
	need_private_run();
	assert_int_equal(root_open("/", &root), 0);
	copy_file("/proc/self/exe", "/run/private/axcl-smi");
	assert_int_equal(mount("none", "/usr/bin", "tmpfs", 0, NULL), 0);
	copy_file("/run/private/axcl-smi", "/usr/bin/axcl-smi");
	alarm(LATE_MS / 1000);
	assert_int_equal(smi_run(root, start + LIMIT_MS, &smi), 0);
	alarm(0);
	assert_int_equal(smi.outcome, SMI_SILENT);
	assert_true(clock_ms() - start < 3000);
	smi_done(&smi);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		/* As an ordinary user: before this process is root of a namespace. */
		cmocka_unit_test(test_name_of_another_user),
		cmocka_unit_test_setup(test_system_bus, enter_private_run),
		cmocka_unit_test(test_bus_of_the_environment_is_not_asked),
		cmocka_unit_test(test_irqbalance),
		/* Last: hides /usr/bin. */
		cmocka_unit_test(test_vendor_program),
	};

	if (argc && strstr(argv[0], "axcl-smi"))
		hang();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
