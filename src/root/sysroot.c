/* SPDX-License-Identifier: MIT */
/* Opens the directory or the board file that --sysroot names. */

#include "root/sysroot.h"

#include "base/util.h"
#include "root/board.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#define NAME "/ax650n-tune.XXXXXX"

/* The signals that end a program when a terminal, a reader of its output or a service manager does.
 */
static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM };

/* The directory to remove when such a signal comes: a handler can know of it in no other way. */
static struct {
	char path[PATH_MAX]; /* "": none */
	pid_t owner;	     /* not a child of it */
} temporary_tree;

/*
 * Removes a directory with what is in it, except where something is mounted: DEV is the device of
 * what it is in, 0 if that does not matter. Calls only what a signal handler may call.
 */
static void remove_directory(int parent, const char *name, dev_t dev)
{
	char buffer[2048] __attribute__((aligned(8)));
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	bool same = false;
	struct stat st;
	long n = 0;

	if (fd >= 0)
		same = fstat(fd, &st) == 0 && (!dev || st.st_dev == dev);
	while (same && (n = syscall(SYS_getdents64, fd, buffer, sizeof(buffer))) > 0) {
		for (long at = 0; at < n;) {
			const struct dirent64 *entry = (const struct dirent64 *)(buffer + at);

			at += entry->d_reclen;
			if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
			    unlinkat(fd, entry->d_name, 0))
				remove_directory(fd, entry->d_name, st.st_dev);
		}
	}
	close_p(&fd);
	(void)unlinkat(parent, name, AT_REMOVEDIR);
}

/* SA_RESETHAND has put back what the signal does, and it comes again when this returns. */
static void on_end(int signal_number)
{
	int saved = errno;

	if (*temporary_tree.path && temporary_tree.owner == getpid())
		remove_directory(AT_FDCWD, temporary_tree.path, 0);
	(void)raise(signal_number);
	errno = saved;
}

/* A signal that is ignored, as by nohup, stays so. */
static void catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_end, .sa_flags = (int)SA_RESETHAND }, before;

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaddset(&action.sa_mask, signals[i]);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
			(void)sigaction(signals[i], &action, NULL);
}

/* Makes the directory; no signal comes between that and the note of it. */
static int make_temporary(struct error *error)
{
	const char *dir = getenv("TMPDIR");
	sigset_t all, before;
	int r = 0;

	dir = dir && *dir ? dir : "/tmp";
	if (strlen(dir) + sizeof(NAME) > sizeof(temporary_tree.path))
		return error_set(error, -ENAMETOOLONG, "TMPDIR is too long");
	catch_signals();
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_BLOCK, &all, &before);
	snprintf(temporary_tree.path, sizeof(temporary_tree.path), "%s" NAME, dir);
	temporary_tree.owner = getpid();
	if (!mkdtemp(temporary_tree.path)) {
		r = error_set(error, -errno, "cannot create a directory in %s: %s", dir,
			      strerror(errno));
		*temporary_tree.path = '\0';
	}
	(void)sigprocmask(SIG_SETMASK, &before, NULL);
	return r;
}

void sysroot_close(struct root *root)
{
	root_close(root);
	if (!*temporary_tree.path)
		return;
	remove_directory(AT_FDCWD, temporary_tree.path, 0);
	*temporary_tree.path = '\0';
}

/* Opens DIR, which is NAME itself or was expanded from it. */
static int open_tree(const char *dir, const char *name, struct root **ret, struct error *error)
{
	int r = root_open(dir, ret);

	if (r == -ENOSYS)
		return error_set(error, r,
				 "cannot use %s as --sysroot: openat2() is missing: the kernel is "
				 "older than Linux 5.6, or a container's seccomp filter blocks it",
				 name);
	return r < 0 ? error_set(error, r, "cannot open %s: %s", dir, strerror(-r)) : 0;
}

static int open_board(const char *path, struct root **ret, struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_ROOT struct root *host = NULL;
	struct root *root = NULL;
	int r = root_open("/", &host);

	if (r >= 0)
		r = root_read_text(host, &text, "%s", path);
	if (r < 0)
		return error_set(error, r, "cannot read %s: %s", path, root_strerror(r));
	r = make_temporary(error);
	if (r == 0)
		r = open_tree(temporary_tree.path, path, &root, error);
	if (r == 0)
		r = board_expand(text, path, root, error);
	if (r < 0) {
		sysroot_close(root);
		return r;
	}
	*ret = root;
	return 0;
}

int sysroot_open(const char *path, struct root **ret, struct error *error)
{
	int r = open_tree(path, path, ret, error);

	return r == -ENOTDIR ? open_board(path, ret, error) : r;
}
