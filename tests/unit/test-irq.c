/* SPDX-License-Identifier: MIT */
/* /proc/interrupts, and the state of one vector. */

#include "machine/irq.h"
#include "tree.h"

#include <errno.h>

/* Parses TEXT, of which row IRQ is wanted. */
static struct irq_table parse(const char *text, int irq)
{
	struct irq_table table;

	assert_int_equal(irq_parse(text, &irq, 1, &table), 0);
	return table;
}

static void test_cpu_numbers_come_from_the_header(void **state)
{
	const int cpus[] = { 0, 2, 7 };
	const uint64_t counts[] = { 30, 4000, 0 }, others[] = { 5, 0, 600 };
	/* CPUs 1 and 3 to 6 are offline. */
	struct irq_table table = parse(
		"           CPU0       CPU2       CPU7       \n"
		" 40:          5          0        600  GICv3  90 Level  eth9\n"
		" 41:         30       4000          0  GICv3  91 Level  npu\n",
		41);

	(void)state;
	assert_int_equal(table.n_columns, 3);
	assert_memory_equal(table.cpus, cpus, sizeof(cpus));
	assert_memory_equal(table.others, others, sizeof(others));
	assert_int_equal(table.n_lines, 1);
	assert_int_equal(table.lines[0].irq, 41);
	assert_memory_equal(table.lines[0].counts, counts, sizeof(counts));
	irq_table_done(&table);
}

