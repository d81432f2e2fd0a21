/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/util.h"

#include <limits.h>
#include <sys/types.h>

/*
 * Where /proc, /sys, /run and /etc are: the running system, or a directory tree that stands in for
 * "/". No path and no symbolic link leads out of such a tree (openat2(2), RESOLVE_IN_ROOT).
 *
 * All paths begin with "/". The reading functions take them as a printf format after the result.
 * Unless stated otherwise, functions return 0 or -errno and leave *ret untouched on failure.
 */
struct root;
struct record;

/* -ENOSYS for any PATH but "/" if openat2() is missing: before Linux 5.6, or in a container. */
int root_open(const char *path, struct root **ret);
void root_close(struct root *root);
void root_close_p(struct root *const *root);
#define CLEANUP_ROOT CLEANUP(root_close_p)

/*
 * From now on, everything the functions below read is noted in RECORD: the files, and the links on
 * the way to them. RECORD must outlive the root. NULL ends it.
 */
void root_set_record(struct root *root, struct record *record);
struct record *root_record(const struct root *root);

/* True for the running system, false for a tree. */
bool root_is_live(const struct root *root);

/* The directory as given, without a slash at the end; "" for the running system. */
const char *root_path(const struct root *root);

/*
 * A file descriptor for PATH, close-on-exec, or -errno. FLAGS and MODE as for open(2). Neither
 * opening nor reading it waits for anything: see O_NONBLOCK there.
 */
int root_open_file(const struct root *root, int flags, mode_t mode, const char *path);

/* Why a file could not be opened or read: strerror(), in better words where there are any. */
const char *root_strerror(int code);

/* The path of the open file FD below the root, without links; -EXDEV if it is not below it. */
int root_fd_path(const struct root *root, int fd, char ret[static PATH_MAX]);

/*
 * The whole file as text; the caller frees it. -EBADMSG for a NUL byte before the last byte,
 * -EOPNOTSUPP for a FIFO.
 */
int root_read_text(const struct root *root, char **ret, const char *format, ...) PRINTF(3, 4);

/* A file of NUL-terminated words, such as /proc/PID/cmdline, with blanks between the words. */
int root_read_words(const struct root *root, char **ret, const char *format, ...) PRINTF(3, 4);

/* A file without trailing white space, printable: the value of an attribute. */
int root_read_value(const struct root *root, char **ret, const char *format, ...) PRINTF(3, 4);

/* Also returns the permission bits of the file. */
int root_read_value_mode(const struct root *root, char **ret, mode_t *ret_mode, const char *format,
			 ...) PRINTF(4, 5);

/* A file with one decimal number. -EINVAL and -ERANGE as for parse_long(). */
int root_read_long(const struct root *root, int64_t *ret, const char *format, ...) PRINTF(3, 4);

/* A file with one hexadecimal number of less than 64 bits, such as "0x412fd050". */
int root_read_hex(const struct root *root, int64_t *ret, const char *format, ...) PRINTF(3, 4);

/* The path without links: "/sys/devices/..." for one in /sys/bus. The caller frees it. */
int root_real_path(const struct root *root, char **ret, const char *format, ...) PRINTF(3, 4);

/* The last component of a link's target, such as the name of a driver. The caller frees it. */
int root_read_link_name(const struct root *root, char **ret, const char *format, ...) PRINTF(3, 4);

/*
 * The numbers N of the entries called "PREFIXN" in a directory, in ascending order. The caller
 * frees *ret, which is NULL if there are none.
 */
int root_list_numbers(const struct root *root, const char *prefix, int **ret, size_t *ret_count,
		      const char *format, ...) PRINTF(5, 6);

/* True if there is such a directory. Follows links. */
bool root_has_dir(const struct root *root, const char *format, ...) PRINTF(2, 3);

/* The directory as a stream, which the caller closes. Not noted in a record. */
int root_open_dir(const struct root *root, DIR **ret, const char *format, ...) PRINTF(3, 4);

/*
 * Like root_open_file(), but -EXDEV if a link in PATH is absolute or leads out of the tree. To
 * check a path before a library opens it by itself.
 */
int root_open_inside(const struct root *root, int flags, const char *path);

/* Replaces the content of an existing file with TEXT and a newline, in one write(2). */
int root_write_value(const struct root *root, const char *path, const char *text);
