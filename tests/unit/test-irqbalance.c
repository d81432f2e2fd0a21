/* SPDX-License-Identifier: MIT */
/* irqbalance: its answer, and what it means for an interrupt. */

#include "base/clock.h"
#include "machine/irqbalance.h"

#include "machine/process.h"
#include "tree.h"

#include <errno.h>
#include <sys/socket.h>
#include <sys/un.h>

/* One banned interrupt as irqbalance prints it. */
#define BANNED(irq) "IRQ " irq " LOAD 0 DIFF 0 CLASS 0 "

static void test_banned_interrupts(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		int irqs[4];
	} rows[] = {
		{ "SLEEP 10 BANNED 00000000", 0, { 0 } },
		{ "SLEEP 10 " BANNED("45") "BANNED 000000c0", 1, { 45 } },
		{ "SLEEP 10 " BANNED("137") BANNED("0") BANNED("2147483647") "BANNED 0",
		  3,
		  { 137, 0, 2147483647 } },
		{ "SLEEP 3600 IRQ 81 LOAD 123456789012 DIFF 7 CLASS 4 BANNED ff,00000000",
		  1,
		  { 81 } },
		/* Text missing after the list does not matter. */
		{ "SLEEP 10 " BANNED("45"), 1, { 45 } },
		{ "SLEEP 10 ", 0, { 0 } },
		/* As a file of one line. */
		{ "SLEEP 10 " BANNED("45") "BANNED 0\n", 1, { 45 } },
		/* A mask is not an IRQ number. */
		{ "SLEEP 10 BANNED 45", 0, { 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE int *irqs = NULL;
		size_t count = 99;

		row_equal(rows[i].text, irqbalance_parse_setup(rows[i].text, &irqs, &count), 0);
		row_equal(rows[i].text, count, rows[i].count);
		for (size_t k = 0; k < count; k++)
			row_equal(rows[i].text, irqs[k], rows[i].irqs[k]);
	}
}

static void test_many_banned_interrupts(void **state)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE int *irqs = NULL;
	size_t length, count = 0;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	assert_non_null(out);
	fputs("SLEEP 10 ", out);
	for (int irq = 1000; irq > 0; irq--)
		fprintf(out, "IRQ %d LOAD 0 DIFF 0 CLASS 0 ", irq);
	fputs("BANNED 0", out);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(irqbalance_parse_setup(text, &irqs, &count), 0);
	assert_int_equal(count, 1000);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(irqs[i], 1000 - i);
}

static void test_other_texts_are_no_answer(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"SLEEP",
		"sleep 10 BANNED 0",
		"BANNED 0",
		"TYPE 0 NUMBER 0 LOAD 0 SAVE_MODE 0", /* the answer to "stats" */
		" SLEEP 10 BANNED 0",
		"SLEEP 10 IRQ x LOAD 0 BANNED 0",
		"SLEEP 10 IRQ  BANNED 0",
		"SLEEP 10 IRQ -1 LOAD 0 BANNED 0",
		"SLEEP 10 IRQ 2147483648 LOAD 0 BANNED 0",
		"SLEEP 10 IRQ 99999999999999999999 LOAD 0 BANNED 0",
		"SLEEP 10 " BANNED("5") "IRQ ",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		int some = 1, *irqs = &some;
		size_t count = 99;

		row_equal(texts[i], irqbalance_parse_setup(texts[i], &irqs, &count), -EBADMSG);
		row_true(texts[i], irqs == &some && count == 99);
	}
}

