/* SPDX-License-Identifier: MIT */
/* Interrupts: /proc/interrupts, and the state of one IRQ in /proc/irq and /sys/kernel/irq. */

#include "machine/irq.h"

#include "base/util.h"
#include "root/root.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static const char *skip_blanks(const char *p)
{
	return p + strspn(p, " \t");
}

/* Reads the CPU numbers in the header line, "CPU0 CPU1 CPU4". -EBADMSG if there are none. */
static int parse_header(const char *line, struct irq_table *table)
{
	for (const char *p = skip_blanks(line); !strncmp(p, "CPU", 3); p = skip_blanks(p)) {
		int *grown = array_grow(table->cpus, table->n_columns, sizeof(*table->cpus));
		char *end;
		unsigned long cpu;

		if (!grown)
			return -ENOMEM;
		table->cpus = grown;
		cpu = strtoul(p + 3, &end, 10);
		if (end == p + 3 || cpu >= CPUSET_MAX)
			return -EBADMSG;
		table->cpus[table->n_columns++] = (int)cpu;
		p = end;
	}
	return table->n_columns ? 0 : -EBADMSG;
}

/* The INTIDs of interrupts that each CPU has for itself (Arm IHI 0069, "PPI"). */
static bool is_private_intid(const char *text)
{
	unsigned long intid = isdigit((unsigned char)*text) ? strtoul(text, NULL, 10) : 0;

	return intid >= 16 && intid <= 31;
}

/*
 * True if the text after the counts is that of a per-CPU interrupt of a GIC. The INTID follows the
 * chip, "GICv3 26 Level" or "GIC-0 26 Level", but for one that only some of the CPUs have:
 * "GICv3-23 0 Level".
 */
static bool is_per_cpu(const char *rest)
{
	const char *end = rest + strcspn(rest, " \t\n");

	if (strncmp(rest, "GIC", 3))
		return false;
	rest += strcspn(rest, "- \t\n");
	return (*rest == '-' && is_private_intid(rest + 1)) || is_private_intid(skip_blanks(end));
}

/* True for the trigger, the word between the hardware number and the action. */
static bool is_trigger(const char *word, size_t length)
{
	static const char *const endings[] = { "Edge", "Level", "-edge", "-level", "-fasteoi" };

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t n = strlen(endings[i]);

		if (length >= n && !strncmp(word + length - n, endings[i], n))
			return true;
	}
	return false;
}

static bool is_number(const char *word, size_t length)
{
	return strspn(word, "0123456789") >= length;
}

/*
 * Splits "ITS-MSI 570949632 Edge  0003:31:00.0" into chip and action. The chip is everything before
 * the hardware number, which can be several words ("BRCM STB PCIe MSI 524288 Edge"). The action
 * follows the trigger.
 */
static int parse_rest(const char *rest, size_t length, struct irq_line *line)
{
	const char *end = rest + length, *action = NULL, *last = NULL;
	const char *chip_end = rest + strcspn(rest, " \t\n");

	while (end > rest && isspace((unsigned char)end[-1]))
		end--;
	for (const char *p = rest; p < end; last = p, p = skip_blanks(p + strcspn(p, " \t\n"))) {
		size_t n = strcspn(p, " \t\n");

		/* Old kernels join chip and trigger: "PCI-MSI-edge". */
		if (!is_trigger(p, n))
			continue;
		action = skip_blanks(p + n);
		/* "0-edge" contains the hardware number. */
		if (last && is_number(last, strcspn(last, " \t\n")))
			chip_end = last;
		else if (last)
			chip_end = p;
		break;
	}
	while (chip_end > rest && isspace((unsigned char)chip_end[-1]))
		chip_end--;
	if (rest < end) {
		line->chip = strndup(rest, (size_t)(chip_end - rest));
		if (!line->chip)
			return -ENOMEM;
		text_make_printable(line->chip);
	}
	if (action && action < end) {
		line->action = strndup(action, (size_t)(end - action));
		if (!line->action)
			return -ENOMEM;
		text_make_printable(line->action);
	}
	return 0;
}

static bool is_wanted(int irq, const int *wanted, size_t n_wanted)
{
	for (size_t i = 0; i < n_wanted; i++)
		if (wanted[i] == irq)
			return true;
	return false;
}

