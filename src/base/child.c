/* SPDX-License-Identifier: MIT */
/* Runs a program with a time limit, collects its output, and talks to it if it reads a terminal. */

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
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>

/* How often to read the rest of the pipe: a process that left the group may write for ever. */
#define REST_MAX 1024
/* How often child_wait() asks again whether the program has been silent for long enough. */
#define UNTIL_INTERVAL_MS 50
/* Ends the input of a terminal (termios(3), VEOF). */
#define END_OF_INPUT "\004"

struct buffer {
	char *text;
	size_t length, size, max;
};

struct child_process {
	struct child child;
	pid_t pid;
	int fd; /* its output, and its terminal */
	int sigchld_fd;
	sigset_t before; /* the signals that were blocked before it was started */
	struct buffer buffer;
	double began, printed; /* when it was started or told something, and printed last */
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

/* The ends of a pipe or of a terminal that the program gets. */
struct ends {
	int ours, input, output;
};

static void become(const struct child *child, const struct ends *ends, pid_t parent)
{
	sigprocmask(SIG_SETMASK, child->mask, NULL);
	if (child->terminal ? setsid() < 0 || ioctl(ends->output, TIOCSCTTY, 0) : setpgid(0, 0))
		return;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The parent may have died before prctl(). */
	/* NOLINTNEXTLINE(clang-analyzer-unix.StdCLibraryFunctions): both are open */
	if (getppid() != parent || dup2(ends->input, 0) < 0 || dup2(ends->output, 1) < 0 ||
	    dup2(ends->output, 2) < 0)
		return;
	if (child->environment)
		execvpe(child->arguments[0], child->arguments, child->environment);
	else
		execvp(child->arguments[0], child->arguments);
	/* A directory in PATH that may not be entered must not hide that the program is missing. */
	if (errno == EACCES && !strchr(child->arguments[0], '/'))
		errno = is_in_path(child->arguments[0]) ? EACCES : ENOENT;
}

/* --- Start ------------------------------------------------------------------------------------ */

static void close_all(const int *fds, size_t n)
{
	int error = errno;

	for (size_t i = 0; i < n; i++)
		close_p(&fds[i]);
	errno = error;
}

/* A terminal that neither echoes what is typed nor changes what is printed. */
static int open_terminal(struct ends *ret)
{
	const struct winsize size = { .ws_row = 24, .ws_col = 80 };
	struct termios mode;
	int fds[2] = { posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), -1 };

	if (fds[0] >= 0 && grantpt(fds[0]) == 0 && unlockpt(fds[0]) == 0)
		fds[1] = ioctl(fds[0], TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fds[1] < 0 || tcgetattr(fds[1], &mode)) {
		close_all(fds, ARRAY_SIZE(fds));
		return -errno;
	}
	mode.c_lflag &= ~(tcflag_t)ECHO;
	mode.c_oflag &= ~(tcflag_t)OPOST;
	(void)tcsetattr(fds[1], TCSANOW, &mode);
	(void)ioctl(fds[0], TIOCSWINSZ, &size);
	*ret = (struct ends){ .ours = fds[0], .input = fds[1], .output = fds[1] };
	return 0;
}

static int open_pipe(const struct child *child, struct ends *ret)
{
	int fds[3] = { -1, -1, child->input };

	if (fds[2] < 0)
		fds[2] = open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (fds[2] < 0 || pipe2(fds, O_CLOEXEC)) {
		close_all(&fds[2], child->input < 0);
		return -errno;
	}
	*ret = (struct ends){ .ours = fds[0], .input = fds[2], .output = fds[1] };
	return 0;
}

