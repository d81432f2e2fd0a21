/* SPDX-License-Identifier: MIT */
/* The table that axcl-smi prints. All numbers and versions here are made up. */

#include "machine/smi.h"

#include "base/child.h"
#include "tree.h"

#include <errno.h>

static struct smi parse(const char *text)
{
	struct smi smi = { 0 };

	assert_int_equal(smi_parse(text, &smi), 0);
	return smi;
}

#define RULE "+--------------------------------+--------------+----------------------+\n"
#define HEAD                                                                                     \
	RULE "| AXCL-SMI  V4.1.0_20260102030405          Driver  V4.0.9_20251231235959 |\n" RULE \
	     "| Card  Name            Firmware | Bus-Id       |         Memory-Usage |\n"        \
	     "| Fan   Temp       Pwr:Usage/Cap | CPU      NPU |            CMM-Usage |\n"        \
	     "|================================+==============+======================|\n"

static void test_one_card(void **state)
{
	struct smi smi = parse(HEAD
			       "|    0  AX650N             V4.1.2 | 0002:21:00.0 | 210 MiB /  1003 "
			       "MiB |\n"
			       "|   --   63C              -- / -- | 4%       37% | 512 MiB / 15232 "
			       "MiB |\n" RULE);

	(void)state;
	assert_int_equal(smi.outcome, SMI_ANSWERED);
	assert_string_equal(smi.driver, "V4.0.9_20251231235959");
	assert_string_equal(smi.message, "");
	assert_int_equal(smi.n_cards, 1);
	assert_string_equal(smi.cards[0].address, "0002:21:00.0");
	assert_string_equal(smi.cards[0].firmware, "V4.1.2");
	assert_int_equal(smi.cards[0].temperature_c, 63);
	assert_int_equal(smi.cards[0].npu_percent, 37);
	/* The memory for models, in the second row; the first has that of the system. */
	assert_int_equal(smi.cards[0].used_mib, 512);
	assert_int_equal(smi.cards[0].total_mib, 15232);
	smi_done(&smi);
	assert_int_equal(smi.n_cards, 0);
}

static void test_two_cards_and_their_processes(void **state)
{
	struct smi smi = parse(
		HEAD
		"|    0  AX650N             V4.1.2 | 0000:03:00.0 | 1 MiB / 2 MiB |\n"
		"|   --   41C              -- / -- | 1%        0% | 18 MiB / 7040 MiB |\n" RULE
		"|    1  AX650N             V4.1.1 | 0000:0a:00.0 | 1 MiB / 2 MiB |\n"
		"|   --   52C              -- / -- | 2%      100% | 3000 MiB / 3072 MiB |\n" RULE
		"\n" RULE
		"| Processes:                                                           |\n"
		"| Card   PID  Process Name                            NPU Memory Usage |\n"
		"|======================================================================|\n"
		"|    1  4711  /opt/some/Driver V9 run                      2982000 KiB |\n"
		"|    1  4712  odd | name: 1.0 | of a process |\n");
	const struct smi_card *card;

	(void)state;
	/* The line that closes the table is missing. */
	assert_int_equal(smi.outcome, SMI_ANSWERED);
	assert_int_equal(smi.n_cards, 2);
	assert_string_equal(smi.driver, "V4.0.9_20251231235959");
	card = smi_find(&smi, "0000:03:00.0");
	assert_non_null(card);
	assert_string_equal(card->firmware, "V4.1.2");
	assert_int_equal(card->temperature_c, 41);
	card = smi_find(&smi, "0000:0a:00.0");
	assert_non_null(card);
	assert_string_equal(card->firmware, "V4.1.1");
	assert_int_equal(card->npu_percent, 100);
	assert_int_equal(card->used_mib, 3000);
	assert_int_equal(card->total_mib, 3072);
	assert_null(smi_find(&smi, "0000:0b:00.0"));
	assert_null(smi_find(&smi, ""));
	smi_done(&smi);
}

static void test_rows_of_other_widths(void **state)
{
	static const char *const rows[] = {
		"|0 AX650N V4.1.2|0002:21:00.0|1MiB/2MiB|\n|--63C--/--|4% 37%|512MiB/15232MiB|\n",
		"|  0   AX650N   V4.1.2  |    0002:21:00.0|  1 MiB/2 MiB|\n"
		"|  --   63 C  -- / --   |  4%37%  |512  MiB  /  15232  MiB |\n",
		"|\t0\tAX650N\tV4.1.2\t|\t0002:21:00.0\t|\t1 MiB / 2 MiB\t|\r\n"
		"|\t--\t63C\t-- / --\t|\t4%\t37%\t|\t512 MiB / 15232 MiB\t|\r\n",
		/* Without a newline at the end. */
		"| 0 AX650N V4.1.2 | 0002:21:00.0 | 1 MiB / 2 MiB |\n"
		"| -- 63C -- / -- | 4% 37% | 512 MiB / 15232 MiB |",
		/* Text after the last bar. */
		"| 0 AX650N V4.1.2 | 0002:21:00.0 | 1 MiB / 2 MiB | x\n"
		"| -- 63C -- / -- | 4% 37% | 512 MiB / 15232 MiB | y\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct smi smi = parse(rows[i]);

		row_equal(rows[i], smi.n_cards, 1);
		row_same(rows[i], smi.cards[0].address, "0002:21:00.0");
		row_same(rows[i], smi.cards[0].firmware, "V4.1.2");
		row_equal(rows[i], smi.cards[0].temperature_c, 63);
		row_equal(rows[i], smi.cards[0].npu_percent, 37);
		row_equal(rows[i], smi.cards[0].used_mib, 512);
		row_equal(rows[i], smi.cards[0].total_mib, 15232);
		row_same(rows[i], smi.driver, "");
		smi_done(&smi);
	}
}

