/* SPDX-License-Identifier: MIT */
/*
 * The commands on a whole machine, which is a board file: as tests/property, but in this process
 * and on machines that coverage leads to.
 */

#include "fuzz.h"

#include "../property/generate.h"
#include "../property/snapshot.h"
#include "../property/writable.h"
#include "base/json.h"
#include "cmd/cmd.h"
#include "cmd/context.h"
#include "root/board-path.h"
#include "root/board.h"

#include <ctype.h>
#include <getopt.h>

#define WORDS_MAX 6

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static const struct cmd *const cmds[] = {
	&cmd_apply, &cmd_revert,  &cmd_status, &cmd_diagnose,
	&cmd_bench, &cmd_capture, &cmd_detect, NULL,
};

/* libpci frees nothing and closes no directory when an entry of the bus makes it give up. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
	return "leak:libpci\n";
}

static struct fuzz_tree tree;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc, (void)argv;
	fuzz_tree_make(&tree);
	return 0;
}

/* --- Mutation --------------------------------------------------------------------------------- */

struct span {
	size_t start, length; /* without the newline */
};

/* The line that position AT is in. */
static struct span find_line(const uint8_t *data, size_t size, size_t at)
{
	struct span line = { .start = at };

	while (line.start && data[line.start - 1] != '\n')
		line.start--;
	while (line.start + line.length < size && data[line.start + line.length] != '\n')
		line.length++;
	return line;
}

/* What follows " = " or "|"; the whole line if it has neither. */
static struct span find_value(const uint8_t *data, struct span line)
{
	const uint8_t *text = data + line.start, *mark = memmem(text, line.length, " = ", 3);
	size_t skip = line.length && *text == '|' ? 1 : mark ? (size_t)(mark - text) + 3 : 0;

	return (struct span){ line.start + skip, line.length - skip };
}

/* Puts LENGTH bytes in place of SPAN. Returns the new size; nothing changes if it is too large. */
static size_t put_span(uint8_t *data, size_t size, size_t max_size, struct span span,
		       const void *bytes, size_t length)
{
	size_t end = span.start + span.length;

	if (size - span.length + length > max_size)
		return size;
	memmove(data + span.start + length, data + end, size - end);
	memcpy(data + span.start, bytes, length);
	return size - span.length + length;
}

/* The bytes of one value as libFuzzer changes them, still on one line. */
static size_t mutate_value(uint8_t *data, size_t size, size_t max_size, struct span value)
{
	uint8_t bytes[512];
	size_t length = value.length < sizeof(bytes) ? value.length : sizeof(bytes);

	memcpy(bytes, data + value.start, length);
	length = LLVMFuzzerMutate(bytes, length, sizeof(bytes));
	for (size_t i = 0; i < length; i++)
		if (!bytes[i] || bytes[i] == '\n')
			bytes[i] = ' ';
	return put_span(data, size, max_size, value, bytes, length);
}

/* Changes one digit, maybe of a path or of a binary file. */
static size_t mutate_digit(uint8_t *data, size_t size, struct span line, unsigned random)
{
	static const uint8_t digits[] = "0123456789abcdef";

	for (size_t i = 0; i < line.length; i++) {
		uint8_t *p = data + line.start + (i + random) % line.length;

		if (isxdigit(*p)) {
			*p = digits[random % 16];
			break;
		}
	}
	return size;
}

/* A line with the lines after "|" that belong to it. */
static size_t remove_entry(uint8_t *data, size_t size, struct span line)
{
	size_t end = line.start + line.length;

	while (end + 1 < size && data[end + 1] == '|')
		end += 1 + find_line(data, size, end + 1).length;
	end += end < size;
	return put_span(data, size, size, (struct span){ line.start, end - line.start }, "", 0);
}

/* The value of another line. */
static size_t copy_value(uint8_t *data, size_t size, size_t max_size, struct span value, size_t at)
{
	struct span from = find_value(data, find_line(data, size, at));
	uint8_t bytes[512];
	size_t length = from.length < sizeof(bytes) ? from.length : sizeof(bytes);

	memcpy(bytes, data + from.start, length);
	return put_span(data, size, max_size, value, bytes, length);
}

