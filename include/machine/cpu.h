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
	bool big;	  /* not slow, see cpus_read() */
	int64_t capacity; /* cpu_capacity, 1024 for the fastest core of a machine; -1 unknown */
	int64_t max_khz;  /* cpuinfo_max_freq; -1 unknown */
	uint64_t others;  /* interrupts of devices other than the cards, since boot */

	/* Filled in by cpus_read_latency(). */
	char *latency;	   /* pm_qos_resume_latency_us; NULL if unreadable... */
	int latency_error; /* ...with this errno */

	/* Filled in by cpus_read_models(), or by cpus_read() where the capacities tell nothing. */
	int64_t midr; /* MIDR_EL1; -1 unknown or not an Arm */

	/* Filled in by cpus_inspect(). */
	int64_t cur_khz;  /* scaling_cur_freq; -1 unknown */
	char *idle_state; /* name of the deepest cpuidle state it may enter; NULL unknown or none */
	int64_t idle_us;  /* time to enter and leave that state; -1 unknown or none */
	int64_t idle_residency_us; /* the shortest wait that it is worth; -1 unknown or none */
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
	char *family; /* "Intel family 6", filled in by cpus_inspect(); NULL unknown or an Arm */
};

/*
 * Reads /sys/devices/system/cpu (Documentation/ABI/testing/sysfs-devices-system-cpu), of which only
 * the cpuN directories are required. Returns 0, or -errno with the reason in ERROR.
 *
 * A CPU is slow, not big, if it has less than 80 % of the best capacity. Where the capacities are
 * all alike, or that of an online CPU is unknown, an in-order core beside out-of-order ones is
 * slow, and one with less than 80 % of the best maximum clock of the others. What is unknown makes
 * no CPU slow.
 */
int cpus_read(const struct root *root, struct cpus *ret, struct error *error);
void cpus_done(struct cpus *cpus);

/* Fills in the resume latency limit of each CPU. Returns 0 or -ENOMEM. */
int cpus_read_latency(const struct root *root, struct cpus *cpus);

/* Fills in the core model of each CPU, unless it has been read. */
void cpus_read_models(const struct root *root, struct cpus *cpus);

/* Fills in the family where no core tells its model. Returns 0 or -ENOMEM. */
int cpus_read_family(const struct root *root, struct cpus *cpus);

/* True if its model is known and in-order: slow beside others, whatever its clock. */
bool cpu_is_in_order(const struct cpu *cpu);

/*
 * Fills in what only diagnose needs: models, current clocks, clock limits, idle states
 * (Documentation/admin-guide/pm/cpuidle.rst). Call cpus_read_latency() first. Returns 0 or
 * -ENOMEM.
 */
int cpus_inspect(const struct root *root, struct cpus *cpus);

/* True if capacity, maximum clock and model of all CPUs agree, and at least one of them is known.
 */
bool cpus_are_equal(const struct cpus *cpus);

/* False if neither capacity nor maximum clock nor model is known. */
bool cpu_speed_is_known(const struct cpu *cpu);

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
 * arch/arm64/include/asm/cputype.h), else the family of the processor; NULL if unknown.
 */
const char *cpus_core_name(const struct cpus *cpus, const struct cpu *cpu);