/* Returns the pid, or -errno if the program could not be executed. */
static pid_t execute(const struct child *child, const struct ends *ends)
{
	pid_t parent = getpid(), pid;
	int error[2], why = 0;

	if (pipe2(error, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (pid == 0) {
		become(child, ends, parent);
		why = errno;
		(void)!write(error[1], &why, sizeof(why));
		_exit(127);
	}
	if (pid < 0)
		why = errno;
	close(error[1]);
	/* End of file: the program was executed. */
	if (pid > 0 && read(error[0], &why, sizeof(why)) > 0)
		(void)waitpid(pid, NULL, 0);
	close(error[0]);
	return why ? -why : pid;
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

static bool ends_within(const struct child_process *process, long ms)
{
	struct pollfd sigchld = { .fd = process->sigchld_fd, .events = POLLIN };
	double deadline = clock_ms() + (double)ms;

	while (!has_ended(process->pid)) {
		struct signalfd_siginfo info;
		int left = clock_left_ms(deadline);

		if (!left)
			return false;
		if (poll(&sigchld, 1, left) > 0)
			(void)!read(process->sigchld_fd, &info, sizeof(info));
	}
	return true;
}

static void terminate(const struct child_process *process)
{
	(void)kill(-process->pid, SIGTERM);
	if (ends_within(process, process->child.grace_ms))
		return;
	(void)kill(-process->pid, SIGKILL);
	(void)ends_within(process, CHILD_REAP_MS);
}

/* The program has ended or has to. */
static void end_process(struct child_process *process, struct child_end *end)
{
	int status = 0;

	if (end->outcome != CHILD_EXITED)
		terminate(process);
	end->wall_ms = clock_ms() - process->began;
	/* Also kill what it has started and left running. */
	(void)kill(-process->pid, SIGKILL);
	if (waitpid(process->pid, &status, WNOHANG) == process->pid &&
	    end->outcome == CHILD_EXITED) {
		end->outcome = WIFEXITED(status) ? CHILD_EXITED : CHILD_KILLED;
		end->code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
	}
	process->pid = 0;
	for (int i = 0; i < REST_MAX && read_some(process->fd, &process->buffer) > 0; i++)
		;
}

/* --- All -------------------------------------------------------------------------------------- */

static void process_done(struct child_process *process)
{
	close_p(&process->fd);
	close_p(&process->sigchld_fd);
	(void)sigprocmask(SIG_SETMASK, &process->before, NULL);
	free(process->buffer.text);
	free(process);
}

static int start_process(struct child_process *process)
{
	struct child *child = &process->child;
	struct ends ends = { -1, -1, -1 };
	int r = child->terminal ? open_terminal(&ends) : open_pipe(child, &ends);

	if (r < 0)
		return r;
	process->fd = ends.ours;
	(void)fcntl(process->fd, F_SETFL, O_NONBLOCK);
	process->began = process->printed = clock_ms();
	r = process->pid = execute(child, &ends);
	close(ends.output);
	if (!child->terminal && child->input < 0)
		close(ends.input);
	return r < 0 ? r : 0;
}

int child_start(const struct child *child, struct child_process **ret)
{
	struct child_process *process = calloc(1, sizeof(*process));
	sigset_t sigchld;
	int r = 0;

	if (!process)
		return -ENOMEM;
	sigemptyset(&sigchld);
	sigaddset(&sigchld, SIGCHLD);
	/* While SIGCHLD is ignored, as the parent may have left it, no exit status is kept. */
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR ||
	    sigprocmask(SIG_BLOCK, &sigchld, &process->before)) {
		r = -errno;
		free(process);
		return r;
	}
	process->buffer.text = calloc(1, 1);
	process->child = *child;
	process->buffer.max = child->output_max;
	process->fd = -1;
	if (!child->mask)
		process->child.mask = &process->before;
	process->sigchld_fd = signalfd(-1, &sigchld, SFD_CLOEXEC | SFD_NONBLOCK);
	r = process->sigchld_fd < 0 ? -errno
	    : process->buffer.text  ? start_process(process)
				    : -ENOMEM;
	if (r < 0)
		process_done(process);
	else
		*ret = process;
	return r;
}

int child_send(struct child_process *process, const char *line)
{
	CLEANUP_FREE char *typed = text_format("%s\n", line);
	ssize_t length = typed ? (ssize_t)strlen(typed) : 0;

	if (!typed)
		return -ENOMEM;
	process->buffer.length = 0;
	process->began = process->printed = clock_ms();
	return write(process->fd, typed, (size_t)length) == length ? 0 : -EIO;
}

/* Reads until UNTIL is true, the program ends, runs out of time or is to be stopped. */
static enum child_outcome watch(struct child_process *process, child_until *until, void *data)
{
	struct buffer *buffer = &process->buffer;
	struct pollfd fds[] = {
		{ .fd = process->sigchld_fd, .events = POLLIN },
		{ .fd = process->child.stop_fd, .events = POLLIN },
		{ .fd = process->fd, .events = POLLIN },
	};
	double deadline = clock_ms() + (double)process->child.timeout_ms;
	int most = until ? UNTIL_INTERVAL_MS : 60000;

	while (!has_ended(process->pid)) {
		struct signalfd_siginfo info;
		int left = clock_left_ms(deadline);
		ssize_t n = 1;

		if (!left)
			return CHILD_TIMED_OUT;
		if (until && buffer->length &&
		    until(buffer->text, buffer->length, clock_ms() - process->printed, data))
			return CHILD_WAITS;
		/* Interrupted by a signal that is handled elsewhere: check the time again. */
		if (poll(fds, ARRAY_SIZE(fds), left < most ? left : most) < 0)
			continue;
		if (fds[2].revents)
			n = read_some(process->fd, buffer);
		if (fds[2].revents && n > 0)
			process->printed = clock_ms();
		/* A terminal that nothing has open any more answers EIO. */
		if (n == 0 || (n < 0 && errno == EIO))
			fds[2].fd = -1;
		if (fds[0].revents)
			(void)!read(process->sigchld_fd, &info, sizeof(info));
		if (fds[1].revents)
			return CHILD_STOPPED;
	}
	return CHILD_EXITED;
}

void child_wait(struct child_process *process, child_until *until, void *data,
		struct child_end *ret)
{
	struct child_end end = { .outcome = watch(process, until, data) };

	if (end.outcome == CHILD_WAITS)
		end.wall_ms = process->printed - process->began;
	else
		end_process(process, &end);
	end.output = process->buffer.text;
	end.length = process->buffer.length;
	end.output[end.length] = '\0';
	*ret = end;
}

void child_finish(struct child_process *process, const char *last)
{
	struct child_end end = { .outcome = CHILD_STOPPED };

	if (process->pid && last && child_send(process, last) == 0 &&
	    write(process->fd, END_OF_INPUT, 1) == 1 &&
	    ends_within(process, process->child.grace_ms))
		end.outcome = CHILD_EXITED;
	if (process->pid)
		end_process(process, &end);
	process_done(process);
}

int child_run(const struct child *child, struct child_end *ret)
{
	struct child_process *process = NULL;
	int r = child_start(child, &process);

	if (!process)
		return r;
	child_wait(process, NULL, NULL, ret);
	/* The caller's now. */
	process->buffer.text = NULL;
	process_done(process);
	return 0;
}
