/* SPDX-License-Identifier: MIT */
/* Runs a program with a time limit and collects its output. */

#include "base/child.h"

#include "base/clock.h"
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>

/* How often to read the rest of the pipe: a process that left the group may write for ever. */
#define REST_MAX 1024

struct buffer {
	char *text;
	size_t length, size, max;
};

/* --- In the child ----------------------------------------------------------------------------- */

/* True if a directory in PATH has a file of that name. */
static bool is_in_path(const char *name)
{
	const char *path = getenv("PATH");
	char file[PATH_MAX];
	size_t length;

	for (const char *p = path; p; p = p[length] ? p + length + 1 : NULL) {
		length = strcspn(p, ":");
		snprintf(file, sizeof(file), "%.*s%s%s", (int)length, p, length ? "/" : "./", name);
		if (access(file, F_OK) == 0)
			return true;
	}
	return false;
}

static void become(const struct child *child, int output, pid_t parent)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	sigprocmask(SIG_SETMASK, child->mask, NULL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The parent may have died before prctl(). */
	if (getppid() != parent || null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
	    dup2(output, 2) < 0)
		return;
	if (child->environment)
		execvpe(child->arguments[0], child->arguments, child->environment);
	else
		execvp(child->arguments[0], child->arguments);
	/* A directory in PATH that may not be entered must not hide that the program is missing. */
	if (errno == EACCES && !strchr(child->arguments[0], '/'))
		errno = is_in_path(child->arguments[0]) ? EACCES : ENOENT;
}

/* Returns the pid, or -errno if the program could not be executed. */
static pid_t start(const struct child *child, int *ret_output)
{
	int output[2], error[2], why = 0;
	pid_t parent = getpid(), pid;

	if (pipe2(output, O_CLOEXEC))
		return -errno;
	if (pipe2(error, O_CLOEXEC)) {
		why = errno;
		close(output[0]);
		close(output[1]);
		return -why;
	}
	pid = fork();
	if (pid == 0) {
		become(child, output[1], parent);
		why = errno;
		(void)!write(error[1], &why, sizeof(why));
		_exit(127);
	}
	if (pid < 0)
		why = errno;
	close(output[1]);
	close(error[1]);
	/* End of file: the program was executed. */
	if (pid > 0 && read(error[0], &why, sizeof(why)) > 0)
		(void)waitpid(pid, NULL, 0);
	close(error[0]);
	if (why) {
		close(output[0]);
		return -why;
	}
	*ret_output = output[0];
	return pid;
}

/* --- Output ----------------------------------------------------------------------------------- */

static void drop_oldest_half(struct buffer *buffer)
{
	size_t half = buffer->length / 2;

	buffer->length -= half;
	memmove(buffer->text, buffer->text + half, buffer->length);
}

/* Reads what is available. Returns its length, 0 at end of file, -1 if nothing is available. */
static ssize_t read_some(int fd, struct buffer *buffer)
{
	ssize_t n;

	if (buffer->length == buffer->size && buffer->size < buffer->max) {
		size_t size = buffer->size ? 2 * buffer->size : 4096;
		char *grown;

		size = size < buffer->max ? size : buffer->max;
		grown = realloc(buffer->text, size + 1);
		if (grown) {
			buffer->text = grown;
			buffer->size = size;
		}
	}
	if (!buffer->size)
		return 0;
	if (buffer->length == buffer->size)
		drop_oldest_half(buffer);
	n = read(fd, buffer->text + buffer->length, buffer->size - buffer->length);
	if (n > 0)
		buffer->length += (size_t)n;
	return n;
}

/* --- End -------------------------------------------------------------------------------------- */

static bool has_ended(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ||
	       info.si_pid == pid;
}

