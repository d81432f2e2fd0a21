/* SPDX-License-Identifier: MIT */
/* Which findings a machine gives, their severity and their advice. */

#include "diagnose/diagnose.h"
#include "diagnose/findings.h"
#include "diagnose/irqs.h"
#include "machines.h"
#include "plan/config.h"
#include "plan/plan.h"
#include "plan/state.h"

#include <errno.h>

/* A link of two lanes of Gen2 at both ends, as the card can do it. */
#define GEN2_X2 ((struct link){ .speed = 5000, .width = 2, .max_speed = 5000, .max_width = 2 })

/* The findings on the good board. */
#define GOOD "ok irq-on-fast-core, ok in-force"

/* Everything is in force and known: IRQ 30 on CPU6, 900 interrupts counted. */
static void good_board(struct board *board)
{
	board_init(board);
	board_add_card(board, 30, "40");
	board->counts[0][6] = 900;
	board_set_link(board, GEN2_X2, GEN2_X2);
	board->cards[0].express.payload = 256;
	board->cards[0].express.payload_max = 256;
	board->cards[0].express.read_request = 512;
	board->policies[1].governor = board->policies[2].governor = (char *)"performance";
	board->machine.services = (struct services){
		.asked = true,
		.own = { .load = "loaded", .active = "active", .file_state = "enabled" },
		.sleep = { .load = "masked", .file_state = "masked" },
	};
}

static struct config default_config(void)
{
	return (struct config){ .cpu = -1, .wanted[KIND_GOVERNOR] = (char *)"performance" };
}

/* Plans for CONFIG and judges, as the program does. */
static struct findings judge_for(const struct board *board, const struct config *config)
{
	struct error refused = { .text = "" };
	struct refusal refusal = { 0 };
	struct findings findings;
	struct plan plan = { 0 };

	(void)plan_tune(&board->machine, config, NULL, &plan, &refused);
	refusal.reason = *refused.text ? refused.text : NULL;
	assert_int_equal(diagnose(&board->machine, &plan, &refusal, NULL, &findings), 0);
	plan_done(&plan);
	return findings;
}

static struct findings judge(const struct board *board)
{
	struct config config = default_config();

	return judge_for(board, &config);
}

/* All findings in their order, as "problem no-card, ok in-force". */
static char *list_of(const struct findings *findings)
{
	char *list = strdup("");

	assert_non_null(list);
	for (size_t i = 0; i < findings->count; i++) {
		char *longer = text_format("%s%s%s %s", list, i ? ", " : "",
					   severity_name(findings->list[i].severity),
					   findings->list[i].code);

		assert_non_null(longer);
		free(list);
		list = longer;
	}
	return list;
}

#define assert_list(row, findings, wanted)                    \
	do {                                                  \
		CLEANUP_FREE char *list_ = list_of(findings); \
                                                              \
		row_same(row, list_, wanted);                 \
	} while (0)

/* The first finding of that code; the test fails if there is none. */
static const struct finding *get(const char *row, const struct findings *findings, const char *code)
{
	for (size_t i = 0; i < findings->count; i++)
		if (!strcmp(findings->list[i].code, code))
			return &findings->list[i];
	fail_msg("row '%s': no finding %s", row, code);
	return NULL;
}

/* TEXT is part of the text, ADVICE of the advice, NULL if there must be none. */
static void check_words(const char *row, const struct findings *findings, const char *code,
			const char *text, const char *advice)
{
	const struct finding *finding = get(row, findings, code);

	row_contains(row, finding->text, text);
	if (advice)
		row_contains(row, finding->advice ? finding->advice : "(none)", advice);
	else
		row_same(row, finding->advice, NULL);
}

/* Judges, and expects exactly the findings of LIST, and these words in the one with CODE. */
static void check(const char *row, const struct board *board, const char *list, const char *code,
		  const char *text, const char *advice)
{
	struct findings findings = judge(board);

	assert_list(row, &findings, list);
	if (code)
		check_words(row, &findings, code, text, advice);
	findings_done(&findings);
}

static void test_nothing_is_wrong_with_a_good_board(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	check("irq", &board, GOOD, "irq-on-fast-core",
	      "IRQ 30 is delivered to CPU6, a fast core: 900 of 900 interrupts since boot.", NULL);
	check("plan", &board, GOOD, "in-force", "Every setting is in force.", NULL);
}

static void test_names_of_severities(void **state)
{
	(void)state;
	assert_string_equal(severity_name(SEVERITY_PROBLEM), "problem");
	assert_string_equal(severity_name(SEVERITY_WARNING), "warning");
	assert_string_equal(severity_name(SEVERITY_INFO), "info");
	assert_string_equal(severity_name(SEVERITY_OK), "ok");
}

static void test_no_card(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.machine.n_cards = 0;
	check("none", &board, "problem no-card", "no-card", "vendor 1f4b", "lspci -d 1f4b:");
}

static void test_card_without_driver_or_handler(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.vectors[0][0].handler = false;
	check("no handler", &board, "problem no-handler", "no-handler",
	      "Driver ax_pcie_dev_host of card 0000:01:00.0", "dmesg | grep -i ax_pcie");
	board.cards[0].n_vectors = 0;
	check("no vector", &board, "problem no-handler", "no-handler", "no interrupt", "dmesg");
	good_board(&board);
	board.cards[0].driver = NULL;
	check("no driver", &board, "problem no-driver", "no-driver",
	      "Card 0000:01:00.0 has no driver, so it does not work.", "modprobe ax_pcie_host_dev");
}

static void test_card_that_is_dead_or_given_away(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.cards[0].dead = true;
	board.cards[0].link = LINK_UNKNOWN;
	board.cards[0].express = EXPRESS_UNKNOWN;
	board.machine.irqs.n_columns = 0;
	board.machine.smi.outcome = SMI_SILENT;
	check("dead", &board, "problem card-dead", "card-dead", "Card 0000:01:00.0 does not answer",
	      "Power the machine off and on");
	good_board(&board);
	board.cards[0].driver = (char *)"vfio-pci";
	board.machine.irqs.n_columns = 0;
	board.machine.smi.outcome = SMI_FAILED;
	/* The interrupt is that of the virtual machine, and may be moved. */
	board.machine.irqbalance.pid = 77;
	check("given away", &board, "warning card-given-away", "card-given-away",
	      "Card 0000:01:00.0 is given to a virtual machine by vfio-pci",
	      "Run ax650n-tune in the virtual machine.");
}

