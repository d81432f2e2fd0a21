/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/cpuset.h"

struct error;
struct root;

/* One CPU that is present. */
struct cpu {
	int id;
	bool online;
	bool isolated;	  /* isolcpus= */
	bool nohz_full;	  /* nohz_full= */
	bool big;	  /* faster than the slowest class; true for all if there is only one */
	int64_t capacity; /* cpu_capacity, 1024 for the fastest core of a machine; -1 unknown */
	int64_t max_khz;  /* cpuinfo_max_freq; -1 unknown */
	uint64_t others;  /* interrupts of devices other than the cards, since boot */

	/* Filled in by cpus_read_latency(). */
	char *latency;	   /* pm_qos_resume_latency_us; NULL if unreadable... */
	int latency_error; /* ...with this errno */

	/* Filled in by cpus_read_models(). */
	int64_t midr; /* MIDR_EL1; -1 unknown or not an Arm */

	/* Filled in by cpus_inspect(). */
	int64_t cur_khz;  /* scaling_cur_freq; -1 unknown */
	char *idle_state; /* name of the deepest cpuidle state it may enter; NULL unknown or none */
	int64_t idle_us;  /* exit latency of that state; -1 unknown or none */
};

/* A cpufreq policy: CPUs that share a clock and therefore a governor. */
struct policy {
	int id;
	struct cpuset cpus; /* related_cpus: offline ones too */
	int64_t max_khz;    /* cpuinfo_max_freq; -1 unknown */
	char *governor; /* scaling_governor; NULL if unreadable, as when all CPUs are offline... */
	int governor_error; /* ...with this errno */
	char *speed;	    /* scaling_setspeed in kHz under "userspace"; NULL otherwise */
	char *governors;    /* scaling_available_governors, separated by blanks; NULL if unknown */

	/* Filled in by cpus_inspect(). */
	int64_t limit_khz; /* scaling_max_freq; -1 unknown */
	int64_t floor_khz; /* scaling_min_freq; -1 unknown */
};

struct cpus {
	size_t n_cpus;
	struct cpu *cpus; /* ascending by id */
	size_t n_policies;
	struct policy *policies; /* ascending by id */
	struct cpuset online;	 /* the file of that name; empty if there is none */
	int possible;		 /* number of possible CPUs: the width of a mask */
};

/*
 * Reads /sys/devices/system/cpu (Documentation/ABI/testing/sysfs-devices-system-cpu), of which only
 * the cpuN directories are required. Returns 0, or -errno with the reason in ERROR.
 */
int cpus_read(const struct root *root, struct cpus *ret, struct error *error);
void cpus_done(struct cpus *cpus);

/* Fills in the resume latency limit of each CPU. Returns 0 or -ENOMEM. */
int cpus_read_latency(const struct root *root, struct cpus *cpus);

/* Fills in the core model of each CPU. */
void cpus_read_models(const struct root *root, struct cpus *cpus);

/*
 * Fills in what only diagnose needs: models, current clocks, clock limits, idle states
 * (Documentation/admin-guide/pm/cpuidle.rst). Call cpus_read_latency() first. Returns 0 or
 * -ENOMEM.
 */
int cpus_inspect(const struct root *root, struct cpus *cpus);

/*
 * Marks the big CPUs: those whose capacity, or maximum clock if any capacity is unknown, is above
 * the lowest on the machine. If all are equal or nothing is known, all CPUs are big.
 */
void cpus_mark_big(struct cpu *cpus, size_t count);

/* True if all CPUs are of one class. */
bool cpus_are_equal(const struct cpus *cpus);

/*
 * Why no interrupt may be moved to the CPU unless the user asks for it: "offline", "isolated" or
 * "nohz_full"; NULL if it may.
 */
const char *cpu_excluded(const struct cpu *cpu);

/* True if both have the same model, capacity and clock and are equally available. */
bool cpus_are_alike(const struct cpu *a, const struct cpu *b);

/* The CPU with that number, or NULL. */
const struct cpu *cpus_find(const struct cpus *cpus, int id);

/* The policy with that number, or NULL. */
const struct policy *cpus_find_policy(const struct cpus *cpus, int id);

/* The policy that a CPU belongs to, or NULL. */
const struct policy *cpus_policy(const struct cpus *cpus, int id);

/*
 * The name of an Arm core from its MIDR_EL1 (Arm DDI 0487, "MIDR_EL1"; part numbers from
 * arch/arm64/include/asm/cputype.h), "unknown" for others. For display; no rule depends on it.
 */
const char *cpu_core_name(int64_t midr);
