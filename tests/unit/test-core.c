/* SPDX-License-Identifier: MIT */
/* Which core a card gets. */

#include "machines.h"
#include "plan/choose-core.h"

#include <errno.h>

static void choose(struct board *board, int *chosen)
{
	assert_int_equal(
		cores_choose(&board->machine.cpus, board->cards, board->machine.n_cards, chosen),
		0);
}

static int choose_one(struct board *board)
{
	int chosen[8];

	choose(board, chosen);
	return chosen[0];
}

static void test_highest_capacity_wins(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	assert_int_equal(choose_one(&board), 6);
}

static void test_clock_decides_between_equal_capacities(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	for (int i = 4; i < 8; i++)
		board.cpus[i].capacity = 1024;
	board.cpus[5].max_khz = 2400000;
	assert_int_equal(choose_one(&board), 5);
}

static void test_fewest_other_interrupts_decide_between_equal_cores(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.cpus[6].others = 5001;
	board.cpus[7].others = 5000;
	assert_int_equal(choose_one(&board), 7);
	board.cpus[7].others = 5001;
	assert_int_equal(choose_one(&board), 6);
}

static void test_node_of_the_card_comes_before_quiet_and_after_speed(void **state)
{
	static const int near[] = { 7, 6 }, alone[] = { 7, 6, 4 };
	struct board board;
	int chosen[8];

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board_add_card(&board, 31, "ff");
	board.cpus[7].others = 5000;
	board.cards[0].node_cpus = cpus_of(7, 7);
	board.cards[1].node_cpus = cpus_of(0, 6);
	choose(&board, chosen);
	assert_memory_equal(chosen, near, sizeof(near));
	/* On the other node it does not sit on one of the best: it moves, whoever comes first. */
	board.vectors[0][0].affinity = cpus_of(6, 6);
	choose(&board, chosen);
	assert_memory_equal(chosen, near, sizeof(near));
	/* Speed goes before the node. */
	board_add_card(&board, 32, "ff");
	board.cards[2].node_cpus = cpus_of(0, 3);
	choose(&board, chosen);
	assert_memory_equal(chosen, alone, sizeof(alone));
}

static void test_capacity_comes_before_quiet(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.cpus[6].others = board.cpus[7].others = 1000000;
	assert_int_equal(choose_one(&board), 6);
}

static void test_offline_isolated_and_nohz_full_cpus_are_passed_over(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	board.cpus[6].online = false;
	assert_int_equal(choose_one(&board), 7);
	board.cpus[7].isolated = true;
	assert_int_equal(choose_one(&board), 4);
	board.cpus[4].nohz_full = true;
	assert_int_equal(choose_one(&board), 5);
}

static void test_small_core_if_no_big_one_is_left(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	for (int i = 4; i < 8; i++)
		board.cpus[i].isolated = true;
	assert_int_equal(choose_one(&board), 0);
}

static void test_no_cpu_at_all(void **state)
{
	struct board board;
	int chosen[1];

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff");
	for (int i = 0; i < 8; i++)
		board.cpus[i].nohz_full = true;
	assert_int_equal(cores_choose(&board.machine.cpus, board.cards, 1, chosen), -ENXIO);
}

static void test_card_on_a_fastest_core_stays_whatever_the_counts(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "80");
	board.cpus[7].others = 900000;
	assert_int_equal(choose_one(&board), 7);
}

static void test_card_on_a_slower_big_core_moves(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "20");
	assert_int_equal(choose_one(&board), 6);
}

static void test_mask_of_two_fastest_cores_is_not_a_seat(void **state)
{
	struct board board;

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "c0");
	board.cpus[6].others = 7;
	assert_int_equal(choose_one(&board), 7);
}

static void test_cards_take_cores_of_their_own_in_order_of_speed(void **state)
{
	static const int expected[] = { 6, 7, 4, 5 };
	struct board board;
	int chosen[8];

	(void)state;
	board_init(&board);
	for (int i = 0; i < 4; i++)
		board_add_card(&board, 30 + i, "ff");
	choose(&board, chosen);
	assert_memory_equal(chosen, expected, sizeof(expected));
}

static void test_more_cards_than_big_cores_share_them_evenly(void **state)
{
	static const int expected[] = { 6, 7, 4, 5, 6, 7 };
	struct board board;
	int chosen[8];

	(void)state;
	board_init(&board);
	for (int i = 0; i < 6; i++)
		board_add_card(&board, 30 + i, "ff");
	choose(&board, chosen);
	assert_memory_equal(chosen, expected, sizeof(expected));
}

static void test_seats_of_several_cards_are_stable(void **state)
{
	/* As the first choice left them, then turned round: both are as good. */
	static const struct {
		const char *masks[4];
		int expected[4];
	} rows[] = {
		{ { "40", "80", "10", "20" }, { 6, 7, 4, 5 } },
		{ { "80", "40", "20", "10" }, { 7, 6, 5, 4 } },
		/* The newcomer takes what is free; nobody else moves. */
		{ { "ff", "40", "80", "10" }, { 5, 6, 7, 4 } },
		/* Two on one core: the second has to go. */
		{ { "40", "40", "10", "20" }, { 6, 7, 4, 5 } },
	};

	(void)state;
	for (size_t r = 0; r < ARRAY_SIZE(rows); r++) {
		struct board board;
		int chosen[8];

		board_init(&board);
		board.cpus[6].others = 400;
		board.cpus[4].others = 300;
		for (int i = 0; i < 4; i++)
			board_add_card(&board, 30 + i, rows[r].masks[i]);
		choose(&board, chosen);
		for (int i = 0; i < 4; i++)
			if (chosen[i] != rows[r].expected[i])
				fail_msg("row %zu, card %d: CPU%d", r, i, chosen[i]);
	}
}

static void test_card_that_is_not_ready_takes_no_core(void **state)
{
	struct board board;
	int chosen[8];

	(void)state;
	board_init(&board);
	board_add_card(&board, 30, "ff")->handler = false;
	board_add_card(&board, 31, "ff");
	choose(&board, chosen);
	assert_int_equal(chosen[0], -1);
	assert_int_equal(chosen[1], 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_highest_capacity_wins),
		cmocka_unit_test(test_clock_decides_between_equal_capacities),
		cmocka_unit_test(test_fewest_other_interrupts_decide_between_equal_cores),
		cmocka_unit_test(test_node_of_the_card_comes_before_quiet_and_after_speed),
		cmocka_unit_test(test_capacity_comes_before_quiet),
		cmocka_unit_test(test_offline_isolated_and_nohz_full_cpus_are_passed_over),
		cmocka_unit_test(test_small_core_if_no_big_one_is_left),
		cmocka_unit_test(test_no_cpu_at_all),
		cmocka_unit_test(test_card_on_a_fastest_core_stays_whatever_the_counts),
		cmocka_unit_test(test_card_on_a_slower_big_core_moves),
		cmocka_unit_test(test_mask_of_two_fastest_cores_is_not_a_seat),
		cmocka_unit_test(test_cards_take_cores_of_their_own_in_order_of_speed),
		cmocka_unit_test(test_more_cards_than_big_cores_share_them_evenly),
		cmocka_unit_test(test_seats_of_several_cards_are_stable),
		cmocka_unit_test(test_card_that_is_not_ready_takes_no_core),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