/* Adds the numbers from COUNTS to REST to the columns of SUMS. */
static void add_counts(const char *counts, const char *rest, uint64_t *sums, size_t n_columns)
{
	for (size_t i = 0; i < n_columns && counts < rest; i++) {
		char *end;

		sums[i] += strtoull(counts, &end, 10);
		counts = skip_blanks(end);
	}
}

/* Adds a wanted row to the table. */
static int add_line(struct irq_table *table, int irq, const char *counts, const char *rest,
		    size_t rest_length)
{
	struct irq_line *line = array_grow(table->lines, table->n_lines, sizeof(*line));

	if (!line)
		return -ENOMEM;
	table->lines = line;
	line += table->n_lines++;
	line->irq = irq;
	line->counts = calloc(table->n_columns, sizeof(*line->counts));
	if (!line->counts)
		return -ENOMEM;
	add_counts(counts, rest, line->counts, table->n_columns);
	return parse_rest(rest, rest_length, line);
}

/* The end of the counts: after one number for each column, or before the first other word. */
static const char *find_rest(const char *counts, size_t n_columns)
{
	const char *p = counts;

	for (size_t i = 0; i < n_columns; i++) {
		const char *end = p + strspn(p, "0123456789");

		if (end == p || !strchr(" \t\n", *end))
			break;
		p = skip_blanks(end);
	}
	return p;
}

static int parse_row(const char *row, const int *wanted, size_t n_wanted, struct irq_table *table)
{
	const char *counts, *rest, *p = skip_blanks(row);
	char *colon;
	unsigned long irq;

	if (!isdigit((unsigned char)*p))
		return 0;
	irq = strtoul(p, &colon, 10);
	if (*colon != ':' || irq > INT_MAX)
		return 0;
	counts = skip_blanks(colon + 1);
	rest = find_rest(counts, table->n_columns);
	if (is_wanted((int)irq, wanted, n_wanted))
		return add_line(table, (int)irq, counts, rest, strcspn(rest, "\n"));
	if (!is_per_cpu(rest))
		add_counts(counts, rest, table->others, table->n_columns);
	return 0;
}

int irq_parse(const char *text, const int *wanted, size_t n_wanted, struct irq_table *ret)
{
	struct irq_table table = { 0 };
	int r = parse_header(text, &table);

	if (r < 0)
		goto fail;
	table.others = calloc(table.n_columns, sizeof(*table.others));
	if (!table.others) {
		r = -ENOMEM;
		goto fail;
	}
	for (const char *row = strchr(text, '\n'); row && row[1]; row = strchr(row + 1, '\n')) {
		r = parse_row(row + 1, wanted, n_wanted, &table);
		if (r < 0)
			goto fail;
	}
	*ret = table;
	return 0;
fail:
	irq_table_done(&table);
	return r;
}

static void line_done(struct irq_line *line)
{
	free(line->chip);
	free(line->action);
	free(line->counts);
}

void irq_table_done(struct irq_table *table)
{
	for (size_t i = 0; i < table->n_lines; i++)
		line_done(&table->lines[i]);
	free(table->lines);
	free(table->cpus);
	free(table->others);
	*table = (struct irq_table){ 0 };
}

const struct irq_line *irq_table_find(const struct irq_table *table, int irq)
{
	for (size_t i = 0; i < table->n_lines; i++)
		if (table->lines[i].irq == irq)
			return &table->lines[i];
	return NULL;
}

void irq_table_disown(struct irq_table *table, int irq)
{
	for (size_t i = 0; i < table->n_lines; i++) {
		struct irq_line *line = &table->lines[i];

		if (line->irq != irq)
			continue;
		for (size_t c = 0; c < table->n_columns; c++)
			table->others[c] += line->counts[c];
		line_done(line);
		*line = table->lines[--table->n_lines];
		return;
	}
}

bool irq_table_sum(const struct irq_table *table, int cpu, uint64_t *ret)
{
	size_t column = 0;

	*ret = 0;
	while (column < table->n_columns && table->cpus[column] != cpu)
		column++;
	for (size_t i = 0; column < table->n_columns && i < table->n_lines; i++)
		*ret += table->lines[i].counts[column];
	return column < table->n_columns;
}

int irq_table_read(const struct root *root, const int *wanted, size_t n_wanted,
		   struct irq_table *ret)
{
	CLEANUP_FREE char *text = NULL;
	int r = root_read_text(root, &text, "/proc/interrupts");

