/* SPDX-License-Identifier: MIT */
/* Expands board files into real files: nothing may be created outside the tree. */

#include "fuzz.h"
#include "root/board.h"

#include <ctype.h>

static struct fuzz_tree tree;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_tree_make(&tree);
	return 0;
}

/* True if braces contain a number above 99: thousands of files would only be slow. */
static bool is_large(const char *text)
{
	for (const char *open = text; (open = strchr(open, '{')); open++) {
		const char *p = open + 1;
		int digits = 0;

		for (; *p && *p != '}' && *p != '\n' && digits < 3; p++)
			digits = isdigit((unsigned char)*p) ? digits + 1 : 0;
		if (digits == 3)
			return true;
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct error error = { 0 };
	int r;

	if (is_large(text))
		return 0;
	r = board_expand(text, "input", tree.root, &error);
	CHECK(r == 0 || (r < 0 && *error.text));
	fuzz_tree_empty(&tree);
	return 0;
}