static void test_unknown_values(void **state)
{
	static const struct {
		const char *name, *row;
		long temperature, npu, used, total;
	} rows[] = {
		{ "all", "|  --   --   -- / -- | --   -- | -- / -- |\n", -1, -1, -1, -1 },
		{ "empty", "|  |  |  |\n", -1, -1, -1, -1 },
		{ "temperature", "| -- --C -- / -- | 1% 2% | 3 MiB / 4 MiB |\n", -1, 2, 3, 4 },
		{ "npu", "| -- 50C -- / -- | 1% --% | 3 MiB / 4 MiB |\n", 50, -1, 3, 4 },
		{ "one percentage", "| -- 50C -- / -- | 1% | 3 MiB / 4 MiB |\n", 50, -1, 3, 4 },
		{ "used", "| -- 50C -- / -- | 1% 2% | -- / 4 MiB |\n", 50, 2, -1, 4 },
		{ "total", "| -- 50C -- / -- | 1% 2% | 3 MiB / -- |\n", 50, 2, 3, -1 },
		{ "no slash", "| -- 50C -- / -- | 1% 2% | 3 MiB |\n", 50, 2, -1, -1 },
		{ "no second row", "", -1, -1, -1, -1 },
		{ "rule instead", RULE, -1, -1, -1, -1 },
		{ "too few cells", "| 50C | 1% 2% |\n", -1, -1, -1, -1 },
		{ "too many cells", "| 50C | 1% 2% | 3 MiB / 4 MiB | |\n", -1, -1, -1, -1 },
		/* Standard output and error share one pipe. */
		{ "complaint in between", "[W] slow\n| -- 50C | 1% 2% | 3 MiB / 4 MiB |\n", 50, 2,
		  3, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = text_format(
			"| 0 AX650N V4.1.2 | 0002:21:00.0 | 1 MiB / 2 MiB |\n%s", rows[i].row);
		struct smi smi = parse(text);

		row_equal(rows[i].name, smi.outcome, SMI_ANSWERED);
		row_equal(rows[i].name, smi.n_cards, 1);
		row_equal(rows[i].name, smi.cards[0].temperature_c, rows[i].temperature);
		row_equal(rows[i].name, smi.cards[0].npu_percent, rows[i].npu);
		row_equal(rows[i].name, smi.cards[0].used_mib, rows[i].used);
		row_equal(rows[i].name, smi.cards[0].total_mib, rows[i].total);
		smi_done(&smi);
	}
}

static void test_output_without_a_card(void **state)
{
	static const struct {
		const char *name, *text, *message;
	} rows[] = {
		{ "nothing", "", "" },
		{ "newlines", "\n\n\n", "" },
		{ "table without rows", HEAD RULE, "" },
		{ "one line", "[E] cannot open the device\n", "[E] cannot open the device" },
		{ "no newline", "cannot open the device", "cannot open the device" },
		{ "last line counts", "first complaint\nsecond complaint\n\n", "second complaint" },
		{ "blanks around it", "  complaint \r\n", "complaint" },
		{ "behind a table", HEAD RULE "gave up\n", "gave up" },
		{ "no address", "| 0 AX650N V4.1.2 | -- | 1 MiB / 2 MiB |\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct smi smi = parse(rows[i].text);

		row_equal(rows[i].name, smi.outcome, SMI_FAILED);
		row_equal(rows[i].name, smi.n_cards, 0);
		row_same(rows[i].name, smi.message, rows[i].message);
		smi_done(&smi);
	}
}

static void test_long_words_are_cut_off(void **state)
{
	char word[1000];

	(void)state;
	memset(word, 'w', sizeof(word));
	word[sizeof(word) - 1] = '\0';
	CLEANUP_FREE char *text = text_format("| AXCL-SMI V1 Driver %s |\n"
					      "| 0 AX650N %s | 0002:21:00.0 | 1 MiB / 2 MiB |\n"
					      "| -- 63C | 1%% 2%% | 3 MiB / 4 MiB |\n"
					      "%s\n"
					      "| 1 AX650N V1 | %s:00.0 | 1 MiB / 2 MiB |\n",
					      word, word, word, word);
	struct smi smi = parse(text);

	assert_int_equal(strlen(smi.driver), sizeof(smi.driver) - 1);
	assert_int_equal(strlen(smi.message), sizeof(smi.message) - 1);
	/* Too long for an address. */
	assert_int_equal(smi.n_cards, 1);
	assert_int_equal(strlen(smi.cards[0].firmware), sizeof(smi.cards[0].firmware) - 1);
	assert_int_equal(smi.cards[0].temperature_c, 63);
	smi_done(&smi);
}

static void test_any_part_of_the_output_is_taken(void **state)
{
	static const char full[] = HEAD
		"|    0  AX650N             V4.1.2 | 0002:21:00.0 | 1 MiB / 2 MiB |\n"
		"|   --   63C              -- / -- | 4%       37% | 512 MiB / 15232 MiB |\n" RULE;

	(void)state;
	/* A sanitizer sees reads past the end. At most the one card may be found. */
	for (size_t length = 0; length < sizeof(full); length++) {
		CLEANUP_FREE char *part = strndup(full, length);
		CLEANUP_FREE char *rest = strdup(full + length);
		struct smi a = parse(part), b = parse(rest);

		assert_true(a.n_cards + b.n_cards <= 1);
		smi_done(&a);
		smi_done(&b);
	}
}

static void test_odd_rows(void **state)
{
	static const char *const texts[] = {
		"|",
		"||",
		"|||",
		"||||",
		"|\n|\n|\n",
		"| | :. | |\n",
		"|||:.|\n",
		"|:.|:.|:.|",
		"|%|%|/|\n",
		"|x|:.|x|\n|C|%%|/|\n",
		"|x|:.|x|\n|C|%|MiB/MiB|\n",
		"|x|:.|x|\n|99999999999999999999C|1%99999999999999999999%|1MiB/2MiB|\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct smi smi = parse(texts[i]);

		row_equal(texts[i], smi.outcome, smi.n_cards ? SMI_ANSWERED : SMI_FAILED);
		row_true(texts[i], smi.n_cards <= 1);
		smi_done(&smi);
	}
}

static void test_how_it_ends(void **state)
{
	static const char answer[] = "| 0 AX650N V4.1.2 | 0002:21:00.0 | 1 MiB / 2 MiB |\n"
				     "| -- 63C -- / -- | 4% 37% | 512 MiB / 15232 MiB |\n";
	static const char loader[] =
		"axcl-smi: error while loading shared libraries: libaxcl_x.so: cannot open shared "
		"object file: No such file or directory";
	static const struct {
		const char *name;
		enum child_outcome end;
		int code;
		const char *output;
		int outcome;
		const char *message;
	} rows[] = {
		{ "a card", CHILD_EXITED, 0, answer, SMI_ANSWERED, "" },
		{ "a card, and an error", CHILD_EXITED, 127, answer, SMI_ANSWERED, "" },
		{ "a card, then a crash", CHILD_KILLED, SIGSEGV, answer, SMI_ANSWERED, "" },
		{ "no card", CHILD_EXITED, 1, "no device\n", SMI_FAILED, "no device" },
		{ "no library", CHILD_EXITED, 127, loader, SMI_BROKEN, loader },
		{ "not executable", CHILD_EXITED, 126, "sh: x\n", SMI_BROKEN, "sh: x" },
		{ "crash", CHILD_KILLED, SIGSEGV, "hello\n", SMI_BROKEN, "killed by signal 11" },
		{ "no answer", CHILD_TIMED_OUT, 0, "hello\n", SMI_SILENT, "" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct child_end end = { .outcome = rows[i].end,
					       .code = rows[i].code,
					       .output = (char *)rows[i].output };
		struct smi smi = { 0 };

		row_equal(rows[i].name, smi_conclude(&end, &smi), 0);
		row_equal(rows[i].name, smi.outcome, rows[i].outcome);
		row_same(rows[i].name, smi.message, rows[i].message);
		smi_done(&smi);
	}
}

static void test_it_is_not_run_for_a_tree(void **state)
{
	const struct tree *tree = *state;
	struct smi smi = { .outcome = SMI_FAILED };

	assert_int_equal(smi_run(tree->root, 100, &smi), 0);
	assert_int_equal(smi.outcome, SMI_ABSENT);
	smi_done(&smi);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_card),
		cmocka_unit_test(test_two_cards_and_their_processes),
		cmocka_unit_test(test_rows_of_other_widths),
		cmocka_unit_test(test_unknown_values),
		cmocka_unit_test(test_output_without_a_card),
		cmocka_unit_test(test_long_words_are_cut_off),
		cmocka_unit_test(test_any_part_of_the_output_is_taken),
		cmocka_unit_test(test_odd_rows),
		cmocka_unit_test(test_how_it_ends),
		tree_test(test_it_is_not_run_for_a_tree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