	/* Containers hide it: by a mode, or by an empty file that is mounted over it. */
	if (r == -ENOENT || r == -EACCES || r == -EPERM ||
	    (r == 0 && !text[strspn(text, " \t\n")])) {
		*ret = (struct irq_table){ 0 };
		return 0;
	}
	return r < 0 ? r : irq_parse(text, wanted, n_wanted, ret);
}

int irq_list(const struct root *root, const char *address, int **ret, size_t *ret_count,
	     bool *ret_legacy)
{
	int64_t irq;
	int r = root_list_numbers(root, "", ret, ret_count, "/sys/bus/pci/devices/%s/msi_irqs",
				  address);

	*ret_legacy = false;
	/* A driver may empty the directory without removing it. */
	if (r < 0 && r != -ENOENT)
		return r;
	if (r == 0 && *ret_count)
		return 0;
	*ret = NULL;
	*ret_count = 0;
	r = root_read_long(root, &irq, "/sys/bus/pci/devices/%s/irq", address);
	if (r < 0 || irq <= 0 || irq > INT_MAX)
		return r == -ENOMEM ? r : 0;
	*ret = malloc(sizeof(**ret));
	if (!*ret)
		return -ENOMEM;
	**ret = (int)irq;
	*ret_count = 1;
	*ret_legacy = true;
	return 0;
}

/* True if /proc/irq/N has a directory, which is named after the action. */
static bool has_action_dir(const struct root *root, int irq)
{
	CLEANUP_DIR DIR *dir = NULL;

	if (root_open_dir(root, &dir, "/proc/irq/%d", irq) < 0)
		return false;
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (entry->d_name[0] != '.' &&
		    root_has_dir(root, "/proc/irq/%d/%s", irq, entry->d_name))
			return true;
	return false;
}

static int read_action(const struct root *root, const struct irq_line *line, struct vector *vector)
{
	int r = root_read_value(root, &vector->action, "/sys/kernel/irq/%d/actions", vector->irq);

	if (r == -ENOMEM)
		return r;
	if (r == 0 && !*vector->action) {
		free(vector->action);
		vector->action = NULL;
		return 0;
	}
	if (r < 0 && line && line->action) {
		vector->action = strdup(line->action);
		if (!vector->action)
			return -ENOMEM;
	}
	vector->handler = vector->action || has_action_dir(root, vector->irq);
	return 0;
}

static int read_affinity(const struct root *root, struct vector *vector)
{
	CLEANUP_FREE char *effective = NULL;
	mode_t mode = 0;
	int r = root_read_value_mode(root, &vector->mask, &mode, "/proc/irq/%d/smp_affinity",
				     vector->irq);

	if (r == -ENOMEM)
		return r;
	if (r == 0 && cpuset_parse_mask(vector->mask, &vector->affinity) < 0) {
		free(vector->mask);
		vector->mask = NULL;
		r = -EBADMSG;
	}
	vector->mask_error = -r;
	vector->settable = mode & (S_IWUSR | S_IWGRP | S_IWOTH);
	if (root_read_value(root, &effective, "/proc/irq/%d/effective_affinity", vector->irq) == 0)
		(void)cpuset_parse_mask(effective, &vector->effective);
	return 0;
}

int vector_read(const struct root *root, const struct irq_table *table, struct vector *vector)
{
	const struct irq_line *line = irq_table_find(table, vector->irq);
	int r;

	if (line) {
		vector->counts = line->counts;
		vector->chip = strdup(line->chip ? line->chip : "");
		if (!vector->chip)
			return -ENOMEM;
	}
	r = read_action(root, line, vector);
	return r < 0 ? r : read_affinity(root, vector);
}

void vector_done(struct vector *vector)
{
	free(vector->secondary_cpus);
	free(vector->chip);
	free(vector->action);
	free(vector->mask);
	*vector = (struct vector){ 0 };
}

int vector_cpu(const struct vector *vector)
{
	int cpu = cpuset_single(&vector->affinity);

	return cpu >= 0 ? cpu : cpuset_single(&vector->effective);
}

uint64_t vector_count(const struct vector *vector, const struct irq_table *table, int cpu)
{
	for (size_t i = 0; vector->counts && i < table->n_columns; i++)
		if (table->cpus[i] == cpu)
			return vector->counts[i];
	return 0;
}