static void test_where_an_irq_is_delivered(void **state)
{
	static const char apply[] = "sudo ax650n-tune apply";
	static const struct {
		const char *name, *mask, *effective;
		uint64_t counts[8], arrived;
		int arrived_cpu;
		const char *list, *code, *text, *advice;
	} rows[] = {
		{ "as the kernel starts it",
		  "ff",
		  "01",
		  { 5500 },
		  0,
		  0,
		  "problem irq-on-little-core",
		  "irq-on-little-core",
		  "IRQ 30 is delivered to CPU0, a slow core (Cortex-A55, 1800 MHz): 5500 of 5500 "
		  "interrupts since boot.",
		  apply },
		/* Some arrived elsewhere before it was moved. */
		{ "bound to a slow core",
		  "04",
		  "04",
		  { 40, 0, 60 },
		  0,
		  0,
		  "problem irq-on-little-core",
		  "irq-on-little-core",
		  "CPU2, a slow core (Cortex-A55, 1800 MHz): 60 of 100 interrupts since boot",
		  apply },
		{ "slow by the counts alone",
		  "ff",
		  "",
		  { 7, 0, 0, 9 },
		  0,
		  0,
		  "problem irq-on-little-core",
		  "irq-on-little-core",
		  "CPU3, a slow core (Cortex-A55, 1800 MHz): 9 of 16 interrupts since boot",
		  apply },
		{ "slow, but nothing counted",
		  "ff",
		  "02",
		  { 0 },
		  0,
		  0,
		  "problem irq-on-little-core",
		  "irq-on-little-core",
		  "CPU1, a slow core (Cortex-A55, 1800 MHz): unverified, no interrupt has arrived "
		  "yet.",
		  apply },
		/* The affinity is CPU6, but interrupts arrive on CPU1. */
		{ "controller that ignores the affinity",
		  "40",
		  "",
		  { 0, 300, 0, 0, 0, 0, 900 },
		  12,
		  1,
		  "problem irq-on-little-core, ok in-force",
		  "irq-on-little-core",
		  "CPU1, a slow core (Cortex-A55, 1800 MHz), against its affinity: 12 interrupts "
		  "arrived during this check.",
		  "sudo ax650n-tune capture" },
		{ "slower of the fast cores",
		  "10",
		  "10",
		  { 0, 0, 0, 0, 800 },
		  0,
		  0,
		  "warning irq-not-in-force",
		  "irq-not-in-force",
		  "The affinity of IRQ 30 is CPU4, not the best core alone.",
		  apply },
		{ "on the best core by chance",
		  "ff",
		  "40",
		  { 0, 0, 0, 0, 0, 0, 800 },
		  0,
		  0,
		  "warning irq-not-in-force",
		  "irq-not-in-force",
		  "The affinity of IRQ 30 is CPUs 0-7, not the best core alone.",
		  apply },
		{ "nothing counted, nothing known",
		  "ff",
		  "",
		  { 0 },
		  0,
		  0,
		  "warning irq-not-in-force",
		  "irq-not-in-force",
		  "0-7",
		  apply },
		{ "in force, nothing counted",
		  "40",
		  "40",
		  { 0 },
		  0,
		  0,
		  "info irq-idle, ok in-force",
		  "irq-idle",
		  "IRQ 30 should be delivered to CPU6: unverified, no interrupt has arrived yet.",
		  "ax650n-tune diagnose" },
		{ "in force, counted elsewhere before",
		  "40",
		  "40",
		  { 6000 },
		  0,
		  0,
		  "info irq-idle, ok in-force",
		  "irq-idle",
		  "IRQ 30 should be delivered to CPU6: unverified, no interrupt has arrived there "
		  "yet.",
		  "Run a model" },
		{ "in force, arriving",
		  "40",
		  "40",
		  { 6000 },
		  77,
		  6,
		  GOOD,
		  "irq-on-fast-core",
		  "CPU6, a fast core: 77 interrupts arrived during this check.",
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;
		struct vector *vector = &board.vectors[0][0];

		good_board(&board);
		for (int cpu = 0; cpu < 4; cpu++)
			board.cpus[cpu].midr = 0x412fd050;
		vector->mask = (char *)rows[i].mask;
		assert_int_equal(cpuset_parse_mask(rows[i].mask, &vector->affinity), 0);
		assert_int_equal(cpuset_parse_mask(*rows[i].effective ? rows[i].effective : "0",
						   &vector->effective),
				 0);
		memcpy(board.counts[0], rows[i].counts, sizeof(rows[i].counts));
		vector->arrived = rows[i].arrived;
		vector->arrived_cpu = rows[i].arrived_cpu;
		check(rows[i].name, &board, rows[i].list, rows[i].code, rows[i].text,
		      rows[i].advice);
	}
}

static void test_slow_core_is_described_as_far_as_known(void **state)
{
	static const struct {
		const char *name;
		long midr, max_khz;
		const char *text;
	} rows[] = {
		{ "both", 0x410fd034, 1416000, "a slow core (Cortex-A53, 1416 MHz):" },
		{ "clock", -1, 1416000, "a slow core (1416 MHz):" },
		{ "core", 0x410fd034, -1, "a slow core (Cortex-A53):" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;
		struct findings findings;

		good_board(&board);
		board.vectors[0][0].affinity = cpus_of(0, 0);
		board.vectors[0][0].mask = (char *)"01";
		board.cpus[0].midr = rows[i].midr;
		board.cpus[0].max_khz = rows[i].max_khz;
		findings = judge(&board);
		check_words(rows[i].name, &findings, "irq-on-little-core", rows[i].text, "apply");
		findings_done(&findings);
	}
}

static void test_slow_core_that_was_chosen(void **state)
{
	struct config config = default_config();
	struct findings findings;
	struct board board;

	(void)state;
	good_board(&board);
	board.vectors[0][0].mask = (char *)"04";
	board.vectors[0][0].affinity = cpus_of(2, 2);
	memset(board.counts[0], 0, sizeof(board.counts[0]));
	board.counts[0][2] = 900;
	config.cpu = 2;
	findings = judge_for(&board, &config);
	/* The controller obeys, and 'apply' would change nothing. */
	check_words("asked for", &findings, "irq-on-little-core",
		    "CPU2, a slow core (1800 MHz): 900 of 900 interrupts since boot.", "Cpu=");
	findings_done(&findings);

	config.cpu = -1;
	for (int i = 4; i < 8; i++)
		board.cpus[i].isolated = true;
	board.vectors[0][0].mask = (char *)"01";
	board.vectors[0][0].affinity = cpus_of(0, 0);
	board.counts[0][0] = 7;
	findings = judge_for(&board, &config);
	check_words("fast ones isolated", &findings, "irq-on-little-core",
		    "7 of 907 interrupts since boot.", "isolcpus=");
	findings_done(&findings);
}

static void test_cores_that_are_equal_are_never_slow(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	for (int i = 0; i < 8; i++) {
		board.cpus[i].capacity = 1024;
		board.cpus[i].max_khz = 2400000;
		board.cpus[i].big = true;
	}
	board.policies[0].governor = (char *)"performance";
	memset(board.counts[0], 0, sizeof(board.counts[0]));
	board.counts[0][0] = 900;
	board.vectors[0][0].affinity = cpus_of(0, 0);
	board.vectors[0][0].mask = (char *)"01";
	check("kept", &board, GOOD, "irq-on-fast-core", "CPU0", NULL);
	board.vectors[0][0].affinity = cpus_of(0, 7);
	board.vectors[0][0].mask = (char *)"ff";
	check("free", &board, "info irq-not-in-force", "irq-not-in-force",
	      "The affinity of IRQ 30 is CPUs 0-7. Planned is CPU0 alone, which is no faster.",
	      "sudo ax650n-tune apply");
	/* Where a thread runs does not matter either. */
	board.vectors[0][0].thread = (struct irq_thread){ .pid = 71,
							  .allowed = cpus_of(1, 3),
							  .last_cpu = 2 };
	check("thread", &board, "info irq-not-in-force", NULL, NULL, NULL);
}

static void test_every_vector_with_a_handler_is_judged(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.cards[0].n_vectors = 3;
	board.vectors[0][1] = board.vectors[0][2] = board.vectors[0][0];
	board.vectors[0][1].irq = 31;
	board.vectors[0][2].irq = 32;
	board.vectors[0][1].handler = false;
	board.vectors[0][2].counts = NULL;
	check("three", &board, "info irq-idle, " GOOD, "irq-idle",
	      "IRQ 32 should be delivered to CPU6: unverified, no interrupt has arrived yet.",
	      "model");
}

static void test_proof_of_delivery(void **state)
{
	static const struct {
		const char *name, *affinity, *effective;
		uint64_t counts[8], arrived;
		int arrived_cpu, cpu, busiest;
		bool proven;
	} rows[] = {
		{ "arrived", "6", "", { 90 }, 3, 2, 2, 2, true },
		{ "counted on the CPU of its affinity",
		  "6",
		  "",
		  { 0, 0, 0, 0, 0, 0, 5 },
		  0,
		  0,
		  6,
		  6,
		  true },
		{ "counted elsewhere too", "6", "", { 90, 0, 0, 0, 0, 0, 5 }, 0, 0, 6, 0, true },
		{ "counted only elsewhere", "6", "", { 90 }, 0, 0, 6, 0, false },
		{ "effective", "0-7", "3", { 90, 0, 0, 4 }, 0, 0, 3, 0, true },
		{ "effective, not counted", "0-7", "3", { 90 }, 0, 0, 3, 0, false },
		{ "by the counts", "0-7", "", { 4, 0, 0, 0, 9, 8 }, 0, 0, 4, 4, true },
		{ "nothing counted", "6", "", { 0 }, 0, 0, 6, -1, false },
		{ "nothing known", "0-7", "", { 0 }, 0, 0, -1, -1, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;
		struct vector *vector;
		bool proven = !rows[i].proven;

		board_init(&board);
		vector = board_add_card(&board, 30, "ff");
		assert_int_equal(cpuset_parse_list(rows[i].affinity, &vector->affinity), 0);
		assert_int_equal(cpuset_parse_list(rows[i].effective, &vector->effective), 0);
		memcpy(board.counts[0], rows[i].counts, sizeof(rows[i].counts));
		vector->arrived = rows[i].arrived;
		vector->arrived_cpu = rows[i].arrived_cpu;
		row_equal(rows[i].name, diagnose_irq_cpu(&board.machine, vector, &proven),
			  rows[i].cpu);
		row_equal(rows[i].name, proven, rows[i].proven);
		row_equal(rows[i].name, diagnose_busiest_cpu(&board.machine, vector),
			  rows[i].busiest);
	}
}

static void test_columns_are_not_cpu_numbers(void **state)
{
	struct board board;
	struct vector *vector;
	bool proven = false;

	(void)state;
	board_init(&board);
	vector = board_add_card(&board, 30, "ff");
	/* CPUs 0 to 4 are offline. */
	board.machine.irqs.n_columns = 3;
	board.columns[0] = 5;
	board.columns[1] = 6;
	board.columns[2] = 7;
	board.counts[0][0] = 1;
	board.counts[0][1] = 20;
	board.counts[0][4] = 999; /* after the last column */
	assert_int_equal(diagnose_busiest_cpu(&board.machine, vector), 6);
	vector->affinity = cpus_of(5, 5);
	assert_int_equal(diagnose_irq_cpu(&board.machine, vector, &proven), 5);
	assert_true(proven);
	vector->affinity = cpus_of(1, 1);
	assert_int_equal(diagnose_irq_cpu(&board.machine, vector, &proven), 1);
	assert_false(proven);
	/* An interrupt that the table does not have. */
	vector->counts = NULL;
	assert_int_equal(diagnose_busiest_cpu(&board.machine, vector), -1);
}

static void test_interrupt_that_cannot_be_moved(void **state)
{
	static const char manages[] = "cannot be moved from a slow core: the kernel manages its "
				      "affinity.",
			  chip_has_none[] =
				  "the MSI controller in the PCIe port of this chip cannot "
				  "set affinity before Linux 7.0",
			  unclear[] = "the kernel manages its affinity, or its MSI controller "
				      "cannot set affinity";
	static const struct {
		const char *name, *chip, *compatible, *text;
	} rows[] = {
		{ "ITS", "ITS-MSI", "vendor,board rockchip,rk3588", manages },
		{ "ITS, newer kernel", "ITS-PCI-MSI-0002:01:00.0", NULL, manages },
		/* On any chip, an ITS can move every IRQ that the kernel does not manage. */
		{ "ITS on an RK3568", "ITS-MSI", "vendor,board rockchip,rk3568", manages },
		{ "MIP", "MIP-MSI-PCI-MSIX-0001:01:00.0", "raspberrypi,5-model-b brcm,bcm2712",
		  manages },
		{ "Raspberry Pi, no-mip", "BRCM STB PCIe MSI", "raspberrypi,5-model-b brcm,bcm2712",
		  "pciex1-compat-pi5,no-mip" },
		{ "RK3576", "PCI-MSI-0000:01:00.0", "vendor,board rockchip,rk3576", chip_has_none },
		/* The chip has an ITS, which the device tree of this kernel does not use. */
		{ "RK3568", "PCI-MSI", "rockchip,rk3568", unclear },
		{ "RK3566", "PCI-MSI", "vendor,board rockchip,rk3566", unclear },
		{ "RK3528", "PCI-MSI", "vendor,board rockchip,rk3528", chip_has_none },
		{ "PC", "PCI-MSI-0000:03:00.0", NULL, unclear },
		{ "other board", "PCI-MSI", "vendor,other", unclear },
		{ "no chip", NULL, NULL, unclear },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;
		struct vector *vector = &board.vectors[0][0];
		struct findings findings;

		good_board(&board);
		vector->settable = false;
		vector->mask = (char *)"01";
		vector->affinity = cpus_of(0, 0);
		vector->chip = (char *)rows[i].chip;
		board.machine.system.compatible = (char *)rows[i].compatible;
		findings = judge(&board);
		row_equal(rows[i].name, get(rows[i].name, &findings, "irq-unmovable")->severity,
			  SEVERITY_WARNING);
		check_words(rows[i].name, &findings, "irq-unmovable", rows[i].text, "threadirqs");
		/* It is the only finding about this IRQ. */
		row_equal(rows[i].name, findings_count(&findings, SEVERITY_PROBLEM), 0);
		findings_done(&findings);
	}
}

static void test_unmovable_matters_only_on_a_slow_core(void **state)
{
	struct board board;
	struct vector *vector = &board.vectors[0][0];
	struct findings findings;

	(void)state;
	good_board(&board);
	vector->settable = false;
	vector->mask = (char *)"20";
	vector->affinity = cpus_of(5, 5);
	findings = judge(&board);
	assert_int_equal(get("fast", &findings, "irq-unmovable")->severity, SEVERITY_INFO);
	check_words("fast", &findings, "irq-unmovable",
		    "IRQ 30 cannot be moved: ", "The other settings still help.");
	findings_done(&findings);

	/* An IRQ that cannot be moved is not in force. */
	vector->affinity = cpus_of(1, 1);
	vector->mask = (char *)"02";
	check("slow", &board, "warning irq-unmovable", "irq-unmovable", "from a slow core",
	      "Untested: the kernel parameter threadirqs");
	vector->thread = (struct irq_thread){ .pid = 71, .allowed = cpus_of(0, 7), .last_cpu = 1 };
	check("thread", &board, "warning irq-unmovable", "irq-unmovable", "from a slow core",
	      "Untested: move its thread, which does the work, to a fast core with "
	      "'sudo taskset -pc 6 71'.");
	vector->thread.allowed = cpus_of(6, 6);
	check("moved", &board, "warning irq-unmovable", "irq-unmovable", "from a slow core",
	      "Its thread, which does the work, runs on fast cores.");

	vector->affinity = cpus_of(0, 0);
	vector->mask = (char *)"01";
	for (int i = 0; i < 8; i++) {
		board.cpus[i].capacity = 1024;
		board.cpus[i].max_khz = 2352000;
		board.cpus[i].big = true;
	}
	findings = judge(&board);
	assert_int_equal(get("equal", &findings, "irq-unmovable")->severity, SEVERITY_INFO);
	check_words("equal", &findings, "irq-unmovable", "All cores are equal here", NULL);
	findings_done(&findings);
}

static void test_thread_on_slow_cores(void **state)
{
	static const struct {
		const char *name;
		int first, last, ran; /* CPUs that the thread may run on, and the one it ran on */
		const char *list, *text;
	} rows[] = {
		{ "slow only", 0, 3, 2, "warning irq-thread-elsewhere, ok in-force",
		  "IRQ 30 is delivered to CPU6, but its thread is kept on CPUs 0-3, slow cores." },
		{ "one slow", 1, 1, 1, "warning irq-thread-elsewhere, ok in-force",
		  "its thread is kept on CPU1, slow" },
		{ "ran on a slow one", 0, 7, 3, "warning irq-thread-elsewhere, ok in-force",
		  "its thread last ran on CPU3, a slow core: it may run on CPUs 0-7." },
		{ "ran on a fast one", 0, 7, 5, GOOD, NULL },
		{ "unknown where it ran", 0, 7, -1, GOOD, NULL },
		{ "fast only", 4, 7, 5, GOOD, NULL },
		{ "ran elsewhere before it was moved", 6, 6, 1, GOOD, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct irq_thread thread = { .pid = 71,
						   .allowed = cpus_of(rows[i].first, rows[i].last),
						   .last_cpu = rows[i].ran };
		struct board board;

		good_board(&board);
		board.vectors[0][0].thread = thread;
		check(rows[i].name, &board, rows[i].list,
		      rows[i].text ? "irq-thread-elsewhere" : NULL, rows[i].text,
		      "sudo taskset -pc 6 71");
	}
}

/* A write of the affinity takes the thread along. */
static void test_apply_moves_a_thread_with_its_interrupt(void **state)
{
	struct board board;
	struct vector *vector = &board.vectors[0][0];

	(void)state;
	good_board(&board);
	vector->affinity = cpus_of(6, 7);
	vector->mask = (char *)"c0";
	vector->thread = (struct irq_thread){ .pid = 71, .allowed = cpus_of(0, 3), .last_cpu = 1 };
	check("fast", &board, "warning irq-thread-elsewhere, info irq-not-in-force",
	      "irq-thread-elsewhere", "kept on CPUs 0-3", "sudo ax650n-tune apply");
	/* One finding is enough. */
	vector->affinity = cpus_of(0, 3);
	vector->mask = (char *)"0f";
	board.counts[0][6] = 0;
	board.counts[0][1] = 900;
	check("slow", &board, "problem irq-on-little-core", NULL, NULL, NULL);
}

static void test_core_of_unknown_speed(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	for (int i = 0; i < 8; i++) {
		board.cpus[i].capacity = board.cpus[i].max_khz = -1;
		board.cpus[i].big = true;
	}
	board.policies[0].governor = (char *)"performance";
	check("in force", &board, "info irq-on-unknown-core, ok in-force", "irq-on-unknown-core",
	      "IRQ 30 is delivered to CPU6, whose speed is unknown: 900 of 900", NULL);
	/* The kernel does not show the CPU in sysfs. */
	good_board(&board);
	board.machine.cpus.n_cpus = 6;
	check("not shown", &board, "problem irq-not-in-force", "irq-not-in-force",
	      "IRQ 30 is delivered to CPU6, whose speed is unknown. CPU4 is known to be fast.",
	      "apply");
}

static void test_interrupt_found_unmovable_before(void **state)
{
	struct config config = default_config();
	struct saved saved = {
		.kind = KIND_IRQ_AFFINITY, .id = 30, .card = "0000:01:00.0", .unmovable = EINVAL
	};
	const struct state known = { .n_saved = 1, .saved = &saved };
	struct findings findings;
	struct error error;
	struct board board;
	struct plan plan;

	(void)state;
	good_board(&board);
	board.vectors[0][0].mask = (char *)"01";
	board.vectors[0][0].affinity = cpus_of(0, 0);
	assert_int_equal(plan_tune(&board.machine, &config, &known, &plan, &error), 0);
	assert_int_equal(diagnose(&board.machine, &plan, &(struct refusal){ 0 }, NULL, &findings),
			 0);
	assert_int_equal(get("known", &findings, "irq-unmovable")->severity, SEVERITY_WARNING);
	assert_int_equal(findings_count(&findings, SEVERITY_PROBLEM), 0);
	findings_done(&findings);
	plan_done(&plan);
}

static void test_link(void **state)
{
	static const struct {
		const char *name;
		struct link card, port; /* speed, width, max_speed, max_width */
		const char *list, *code, *text, *advice;
	} rows[] = {
		{ "slot of one lane",
		  { 5000, 1, 5000, 2 },
		  { 5000, 1, 8000, 1 },
		  "info link-limited-by-slot, " GOOD,
		  "link-limited-by-slot",
		  "The link of 0000:01:00.0 runs at 5.0 GT/s x1, the most that the card and the "
		  "slot both support. The card alone supports 5.0 GT/s x2.",
		  NULL },
		{ "trained too slow",
		  { 2500, 1, 5000, 2 },
		  { 2500, 1, 8000, 1 },
		  "problem link-degraded, " GOOD,
		  "link-degraded",
		  "The link from 0000:00:00.0 to 0000:01:00.0 runs at 2.5 GT/s x1, but both ends "
		  "support 5.0 GT/s x1.",
		  "reseat the card" },
		{ "trained too narrow",
		  { 8000, 1, 8000, 4 },
		  { 8000, 1, 16000, 2 },
		  "problem link-degraded, " GOOD,
		  "link-degraded",
		  "runs at 8.0 GT/s x1, but both ends support 8.0 GT/s x2.",
		  "dmesg" },
		{ "the card is the limit",
		  { 5000, 2, 5000, 2 },
		  { 5000, 2, 16000, 4 },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
		{ "card unknown",
		  { -1, -1, -1, -1 },
		  { 5000, 1, 8000, 1 },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
		{ "port unknown",
		  { 2500, 1, 5000, 2 },
		  { -1, -1, -1, -1 },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
	};
	struct board board;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		good_board(&board);
		board_set_link(&board, rows[i].card, rows[i].port);
		check(rows[i].name, &board, rows[i].list, rows[i].code, rows[i].text,
		      rows[i].advice);
	}
	good_board(&board);
	board_set_link(&board, rows[0].card, rows[0].port);
	board.cards[0].n_ports = 0;
	check("no port", &board, GOOD, NULL, NULL, NULL);
}

/* Puts the first card below a switch, whose links are as both ends tell. */
static void set_switch(struct board *board, struct port ports[static 3], struct link uplink,
		       struct link own)
{
	static const char *const addresses[] = { "0000:00:01.0", "0000:02:00.0", "0000:03:02.0" };

	for (size_t i = 0; i < 3; i++) {
		ports[i] = (struct port){ .link = i < 2 ? uplink : own };
		strcpy(ports[i].address, addresses[i]);
	}
	board->cards[0].ports = ports;
	board->cards[0].n_ports = 3;
	board->cards[0].link = own;
}

static void test_links_above_that_of_the_card(void **state)
{
	static const struct {
		const char *name;
		struct link uplink, own;
		const char *list, *code, *text, *advice;
	} rows[] = {
		{ "wide", { 8000, 4, 8000, 4 }, { 5000, 2, 5000, 2 }, GOOD, NULL, NULL, NULL },
		{ "narrow by design",
		  { 5000, 1, 5000, 1 },
		  { 5000, 2, 5000, 2 },
		  "info link-limited-by-slot, " GOOD,
		  "link-limited-by-slot",
		  "The link from 0000:00:01.0 to 0000:02:00.0 runs at 5.0 GT/s x1, the most that "
		  "both ends support, and is narrower than that of the card below.",
		  NULL },
		{ "trained too slow",
		  { 2500, 2, 5000, 2 },
		  { 5000, 2, 5000, 2 },
		  "problem link-degraded, " GOOD,
		  "link-degraded",
		  "The link from 0000:00:01.0 to 0000:02:00.0 runs at 2.5 GT/s x2, but both ends "
		  "support 5.0 GT/s x2.",
		  "reseat the card" },
		{ "trained too narrow, but wide enough",
		  { 8000, 2, 8000, 4 },
		  { 5000, 2, 5000, 2 },
		  "warning link-degraded, " GOOD,
		  "link-degraded",
		  "both ends support 8.0 GT/s x4. By itself it slows no card",
		  "dmesg" },
		{ "most unknown",
		  { 5000, 1, -1, -1 },
		  { 5000, 2, 5000, 2 },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct port ports[3];
		struct board board;

		good_board(&board);
		set_switch(&board, ports, rows[i].uplink, rows[i].own);
		check(rows[i].name, &board, rows[i].list, rows[i].code, rows[i].text,
		      rows[i].advice);
	}
}

static void test_a_link_that_cards_share_is_judged_once(void **state)
{
	struct port ports[3], others[3];
	struct board board;

	(void)state;
	good_board(&board);
	set_switch(&board, ports, (struct link){ 2500, 2, 5000, 2 }, GEN2_X2);
	board_add_card(&board, 31, "80");
	board.counts[1][7] = 5;
	board.cards[1].express = board.cards[0].express;
	memcpy(others, ports, sizeof(others));
	strcpy(others[2].address, "0000:03:03.0");
	board.cards[1].link = GEN2_X2;
	board.cards[1].ports = others;
	board.cards[1].n_ports = 3;
	check("both", &board, "problem link-degraded, ok irq-on-fast-core, " GOOD, NULL, NULL,
	      NULL);
	/* The first card has a narrower link of its own, the second has not. */
	board.cards[0].link = (struct link){ 2500, 1, 2500, 1 };
	check("one slowed", &board, "problem link-degraded, ok irq-on-fast-core, " GOOD, NULL, NULL,
	      NULL);
}

static void test_registers(void **state)
{
	static const struct {
		const char *name;
		long payload, payload_max, read_request;
		const char *list, *code, *text, *advice;
	} rows[] = {
		{ "128 of 128", 128, 128, 512, "info max-payload-128, " GOOD, "max-payload-128",
		  " is 128 bytes, the most the card supports.", NULL },
		{ "128 of 512", 128, 512, 512, "info max-payload-128, " GOOD, "max-payload-128",
		  " is 128 bytes.", NULL },
		{ "4096", 256, 256, 4096, "warning max-read-request, " GOOD, "max-read-request",
		  " is 4096 bytes instead of 512", "Do not write it" },
		{ "128", 256, 256, 128, "warning max-read-request, " GOOD, "max-read-request",
		  " is 128 bytes instead of 512", "reboot" },
		{ "reserved code", 256, 256, -1, GOOD, NULL, NULL, NULL },
		{ "payload 512", 512, 512, 512, GOOD, NULL, NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;

		good_board(&board);
		board.cards[0].express.payload = rows[i].payload;
		board.cards[0].express.payload_max = rows[i].payload_max;
		board.cards[0].express.read_request = rows[i].read_request;
		check(rows[i].name, &board, rows[i].list, rows[i].code, rows[i].text,
		      rows[i].advice);
	}
}

static void test_registers_that_cannot_be_read(void **state)
{
	static const struct {
		const char *name;
		bool cut, is_tree, privileged;
		const char *code, *text, *advice;
	} rows[] = {
		{ "user", true, false, false, "needs-root", "only root can read them.",
		  "sudo ax650n-tune diagnose" },
		{ "root in a container", true, false, true, "registers-hidden",
		  "not even root can read them here", "on the host" },
		{ "captured by a user", true, true, false, "needs-root",
		  "this copy of the machine has no more than anyone can read.",
		  "sudo ax650n-tune capture" },
		{ "hidden from root", false, false, true, "registers-hidden",
		  "shows no PCI Express capability", NULL },
		{ "hidden in a tree", false, true, false, "registers-hidden",
		  "shows no PCI Express capability", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *list = text_format("info %s, " GOOD, rows[i].code);
		struct board board;

		good_board(&board);
		board.cards[0].express = EXPRESS_UNKNOWN;
		board.cards[0].config_cut = rows[i].cut;
		board.machine.is_tree = rows[i].is_tree;
		board.machine.privileged = rows[i].privileged;
		check(rows[i].name, &board, list, rows[i].code, rows[i].text, rows[i].advice);
	}
}

static void test_registers_of_many_cards_are_missed_once(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board_add_card(&board, 31, "80");
	board.counts[1][7] = 5;
	board.cards[0].express = EXPRESS_UNKNOWN;
	board.cards[0].config_cut = board.cards[1].config_cut = true;
	check("both", &board, "info needs-root, ok irq-on-fast-core, " GOOD, NULL, NULL, NULL);
}

static void test_errors_of_the_link(void **state)
{
	static const struct {
		const char *name;
		struct aer aer; /* correctable, non-fatal, fatal */
		const char *list, *text, *advice;
	} rows[] = {
		{ "none", { 0, 0, 0 }, GOOD, NULL, NULL },
		{ "corrected",
		  { 41, 0, 0 },
		  "warning aer-errors, " GOOD,
		  "Card 0000:01:00.0 has counted 41 corrected errors of its link since boot.",
		  "If the number grows" },
		{ "non-fatal",
		  { 41, 2, 0 },
		  "problem aer-errors, " GOOD,
		  "has counted 2 non-fatal errors of its link",
		  "dmesg | grep AER" },
		{ "fatal",
		  { 0, 0, 3 },
		  "problem aer-errors, " GOOD,
		  "has counted 3 fatal errors of its link",
		  "Reseat the card" },
		{ "both, without the corrected ones",
		  { -1, 2, 3 },
		  "problem aer-errors, " GOOD,
		  "has counted 2 non-fatal and 3 fatal errors of its link",
		  "Reseat the card" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;

		good_board(&board);
		board.cards[0].aer = rows[i].aer;
		check(rows[i].name, &board, rows[i].list, rows[i].text ? "aer-errors" : NULL,
		      rows[i].text, rows[i].advice);
	}
}

static void test_errors_that_a_port_has_counted(void **state)
{
	struct port ports[3], others[3];
	struct board board;

	(void)state;
	good_board(&board);
	set_switch(&board, ports, GEN2_X2, GEN2_X2);
	board_add_card(&board, 31, "80");
	board.counts[1][7] = 5;
	board.cards[1].express = board.cards[0].express;
	ports[1].aer.correctable = 77;
	memcpy(others, ports, sizeof(others));
	strcpy(others[2].address, "0000:03:03.0");
	board.cards[1].link = GEN2_X2;
	board.cards[1].ports = others;
	board.cards[1].n_ports = 3;
	check("shared", &board, "warning aer-errors, ok irq-on-fast-core, " GOOD, "aer-errors",
	      "0000:02:00.0, above card 0000:01:00.0, has counted 77 corrected errors",
	      "If the number grows");
	others[2].aer.nonfatal = 1;
	check("another", &board,
	      "problem aer-errors, warning aer-errors, ok irq-on-fast-core, " GOOD, "aer-errors",
	      "0000:03:03.0, above card 0001:01:00.0, has counted 1 non-fatal", "AER");
}

static void test_axcl_smi(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.machine.smi.outcome = SMI_ANSWERED;
	check("answered", &board, GOOD, NULL, NULL, NULL);
	board.machine.smi.outcome = SMI_SILENT;
	check("silent", &board, "problem card-not-answering, " GOOD, "card-not-answering",
	      "timed out", "Power the board off");
	board.machine.smi.outcome = SMI_FAILED;
	check("mute", &board, "problem card-not-usable, " GOOD, "card-not-usable", "nothing",
	      "dmesg | grep -i axcl");
	strcpy(board.machine.smi.message, "no such node: /dev/x");
	check("failed", &board, "problem card-not-usable, " GOOD, "card-not-usable",
	      "no such node: /dev/x", "firmware");
	board.machine.smi.outcome = SMI_BROKEN;
	check("broken", &board, "warning axcl-smi-broken, " GOOD, "axcl-smi-broken",
	      "axcl-smi does not start: no such node: /dev/x,", "Install the AXCL host package");
}

static void test_governors(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.policies[2].governor = (char *)"ondemand";
	check("one", &board, "problem governor-not-set, ok irq-on-fast-core", "governor-not-set",
	      "The governor of CPUs 6-7 is ondemand, not performance", "sudo ax650n-tune apply");
	board.policies[1].governor = (char *)"ondemand";
	check("two are one finding", &board, "problem governor-not-set, ok irq-on-fast-core",
	      "governor-not-set", "CPUs 4-7 is ondemand", "apply");

	board.policies[1].governor = (char *)"schedutil";
	check("two differ", &board, "problem governor-not-set, ok irq-on-fast-core",
	      "governor-not-set",
	      "The governor is schedutil on CPUs 4-5, ondemand on CPUs 6-7, not performance: their "
	      "clocks drop",
	      "apply");

	good_board(&board);
	board.policies[2].governor = (char *)"userspace";
	board.policies[2].speed = (char *)"2352000";
	check("held", &board, "warning governor-not-set, ok irq-on-fast-core", "governor-not-set",
	      "CPUs 6-7 is userspace, not performance: the clock is fixed at 2352 MHz now.",
	      "'sudo ax650n-tune revert' puts this clock back");
	board.policies[2].speed = (char *)"1200000";
	check("held low", &board, "problem governor-not-set, ok irq-on-fast-core",
	      "governor-not-set", "at 1200 MHz now, which is not the fastest", "apply");
	board.policies[2].governor = (char *)"ondemand";
	board.policies[2].speed = NULL;
	board.policies[2].limit_khz = board.policies[2].floor_khz = 2352000;
	check("no room", &board, "warning governor-not-set, ok irq-on-fast-core",
	      "governor-not-set", "CPUs 6-7 is ondemand, not performance: the clock is fixed",
	      "apply");

	good_board(&board);
	board.policies[2].governor = NULL;
	board.policies[2].governor_error = EBUSY;
	check("unreadable", &board, "problem governor-unreadable, ok irq-on-fast-core",
	      "governor-unreadable", "CPUs 6-7 cannot be read.", "policy6/scaling_governor");

	good_board(&board);
	board.policies[1].governor = (char *)"schedutil";
	board.policies[1].governors = (char *)"ondemand schedutil";
	check("not offered", &board, "problem governor-unavailable, ok irq-on-fast-core",
	      "governor-unavailable", "not offer governor performance for CPUs 4-5",
	      "loads its module if there is one; else set Governor= in /etc/ax650n-tune.conf to "
	      "one of: ondemand schedutil.");

	good_board(&board);
	board.machine.cpus.n_policies = 0;
	check("no cpufreq", &board, "info no-cpufreq, " GOOD, "no-cpufreq", "no cpufreq", NULL);
}

static void test_clocks(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	for (int i = 0; i < 3; i++)
		board.policies[i].limit_khz = board.policies[i].max_khz;
	check("no limit", &board, GOOD, NULL, NULL, NULL);
	board.policies[0].limit_khz = 1008000;
	check("slow cores may be limited", &board, GOOD, NULL, NULL, NULL);
	board.policies[2].limit_khz = 1200000;
	check("limit", &board, "problem clock-capped, " GOOD, "clock-capped",
	      "Clocks are limited: CPUs 6-7 to 1200 of 2352 MHz.",
	      "echo 2352000 | sudo tee /sys/devices/system/cpu/cpufreq/policy6/scaling_max_freq");
	board.policies[1].limit_khz = 1200000;
	check("two limits", &board, "problem clock-capped, " GOOD, "clock-capped",
	      "CPUs 4-5 to 1200 of 2304 MHz, CPUs 6-7 to 1200 of 2352 MHz.",
	      "do sudo tee $p/scaling_max_freq <$p/cpuinfo_max_freq; done");
	board.policies[1].max_khz = 2352000;
	check("two alike", &board, "problem clock-capped, " GOOD, "clock-capped",
	      "CPUs 4-7 to 1200 of 2352 MHz.", "scaling_max_freq");
}

static void test_heat(void **state)
{
	struct cooler coolers[] = {
		{ (char *)"cpufreq-cpu0", false },
		{ (char *)"cpufreq-cpu4", false },
		{ (char *)"cpufreq-cpu6", true },
	};
	struct board board;

	(void)state;
	good_board(&board);
	board.policies[1].limit_khz = board.policies[2].limit_khz = 1200000;
	board.machine.system.coolers = coolers;
	board.machine.system.n_coolers = 3;
	board.machine.system.cooling = coolers[2].type;
	/* Throttling lowers the limit of its own policy. */
	check("own device", &board, "problem thermal-throttling, problem clock-capped, " GOOD,
	      "thermal-throttling",
	      "The clocks of CPUs 6-7 are throttled because of heat (cpufreq-cpu6).",
	      "Improve the cooling");
	check("other cap", &board, "problem thermal-throttling, problem clock-capped, " GOOD,
	      "clock-capped", "Clocks are limited: CPUs 4-5 to", "policy4/");
	coolers[2].type = (char *)"thermal-cpufreq-1";
	check("by its number", &board, "problem thermal-throttling, problem clock-capped, " GOOD,
	      "thermal-throttling", "CPUs 4-5 are throttled", "fan");
	board.machine.system.coolers = &coolers[2];
	board.machine.system.n_coolers = 1;
	check("unknown", &board, "problem thermal-throttling, " GOOD, "thermal-throttling",
	      "throttled", "fan");
	coolers[2].type = (char *)"cpufreq-cpu0";
	board.machine.system.hottest = (char *)"soc-thermal";
	check("slow cores", &board, "problem clock-capped, warning thermal-throttling, " GOOD,
	      "thermal-throttling",
	      "CPUs 0-3 are throttled because of heat (cpufreq-cpu6); the "
	      "hottest zone is soc-thermal",
	      "fan");
	board.policies[2].governor = (char *)"ondemand";
	check("hotter", &board,
	      "problem governor-not-set, problem clock-capped, warning thermal-throttling, ok "
	      "irq-on-fast-core",
	      "governor-not-set", "ondemand", "get hotter still");
}

static void test_causes_of_limits(void **state)
{
	struct rival rival = { .name = "tlp", .config = "/etc/tlp.conf", .enabled = true };
	struct board board;

	(void)state;
	good_board(&board);
	board.machine.system.no_turbo = "/sys/devices/system/cpu/intel_pstate/no_turbo";
	check("turbo", &board, "problem clock-capped, " GOOD, "clock-capped",
	      "Turbo is off: the top clock is out of reach, because of /sys/",
	      "echo 0 | sudo tee /sys/devices/system/cpu/intel_pstate/no_turbo");
	board.policies[2].limit_khz = 1200000;
	board.machine.system.no_turbo = "/sys/devices/system/cpu/cpufreq/boost";
	board.machine.services.rivals = &rival;
	board.machine.services.n_rivals = 1;
	check("TLP", &board, "problem clock-capped, info governor-at-boot, " GOOD, "clock-capped",
	      "CPUs 6-7 to 1200 of 2352 MHz; turbo is off",
	      "echo 1 | sudo tee /sys/devices/system/cpu/cpufreq/boost; for good, change "
	      "CPU_BOOST_ON_AC to 1 in /etc/tlp.conf");
	board.machine.system.no_turbo = NULL;
	rival.config = "/etc/default/cpufrequtils";
	check("cpufrequtils", &board, "problem clock-capped, info governor-at-boot, " GOOD,
	      "clock-capped", "1200", "MAX_SPEED in /etc/default/cpufrequtils");
}

static void test_limit_of_unknown_or_offline_cores(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.policies[2].limit_khz = 1200000;
	board.policies[2].max_khz = -1;
	check("unknown clock", &board, GOOD, NULL, NULL, NULL);
	board.policies[2].max_khz = 2352000;
	board.policies[2].cpus = (struct cpuset){ 0 };
	check("no CPU", &board, GOOD, NULL, NULL, NULL);
}

static void test_idle_states(void **state)
{
	struct config config = default_config();
	struct findings findings;
	struct board board;

	(void)state;
	good_board(&board);
	board.cpus[6].idle_state = (char *)"nap";
	board.cpus[6].idle_us = 29;
	/* Only the CPU of the card matters. */
	board.cpus[5].idle_us = board.cpus[0].idle_us = 5000;
	check("short", &board, GOOD, NULL, NULL, NULL);
	board.cpus[6].idle_us = 30;
	check("long", &board, "info deep-idle, " GOOD, "deep-idle",
	      "CPU6 may enter idle state nap, which takes up to 30 us to enter and leave.",
	      "IdleLatency=20");
	board.cpus[6].idle_residency_us = 90;
	check("within a call", &board, "info deep-idle, " GOOD, "deep-idle",
	      "it is worth waits from 90 us on.", "IdleLatency=20");
	board.cpus[6].idle_residency_us = 900;
	check("between calls", &board, "info deep-idle, " GOOD, "deep-idle",
	      "from 900 us on, longer than a short call: only the first call after a pause",
	      "IdleLatency=20");

	board_add_card(&board, 31, "40");
	board.counts[1][6] = 5;
	board.cards[1].express = board.cards[0].express;
	config.cpu = 6;
	findings = judge_for(&board, &config);
	assert_list("two cards on it", &findings, "info deep-idle, ok irq-on-fast-core, " GOOD);
	findings_done(&findings);
}

static void test_memory(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board_set_memory(&board, "performance", NULL);
	check("up", &board, GOOD, NULL, NULL, NULL);
	board_set_memory(&board, "dmc_ondemand", NULL);
	check("chosen", &board, "info memory-governor, " GOOD, "memory-governor", "dmc_ondemand",
	      "MemoryGovernor=performance");
	/* No advice that cannot be followed. */
	board_set_memory(&board, "simple_ondemand", "userspace simple_ondemand");
	check("no choice", &board, "info memory-governor, " GOOD, "memory-governor",
	      "(dmc) is simple_ondemand: the memory clock may drop. It offers no governor "
	      "performance.",
	      NULL);
}

static void test_place_and_person(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board.machine.system.virtualization = VIRTUALIZATION_VM;
	check("guest", &board, "info virtual-machine, " GOOD, "virtual-machine", "its host",
	      "Tune the host as well");
	board.machine.system.virtualization = VIRTUALIZATION_CONTAINER;
	check("container", &board, "warning container, " GOOD, "container", "its host",
	      "Run ax650n-tune on the host.");
	board_set_memory(&board, "simple_ondemand", NULL);
	check("command in a container", &board, "warning container, info memory-governor, " GOOD,
	      "memory-governor", "simple_ondemand", "On the host: To keep");
	board.machine.system = (struct system){ 0 };
	board.machine.privileged = true;
	check("root", &board, "info memory-governor, " GOOD, "memory-governor", "simple_ondemand",
	      "and run 'ax650n-tune apply'.");
}

static void test_optional_settings(void **state)
{
	struct config config = default_config();
	struct findings findings;
	struct board board;

	(void)state;
	good_board(&board);
	config.wanted[KIND_IDLE_LATENCY] = (char *)"50";
	findings = judge_for(&board, &config);
	assert_list("idle", &findings, "warning setting-not-in-force, ok irq-on-fast-core");
	check_words("idle", &findings, "setting-not-in-force", "ax650n-tune status",
		    "sudo ax650n-tune apply");
	findings_done(&findings);

	board.cpus[6].latency = (char *)"50";
	findings = judge_for(&board, &config);
	assert_list("idle in force", &findings, GOOD);
	findings_done(&findings);

	config.wanted[KIND_IDLE_LATENCY] = NULL;
	config.wanted[KIND_MEMORY_GOVERNOR] = (char *)"powersave";
	board_set_memory(&board, "performance", NULL);
	findings = judge_for(&board, &config);
	assert_list("memory", &findings, "warning setting-not-in-force, ok irq-on-fast-core");
	findings_done(&findings);
}

static void test_plan_that_is_refused(void **state)
{
	struct config config = default_config();
	struct findings findings;
	struct board board;

	(void)state;
	good_board(&board);
	config.cpu = 99;
	findings = judge_for(&board, &config);
	/* Findings that need no plan are still there. */
	assert_list("cpu", &findings, "problem no-plan, ok irq-on-fast-core");
	check_words("cpu", &findings, "no-plan", "there is no CPU99", "/etc/ax650n-tune.conf");
	findings_done(&findings);
}

static void test_irqbalance(void **state)
{
	int ours[] = { 12, 30 }, others[] = { 3, 300 };
	struct irqbalance *irqbalance;
	struct board board;

	(void)state;
	good_board(&board);
	irqbalance = &board.machine.irqbalance;
	check("does not run", &board, GOOD, NULL, NULL, NULL);
	irqbalance->pid = 700;
	irqbalance->banned = others;
	irqbalance->n_banned = ARRAY_SIZE(others);
	/* apply would change it, so not everything is in force. */
	check("not banned", &board, "warning irqbalance-unbanned, ok irq-on-fast-core",
	      "irqbalance-unbanned", "may move IRQ 30", "sudo ax650n-tune apply");
	irqbalance->banned = ours;
	irqbalance->n_banned = ARRAY_SIZE(ours);
	check("banned", &board, "info irqbalance-banned, " GOOD, "irqbalance-banned",
	      "leaves IRQ 30 alone until", NULL);
	board.machine.services.drop_in = true;
	check("banned after each start", &board,
	      "ok irq-on-fast-core, ok irqbalance-banned, ok in-force", "irqbalance-banned",
	      "IRQ 30 alone, even after a restart", NULL);
	board.machine.services.drop_in = false;
	irqbalance->error = EACCES;
	check("not asked", &board, "warning irqbalance-unknown, " GOOD, "irqbalance-unknown",
	      "may move IRQ 30; only root", "sudo ax650n-tune diagnose");
	irqbalance->error = ETIMEDOUT;
	check("no answer", &board, "warning irqbalance-unknown, " GOOD, "irqbalance-unknown",
	      "it gives no answer", "sudo systemctl restart irqbalance");
	/* irqbalance cannot move it either. */
	board.vectors[0][0].settable = false;
	check("not settable", &board, "info irq-unmovable, ok in-force", NULL, NULL, NULL);
	board.vectors[0][0].handler = false;
	board.vectors[0][0].settable = true;
	check("no handler", &board, "problem no-handler", NULL, NULL, NULL);
}

static void test_rivals(void **state)
{
	static const struct {
		const char *name;
		struct rival rival;
		const char *list, *code, *text, *advice;
	} rows[] = {
		{ "daemon that runs",
		  { .name = "tuned",
		    .config = "/etc/tuned/active_profile",
		    .daemon = true,
		    .running = true,
		    .enabled = true },
		  "warning governor-rival, " GOOD,
		  "governor-rival",
		  "tuned is running and may set other governors",
		  "sudo tuned-adm profile throughput-performance" },
		{ "daemon that agrees",
		  { .name = "tuned", .daemon = true, .agrees = true, .running = true },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
		{ "daemon without a file",
		  { .name = "power-profiles-daemon", .daemon = true, .running = true },
		  "warning governor-rival, " GOOD,
		  "governor-rival",
		  "power-profiles-daemon is running",
		  "sudo systemctl disable --now power-profiles-daemon" },
		{ "daemon that will run",
		  { .name = "tuned", .daemon = true, .enabled = true },
		  "info governor-at-boot, " GOOD,
		  "governor-at-boot",
		  "tuned sets governors at boot.",
		  NULL },
		{ "boot script",
		  { .name = "cpufrequtils", .config = "/etc/default/cpufrequtils", .ran = true },
		  "info governor-at-boot, " GOOD,
		  "governor-at-boot",
		  "cpufrequtils sets governors at boot, from /etc/default/cpufrequtils.",
		  NULL },
		{ "installed only", { .name = "tuned", .daemon = true }, GOOD, NULL, NULL, NULL },
		/* It has findings of its own, per IRQ. */
		{ "irqbalance",
		  { .name = "irqbalance",
		    .affinity = true,
		    .daemon = true,
		    .running = true,
		    .enabled = true },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct rival rival = rows[i].rival;
		struct board board;

		good_board(&board);
		board.machine.services.rivals = &rival;
		board.machine.services.n_rivals = 1;
		check(rows[i].name, &board, rows[i].list, rows[i].code, rows[i].text,
		      rows[i].advice);
	}
}

static void test_own_service(void **state)
{
	static const struct {
		const char *name;
		bool asked;
		struct unit own;
		const char *list, *code, *text, *advice;
	} rows[] = {
		{ "manager unknown", false, { .load = "not-found" }, GOOD, NULL, NULL, NULL },
		{ "not installed",
		  true,
		  { .load = "not-found", .active = "inactive" },
		  "warning service-not-installed, " GOOD,
		  "service-not-installed",
		  "ax650n-tune.service is not installed",
		  "sudo ./install.sh" },
		{ "failed",
		  true,
		  { .load = "loaded",
		    .active = "failed",
		    .file_state = "enabled",
		    .result = "exit-code" },
		  "problem service-failed, " GOOD,
		  "service-failed",
		  "ax650n-tune.service has failed (exit-code).",
		  "journalctl -b -u ax650n-tune" },
		{ "disabled",
		  true,
		  { .load = "loaded", .active = "active", .file_state = "disabled" },
		  "warning service-not-enabled, " GOOD,
		  "service-not-enabled",
		  "is not enabled",
		  "sudo systemctl enable --now ax650n-tune" },
		{ "masked",
		  true,
		  { .load = "masked", .active = "inactive", .file_state = "masked" },
		  "warning service-not-enabled, " GOOD,
		  "service-not-enabled",
		  "is masked",
		  "sudo systemctl unmask ax650n-tune && sudo systemctl enable --now" },
		{ "enabled until the next boot",
		  true,
		  { .load = "loaded", .active = "active", .file_state = "enabled-runtime" },
		  "warning service-not-enabled, " GOOD,
		  "service-not-enabled",
		  "are lost at the next boot",
		  "sudo systemctl enable --now ax650n-tune" },
		{ "did not have to start",
		  true,
		  { .load = "loaded", .active = "inactive", .file_state = "enabled" },
		  GOOD,
		  NULL,
		  NULL,
		  NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct board board;

		good_board(&board);
		board.machine.services.asked = rows[i].asked;
		board.machine.services.own = rows[i].own;
		check(rows[i].name, &board, rows[i].list, rows[i].code, rows[i].text,
		      rows[i].advice);
	}
}

static void test_sleep(void **state)
{
	static const struct {
		const char *name;
		bool asked, can_suspend;
		struct unit sleep;
		const char *list;
	} rows[] = {
		{ "unmasked",
		  true,
		  true,
		  { .load = "loaded", .file_state = "static" },
		  "warning sleep-not-masked, " GOOD },
		{ "masked", true, true, { .load = "masked", .file_state = "masked" }, GOOD },
		{ "masked just now",
		  true,
		  true,
		  { .load = "loaded", .file_state = "masked" },
		  GOOD },
		{ "kernel cannot",
		  true,
		  false,
		  { .load = "loaded", .file_state = "static" },
		  GOOD },
		{ "manager unknown", false, true, { .load = "" }, GOOD },
	};
	struct board board;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		good_board(&board);
		board.machine.services.asked = rows[i].asked;
		board.machine.services.sleep = rows[i].sleep;
		board.machine.system.can_suspend = rows[i].can_suspend;
		check(rows[i].name, &board, rows[i].list,
		      strcmp(rows[i].list, GOOD) ? "sleep-not-masked" : NULL,
		      "the card does not survive", "sudo systemctl mask sleep.target");
	}
	good_board(&board);
	board.machine.services.sleep = rows[0].sleep;
	board.machine.system.can_suspend = true;
	board.machine.n_cards = 0;
	check("no card to lose", &board, "problem no-card", NULL, NULL, NULL);
}

static void test_the_worst_comes_first(void **state)
{
	struct board board;
	struct findings findings;

	(void)state;
	good_board(&board);
	board.cards[0].express = EXPRESS_UNKNOWN;
	board.cards[0].config_cut = true;
	board.cards[0].aer.correctable = 1;
	board.policies[1].governor = (char *)"ondemand";
	strcpy(board.machine.services.own.active, "failed");
	board.machine.services.sleep = (struct unit){ .load = "loaded" };
	board.machine.system.can_suspend = true;
	board_set_memory(&board, "simple_ondemand", NULL);
	findings = judge(&board);
	assert_list("many", &findings,
		    "problem governor-not-set, problem service-failed, warning aer-errors, "
		    "warning sleep-not-masked, info needs-root, info memory-governor, "
		    "ok irq-on-fast-core");
	assert_int_equal(findings_count(&findings, SEVERITY_PROBLEM), 2);
	assert_int_equal(findings_count(&findings, SEVERITY_WARNING), 2);
	assert_int_equal(findings_count(&findings, SEVERITY_INFO), 2);
	assert_int_equal(findings_count(&findings, SEVERITY_OK), 1);
	findings_done(&findings);
	assert_int_equal(findings.count, 0);
}

static void test_cards_are_judged_one_by_one(void **state)
{
	struct board board;

	(void)state;
	good_board(&board);
	board_add_card(&board, 31, "80");
	board.counts[1][7] = 5;
	board.cards[1].express = board.cards[0].express;
	check("both good", &board, "ok irq-on-fast-core, " GOOD, NULL, NULL, NULL);
	board.cards[1].driver = NULL;
	check("second without driver", &board, "problem no-driver, ok irq-on-fast-core",
	      "no-driver", "Card 0001:01:00.0", "modprobe");
	board.cards[0].aer.fatal = 1;
	check("first with errors", &board,
	      "problem no-driver, problem aer-errors, ok irq-on-fast-core", "aer-errors",
	      "0000:01:00.0", "AER");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_is_wrong_with_a_good_board),
		cmocka_unit_test(test_names_of_severities),
		cmocka_unit_test(test_no_card),
		cmocka_unit_test(test_card_without_driver_or_handler),
		cmocka_unit_test(test_card_that_is_dead_or_given_away),
		cmocka_unit_test(test_where_an_irq_is_delivered),
		cmocka_unit_test(test_slow_core_is_described_as_far_as_known),
		cmocka_unit_test(test_slow_core_that_was_chosen),
		cmocka_unit_test(test_cores_that_are_equal_are_never_slow),
		cmocka_unit_test(test_every_vector_with_a_handler_is_judged),
		cmocka_unit_test(test_proof_of_delivery),
		cmocka_unit_test(test_columns_are_not_cpu_numbers),
		cmocka_unit_test(test_interrupt_that_cannot_be_moved),
		cmocka_unit_test(test_unmovable_matters_only_on_a_slow_core),
		cmocka_unit_test(test_thread_on_slow_cores),
		cmocka_unit_test(test_apply_moves_a_thread_with_its_interrupt),
		cmocka_unit_test(test_core_of_unknown_speed),
		cmocka_unit_test(test_interrupt_found_unmovable_before),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_links_above_that_of_the_card),
		cmocka_unit_test(test_a_link_that_cards_share_is_judged_once),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_registers_that_cannot_be_read),
		cmocka_unit_test(test_registers_of_many_cards_are_missed_once),
		cmocka_unit_test(test_errors_of_the_link),
		cmocka_unit_test(test_errors_that_a_port_has_counted),
		cmocka_unit_test(test_axcl_smi),
		cmocka_unit_test(test_governors),
		cmocka_unit_test(test_clocks),
		cmocka_unit_test(test_heat),
		cmocka_unit_test(test_causes_of_limits),
		cmocka_unit_test(test_limit_of_unknown_or_offline_cores),
		cmocka_unit_test(test_idle_states),
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_place_and_person),
		cmocka_unit_test(test_optional_settings),
		cmocka_unit_test(test_plan_that_is_refused),
		cmocka_unit_test(test_irqbalance),
		cmocka_unit_test(test_rivals),
		cmocka_unit_test(test_own_service),
		cmocka_unit_test(test_sleep),
		cmocka_unit_test(test_the_worst_comes_first),
		cmocka_unit_test(test_cards_are_judged_one_by_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
