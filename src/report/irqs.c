/* SPDX-License-Identifier: MIT */
/* What diagnose prints about the IRQs of the cards. */

#include "base/cpuset.h"
#include "base/util.h"
#include "machine/card.h"
#include "machine/irq.h"
#include "machine/machine.h"
#include "machine/process.h"
#include "report/report.h"
#include "report/table.h"

#include <string.h>

static char *set_or_dash(const struct cpuset *set)
{
	return cpuset_empty(set) ? text_or_dash(NULL) : cpuset_format_list(set);
}

static void put_thread_cells(struct libscols_line *line, const struct irq_thread *thread)
{
	table_put(line, 5, number_or_dash(thread->pid ? thread->pid : -1));
	table_put(line, 6, number_or_dash(thread->pid ? thread->priority : -1));
	table_put(line, 7, number_or_dash(thread->pid ? thread->last_cpu : -1));
}

/* Newer kernels append the card's address, which the action column has too. */
static char *chip_text(const char *chip, const char *address)
{
	size_t length = chip ? strlen(chip) : 0, tail = strlen(address);

	if (length > tail + 1 && chip[length - tail - 1] == '-' &&
	    !strcmp(chip + length - tail, address))
		length -= tail + 1;
	return chip ? text_format("%.*s", (int)length, chip) : text_or_dash(NULL);
}

void report_text_irqs(const struct machine *machine, struct report_style style)
{
	static const struct column columns[] = {
		{ "IRQ", COLUMN_RIGHT },      { "CHIP", COLUMN_LEFT },
		{ "ACTION", COLUMN_LEFT },    { "AFFINITY", COLUMN_LEFT },
		{ "EFFECTIVE", COLUMN_LEFT }, { "THREAD", COLUMN_RIGHT },
		{ "PRIO", COLUMN_RIGHT },     { "ON", COLUMN_RIGHT },
	};
	struct libscols_table *table = table_new(columns, ARRAY_SIZE(columns), style.color);

	for (size_t i = 0; i < machine->n_cards; i++) {
		for (size_t v = 0; v < machine->cards[i].n_vectors; v++) {
			const struct vector *vector = &machine->cards[i].vectors[v];
			struct libscols_line *line = table_add(table, NULL);

			table_put(line, 0, text_format("%d", vector->irq));
			table_put(line, 1, chip_text(vector->chip, machine->cards[i].address));
			table_put(line, 2, text_or_dash(vector->action));
			table_put(line, 3, set_or_dash(&vector->affinity));
			table_put(line, 4, set_or_dash(&vector->effective));
			put_thread_cells(line, &vector->thread);
		}
	}
	table_print(table);
}
