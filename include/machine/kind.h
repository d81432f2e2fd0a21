/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct cpuset;
struct machine;
struct root;

/*
 * The kinds of settings that this program changes. All that differs between them is one row of
 * kinds[]; a further kind takes an enumerator, a row and a line in ax650n-tune.conf(5).
 */
enum kind {
	KIND_IRQBALANCE_BAN,  /* id: interrupt; whether irqbalance leaves it alone */
	KIND_IRQ_AFFINITY,    /* id: interrupt */
	KIND_IRQ_THREAD,      /* id: interrupt; the CPUs of its secondary thread */
	KIND_GOVERNOR,	      /* id: cpufreq policy */
	KIND_GOVERNOR_SPEED,  /* id: cpufreq policy; the speed that "userspace" holds */
	KIND_IDLE_LATENCY,    /* id: CPU */
	KIND_MEMORY_GOVERNOR, /* id: 0 */
	N_KINDS
};

/* Sets of kinds. */
#define KIND_BIT(kind) (1U << (kind))
#define KIND_ALL       (KIND_BIT(N_KINDS) - 1)

/* The two values of KIND_IRQBALANCE_BAN. */
#define IRQBALANCE_BANNED   "banned"
#define IRQBALANCE_BALANCED "balanced"

/*
 * What scaling_setspeed shows under all governors but "userspace" (drivers/cpufreq/cpufreq.c). To
 * write it changes nothing.
 */
#define SPEED_UNSUPPORTED "<unsupported>"

/* What a setting is now. The texts belong to the machine. */
struct present {
	const char *value; /* NULL if it could not be read... */
	int error;	   /* ...with this errno; ENOENT if there is no such setting */
	const char
		*offered; /* the values that the kernel offers, separated by blanks; NULL unknown */
	const char *path; /* the file, where it is not the usual one; else NULL */
};

struct kind_row {
	const char *name;    /* in JSON and in the state file */
	const char *label;   /* for people; "%d" is the id */
	const char *path;    /* the usual file; "%d" is the id */
	bool of_card;	     /* the id is an interrupt, and the setting belongs to its card */
	const char *variant; /* the word for it in 'bench --settings' */
	bool (*is_valid)(
		const char *value); /* true if it can have been read, and so be an original */
	bool (*is_same)(const char *a, const char *b);
	char *(*text)(const char *value); /* the value as people write it, for the caller to free */
	struct present (*present)(const struct machine *machine, enum kind kind, const char *card,
				  int id);

	/* Reads the present values; NULL if machine_read() has read them. Returns 0 or -ENOMEM. */
	int (*read)(const struct root *root, enum kind kind, struct machine *machine);

	/* Of the kinds that the configuration sets to a value; NULL for the others. */
	const char *key;     /* in ax650n-tune.conf(5) */
	const char *allowed; /* what may follow the key, but for "off" */
	bool (*is_allowed)(const char *value);
	const char *usual; /* the value that bench takes if nothing is configured */
	/* The first target whose id is FROM or above, -1 if there is none. CHOSEN: the cards' CPUs.
	 */
	int (*next)(const struct machine *machine, const struct cpuset *chosen, int from);
	/* Why it is set, in one sentence; NULL if that the configuration says so is all. */
	char *(*explain)(const struct machine *machine, int id, const char *value);
};

extern const struct kind_row kinds[N_KINDS];

/* The kind of that name. Returns 0 or -EINVAL. */
int kind_from_name(const char *name, enum kind *ret);

/* The file, or the label, of a setting, for the caller to free; NULL without memory. */
char *kind_path(enum kind kind, int id);
char *kind_label(enum kind kind, int id);

/* Reads the present values of the kinds in SET that machine_read() leaves out. 0 or -ENOMEM. */
int kinds_read(const struct root *root, unsigned set, struct machine *machine);
