/* SPDX-License-Identifier: MIT */
/*
 * A whole machine from a board file: read, judged, tuned, read again, reverted, and reported as
 * text and as JSON at each step. What a command says of it goes to /dev/null.
 */

#include "apply/tuning.h"
#include "base/clock.h"
#include "base/log.h"
#include "diagnose/diagnose.h"
#include "diagnose/findings.h"
#include "fuzz.h"
#include "plan/config.h"
#include "report/report.h"
#include "root/board-path.h"
#include "root/board.h"
#include "root/record.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

/* libpci frees nothing and closes no directory when an entry of the bus makes it give up. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libpci\nleak:opendir\n";
}

static struct fuzz_tree tree;
static const struct log quiet = { .level = LOG_QUIET };

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	CHECK(freopen("/dev/null", "w", stdout));
	fuzz_tree_make(&tree);
	return 0;
}

/* Mutates one line, or removes it: most other mutations are no boards. */
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	size_t at = size ? seed / 8 % size : 0, start = at, end = at, skip, length;
	uint8_t line[256];

	while (start && data[start - 1] != '\n')
		start--;
	while (end < size && data[end] != '\n')
		end++;
	/* The path stays as it is most of the time. */
	skip = seed % 4 && end - start > 8 ? (end - start) / 2 : 0;
	if (!start || seed % 8 == 7 || end - start > sizeof(line))
		return LLVMFuzzerMutate(data, size, max_size);
	length = end - start;
	memcpy(line, data + start, length);
	if (seed % 8 == 6)
		length = 0;
	else
		length = skip + LLVMFuzzerMutate(line + skip, length - skip, sizeof(line) - skip);
	if (size - (end - start) + length > max_size)
		return size;
	memmove(data + start + length, data + end, size - end);
	memcpy(data + start, line, length);
	return size - (end - start) + length;
}

static void report(const struct tuning *tuning, const char *command, bool dry_run)
{
	const struct report facts = { .command = command,
				      .machine = &tuning->machine,
				      .plan = &tuning->plan,
				      .dry_run = dry_run };

	if (!strcmp(command, "status")) {
		report_text_status(&facts, (struct report_style){ .verbose = true });
		CHECK(report_json_status(&facts) == 0);
	} else {
		report_text_run(&facts, (struct report_style){ .verbose = true });
		CHECK(report_json_run(&facts) == 0);
	}
}

/* FAILED is what the command says if it does not come to a plan. */
static void run(const struct config *config, const char *command, bool dry_run,
		int (*act)(struct tuning *tuning, struct error *error))
{
	struct tuning tuning = { .root = tree.root, .config = config };
	struct error failed = { 0 };
	int r = act(&tuning, &failed);

	CHECK(r == 0 || *failed.text);
	CHECK(fuzz_is_printable(failed.text));
	if (r == 0)
		report(&tuning, command, dry_run);
	for (size_t i = 0; r == 0 && i < tuning.plan.n_ops; i++) {
		const struct op *op = &tuning.plan.ops[i];

		/* Nothing counts as done that was not read back. */
		CHECK(op->result != OP_CHANGED ||
		      (op->now && kinds[op->kind].is_same(op->now, op->want)));
		CHECK(op->result != OP_UNCHANGED || op->had);
		CHECK(!dry_run || op->result != OP_CHANGED);
	}
	tuning_done(&tuning);
}

static int apply(struct tuning *tuning, struct error *error)
{
	return tuning_apply(tuning, &quiet, error);
}

static int revert(struct tuning *tuning, struct error *error)
{
	return tuning_revert(tuning, &quiet, error);
}

static void judge(const struct config *config)
{
	struct tuning tuning = { .root = tree.root, .config = config };
	struct error refused = { 0 }, failed = { 0 };
	struct findings findings = { 0 };
	int r = tuning_inspect(&tuning, 0, &refused, &failed);

	CHECK(r == 0 || *failed.text);
	if (r == 0)
		r = smi_run(tree.root, clock_ms() + 100, &tuning.machine.smi);
	if (r == 0)
		r = diagnose(&tuning.machine, &tuning.plan, *refused.text ? refused.text : NULL,
			     NULL, &findings);
	if (r == 0) {
		report_text_diagnose(&tuning.machine, &findings, (struct report_style){ 0 });
		CHECK(report_json_diagnose(&tuning.machine, &tuning.plan, &findings) == 0);
		report_text_detect(&tuning.machine, (struct report_style){ .verbose = true });
		CHECK(report_json_detect(&tuning.machine) == 0);
	}
	findings_done(&findings);
	tuning_done(&tuning);
}

static void capture(const struct config *config)
{
	struct record *record = record_new();
	FILE *file = fopen("/dev/null", "w");

	CHECK(record && file);
	root_set_record(tree.root, record);
	judge(config);
	root_set_record(tree.root, NULL);
	CHECK(record_write(record, "fuzz", file) == 0);
	fclose(file);
	record_free(record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct error error = { 0 };
	struct config config;

	if (!fuzz_is_small_board(text))
		return 0;
	CHECK(config_init(&config) == 0);
	/* Every kind of setting. */
	CHECK(config_set(&config, "IdleLatency", "20", &error) == 0);
	CHECK(config_set(&config, "MemoryGovernor", "performance", &error) == 0);
	if (board_expand(text, "input", tree.root, &error) == 0) {
		judge(&config);
		run(&config, "apply", true, tuning_plan);
		run(&config, "apply", false, apply);
		run(&config, "status", false, tuning_plan);
		capture(&config);
		run(NULL, "revert", true, tuning_plan_revert);
		run(NULL, "revert", false, revert);
	}
	config_done(&config);
	fuzz_tree_empty(&tree);
	return 0;
}
