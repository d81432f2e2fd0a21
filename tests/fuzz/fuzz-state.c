/* SPDX-License-Identifier: MIT */
/* The state file: what is accepted is the same when it is written and read again. */

#include "apply/state-file.h"
#include "fuzz.h"
#include "plan/plan.h"
#include "plan/state.h"

static struct fuzz_tree tree;

/* The disk is not what is tested. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_tree_make(&tree);
	return 0;
}

static void write_file(const uint8_t *data, size_t size)
{
	static const char *const dirs[] = { "tree/run", "tree/run/ax650n-tune" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		CHECK(mkdirat(tree.parent, dirs[i], 0755) == 0 || errno == EEXIST);
	CLEANUP_CLOSE int fd = openat(tree.parent, "tree" STATE_DIR "/" STATE_FILE,
				      O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
	CHECK(fd >= 0 && write(fd, data, size) == (ssize_t)size);
}

static void check_same(const struct saved *a, const struct saved *b)
{
	CHECK(a->kind == b->kind && a->id == b->id && !strcmp(a->card, b->card));
	CHECK(a->unmovable == b->unmovable && a->n_written == b->n_written);
	CHECK(!a->original == !b->original);
	CHECK(!a->original || !strcmp(a->original, b->original));
	for (size_t i = 0; i < a->n_written; i++)
		CHECK(!strcmp(a->written[i], b->written[i]));
}

/* Only what this program may write to the machine. */
static void check_saved(const struct state *state, const struct saved *saved)
{
	CHECK(saved->id >= 0 && (saved->unmovable || saved->original));
	CHECK(!saved->original || kinds[saved->kind].is_valid(saved->original));
	CHECK(kinds[saved->kind].of_card == !!*saved->card);
	CHECK(saved->kind != KIND_MEMORY_GOVERNOR || !saved->id);
	/* Once each. */
	CHECK(state_find(state, saved->kind, saved->id, saved->card) == saved);
	for (size_t i = 0; i < saved->n_written; i++)
		CHECK(kinds[saved->kind].is_valid(saved->written[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct state state, again;
	struct error error = { 0 };
	int r;

	write_file(data, size);
	r = state_read(tree.root, &state, &error);
	CHECK(r == 0 || (r == -EBADMSG && *error.text));
	if (r < 0)
		return 0;
	CHECK(state_write(tree.root, &state, &error) == 0);
	CHECK(state_read(tree.root, &again, &error) == 0);
	CHECK(state.n_saved == again.n_saved);
	for (size_t i = 0; i < state.n_saved; i++) {
		check_saved(&state, &state.saved[i]);
		check_same(&state.saved[i], &again.saved[i]);
	}
	state_done(&state);
	state_done(&again);
	return 0;
}
