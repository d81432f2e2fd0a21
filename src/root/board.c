/* SPDX-License-Identifier: MIT */
/* Expands a board file into a directory tree. */

#include "root/board.h"

#include "base/cpuset.h"
#include "base/util.h"
#include "root/board-path.h"
#include "root/root.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* One line and the lines that belong to it. */
struct entry {
	enum { ENTRY_FILE, ENTRY_LINK, ENTRY_DIR } type;
	mode_t mode;
	char path[PATH_MAX];
	char target[PATH_MAX]; /* of a link */
	char *content;	       /* of a file */
	size_t length;
	bool binary;
};

struct board {
	const char *name;
	const char *rest; /* not read yet */
	int line;
	const struct root *root;
	struct error *error;
};

static int fail_line(const struct board *board, const char *what)
{
	return error_set(board->error, -EINVAL, "%s, line %d: %s", board->name, board->line, what);
}

/* Copies the next line to LINE, cut off at SIZE. Returns its full length, or -1 at the end. */
static ssize_t next_board_line(struct board *board, char *line, size_t size)
{
	size_t length = strcspn(board->rest, "\n");
	size_t kept = length < size ? length : size - 1;

	if (!*board->rest)
		return -1;
	memcpy(line, board->rest, kept);
	line[kept] = '\0';
	board->rest += length + (board->rest[length] == '\n');
	board->line++;
	return (ssize_t)length;
}

/* Creates the directories above the last component; if ALL, that one too. */
static int make_dirs(const struct root *root, const char *path, bool all)
{
	size_t length = all ? strlen(path) : (size_t)(strrchr(path, '/') - path), made;
	char partial[PATH_MAX];
	int fd;

	snprintf(partial, sizeof(partial), "%.*s", (int)length, path);
	/* Most of them exist already. */
	while ((fd = root_open_file(root, O_PATH | O_DIRECTORY, 0, *partial ? partial : "/")) ==
		       -ENOENT &&
	       *partial)
		*strrchr(partial, '/') = '\0';
	made = strlen(partial);
	while (fd >= 0 && made < length) {
		CLEANUP_CLOSE int parent = fd;
		const char *name = path + made + 1;

		snprintf(partial, sizeof(partial), "%.*s", (int)strcspn(name, "/"), name);
		/* What exists and was not found is a link that leads nowhere. */
		if (mkdirat(parent, partial, 0755))
			return errno == EEXIST ? -ENOENT : -errno;
		fd = openat(parent, partial, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd < 0)
			return -errno;
		made += 1 + strlen(partial);
	}
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

static int make_link(const struct root *root, const char *path, const char *target)
{
	char parent_path[PATH_MAX];
	char *last;

	snprintf(parent_path, sizeof(parent_path), "%s", path);
	last = strrchr(parent_path, '/');
	*last = '\0';
	CLEANUP_CLOSE int parent = root_open_file(root, O_PATH | O_DIRECTORY, 0, parent_path);
	if (parent < 0)
		return parent;
	return symlinkat(target, parent, last + 1) ? -errno : 0;
}

static int make_file(const struct root *root, const char *path, mode_t mode, const char *content,
		     size_t length)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_WRONLY | O_CREAT | O_EXCL, 0600, path);

	if (fd < 0)
		return fd;
	for (size_t done = 0; done < length;) {
		ssize_t n = write(fd, content + done, length - done);

		if (n < 0 && errno != EINTR)
			return -errno;
		done += n < 0 ? 0 : (size_t)n;
	}
	return fchmod(fd, mode) ? -errno : 0;
}

/* TEXT with NUMBER in place of the LENGTH characters at OPEN; a copy if OPEN is NULL. */
static char *substitute(const char *text, const char *open, size_t length, int number)
{
	return open ? text_format("%.*s%d%s", (int)(open - text), text, number, open + length)
		    : strdup(text);
}

static int make_entry(const struct board *board, const struct entry *entry, const char *path,
		      const char *target, const char *content, size_t length)
{
	int r = make_dirs(board->root, path, entry->type == ENTRY_DIR);

	if (r == 0 && entry->type == ENTRY_LINK)
		r = make_link(board->root, path, target);
	if (r == 0 && entry->type == ENTRY_FILE)
		r = make_file(board->root, path, entry->mode, content, length);
	return r < 0 ? error_set(board->error, r, "%s, line %d: cannot create %s: %s", board->name,
				 board->line, path, strerror(-r))
		     : 0;
}

/* Creates the entry for one number of the "{...}" at OPEN in its path. */
static int make_numbered(const struct board *board, const struct entry *entry, const char *open,
			 size_t length, int number)
{
	CLEANUP_FREE char *path = substitute(entry->path, open, length, number);
	CLEANUP_FREE char *target = substitute(entry->target, strstr(entry->target, "{}"), 2,
					       number);
	CLEANUP_FREE char *content = NULL;

	if (entry->content && !entry->binary) {
		content = substitute(entry->content, strstr(entry->content, "{}"), 2, number);
		if (!content)
			return error_set(board->error, -ENOMEM, "out of memory");
	}
	if (!path || !target)
		return error_set(board->error, -ENOMEM, "out of memory");
	return make_entry(board, entry, path, target, content ? content : entry->content,
			  content ? strlen(content) : entry->length);
}

