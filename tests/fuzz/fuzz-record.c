/* SPDX-License-Identifier: MIT */
/*
 * Records a file, writes it as a board file and expands that: the file must be the same. The first
 * line of the input is the path, the rest is the content.
 */

#include "fuzz.h"
#include "root/board.h"
#include "root/record.h"

static struct fuzz_tree tree;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_tree_make(&tree);
	return 0;
}

static char *write_board(const char *path, const char *bytes, size_t length)
{
	struct record *record = record_new();
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	CHECK(record && out);
	record_file(record, path, bytes, length);
	CHECK(record_write(record, "head", out) == 0 && fclose(out) == 0);
	CHECK(strlen(text) == size);
	record_free(record);
	return text;
}

/* Without the NUL byte or newline at the end, which readers ignore. */
static size_t trimmed(const char *bytes, size_t length)
{
	length -= length && !bytes[length - 1];
	return length - (length && bytes[length - 1] == '\n');
}

static void check_file(const char *path, const char *bytes, size_t length)
{
	CLEANUP_CLOSE int fd = root_open_file(tree.root, O_RDONLY | O_NOFOLLOW, 0, path);
	char got[8192];
	ssize_t n = fd < 0 ? -1 : read(fd, got, sizeof(got));

	CHECK(n >= 0);
	CHECK(trimmed(got, (size_t)n) == trimmed(bytes, length));
	/* MAC addresses in names are written as zeros. */
	if (!memchr(bytes, 'x', length))
		CHECK(!memcmp(got, bytes, trimmed(bytes, length)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	CLEANUP_FREE char *path = NULL;
	CLEANUP_FREE char *text = NULL;
	struct error error = { 0 };
	const char *bytes;
	size_t length;
	int r;

	if (!newline)
		return 0;
	path = fuzz_text(data, (size_t)(newline - data));
	if (!record_accepts(path))
		return 0;
	bytes = (const char *)newline + 1;
	length = size - (size_t)(newline + 1 - data);
	text = write_board(path, bytes, length);
	r = board_expand(text, "record", tree.root, &error);
	/* No kernel has files with such long names. */
	CHECK(r == 0 || r == -ENAMETOOLONG);
	if (r == 0)
		check_file(path, bytes, length);
	fuzz_tree_empty(&tree);
	return 0;
}
