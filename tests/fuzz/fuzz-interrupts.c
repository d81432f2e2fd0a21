/* SPDX-License-Identifier: MIT */
/* /proc/interrupts. */

#include "fuzz.h"
#include "machine/irq.h"

static void check_line(const struct irq_table *table, const struct irq_line *line)
{
	uint64_t sum = 0;

	CHECK(irq_table_find(table, line->irq));
	for (size_t i = 0; i < table->n_columns; i++)
		sum += line->counts[i];
	(void)sum;
	if (line->chip)
		CHECK(fuzz_is_printable(line->chip) && !strchr(line->chip, '\n'));
	if (line->action)
		CHECK(*line->action && fuzz_is_printable(line->action) &&
		      !strchr(line->action, '\n'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int wanted[] = { 0, 7, 41, 137, 2147483647 };
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct irq_table table, rest;

	if (irq_parse(text, wanted, ARRAY_SIZE(wanted), &table) < 0) {
		CHECK(irq_parse(text, NULL, 0, &rest) < 0);
		return 0;
	}
	CHECK(table.n_columns > 0);
	for (size_t i = 0; i < table.n_columns; i++)
		CHECK(table.cpus[i] >= 0 && table.cpus[i] < CPUSET_MAX);
	for (size_t i = 0; i < table.n_lines; i++)
		check_line(&table, &table.lines[i]);
	/* IRQs that are not wanted get no line. */
	CHECK(irq_parse(text, NULL, 0, &rest) == 0);
	CHECK(rest.n_columns == table.n_columns && rest.n_lines == 0);
	irq_table_done(&rest);
	irq_table_done(&table);
	return 0;
}