static void test_ban_of_an_interrupt(void **state)
{
	static const struct {
		const char *name;
		bool asked;
		int banned; /* one IRQ number; 0: none */
		enum ban ban;
	} rows[] = {
		{ "nothing banned", true, 0, BAN_NONE },
		{ "another banned", true, 5, BAN_NONE },
		{ "banned", true, 50, BAN_IN_FORCE },
		{ "not asked", false, 0, BAN_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int banned = rows[i].banned;
		const struct irqbalance irqbalance = { .pid = 1,
						       .error = rows[i].asked ? 0 : EACCES,
						       .n_banned = banned ? 1 : 0,
						       .banned = &banned };

		row_equal(rows[i].name, irqbalance_ban(&irqbalance, 50), rows[i].ban);
	}
}

static void test_driver_on_the_command_line(void **state)
{
	static const struct {
		const char *arguments;
		bool told;
	} rows[] = {
		{ NULL, false },
		{ "irqbalance", false },
		{ "irqbalance -f --banmod=ax_pcie_dev_host -t 5", true },
		{ "irqbalance --banmod ax_pcie_dev_host", true },
		{ "irqbalance -f -m ax_pcie_dev_host -t 5", true },
		{ "irqbalance -max_pcie_dev_host", true },
		{ "irqbalance -p ax_pcie_dev_host", false },
		{ "irqbalance --banmod=nvme", false },
		{ "irqbalance --banmod=ax_pcie_dev_host2", false },
		{ "irqbalance --policyscript=--banmod=ax_pcie_dev_host", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct irqbalance irqbalance = { .arguments = (char *)rows[i].arguments };

		row_equal(rows[i].arguments, irqbalance_is_told_of(&irqbalance, "ax_pcie_dev_host"),
			  rows[i].told);
	}
}

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

static void test_daemon_of_a_tree(void **state)
{
	const struct tree *tree = *state;
	struct irqbalance irqbalance;

	irqbalance = read_daemon(tree, RUNNING
				 "/run/irqbalance/irqbalance640.sock = SLEEP 10 " BANNED("12")
					 BANNED("50") "BANNED 00\n");
	assert_int_equal(irqbalance.pid, 640);
	assert_int_equal(irqbalance.error, 0);
	assert_int_equal(irqbalance.n_banned, 2);
	assert_int_equal(irqbalance.banned[0], 12);
	assert_int_equal(irqbalance.banned[1], 50);
	irqbalance_done(&irqbalance);
	assert_int_equal(irqbalance.pid, 0);
}

static void test_daemon_that_does_not_answer(void **state)
{
	static const struct {
		const char *name, *lines;
		bool asked;
	} rows[] = {
		{ "no socket", RUNNING "/run/irqbalance/\n", false },
		/* The socket of a daemon that is gone. */
		{ "another's socket",
		  RUNNING
		  "/run/irqbalance/irqbalance812.sock = SLEEP 10 " BANNED("50") "BANNED 0\n",
		  false },
		{ "other text", RUNNING "/run/irqbalance/irqbalance640.sock = who are you?\n",
		  false },
		{ "empty", RUNNING "/run/irqbalance/irqbalance640.sock:\n", false },
		{ "answer", RUNNING "/run/irqbalance/irqbalance640.sock = SLEEP 10 BANNED 0\n",
		  true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct irqbalance irqbalance = read_daemon(tree_renew(state), rows[i].lines);

		row_equal(rows[i].name, irqbalance.pid, 640);
		row_equal(rows[i].name, !irqbalance.error, rows[i].asked);
		row_equal(rows[i].name, irqbalance_ban(&irqbalance, 50),
			  rows[i].asked ? BAN_NONE : BAN_UNKNOWN);
		irqbalance_done(&irqbalance);
	}
}

static void test_socket_of_a_tree_is_not_asked(void **state)
{
	const struct tree *tree = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	CLEANUP_CLOSE int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	struct irqbalance irqbalance;

	tree_make(tree, RUNNING "/run/irqbalance/\n");
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/run/irqbalance/irqbalance640.sock",
		 tree->path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 1), 0);
	irqbalance = read_daemon(tree, "");
	assert_int_equal(irqbalance.pid, 640);
	assert_int_not_equal(irqbalance.error, 0);
	irqbalance_done(&irqbalance);
}

static void test_daemon_that_does_not_run(void **state)
{
	static const char *const rows[] = {
		"",
		/* The socket of a daemon that was killed. */
		"/run/irqbalance/irqbalance640.sock = SLEEP 10 BANNED 0\n",
		"/run/irqbalance/irqbalance640.sock = SLEEP 10 BANNED 0\n/proc/640/comm = bash\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct irqbalance irqbalance = read_daemon(tree_renew(state), rows[i]);

		row_equal(rows[i], irqbalance.pid, 0);
		row_equal(rows[i], irqbalance.error, 0);
		irqbalance_done(&irqbalance);
	}
}

static void test_daemon_without_a_socket(void **state)
{
	static const char *const rows[] = { RUNNING, RUNNING "/run/irqbalance/\n" };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct irqbalance irqbalance = read_daemon(tree_renew(state), rows[i]);

		row_equal(rows[i], irqbalance.pid, 640);
		row_equal(rows[i], irqbalance.error, ENOENT);
		irqbalance_done(&irqbalance);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_banned_interrupts),
		cmocka_unit_test(test_many_banned_interrupts),
		cmocka_unit_test(test_other_texts_are_no_answer),
		cmocka_unit_test(test_ban_of_an_interrupt),
		cmocka_unit_test(test_driver_on_the_command_line),
		tree_test(test_daemon_of_a_tree),
		tree_test(test_daemon_that_does_not_answer),
		tree_test(test_socket_of_a_tree_is_not_asked),
		tree_test(test_daemon_that_does_not_run),
		tree_test(test_daemon_without_a_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
