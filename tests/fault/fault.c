/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into the program (LD_PRELOAD), makes calls of the C library fail as a machine would.
 *
 *   FAULT="CALL PATH ERRNO"      calls on files of that path fail with that number:
 *                                open read write rename unlink mkdir fsync lock; the errno 0 of a
 *                                read or write makes it short, one byte at a time; EINTR fails once
 *   FAULT_KILL=N                 SIGKILL instead of the Nth call that changes something
 *   FAULT_REMOVE="PATTERN PATH"  PATH is removed when a file that holds PATTERN is read
 *   FAULT_LOG=FILE               each call, with its path, and "change" for those that FAULT_KILL
 * counts
 */

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FD_MAX 256

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static char paths[FD_MAX][256];
static int changes, failed;

static const char *path_of(int fd)
{
	return fd >= 0 && fd < FD_MAX ? paths[fd] : "";
}

static void note_path(int fd, const char *path)
{
	if (fd >= 0 && fd < FD_MAX)
		snprintf(paths[fd], sizeof(paths[fd]), "%s", path);
}

static void note_call(const char *call, const char *path)
{
	static int fd = -1;
	char line[512];
	int length;

	if (!getenv("FAULT_LOG"))
		return;
	if (fd < 0)
		fd = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULT_LOG"),
				  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	length = snprintf(line, sizeof(line), "%s %s\n", call, path);
	(void)!NEXT(write)(fd, line, (size_t)length);
}

/* What the fault of this call is: -1 none, 0 a short one, else an errno. */
static int fault_of(const char *call, const char *path)
{
	char wanted[16], pattern[200];
	int error;

	note_call(call, path);
	if (!getenv("FAULT") ||
	    sscanf(getenv("FAULT"), "%15s %199s %d", wanted, pattern, &error) != 3 ||
	    strcmp(call, wanted) != 0 || strcmp(path, pattern) != 0 || (error == EINTR && failed++))
		return -1;
	return error;
}

/* Before a call that changes something. */
static void change(const char *path)
{
	const char *kill_at = getenv("FAULT_KILL");

	note_call("change", path);
	if (kill_at && ++changes == atoi(kill_at))
		raise(SIGKILL);
}

static bool refuse(const char *call, const char *path)
{
	int error = fault_of(call, path);

	if (error <= 0)
		return false;
	errno = error;
	return true;
}

static void remove_meanwhile(const char *path)
{
	const char *spec = getenv("FAULT_REMOVE");
	char pattern[200], victim[256];

	if (spec && sscanf(spec, "%199s %255s", pattern, victim) == 2 && strstr(path, pattern))
		(void)NEXT(unlinkat)(AT_FDCWD, victim, 0);
}

/* --- The calls ----------------------------------------------------------------------------------
 */

long syscall(long number, ...)
{
	long a[6];
	va_list args;
	long fd;

	va_start(args, number);
	for (size_t i = 0; i < 6; i++)
		a[i] = va_arg(args, long);
	va_end(args);
	if (number == SYS_openat2) {
		const unsigned long long flags = *(const unsigned long long *)a[2];
		const char *path = (const char *)a[1];

		if (!(flags & O_PATH) && refuse("open", path))
			return -1;
		if (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC) && !(flags & O_PATH))
			change(path);
		fd = NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
		note_path((int)fd, path);
		return fd;
	}
	return NEXT(syscall)(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int openat(int dir, const char *path, int flags, ...)
{
	va_list args;
	mode_t mode;
	int fd;

	va_start(args, flags);
	mode = va_arg(args, mode_t);
	va_end(args);
	if (refuse("open", path))
		return -1;
	if (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC))
		change(path);
	fd = NEXT(openat)(dir, path, flags, mode);
	note_path(fd, path);
	return fd;
}

int close(int fd)
{
	note_path(fd, "");
	return NEXT(close)(fd);
}

int closedir(DIR *dir)
{
	note_path(dirfd(dir), "");
	return NEXT(closedir)(dir);
}

ssize_t read(int fd, void *data, size_t size)
{
	int error = fault_of("read", path_of(fd));

	if (error > 0) {
		errno = error;
		return -1;
	}
	remove_meanwhile(path_of(fd));
	return NEXT(read)(fd, data, error == 0 && size ? 1 : size);
}

ssize_t write(int fd, const void *data, size_t size)
{
	int error;

	if (fd <= STDERR_FILENO)
		return NEXT(write)(fd, data, size);
	error = fault_of("write", path_of(fd));
	if (error > 0) {
		errno = error;
		return -1;
	}
	change(path_of(fd));
	return NEXT(write)(fd, data, error == 0 && size ? 1 : size);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
	if (refuse("rename", from))
		return -1;
	change(to);
	return NEXT(renameat)(from_dir, from, to_dir, to);
}

int unlinkat(int dir, const char *path, int flags)
{
	if (refuse("unlink", path))
		return -1;
	change(path);
	return NEXT(unlinkat)(dir, path, flags);
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	if (refuse("mkdir", path))
		return -1;
	change(path);
	return NEXT(mkdirat)(dir, path, mode);
}

int fsync(int fd)
{
	if (refuse("fsync", path_of(fd)))
		return -1;
	change(path_of(fd));
	return NEXT(fsync)(fd);
}

int flock(int fd, int operation)
{
	if (refuse("lock", path_of(fd)))
		return -1;
	return NEXT(flock)(fd, operation);
}
