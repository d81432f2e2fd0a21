/* SPDX-License-Identifier: MIT */
/* Expands board files into real files: nothing may be created outside the tree. */

#include "fuzz.h"
#include "root/board.h"

static struct fuzz_tree tree;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_tree_make(&tree);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct error error = { 0 };
	int r;

	if (!fuzz_is_small_board(text))
		return 0;
	r = board_expand(text, "input", tree.root, &error);
	CHECK(r == 0 || (r < 0 && *error.text));
	fuzz_tree_empty(&tree);
	return 0;
}
