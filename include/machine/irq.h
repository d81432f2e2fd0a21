/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/cpuset.h"
#include "machine/process.h"

struct root;

/* One interrupt as /proc/interrupts shows it. */
struct irq_line {
	int irq;
	char *chip;	  /* name of the interrupt controller; may hold a PCI address */
	char *action;	  /* names of the handlers, NULL if there is none */
	uint64_t *counts; /* one per column of the table */
};

/*
 * /proc/interrupts. It has a column for each CPU that is online, so the number of a CPU is what
 * the header says, never the place of the column (show_interrupts() in kernel/irq/proc.c).
 */
struct irq_table {
	size_t n_columns;
	int *cpus;	  /* CPU number of each column */
	uint64_t *others; /* per column: interrupts of all devices that were not asked for */
	size_t n_lines;
	struct irq_line *lines; /* those asked for that the table has */
};

/* One MSI vector of a card (or its INTx interrupt). */
struct vector {
	int irq;
	bool handler;		/* a driver has requested it */
	bool settable;		/* smp_affinity has a write bit: since Linux 6.12 a file without one
				   means that the interrupt cannot be moved (kernel/irq/proc.c) */
	char *chip;		/* NULL if unknown */
	char *action;		/* NULL if unknown or none */
	char *mask;		/* smp_affinity as the kernel prints it; NULL if unreadable... */
	int mask_error;		/* ...with this errno */
	struct cpuset affinity; /* the same, parsed; empty if unreadable */
	struct cpuset effective; /* effective_affinity; empty means unknown */
	const uint64_t *counts;	 /* per column of the table, owned by it; NULL if it has no line */

	/* Filled in by machine_inspect(). */
	struct irq_thread thread;
	uint64_t arrived; /* interrupts while the program watched */
	int arrived_cpu;  /* the CPU that took the most of them; only if there were any */
};

/*
 * Takes from the text of /proc/interrupts the lines of the interrupts in WANTED and adds up the
 * rest by column. Per-CPU interrupts (timers, counters) are no device's: they have no number, or
 * on a GIC the INTIDs 16 to 31 (Arm IHI 0069, "PPI"), and are left out of the sums.
 * Returns 0, -EBADMSG (the first line names no CPU), -ENOMEM.
 */
int irq_parse(const char *text, const int *wanted, size_t n_wanted, struct irq_table *ret);
void irq_table_done(struct irq_table *table);

/* The line of an interrupt, or NULL. */
const struct irq_line *irq_table_find(const struct irq_table *table, int irq);

/*
 * How many of the interrupts that were asked for the CPUs have taken since boot, in *ret. False if
 * the table counts for none of them.
 */
bool irq_table_sum(const struct irq_table *table, const struct cpuset *cpus, uint64_t *ret);

/* Reads and parses /proc/interrupts; a missing file gives an empty table. */
int irq_table_read(const struct root *root, const int *wanted, size_t n_wanted,
		   struct irq_table *ret);

/*
 * The interrupt numbers of a PCI device, ascending: the names in its msi_irqs/ directory, else its
 * irq file if that is not 0 (Documentation/ABI/testing/sysfs-bus-pci). None is no error.
 * The caller frees *ret.
 */
int irq_list(const struct root *root, const char *address, int **ret, size_t *ret_count);

/*
 * Fills in what the kernel says of the interrupt vector->irq; the rest of VECTOR is zero before.
 * TABLE may be empty. Returns 0 or -ENOMEM; the caller calls vector_done() in any case.
 */
int vector_read(const struct root *root, const struct irq_table *table, struct vector *vector);
void vector_done(struct vector *vector);

/*
 * The CPU that takes the interrupt as far as the kernel says: the only one in the affinity, else
 * the only effective one; -1 if that is not known.
 */
int vector_cpu(const struct vector *vector);

/* How often a CPU has taken the interrupt since boot; 0 if TABLE, the one read with it, has none.
 */
uint64_t vector_count(const struct vector *vector, const struct irq_table *table, int cpu);