static void test_chip_and_action_of_a_row(void **state)
{
	static const struct {
		const char *rest, *chip, *action;
	} rows[] = {
		{ "  ITS-MSI 301989888 Edge      0009:08:00.0", "ITS-MSI", "0009:08:00.0" },
		/* Since Linux 6.11 the name of the chip contains the PCI address. */
		{ "ITS-PCI-MSI-0009:08:00.0   0 Edge      endpoint-msi-irq",
		  "ITS-PCI-MSI-0009:08:00.0", "endpoint-msi-irq" },
		{ "MIP-MSI-PCI-MSIX-0001:02:00.0   3 Edge      axcl",
		  "MIP-MSI-PCI-MSIX-0001:02:00.0", "axcl" },
		{ "IR-PCI-MSI-0000:0c:00.0    0-edge      0000:0c:00.0", "IR-PCI-MSI-0000:0c:00.0",
		  "0000:0c:00.0" },
		{ "IO-APIC   4-fasteoi   serial", "IO-APIC", "serial" },
		{ "GICv2 300 Level     PCIe PME, aerdrv, pciehp", "GICv2",
		  "PCIe PME, aerdrv, pciehp" },
		{ "GICv3 301 Level     guest physical timer  ", "GICv3", "guest physical timer" },
		{ "gpio-bank@fe000000   4 Level     Lid Edge", "gpio-bank@fe000000", "Lid Edge" },
		{ "GICv3 302 Level", "GICv3", NULL },
		{ "GICv3 302 Level     ", "GICv3", NULL },
		{ "PCI-MSI-edge      old", "PCI-MSI-edge", "old" },
		{ "BRCM STB PCIe MSI 524288 Edge      endpoint-msi-irq", "BRCM STB PCIe MSI",
		  "endpoint-msi-irq" },
		{ "Some MSI   7-edge      two words", "Some MSI", "two words" },
		{ "Some MSI Edge      x", "Some MSI", "x" },
		{ "dummy", "dummy", NULL },
		{ "", NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		/* With and without a newline at the end. */
		for (int newline = 0; newline < 2; newline++) {
			CLEANUP_FREE char *text = text_format(" CPU0 CPU1\n 77:  3  4  %s%s",
							      rows[i].rest, newline ? "\n" : "");
			struct irq_table table = parse(text, 77);

			row_equal(rows[i].rest, table.n_lines, 1);
			row_same(rows[i].rest, table.lines[0].chip, rows[i].chip);
			row_same(rows[i].rest, table.lines[0].action, rows[i].action);
			row_equal(rows[i].rest, table.lines[0].counts[0], 3);
			row_equal(rows[i].rest, table.lines[0].counts[1], 4);
			irq_table_done(&table);
		}
	}
}

static void test_rows_without_a_number_are_no_devices(void **state)
{
	struct irq_table table = parse("            CPU0       CPU1\n"
				       "  8:         10         20   IO-APIC   8-edge      rtc0\n"
				       "  9:        100        200   PCI-MSI 65536-edge      ahci\n"
				       "FIQ:              usb_fiq\n"
				       "IPI0:      5000       5000       Rescheduling interrupts\n"
				       "NMI:       5000       5000   Non-maskable interrupts\n"
				       "LOC:       5000       5000   Local timer interrupts\n"
				       "ERR:          0\n"
				       "Err:       5000\n",
				       -1);

	(void)state;
	assert_int_equal(table.n_lines, 0);
	assert_int_equal(table.others[0], 110);
	assert_int_equal(table.others[1], 220);
	irq_table_done(&table);
}

static void test_private_interrupts_of_a_gic_are_no_devices(void **state)
{
	/* On a GIC, INTIDs 16 to 31 are per-CPU; elsewhere the numbers mean nothing. */
	struct irq_table table = parse("        CPU0\n"
				       " 10:    5000  GICv3  27 Level     arch_timer\n"
				       " 11:    5000  GICv3  16 Level     pmu\n"
				       " 12:    5000  GICv2  31 Level     legacy\n"
				       " 17:    5000  GICv3-23 0 Level     arm-pmu\n"
				       " 18:    5000  GIC-0  27 Level     arch_timer\n"
				       " 13:       1  GICv3  32 Level     first\n"
				       " 14:      10  GICv2 100 Level     uart\n"
				       " 15:     100  ITS-MSI  20 Edge      nvme\n"
				       " 16:    5000  ITS-MSI  21 Edge      wanted\n",
				       16);

	(void)state;
	assert_int_equal(table.others[0], 111);
	irq_table_done(&table);
}

static void test_board_of_one_cpu(void **state)
{
	struct irq_table table = parse(
		"     CPU0\n  5:  9  GICv2 60 Level  a\n  6:  8  GICv2 61 Level  b", 6);

	(void)state;
	assert_int_equal(table.n_columns, 1);
	assert_int_equal(table.others[0], 9);
	assert_int_equal(table.lines[0].counts[0], 8);
	irq_table_done(&table);
}

static void test_only_rows_that_exist_are_found(void **state)
{
	const int wanted[] = { 7, 5, 1 };
	struct irq_table table;

	(void)state;
	assert_int_equal(irq_parse("CPU0\n 5: 2 x\n 6: 3 x\n 7: 4 x\n", wanted, 3, &table), 0);
	assert_int_equal(table.n_lines, 2);
	assert_int_equal(table.lines[0].irq, 5);
	assert_int_equal(table.lines[1].irq, 7);
	assert_int_equal(table.others[0], 3);
	irq_table_done(&table);
}

static void test_header_alone_is_a_table(void **state)
{
	static const char *const texts[] = { "CPU0 CPU1", "CPU0 CPU1\n", "  CPU0\tCPU1  \n\n\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct irq_table table = parse(texts[i], 0);

		row_equal(texts[i], table.n_columns, 2);
		row_equal(texts[i], table.n_lines, 0);
		row_equal(texts[i], table.others[0] + table.others[1], 0);
		irq_table_done(&table);
	}
}

static void test_text_without_a_header_is_refused(void **state)
{
	static const char *const texts[] = {
		"",
		"\n",
		"\nCPU0\n 5: 1 x\n",
		" 5:  1  2  GICv3 60 Level x\n",
		"CPU\n",
		"CPUs\n",
		"cpu0\n",
		"Err: 0\n",
		"CPU8192\n",
		"CPU0 CPU99999999999999999999\n",
	};
	const struct irq_table before = { .n_columns = 3 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct irq_table table = before;

		row_equal(texts[i], irq_parse(texts[i], NULL, 0, &table), -EBADMSG);
		row_true(texts[i], !memcmp(&table, &before, sizeof(table)));
	}
}

static void test_bad_row_does_not_spoil_the_others(void **state)
{
	static const struct {
		const char *row;
		unsigned first; /* what the row adds to the first CPU */
	} rows[] = {
		{ " 30:  7  x8  GICv3 60 Level  a", 7 },
		{ " 30:  7  8x  GICv3 60 Level  a", 7 },
		{ " 30:  7", 7 },
		{ " 30:", 0 },
		{ " 30", 0 },
		{ " 30 7 8", 0 },
		{ " 30x:  7  8", 0 },
		{ " -30:  7  8", 0 },
		{ ":", 0 },
		{ " 2147483648:  7  8  too large for an interrupt", 0 },
		{ " 99999999999999999999:  7  8", 0 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = text_format(
			"CPU0 CPU1\n 20: 10 20 GICv3 50 Level a\n%s\n"
			" 40: 300 400 GICv3 70 Level c\n 41: 5 6 GICv3 71 Level d\n",
			rows[i].row);
		struct irq_table table = parse(text, 41);

		row_equal(rows[i].row, table.others[0], 310 + rows[i].first);
		row_true(rows[i].row, table.others[1] == 420);
		row_equal(rows[i].row, table.n_lines, 1);
		row_equal(rows[i].row, table.lines[0].counts[1], 6);
		irq_table_done(&table);
	}
}

static void test_row_that_ends_early_takes_nothing_from_the_next(void **state)
{
	struct irq_table table = parse("CPU0 CPU1 CPU2\n 30:  7\n 40:  1  2  3  a\n", 30);

	(void)state;
	assert_int_equal(table.lines[0].counts[0], 7);
	assert_int_equal(table.lines[0].counts[1], 0);
	assert_int_equal(table.lines[0].counts[2], 0);
	assert_null(table.lines[0].chip);
	irq_table_done(&table);
}

static void test_huge_counts(void **state)
{
	struct irq_table table = parse("CPU0 CPU1\n"
				       " 5: 18446744073709551615 99999999999999999999999 x\n"
				       " 6: 4294967296 2 y\n",
				       5);

	(void)state;
	assert_true(table.lines[0].counts[0] == UINT64_MAX);
	assert_true(table.others[0] == UINT64_C(4294967296));
	assert_int_equal(table.others[1], 2);
	irq_table_done(&table);
}

static void test_very_long_rows(void **state)
{
	const size_t length = 1 << 20;
	CLEANUP_FREE char *action = malloc(length + 1);

	(void)state;
	assert_non_null(action);
	memset(action, 'x', length);
	action[length] = '\0';
	CLEANUP_FREE char *text = text_format(
		"CPU0\n 5: 1 GICv3 60 Level %s\n%s: 1\n 6: 2 GICv3 61 Level b\n", action, action);
	struct irq_table table = parse(text, 5);
	assert_true(!strcmp(table.lines[0].action, action));
	assert_int_equal(table.others[0], 2);
	irq_table_done(&table);
}

static void test_missing_table_is_empty(void **state)
{
	const struct tree *tree = *state;
	struct irq_table table = { .n_columns = 3 };

	assert_int_equal(irq_table_read(tree->root, NULL, 0, &table), 0);
	assert_int_equal(table.n_columns, 0);
	tree_make(tree, "/proc/interrupts:\n|  CPU0 CPU4\n| 5: 1 2 GICv3 60 Level  a\n");
	assert_int_equal(irq_table_read(tree->root, NULL, 0, &table), 0);
	assert_int_equal(table.n_columns, 2);
	assert_int_equal(table.others[1], 2);
	irq_table_done(&table);
}

#define DEVICE "/sys/bus/pci/devices/0009:08:00.0"

static void test_interrupts_of_a_device(void **state)
{
	static const struct {
		const char *device, *lines;
		int irqs[4]; /* ends with 0 */
	} rows[] = {
		{ "msi",
		  DEVICE "/msi_irqs/{101,9,30} = msi\n" DEVICE "/irq = 9\n",
		  { 9, 30, 101 } },
		{ "emptied msi_irqs", DEVICE "/msi_irqs/\n" DEVICE "/irq = 17\n", { 17 } },
		{ "intx", DEVICE "/irq = 17\n", { 17 } },
		{ "irq 0", DEVICE "/irq = 0\n", { 0 } },
		{ "no files", DEVICE "/\n", { 0 } },
		{ "nonsense", DEVICE "/irq = many\n", { 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tree *tree = tree_renew(state);
		CLEANUP_FREE int *irqs = NULL;
		size_t count = 0, wanted = 0;
		bool legacy;

		while (rows[i].irqs[wanted])
			wanted++;
		tree_make(tree, rows[i].lines);
		row_equal(rows[i].device,
			  irq_list(tree->root, "0009:08:00.0", &irqs, &count, &legacy), 0);
		row_equal(rows[i].device, count, wanted);
		for (size_t k = 0; k < count; k++)
			row_equal(rows[i].device, irqs[k], rows[i].irqs[k]);
	}
}

/* Reads IRQ 30 of a tree made from LINES; TABLE is the text of /proc/interrupts. */
static struct vector read_vector(const struct tree *tree, const char *lines, const char *table_text)
{
	struct vector vector = { .irq = 30 };
	struct irq_table table = parse(table_text, 30);

	tree_make(tree, lines);
	assert_int_equal(vector_read(tree->root, &table, &vector), 0);
	assert_true(vector.counts == (table.n_lines ? table.lines[0].counts : NULL));
	vector.counts = NULL;
	irq_table_done(&table);
	return vector;
}

static void test_handler_of_a_vector(void **state)
{
	static const char *const with_action = "CPU0\n 30: 1 GICv3 60 Level from table\n",
				 *const without = "CPU0\n 30: 1 GICv3 60 Level\n",
				 *const no_row = "CPU0\n";
	static const struct {
		const char *name, *lines, *table;
		bool handler;
		const char *action, *chip;
	} rows[] = {
		{ "sysfs", "/sys/kernel/irq/30/actions = from sysfs\n", with_action, true,
		  "from sysfs", "GICv3" },
		{ "sysfs says none", "/sys/kernel/irq/30/actions =\n", with_action, false, NULL,
		  "GICv3" },
		{ "table", "/proc/irq/30/smp_affinity = f\n", with_action, true, "from table",
		  "GICv3" },
		{ "directory", "/proc/irq/30/ax_host/\n", without, true, NULL, "GICv3" },
		{ "directory, no row", "/proc/irq/30/ax_host/\n", no_row, true, NULL, NULL },
		{ "nowhere", "/proc/irq/30/smp_affinity = f\n", without, false, NULL, "GICv3" },
		{ "another's", "/sys/kernel/irq/31/actions = other\n/proc/irq/31/other/\n", no_row,
		  false, NULL, NULL },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vector vector = read_vector(tree_renew(state), rows[i].lines, rows[i].table);

		row_equal(rows[i].name, vector.handler, rows[i].handler);
		row_same(rows[i].name, vector.action, rows[i].action);
		row_same(rows[i].name, vector.chip, rows[i].chip);
		vector_done(&vector);
	}
}

static void test_affinity_of_a_vector(void **state)
{
	static const struct {
		const char *name, *lines, *mask;
		int settable;
		const char *affinity, *effective;
	} rows[] = {
		{ "one effective",
		  "/proc/irq/30/smp_affinity = 0f\n/proc/irq/30/effective_affinity = 04\n", "0f",
		  true, "0-3", "2" },
		{ "wide",
		  "/proc/irq/30/smp_affinity = 80,00000000,00000001\n"
		  "/proc/irq/30/effective_affinity = 80,00000000,00000000\n",
		  "80,00000000,00000001", true, "0,71", "71" },
		{ "empty effective",
		  "/proc/irq/30/smp_affinity = 40\n/proc/irq/30/effective_affinity =\n", "40", true,
		  "6", "" },
		{ "no effective", "/proc/irq/30/smp_affinity = 40\n", "40", true, "6", "" },
		{ "not settable", "[0444] /proc/irq/30/smp_affinity = ff\n", "ff", false, "0-7",
		  "" },
		{ "nonsense", "/proc/irq/30/smp_affinity = all\n", NULL, true, "", "" },
		{ "nothing", "/proc/irq/\n", NULL, false, "", "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vector vector = read_vector(tree_renew(state), rows[i].lines, "CPU0\n");
		CLEANUP_FREE char *affinity = cpuset_format_list(&vector.affinity);
		CLEANUP_FREE char *effective = cpuset_format_list(&vector.effective);

		row_same(rows[i].name, vector.mask, rows[i].mask);
		row_equal(rows[i].name, vector.settable, rows[i].settable);
		row_same(rows[i].name, affinity, rows[i].affinity);
		row_same(rows[i].name, effective, rows[i].effective);
		vector_done(&vector);
	}
}

static void test_cpu_of_a_vector(void **state)
{
	static const struct {
		const char *affinity, *effective;
		int cpu;
	} rows[] = {
		{ "6", "", 6 },	   { "6", "2", 6 },	 { "0-7", "2", 2 }, { "", "2", 2 },
		{ "0-7", "", -1 }, { "0-7", "0-3", -1 }, { "", "", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct vector vector = { .irq = 30 };

		assert_int_equal(cpuset_parse_list(rows[i].affinity, &vector.affinity), 0);
		assert_int_equal(cpuset_parse_list(rows[i].effective, &vector.effective), 0);
		row_equal(rows[i].affinity, vector_cpu(&vector), rows[i].cpu);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cpu_numbers_come_from_the_header),
		cmocka_unit_test(test_chip_and_action_of_a_row),
		cmocka_unit_test(test_rows_without_a_number_are_no_devices),
		cmocka_unit_test(test_private_interrupts_of_a_gic_are_no_devices),
		cmocka_unit_test(test_board_of_one_cpu),
		cmocka_unit_test(test_only_rows_that_exist_are_found),
		cmocka_unit_test(test_header_alone_is_a_table),
		cmocka_unit_test(test_text_without_a_header_is_refused),
		cmocka_unit_test(test_bad_row_does_not_spoil_the_others),
		cmocka_unit_test(test_row_that_ends_early_takes_nothing_from_the_next),
		cmocka_unit_test(test_huge_counts),
		cmocka_unit_test(test_very_long_rows),
		tree_test(test_missing_table_is_empty),
		tree_test(test_interrupts_of_a_device),
		tree_test(test_handler_of_a_vector),
		tree_test(test_affinity_of_a_vector),
		cmocka_unit_test(test_cpu_of_a_vector),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