/* Creates the entry once, or once for each number of the "{...}" in its path. */
static int make_entries(const struct board *board, const struct entry *entry)
{
	const char *open = strchr(entry->path, '{'), *close = open ? strchr(open, '}') : NULL;
	CLEANUP_FREE char *list = NULL;
	struct cpuset numbers;

	if (!close)
		return make_entry(board, entry, entry->path, entry->target, entry->content,
				  entry->length);
	list = strndup(open + 1, (size_t)(close - open - 1));
	if (!list)
		return error_set(board->error, -ENOMEM, "out of memory");
	if (cpuset_parse_list(list, &numbers) < 0 || cpuset_empty(&numbers))
		return fail_line(board,
				 "a list of numbers such as 0-3,6 is expected between { and }");
	for (int n = cpuset_next(&numbers, 0); n >= 0; n = cpuset_next(&numbers, n + 1)) {
		int r = make_numbered(board, entry, open, (size_t)(close - open + 1), n);

		if (r < 0)
			return r;
	}
	return 0;
}

/* Writes the bytes of a line in hexadecimal to OUT. */
static int put_hex(const char *line, FILE *out)
{
	for (const char *p = line; *p;) {
		char *end;
		unsigned long byte;

		if (isspace((unsigned char)*p)) {
			p++;
			continue;
		}
		if (!isxdigit((unsigned char)*p))
			return -EINVAL;
		byte = strtoul(p, &end, 16);
		if (end - p != 2)
			return -EINVAL;
		putc((int)byte, out);
		p = end;
	}
	return 0;
}

/* Reads the lines after "|" that follow. */
static int read_block(struct board *board, struct entry *entry)
{
	FILE *out = open_memstream(&entry->content, &entry->length);
	int r = 0;

	if (!out)
		return error_set(board->error, -ENOMEM, "out of memory");
	while (r == 0 && *board->rest == '|') {
		size_t length = strcspn(++board->rest, "\n");
		CLEANUP_FREE char *line = strndup(board->rest, length);

		board->line++;
		if (!line)
			r = error_set(board->error, -ENOMEM, "out of memory");
		else if (!entry->binary)
			fprintf(out, "%s\n", line);
		else if (put_hex(line, out) < 0)
			r = fail_line(board, "expected pairs of hexadecimal digits");
		board->rest += length + (board->rest[length] == '\n');
	}
	if (fclose(out) && r == 0)
		r = error_set(board->error, -ENOMEM, "out of memory");
	return r;
}

/* Reads "[0444] " at *LINE and moves *LINE past it. */
static int read_mode(const struct board *board, char **line, mode_t *ret)
{
	char *end;
	unsigned long mode;

	*ret = 0644;
	if (**line != '[')
		return 0;
	mode = strtoul(*line + 1, &end, 8);
	if (end == *line + 1 || strncmp(end, "] ", 2) || mode > 0777)
		return fail_line(board, "a mode must look like [0444]");
	*ret = (mode_t)mode;
	*line = end + 2;
	return 0;
}

static int read_entry(struct board *board, char *line, struct entry *entry)
{
	size_t length = strlen(line);
	char *mark;
	int r = read_mode(board, &line, &entry->mode);

	if (r < 0)
		return r;
	if ((mark = strstr(line, " = ")) ||
	    (length > 2 && (mark = strstr(line, " =")) && !mark[2])) {
		entry->type = ENTRY_FILE;
		entry->content = text_format("%s\n", mark[2] ? mark + 3 : "");
		entry->length = entry->content ? strlen(entry->content) : 0;
		*mark = '\0';
		if (!entry->content)
			return error_set(board->error, -ENOMEM, "out of memory");
	} else if ((mark = strstr(line, " -> "))) {
		entry->type = ENTRY_LINK;
		*mark = '\0';
		/* capture would have left it out. */
		if (!text_is_utf8(mark + 4))
			return fail_line(board, "the target of a link must be UTF-8");
		snprintf(entry->target, sizeof(entry->target), "%s", mark + 4);
	} else if ((mark = strrchr(line, ':')) && (!mark[1] || !strcmp(mark, ": hex"))) {
		entry->type = ENTRY_FILE;
		entry->binary = mark[1];
		r = read_block(board, entry);
		*mark = '\0';
	} else if ((mark = strrchr(line, '/')) && !mark[1]) {
		entry->type = ENTRY_DIR;
		*mark = '\0';
	} else {
		return fail_line(board, "neither a file, a link nor a directory");
	}
	snprintf(entry->path, sizeof(entry->path), "%s", line);
	if (r == 0 && !board_path_is_valid(entry->path))
		r = fail_line(board, "a path must be UTF-8, and below /proc, /sys, /run or /etc");
	return r;
}

int board_expand(const char *text, const char *name, const struct root *root, struct error *error)
{
	struct board board = { .name = name, .rest = text, .root = root, .error = error };
	char line[PATH_MAX];
	ssize_t length = next_board_line(&board, line, sizeof(line));
	int r = 0;

	if (length < 0 || strcmp(line, BOARD_MARK))
		return error_set(error, -EINVAL,
				 "%s is not a board file: its first line is not '%s'", name,
				 BOARD_MARK);
	while (r == 0 && (length = next_board_line(&board, line, sizeof(line))) >= 0) {
		struct entry entry = { 0 };

		if (length >= (ssize_t)sizeof(line))
			return fail_line(&board, "the line is too long");
		if (!length || line[0] == '#')
			continue;
		r = read_entry(&board, line, &entry);
		if (r == 0)
			r = make_entries(&board, &entry);
		free(entry.content);
	}
	return r;
}
