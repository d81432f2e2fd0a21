/* SPDX-License-Identifier: MIT */
/* The machine as facts, second part: what a person wants to know beyond what a plan takes. */

#include "machine/machine.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

static int inspect_threads(const struct root *root, struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++) {
		struct card *card = &machine->cards[i];

		for (size_t v = 0; v < card->n_vectors; v++) {
			struct vector *vector = &card->vectors[v];
			int r = process_read_irq_thread(root, &machine->processes, vector->irq,
							false, &vector->thread);

			if (r < 0)
				return r;
		}
	}
	return 0;
}

/* How many interrupts have arrived since the first reading, and where. */
static void compare_counts(struct vector *vector, const struct irq_table *first,
			   const struct irq_table *second)
{
	const struct irq_line *line = irq_table_find(second, vector->irq);
	uint64_t most = 0;

	/* A CPU that came or went in between has moved the columns. */
	if (!line || !vector->counts || first->n_columns != second->n_columns)
		return;
	for (size_t i = 0; i < first->n_columns; i++) {
		uint64_t grown = line->counts[i] - vector->counts[i];

		vector->arrived += grown;
		if (grown > most) {
			most = grown;
			vector->arrived_cpu = first->cpus[i];
		}
	}
}

static int watch_interrupts(const struct root *root, long watch_ms, struct machine *machine)
{
	const struct timespec moment = { .tv_sec = watch_ms / 1000,
					 .tv_nsec = watch_ms % 1000 * 1000000L };
	CLEANUP_FREE int *irqs = NULL;
	struct irq_table second;
	int r;

	irqs = calloc(machine->irqs.n_lines + 1, sizeof(*irqs));
	if (!irqs)
		return -ENOMEM;
	for (size_t i = 0; i < machine->irqs.n_lines; i++)
		irqs[i] = machine->irqs.lines[i].irq;
	(void)nanosleep(&moment, NULL);
	r = irq_table_read(root, irqs, machine->irqs.n_lines, &second);
	if (r < 0)
		return r == -ENOMEM ? r : 0;
	for (size_t i = 0; i < machine->n_cards; i++)
		for (size_t v = 0; v < machine->cards[i].n_vectors; v++)
			compare_counts(&machine->cards[i].vectors[v], &machine->irqs, &second);
	irq_table_done(&second);
	return 0;
}

int machine_inspect(const struct root *root, long watch_ms, struct machine *machine)
{
	int r = cpus_inspect(root, &machine->cpus);

	machine->is_tree = !root_is_live(root);
	machine->privileged = !machine->is_tree && geteuid() == 0;
	if (r == 0)
		r = system_read(root, &machine->system);
	if (machine->is_partial_view)
		machine->system.virtualization = VIRTUALIZATION_CONTAINER;
	for (size_t i = 0; r == 0 && i < machine->n_cards; i++)
		r = card_inspect(root, &machine->cards[i]);
	if (r == 0)
		r = processes_read(root, &machine->processes);
	if (r == 0)
		irqbalance_find(root, &machine->processes, &machine->irqbalance);
	if (r == 0)
		r = inspect_threads(root, machine);
	if (r == 0)
		r = services_read(root, &machine->processes, &machine->services);
	/* The files of a tree do not change by themselves. */
	if (r == 0 && !machine->is_tree && machine->irqs.n_lines)
		r = watch_interrupts(root, watch_ms, machine);
	return r;
}
