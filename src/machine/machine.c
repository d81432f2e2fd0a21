/* SPDX-License-Identifier: MIT */
/* The machine as facts: CPUs, policies, cards and their interrupts, joined. */

#include "machine/machine.h"

#include "base/clock.h"
#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The interrupt numbers of all cards: /proc/interrupts is read once, for all of them. */
static int collect_irqs(const struct root *root, struct machine *machine, int **ret,
			size_t *ret_count)
{
	size_t count = 0;
	int *irqs;

	for (size_t i = 0; i < machine->n_cards; i++) {
		int r = card_list_vectors(root, &machine->cards[i]);

		if (r < 0)
			return r;
		count += machine->cards[i].n_vectors;
	}
	irqs = calloc(count ? count : 1, sizeof(*irqs));
	if (!irqs)
		return -ENOMEM;
	*ret = irqs;
	*ret_count = count;
	for (size_t i = 0; i < machine->n_cards; i++)
		for (size_t k = 0; k < machine->cards[i].n_vectors; k++)
			*irqs++ = machine->cards[i].vectors[k].irq;
	return 0;
}

/*
 * Interrupts of other devices by CPU. A CPU with a column is online (show_interrupts() in
 * kernel/irq/proc.c); if sysfs denies that, lxcfs has replaced its file in a container.
 */
static void join_columns(struct machine *machine)
{
	const struct irq_table *table = &machine->irqs;

	for (size_t c = 0; c < table->n_columns; c++) {
		struct cpu *cpu = (struct cpu *)cpus_find(&machine->cpus, table->cpus[c]);

		if (!cpuset_empty(&machine->cpus.online) &&
		    !cpuset_has(&machine->cpus.online, table->cpus[c]))
			machine->is_partial_view = true;
		if (cpu)
			cpu->others = table->others[c];
	}
}

static int read_interrupts(const struct root *root, struct machine *machine, struct error *error)
{
	CLEANUP_FREE int *irqs = NULL;
	size_t count;
	int r = collect_irqs(root, machine, &irqs, &count);

	if (r < 0)
		return error_set(error, r, "cannot list the interrupts of the cards: %s",
				 strerror(-r));
	r = irq_table_read(root, irqs, count, &machine->irqs);
	if (r == -EBADMSG)
		return error_set(error, r,
				 "%s/proc/interrupts has no header line that names the CPUs",
				 root_path(root));
	if (r < 0)
		return error_set(error, r, "cannot read %s/proc/interrupts: %s", root_path(root),
				 strerror(-r));
	for (size_t i = 0; i < machine->n_cards; i++) {
		r = card_read_vectors(root, &machine->irqs, &machine->cards[i]);
		if (r < 0)
			return error_set(error, r, "cannot read the interrupts of card %s: %s",
					 machine->cards[i].address, strerror(-r));
	}
	join_columns(machine);
	return 0;
}

int machine_read(const struct root *root, const struct card_id *extra, size_t n_extra,
		 struct machine *ret, struct error *error)
{
	struct machine machine = { 0 };
	int r = cards_list(root, extra, n_extra, &machine.cards, &machine.n_cards, error);

	if (r < 0)
		return r;
	r = cpus_read(root, &machine.cpus, error);
	if (r == 0)
		r = read_interrupts(root, &machine, error);
	if (r == 0) {
		r = irqbalance_read(root, &machine.processes, clock_ms() + IRQBALANCE_TIMEOUT_MS,
				    &machine.irqbalance);
		if (r < 0)
			error_set(error, r, "out of memory");
	}
	if (r < 0) {
		machine_done(&machine);
		/* -EINVAL is for what a person asked for, not for what a file of the kernel says.
		 */
		return r == -EINVAL ? -EBADMSG : r;
	}
	*ret = machine;
	return 0;
}

void machine_done(struct machine *machine)
{
	cards_done(machine->cards, machine->n_cards);
	cards_done(machine->former, machine->n_former);
	cpus_done(&machine->cpus);
	irq_table_done(&machine->irqs);
	memory_done(&machine->memory);
	irqbalance_done(&machine->irqbalance);
	processes_done(&machine->processes);
	system_done(&machine->system);
	services_done(&machine->services);
	smi_done(&machine->smi);
	*machine = (struct machine){ 0 };
}

static bool has_card(const struct card *cards, size_t count, const char *address)
{
	for (size_t i = 0; i < count; i++)
		if (!strcmp(cards[i].address, address))
			return true;
	return false;
}

int machine_add_former(const struct root *root, const char *address, struct machine *machine)
{
	struct card *card;
	int r;

	if (has_card(machine->cards, machine->n_cards, address) ||
	    has_card(machine->former, machine->n_former, address))
		return 0;
	card = array_grow(machine->former, machine->n_former, sizeof(*card));
	if (!card)
		return -ENOMEM;
	machine->former = card;
	card += machine->n_former++;
	snprintf(card->address, sizeof(card->address), "%s", address);
	r = card_list_vectors(root, card);
	/* That a legacy line was its own was found out when its value was saved. */
	card->legacy = false;
	if (r == 0)
		r = card_read_vectors(root, &machine->irqs, card);
	return r == -ENOMEM ? r : 0;
}

const struct vector *machine_find_vector(const struct machine *machine, const char *address,
					 int irq)
{
	const struct vector *vector = cards_find_vector(machine->cards, machine->n_cards, address,
							irq);

	return vector ? vector
		      : cards_find_vector(machine->former, machine->n_former, address, irq);
}

bool machine_is_ready(const struct machine *machine)
{
	return cards_count(machine->cards, machine->n_cards, CARD_READY) == machine->n_cards;
}