static size_t generate(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	CLEANUP_FREE char *text = generate_machine(seed);
	size_t length = text ? strlen(text) : 0;

	return put_span(data, size, max_size, (struct span){ 0, size }, text ? text : "", length);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static const char *const modes[] = { "[0444] ", "[0000] ", "# " };
	uint64_t random = seed * 0x9e3779b97f4a7c15;
	struct span line, value;
	unsigned choice = (unsigned)(random >> 32) % 32;
	const char *mode = modes[choice % ARRAY_SIZE(modes)];

	/* Anything else but a board is refused at once. */
	if (size <= sizeof(BOARD_MARK) || choice == 0)
		return generate(data, size, max_size, seed);
	random >>= 7;
	line = find_line(data, size,
			 sizeof(BOARD_MARK) + (size_t)random % (size - sizeof(BOARD_MARK)));
	value = find_value(data, line);
	if (choice < 4)
		return remove_entry(data, size, line);
	if (choice < 7)
		return put_span(data, size, max_size, (struct span){ line.start, 0 }, mode,
				strlen(mode));
	if (choice < 14)
		return mutate_digit(data, size, line, (unsigned)(random >> 11));
	if (choice < 18)
		return copy_value(data, size, max_size, value, (size_t)(random >> 13) % size);
	return mutate_value(data, size, max_size, value);
}

/* --- The program ------------------------------------------------------------------------------ */

struct outcome {
	int status;
	char *output, *messages;
};

static void outcome_done(struct outcome *outcome)
{
	free(outcome->output);
	free(outcome->messages);
}

static const struct cmd *find_command(const char *name)
{
	for (size_t i = 0; cmds[i]; i++)
		if (!strcmp(cmds[i]->name, name))
			return cmds[i];
	abort();
}

/*
 * Runs a command line on the tree as main() does, LINE being its words. Checks what holds of every
 * run: the exit status, that nothing stays open, and that a terminal can show what was printed.
 */
static struct outcome run(const char *line)
{
	CLEANUP_FREE char *copied = strdup(line);
	char *argv[WORDS_MAX + 1] = { (char *)"ax650n-tune" }, *rest = copied;
	struct error first_error = { 0 };
	struct context context = { .cmds = cmds,
				   .sysroot = root_path(tree.root),
				   .color = COLOR_NEVER,
				   .json = strstr(line, "--json"),
				   .log.first_error = &first_error };
	FILE *out = stdout, *err = stderr;
	struct outcome outcome = { 0 };
	size_t length, messages_length;
	int argc = 1, next = dup(0);

	close(next);
	CHECK(copied);
	context.cmd = find_command(strsep(&rest, " "));
	while (rest && argc < WORDS_MAX)
		argv[argc++] = strsep(&rest, " ");
	stdout = open_memstream(&outcome.output, &length);
	stderr = open_memstream(&outcome.messages, &messages_length);
	if (stdout && stderr) {
		optind = 0;
		outcome.status = context.cmd->run(&context, argc, argv);
		context_close(&context);
		if (outcome.status != STATUS_DONE && !context.printed_json && context.json)
			(void)report_json_failure(context.cmd->name,
						  *first_error.text ? first_error.text : NULL);
		fclose(stdout);
		fclose(stderr);
	}
	stdout = out, stderr = err;
	CHECK(outcome.output && outcome.messages);
	CHECK(is_documented(outcome.status));
	CHECK(fuzz_is_printable(outcome.output) && fuzz_is_printable(outcome.messages));
	CHECK(strlen(outcome.output) == length);
	if (outcome.status == STATUS_DONE)
		CHECK(dup(0) == next);
	/* libpci closes nothing when it gives up. */
	(void)close_range((unsigned)next, ~0U, 0);
	return outcome;
}

/* Returns the exit status. */
static int run_text(const char *line)
{
	struct outcome outcome = run(line);

	outcome_done(&outcome);
	return outcome.status;
}

/* A command that prints JSON: one document. The caller frees it; *ret_status may be NULL. */
static struct json_object *run_json(const char *line, int *ret_status)
{
	struct outcome outcome = run(line);
	struct json_object *document = js_parse(outcome.output);

	CHECK(js_is_object(document));
	if (ret_status)
		*ret_status = outcome.status;
	outcome_done(&outcome);
	return document;
}

static int run_status(const char *line)
{
	int status;

	js_free(run_json(line, &status));
	return status;
}

/* --- The machine ------------------------------------------------------------------------------ */

static struct snapshot take_snapshot(void)
{
	struct snapshot snapshot;

	CHECK(snapshot_take(root_path(tree.root), &snapshot));
	return snapshot;
}

static void check_same(const struct snapshot *before, const struct snapshot *after,
		       bool (*is_ignored)(const char *path))
{
	const char *path = snapshot_differ(before, after, is_ignored);

	if (path)
		fprintf(stderr, "%s has changed\n", path);
	CHECK(!path);
}

static void check_same_now(const struct snapshot *before, bool (*is_ignored)(const char *path))
{
	struct snapshot after = take_snapshot();

	check_same(before, &after, is_ignored);
	snapshot_done(&after);
}