static bool ends_within(pid_t pid, int sigchld_fd, long ms)
{
	struct pollfd sigchld = { .fd = sigchld_fd, .events = POLLIN };
	double end = clock_ms() + (double)ms;

	while (!has_ended(pid)) {
		struct signalfd_siginfo info;
		double left = end - clock_ms();

		if (left <= 0)
			return false;
		if (poll(&sigchld, 1, (int)left + 1) > 0)
			(void)!read(sigchld_fd, &info, sizeof(info));
	}
	return true;
}

static void stop_child(const struct child *child, pid_t pid, int sigchld_fd)
{
	(void)kill(-pid, SIGTERM);
	if (ends_within(pid, sigchld_fd, child->grace_ms))
		return;
	(void)kill(-pid, SIGKILL);
	(void)ends_within(pid, sigchld_fd, CHILD_REAP_MS);
}

/* Reads until the program ends, runs out of time or is to be stopped. */
static enum child_outcome watch(const struct child *child, pid_t pid, int output, int sigchld_fd,
				struct buffer *buffer)
{
	struct pollfd fds[] = {
		{ .fd = sigchld_fd, .events = POLLIN },
		{ .fd = child->stop_fd, .events = POLLIN },
		{ .fd = output, .events = POLLIN },
	};
	double end = clock_ms() + (double)child->timeout_ms;

	while (!has_ended(pid)) {
		struct signalfd_siginfo info;
		double left = end - clock_ms();

		if (left <= 0)
			return CHILD_TIMED_OUT;
		/* Interrupted by a signal that is handled elsewhere: check the time again. */
		if (poll(fds, ARRAY_SIZE(fds), left > 60000 ? 60000 : (int)left + 1) < 0)
			continue;
		if (fds[2].revents && read_some(output, buffer) == 0)
			fds[2].fd = -1;
		if (fds[0].revents)
			(void)!read(sigchld_fd, &info, sizeof(info));
		if (fds[1].revents)
			return CHILD_STOPPED;
	}
	return CHILD_EXITED;
}

/* Runs the program from start to end. Its output goes to BUFFER. */
static int attend(const struct child *child, int sigchld_fd, struct child_end *end,
		  struct buffer *buffer)
{
	CLEANUP_CLOSE int output = -1;
	double began = clock_ms();
	pid_t pid = start(child, &output);
	int status = 0;

	if (pid < 0)
		return pid;
	(void)fcntl(output, F_SETFL, O_NONBLOCK);
	end->outcome = watch(child, pid, output, sigchld_fd, buffer);
	if (end->outcome != CHILD_EXITED)
		stop_child(child, pid, sigchld_fd);
	end->wall_ms = clock_ms() - began;
	/* Also kill what it has started and left running. */
	(void)kill(-pid, SIGKILL);
	if (waitpid(pid, &status, WNOHANG) == pid && end->outcome == CHILD_EXITED) {
		end->outcome = WIFEXITED(status) ? CHILD_EXITED : CHILD_KILLED;
		end->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	}
	for (int i = 0; i < REST_MAX && read_some(output, buffer) > 0; i++)
		;
	return 0;
}

int child_run(const struct child *wanted, struct child_end *ret)
{
	struct child child = *wanted;
	struct buffer buffer = { .max = child.output_max };
	struct child_end end = { 0 };
	sigset_t sigchld, before;
	int fd, r;

	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	/* While SIGCHLD is ignored, as the parent may have left it, no exit status is kept. */
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_BLOCK, &sigchld, &before))
		return -errno;
	if (!child.mask)
		child.mask = &before;
	fd = signalfd(-1, &sigchld, SFD_CLOEXEC | SFD_NONBLOCK);
	r = fd < 0 ? -errno : attend(&child, fd, &end, &buffer);
	close_p(&fd);
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	end.output = buffer.text ? buffer.text : calloc(1, 1);
	if (r == 0 && !end.output)
		r = -ENOMEM;
	if (r < 0) {
		free(end.output);
		return r;
	}
	end.output[buffer.length] = '\0';
	end.length = buffer.length;
	*ret = end;
	return 0;
}
