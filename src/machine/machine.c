/* SPDX-License-Identifier: MIT */
/* The machine as facts: CPUs, policies, cards and their interrupts, joined. */

#include "machine/machine.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#define CHECK_INTERVAL_MS 10

static int read_memory(const struct root *root, struct memory *memory)
{
	int r = root_read_value(root, &memory->governor, "/sys/class/devfreq/dmc/governor");

	if (r == -ENOMEM)
		return r;
	memory->error = -r;
	if (r < 0)
		return 0;
	r = root_read_value(root, &memory->governors, "/sys/class/devfreq/dmc/available_governors");
	return r == -ENOMEM ? r : 0;
}

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

static void count_others(struct machine *machine)
{
	const struct irq_table *table = &machine->irqs;

	for (size_t c = 0; c < table->n_columns; c++)
		for (size_t i = 0; i < machine->cpus.n_cpus; i++)
			if (machine->cpus.cpus[i].id == table->cpus[c])
				machine->cpus.cpus[i].others = table->others[c];
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
	count_others(machine);
	return 0;
}

/* The settings that are changed only if they are asked for. */
static int read_rare(const struct root *root, unsigned kinds, struct machine *machine)
{
	int r = 0;

	if (kinds & KIND_BIT(KIND_IDLE_LATENCY))
		r = cpus_read_latency(root, &machine->cpus);
	if (r == 0 && kinds & KIND_BIT(KIND_MEMORY_GOVERNOR))
		r = read_memory(root, &machine->memory);
	return r;
}

int machine_read(const struct root *root, const struct card_id *extra, size_t n_extra,
		 unsigned kinds, struct machine *ret, struct error *error)
{
	struct machine machine = { 0 };
	int r = cards_list(root, extra, n_extra, &machine.cards, &machine.n_cards, error);

	if (r < 0)
		return r;
	r = cpus_read(root, &machine.cpus, error);
	if (r == 0)
		r = read_interrupts(root, &machine, error);
	if (r == 0) {
		r = read_rare(root, kinds, &machine);
		if (r == 0)
			r = irqbalance_read(root, &machine.processes, &machine.irqbalance);
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
	cpus_done(&machine->cpus);
	irq_table_done(&machine->irqs);
	free(machine->memory.governor);
	free(machine->memory.governors);
	irqbalance_done(&machine->irqbalance);
	processes_done(&machine->processes);
	system_done(&machine->system);
	services_done(&machine->services);
	smi_done(&machine->smi);
	*machine = (struct machine){ 0 };
}

bool machine_is_ready(const struct machine *machine)
{
	for (size_t i = 0; i < machine->n_cards; i++)
		if (!card_is_ready(&machine->cards[i]))
			return false;
	return true;
}

/* Looks afresh whether a card that was not ready is so now. */
static bool became_ready(const struct root *root, const struct card *card)
{
	const struct irq_table none = { 0 };
	struct card now = { 0 };
	bool ready;

	if (card_is_ready(card))
		return false;
	memcpy(now.address, card->address, sizeof(now.address));
	ready = root_read_link_name(root, &now.driver, "/sys/bus/pci/devices/%s/driver",
				    now.address) == 0 &&
		card_list_vectors(root, &now) == 0 && card_read_vectors(root, &none, &now) == 0 &&
		card_is_ready(&now);
	card_done(&now);
	return ready;
}

static long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

long machine_wait(const struct root *root, const struct machine *machine, long wait_ms)
{
	const struct timespec interval = { .tv_nsec = CHECK_INTERVAL_MS * 1000000L };
	long end = now_ms() + wait_ms, left;

	while ((left = end - now_ms()) > 0) {
		for (size_t i = 0; i < machine->n_cards; i++)
			if (became_ready(root, &machine->cards[i]))
				return left;
		(void)nanosleep(&interval, NULL);
	}
	return 0;
}