/* A value as the kernel shows it: a newline at its end and no other control character. */
static bool is_value(const struct snapshot_file *file)
{
	CLEANUP_FREE char *text = strndup(file->content, file->length);
	size_t length = strlen(text);

	return length && length == file->length && text[length - 1] == '\n' &&
	       (length == 1 ||
		(!isspace((unsigned char)*text) && !isspace((unsigned char)text[length - 2]))) &&
	       strcspn(text, "\n\t") == length - 1 && fuzz_is_printable(text);
}

/*
 * True if the promise to write nothing else and to restore everything is about this machine: no
 * earlier run has saved settings, and every setting is a file, not a link, with such a value.
 */
static bool is_ordinary(const struct snapshot *machine)
{
	for (size_t i = 0; i < machine->count; i++) {
		const struct snapshot_file *file = &machine->files[i];

		if (!strncmp(file->path, "/run/ax650n-tune", 16))
			return false;
		if (S_ISLNK(file->mode) &&
		    (!strncmp(file->path, "/proc/irq", 9) ||
		     !strncmp(file->path, "/sys/devices/system", 19) ||
		     !strncmp(file->path, "/run", 4) || is_writable(file->path)))
			return false;
		if (is_writable(file->path) && !is_below_run(file->path) && S_ISREG(file->mode) &&
		    !is_value(file))
			return false;
	}
	return true;
}

/* --- The promises ----------------------------------------------------------------------------- */

static void check_readers(const struct snapshot *before, unsigned choice)
{
	static const char *const lines[] = {
		"diagnose",
		"diagnose -v",
		"status",
		"status -v",
		"detect -v",
		"detect --json",
		"apply --dry-run",
		"apply -v -n --cpu 3",
		"apply -n --json --governor powersave",
		"apply -q -n --cpu x",
		"revert -n",
		"revert --json -n",
		"bench --list",
		"capture --json",
		"apply --help",
		"status --nothing",
	};

	js_free(run_json("diagnose --json", NULL));
	run_text(lines[choice % ARRAY_SIZE(lines)]);
	check_same_now(before, NULL);
}

/* diagnose says the same of the board that capture writes. */
static void check_capture(void)
{
	struct outcome machine = run("diagnose --json"), captured = run("capture"), board;
	struct error error;

	if (captured.status == STATUS_DONE) {
		fuzz_tree_empty(&tree);
		CHECK(board_expand(captured.output, "captured", tree.root, &error) == 0);
		board = run("diagnose --json");
		CHECK(board.status == machine.status);
		CHECK(!strcmp(board.output, machine.output));
		outcome_done(&board);
	}
	outcome_done(&machine);
	outcome_done(&captured);
}

static void check_advice(void)
{
	struct json_object *document = run_json("diagnose --json", NULL);
	struct json_object *findings = js_get_list(document, "findings");

	for (size_t i = 0; i < js_count(findings); i++) {
		const char *advice = js_get_text(js_element(findings, i), "advice");

		CHECK(!advice || strcmp(advice, "sudo ax650n-tune apply") != 0);
	}
	js_free(document);
}

static void check_tuning(const struct snapshot *before, bool ordinary, bool text)
{
	int status = text ? run_text("apply -v") : run_status("apply --json");
	struct snapshot tuned = take_snapshot();

	if (ordinary)
		check_same(before, &tuned, is_writable);
	CHECK((status == STATUS_DONE) == (run_status("status --json") == STATUS_DONE));
	CHECK(run_status("apply --json") == status);
	if (status == STATUS_DONE) {
		check_same_now(&tuned, NULL);
		check_advice();
	}
	snapshot_done(&tuned);
	if (text)
		run_text("revert");
	else
		run_status("revert --json");
	if (ordinary)
		check_same_now(before, is_below_run);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct error error;
	unsigned choice = 0;

	for (size_t i = 0; i < size; i++)
		choice += data[i];
	if (fuzz_is_small_board(text) && board_expand(text, "input", tree.root, &error) == 0) {
		struct snapshot before;

		/* Every kind of setting. A machine that has a configuration keeps it. */
		if (choice / 4 % 2)
			(void)board_expand(BOARD_MARK "\n/etc/ax650n-tune.conf:\n"
						      "|IdleLatency=20\n"
						      "|MemoryGovernor=performance\n",
					   "configuration", tree.root, &error);
		before = take_snapshot();
		/* Not all at once, which would be slow. */
		if (choice % 4 == 0)
			check_readers(&before, choice / 4);
		else if (choice % 4 == 1)
			check_capture();
		else
			check_tuning(&before, is_ordinary(&before), choice % 4 == 2);
		snapshot_done(&before);
	}
	fuzz_tree_empty(&tree);
	return 0;
}
