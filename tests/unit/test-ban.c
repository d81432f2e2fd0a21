/* SPDX-License-Identifier: MIT */
/* Banning an interrupt from the irqbalance of a tree. */

#include "apply/ban.h"

#include "base/clock.h"
#include "machine/irqbalance.h"
#include "machine/process.h"
#include "tree.h"

#include <errno.h>

/* One banned interrupt as irqbalance prints it. */
#define BANNED(irq) "IRQ " irq " LOAD 0 DIFF 0 CLASS 0 "

#define RUNNING "/proc/640/comm = irqbalance\n/proc/812/comm = irqbalance-ui\n"

static struct irqbalance read_daemon(const struct tree *tree, const char *lines)
{
	struct irqbalance irqbalance = { 0 };
	struct processes processes = { 0 };

	tree_make(tree, lines);
	assert_int_equal(irqbalance_read(tree->root, &processes, clock_ms() + 1000, &irqbalance),
			 0);
	processes_done(&processes);
	return irqbalance;
}

static void test_ban_is_added_to_the_others(void **state)
{
	struct tree *tree = *state;
	struct irqbalance irqbalance;

	irqbalance = read_daemon(
		tree, RUNNING
		"/run/irqbalance/irqbalance640.sock = SLEEP 10 " BANNED("12") "BANNED 00\n");
	irqbalance_done(&irqbalance);
	assert_int_equal(irqbalance_set_ban(tree->root, 50, true, clock_ms() + 1000), 0);
	irqbalance = read_daemon(tree, "");
	assert_true(irqbalance_has_banned(&irqbalance, 12));
	assert_true(irqbalance_has_banned(&irqbalance, 50));
	irqbalance_done(&irqbalance);

	/* Banning twice is the same as once. */
	assert_int_equal(irqbalance_set_ban(tree->root, 50, true, clock_ms() + 1000), 0);
	assert_int_equal(irqbalance_set_ban(tree->root, 50, false, clock_ms() + 1000), 0);
	irqbalance = read_daemon(tree, "");
	assert_int_equal(irqbalance.n_banned, 1);
	assert_true(irqbalance_has_banned(&irqbalance, 12));
	irqbalance_done(&irqbalance);
}

static void test_ban_that_cannot_be_set(void **state)
{
	static const struct {
		const char *lines;
		int result;
	} rows[] = {
		{ "", -ESRCH },
		{ RUNNING "/run/irqbalance/\n", -ENOENT },
		{ RUNNING "/run/irqbalance/irqbalance640.sock = what?\n", -EBADMSG },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tree *tree = tree_renew(state);

		tree_make(tree, rows[i].lines);
		row_equal(rows[i].lines,
			  irqbalance_set_ban(tree->root, 50, true, clock_ms() + 1000),
			  rows[i].result);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_ban_is_added_to_the_others),
		tree_test(test_ban_that_cannot_be_set),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
