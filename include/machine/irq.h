/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/cpuset.h"
#include "machine/process.h"

struct root;

/* One interrupt as /proc/interrupts shows it. */
struct irq_line {
	int irq;
	char *chip;	  /* name of the interrupt controller; may contain a PCI address */
	char *action;	  /* names of the handlers, NULL if there is none */
	uint64_t *counts; /* one per column of the table */
};

/*
 * /proc/interrupts. It has a column for each online CPU. The CPU number comes from the header,
 * never from the position of the column (show_interrupts() in kernel/irq/proc.c).
 */
struct irq_table {
	size_t n_columns;
	int *cpus;	  /* CPU number of each column */
	uint64_t *others; /* per column: interrupts of all other devices */
	size_t n_lines;
	struct irq_line *lines; /* the wanted ones that the table has */
};

/* An MSI vector of a card, or its INTx interrupt. */
struct vector {
	int irq;
	bool handler;		/* a driver has requested it */
	bool settable;		/* smp_affinity has a write bit: since Linux 6.12 a file without one
				   means that the interrupt cannot be moved (kernel/irq/proc.c) */
	char *chip;		/* NULL if unknown */
	char *action;		/* NULL if unknown or none */
	char *mask;		/* smp_affinity as the kernel prints it; NULL if unreadable... */
	int mask_error;		/* ...with this errno */
	struct cpuset affinity; /* MASK parsed; empty if unreadable */
	struct cpuset effective; /* effective_affinity; empty if unknown */
	const uint64_t *counts;	 /* per column of the table, which owns them; NULL: no line */

	/* Filled in by kinds_read(). */
	struct irq_thread secondary; /* Linux 6.1 leaves it where the IRQ was before */
	char *secondary_cpus;	     /* secondary.allowed as a list; NULL without such a thread */

	/* Filled in by machine_inspect(). */
	struct irq_thread thread;
	uint64_t arrived; /* interrupts during the watch */
	int arrived_cpu;  /* the CPU that got the most of them; only if there were any */
};

/*
 * Parses /proc/interrupts: keeps the lines of the IRQs in WANTED and sums up the others by column.
 * The sums leave out per-CPU interrupts (timers, counters), which belong to no device: they have no
 * number, or on a GIC the INTIDs 16 to 31 (Arm IHI 0069, "PPI"). Returns 0, -EBADMSG (the first
 * line names no CPU) or -ENOMEM.
 */
int irq_parse(const char *text, const int *wanted, size_t n_wanted, struct irq_table *ret);
void irq_table_done(struct irq_table *table);

/* The line of that IRQ, or NULL. */
const struct irq_line *irq_table_find(const struct irq_table *table, int irq);

/* Drops the line of an interrupt that turned out to belong to another device. */
void irq_table_disown(struct irq_table *table, int irq);

/*
 * Sums up in *ret the wanted interrupts that the CPU has handled since boot. False if the table has
 * no column for it.
 */
bool irq_table_sum(const struct irq_table *table, int cpu, uint64_t *ret);

/* Reads and parses /proc/interrupts. A missing, unreadable or empty file gives an empty table. */
int irq_table_read(const struct root *root, const int *wanted, size_t n_wanted,
		   struct irq_table *ret);

/*
 * The IRQ numbers of a PCI device, ascending: the names in its msi_irqs/ directory, else its irq
 * file if that is not 0 (Documentation/ABI/testing/sysfs-bus-pci): a legacy line, which other
 * devices may share. A device without any is not an error. The caller frees *ret.
 */
int irq_list(const struct root *root, const char *address, int **ret, size_t *ret_count,
	     bool *ret_legacy);

/*
 * Reads the state of vector->irq into VECTOR, which is otherwise zero before. TABLE may be empty.
 * Returns 0 or -ENOMEM; the caller calls vector_done() in any case.
 */
int vector_read(const struct root *root, const struct irq_table *table, struct vector *vector);
void vector_done(struct vector *vector);

/*
 * The CPU that the interrupt is delivered to: the only one in the affinity, else the only one in
 * the effective affinity; -1 if unknown.
 */
int vector_cpu(const struct vector *vector);

/* How often a CPU has handled the interrupt since boot, from the table it was read with. */
uint64_t vector_count(const struct vector *vector, const struct irq_table *table, int cpu);
