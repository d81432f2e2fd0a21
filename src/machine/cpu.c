/* SPDX-License-Identifier: MIT */
/* CPUs and cpufreq policies, from /sys/devices/system/cpu. */

#include "machine/cpu.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define CPU_DIR "/sys/devices/system/cpu"

/* Reads a CPU list. If the file is missing, leaves *ret unchanged and returns 0. */
static int read_list(const struct root *root, const char *name, struct cpuset *ret,
		     struct error *error)
{
	CLEANUP_FREE char *text = NULL;
	const char *list;
	int r = root_read_value(root, &text, CPU_DIR "/%s", name);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(error, r, "cannot read %s" CPU_DIR "/%s: %s", root_path(root),
				 name, strerror(-r));
	/* Without nohz_full= the kernel prints "(null)", padded to the number of CPUs. */
	list = text + strspn(text, " ");
	if (!strcmp(list, "(null)"))
		list = "";
	r = cpuset_parse_list(list, ret);
	return r < 0 ? error_set(error, r,
				 "%s" CPU_DIR "/%s holds '%s', which is not a list of CPUs",
				 root_path(root), name, text)
		     : 0;
}

/* related_cpus separates the CPU numbers by blanks, unlike all other lists. */
static int parse_words(char *text, struct cpuset *ret)
{
	char *next;

	for (char *word = strtok_r(text, " ", &next); word; word = strtok_r(NULL, " ", &next)) {
		int64_t cpu;
		int r = parse_long(word, 0, CPUSET_MAX - 1, &cpu);

		if (r < 0)
			return r;
		cpuset_add(ret, (int)cpu);
	}
	return 0;
}

/* Reads an attribute that may be missing: *ret then stays NULL and *ret_error is the errno. */
static int read_optional(const struct root *root, char **ret, int *ret_error, const char *dir,
			 int id, const char *name)
{
	int r = root_read_value(root, ret, CPU_DIR "/%s%d/%s", dir, id, name);

	*ret_error = -r;
	return r == -ENOMEM ? r : 0;
}

static int read_policy(const struct root *root, struct policy *policy)
{
	CLEANUP_FREE char *related = NULL;
	int r, ignored;

	policy->max_khz = policy->limit_khz = policy->floor_khz = -1;
	r = root_read_value(root, &related, CPU_DIR "/cpufreq/policy%d/related_cpus", policy->id);
	/* Newer kernels answer EBUSY while all CPUs of a policy are offline. A board that was
	 * captured then lacks the file. */
	if (r == -EBUSY || r == -ENOENT) {
		policy->governor_error = -r;
		return 0;
	}
	if (r == 0)
		r = parse_words(related, &policy->cpus);
	if (r < 0)
		return r;
	(void)root_read_long(root, &policy->max_khz, CPU_DIR "/cpufreq/policy%d/cpuinfo_max_freq",
			     policy->id);
	r = read_optional(root, &policy->governor, &policy->governor_error, "cpufreq/policy",
			  policy->id, "scaling_governor");
	if (r == 0 && policy->governor && !strcmp(policy->governor, "userspace"))
		r = read_optional(root, &policy->speed, &ignored, "cpufreq/policy", policy->id,
				  "scaling_setspeed");
	return r < 0 ? r
		     : read_optional(root, &policy->governors, &ignored, "cpufreq/policy",
				     policy->id, "scaling_available_governors");
}

static int read_policies(const struct root *root, struct cpus *cpus, struct error *error)
{
	CLEANUP_FREE int *ids = NULL;
	size_t count;
	int r = root_list_numbers(root, "policy", &ids, &count, CPU_DIR "/cpufreq");

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_set(error, r, "cannot list %s" CPU_DIR "/cpufreq: %s", root_path(root),
				 strerror(-r));
	cpus->policies = calloc(count ? count : 1, sizeof(*cpus->policies));
	if (!cpus->policies)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct policy *policy = &cpus->policies[cpus->n_policies++];

		policy->id = ids[i];
		r = read_policy(root, policy);
		if (r < 0)
			return error_set(error, r,
					 "cannot read %s" CPU_DIR
					 "/cpufreq/policy%d/related_cpus: %s",
					 root_path(root), policy->id, strerror(-r));
	}
	return 0;
}

static int read_sets(const struct root *root, struct cpus *cpus, struct error *error)
{
	struct cpuset isolated = { 0 }, nohz_full = { 0 }, possible = { 0 };
	int r = read_list(root, "online", &cpus->online, error);

	if (r == 0)
		r = read_list(root, "isolated", &isolated, error);
	if (r == 0)
		r = read_list(root, "nohz_full", &nohz_full, error);
	if (r == 0)
		r = read_list(root, "possible", &possible, error);
	if (r < 0)
		return r;
	for (size_t i = 0; i < cpus->n_cpus; i++) {
		struct cpu *cpu = &cpus->cpus[i];

		cpu->online = cpuset_empty(&cpus->online) || cpuset_has(&cpus->online, cpu->id);
		cpu->isolated = cpuset_has(&isolated, cpu->id);
		cpu->nohz_full = cpuset_has(&nohz_full, cpu->id);
		cpuset_add(&possible, cpu->id);
	}
	for (int id = cpuset_next(&possible, 0); id >= 0; id = cpuset_next(&possible, id + 1))
		cpus->possible = id + 1;
	return 0;
}

/* Lists the CPUs that are present and reads their capacities. */
static int read_cpus(const struct root *root, struct cpus *cpus, struct error *error)
{
	CLEANUP_FREE int *ids = NULL;
	size_t count;
	int r = root_list_numbers(root, "cpu", &ids, &count, CPU_DIR);

	if (r < 0)
		return error_set(error, r, "cannot list %s" CPU_DIR ": %s", root_path(root),
				 strerror(-r));
	cpus->cpus = calloc(count ? count : 1, sizeof(*cpus->cpus));
	if (!cpus->cpus)
		return error_set(error, -ENOMEM, "out of memory");
	for (size_t i = 0; i < count; i++) {
		struct cpu *cpu = &cpus->cpus[cpus->n_cpus++];

		*cpu = (struct cpu){ .id = ids[i],
				     .midr = -1,
				     .cur_khz = -1,
				     .idle_us = -1,
				     .idle_residency_us = -1 };
		if (cpu->id >= CPUSET_MAX)
			return error_set(error, -ERANGE, "cannot read %s" CPU_DIR "/cpu%d: %s",
					 root_path(root), cpu->id, strerror(ERANGE));
		cpu->capacity = -1;
		(void)root_read_long(root, &cpu->capacity, CPU_DIR "/cpu%d/cpu_capacity", cpu->id);
	}
	return 0;
}

/* True if the capacities are known and differ. */
static bool capacities_tell(const struct cpus *cpus)
{
	int64_t lowest = INT64_MAX, highest = -1;

	for (const struct cpu *cpu = cpus->cpus; cpu < cpus->cpus + cpus->n_cpus; cpu++) {
		/* Newer kernels show the capacity of online CPUs only. */
		if (!cpu->online && cpu->capacity < 0)
			continue;
		lowest = cpu->capacity < lowest ? cpu->capacity : lowest;
		highest = cpu->capacity > highest ? cpu->capacity : highest;
	}
	return lowest >= 0 && lowest < highest;
}

/* Without capacities, a clock only compares cores that are all in-order, or all out-of-order. */
static void mark_big(const struct root *root, struct cpus *cpus)
{
	bool by_capacity = capacities_tell(cpus), out_of_order = false;
	struct cpu *end = cpus->cpus + cpus->n_cpus;
	int64_t best = -1;

	if (!by_capacity)
		cpus_read_models(root, cpus);
	for (const struct cpu *cpu = cpus->cpus; cpu < end; cpu++)
		out_of_order = out_of_order || (cpu->midr > 0 && !cpu_is_in_order(cpu));
	for (struct cpu *cpu = cpus->cpus; cpu < end; cpu++) {
		int64_t speed = by_capacity ? cpu->capacity : cpu->max_khz;

		cpu->big = !out_of_order || !cpu_is_in_order(cpu);
		if (cpu->big && speed > best)
			best = speed;
	}
	for (struct cpu *cpu = cpus->cpus; cpu < end; cpu++) {
		int64_t speed = by_capacity ? cpu->capacity : cpu->max_khz;

		/* Less than 80 %. */
		if (speed >= 0 && speed < best - best / 5)
			cpu->big = false;
	}
}

int cpus_read(const struct root *root, struct cpus *ret, struct error *error)
{
	struct cpus cpus = { 0 };
	int r = read_cpus(root, &cpus, error);

	if (r == 0)
		r = read_sets(root, &cpus, error);
	if (r == 0)
		r = read_policies(root, &cpus, error);
	if (r < 0) {
		cpus_done(&cpus);
		return r;
	}
	for (size_t i = 0; i < cpus.n_cpus; i++) {
		const struct policy *policy = cpus_policy(&cpus, cpus.cpus[i].id);

		cpus.cpus[i].max_khz = policy ? policy->max_khz : -1;
	}
	mark_big(root, &cpus);
	*ret = cpus;
	return 0;
}

int cpus_read_latency(const struct root *root, struct cpus *cpus)
{
	for (size_t i = 0; i < cpus->n_cpus; i++) {
		struct cpu *cpu = &cpus->cpus[i];
		int r = read_optional(root, &cpu->latency, &cpu->latency_error, "cpu", cpu->id,
				      "power/pm_qos_resume_latency_us");

		if (r < 0)
			return r;
	}
	return 0;
}

/* Finds the deepest idle state that is enabled and within the latency limit. */
static int read_idle(const struct root *root, struct cpu *cpu)
{
	CLEANUP_FREE int *states = NULL;
	int64_t limit = INT64_MAX;
	size_t count;
	int r = root_list_numbers(root, "state", &states, &count, CPU_DIR "/cpu%d/cpuidle",
				  cpu->id);

	if (r < 0)
		return r == -ENOMEM ? r : 0;
	/* "n/a" allows no latency at all, 0 means no limit (sysfs-devices-power). */
	if (cpu->latency && !strcmp(cpu->latency, "n/a"))
		limit = 0;
	else if (cpu->latency && (parse_long(cpu->latency, 0, INT64_MAX, &limit) < 0 || !limit))
		limit = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		char *name = NULL;
		int64_t latency, disabled = 0;

		(void)root_read_long(root, &disabled, CPU_DIR "/cpu%d/cpuidle/state%d/disable",
				     cpu->id, states[i]);
		if (root_read_long(root, &latency, CPU_DIR "/cpu%d/cpuidle/state%d/latency",
				   cpu->id, states[i]) < 0 ||
		    disabled || latency > limit || latency < cpu->idle_us)
			continue;
		r = root_read_value(root, &name, CPU_DIR "/cpu%d/cpuidle/state%d/name", cpu->id,
				    states[i]);
		if (r == -ENOMEM)
			return r;
		free(cpu->idle_state);
		cpu->idle_state = name;
		cpu->idle_us = latency;
		cpu->idle_residency_us = -1;
		(void)root_read_long(root, &cpu->idle_residency_us,
				     CPU_DIR "/cpu%d/cpuidle/state%d/residency", cpu->id,
				     states[i]);
	}
	return 0;
}

/* All online CPUs of a policy run at the same clock. */
static void read_clocks(const struct root *root, struct cpus *cpus, struct policy *policy)
{
	int64_t khz = -1;

	(void)root_read_long(root, &policy->limit_khz, CPU_DIR "/cpufreq/policy%d/scaling_max_freq",
			     policy->id);
	(void)root_read_long(root, &policy->floor_khz, CPU_DIR "/cpufreq/policy%d/scaling_min_freq",
			     policy->id);
	(void)root_read_long(root, &khz, CPU_DIR "/cpufreq/policy%d/scaling_cur_freq", policy->id);
	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].online && cpuset_has(&policy->cpus, cpus->cpus[i].id))
			cpus->cpus[i].cur_khz = khz;
}

int cpus_inspect(const struct root *root, struct cpus *cpus)
{
	int r;

	cpus_read_models(root, cpus);
	r = cpus_read_family(root, cpus);
	for (size_t i = 0; i < cpus->n_policies; i++)
		read_clocks(root, cpus, &cpus->policies[i]);
	for (size_t i = 0; r == 0 && i < cpus->n_cpus; i++)
		if (cpus->cpus[i].online)
			r = read_idle(root, &cpus->cpus[i]);
	return r;
}

void cpus_done(struct cpus *cpus)
{
	for (size_t i = 0; i < cpus->n_cpus; i++) {
		free(cpus->cpus[i].latency);
		free(cpus->cpus[i].idle_state);
	}
	for (size_t i = 0; i < cpus->n_policies; i++) {
		free(cpus->policies[i].governor);
		free(cpus->policies[i].governors);
		free(cpus->policies[i].speed);
	}
	free(cpus->cpus);
	free(cpus->policies);
	free(cpus->family);
	*cpus = (struct cpus){ 0 };
}

bool cpu_speed_is_known(const struct cpu *cpu)
{
	return cpu->capacity >= 0 || cpu->max_khz >= 0 || cpu->midr >= 0;
}

/* An offline CPU may lack its files; what it lacks does not tell it apart. */
static bool is_same(int64_t value, int64_t first, bool online)
{
	return value == first || (!online && value < 0);
}

bool cpus_are_equal(const struct cpus *cpus)
{
	const struct cpu *first = NULL;

	for (size_t i = 0; i < cpus->n_cpus && !first; i++)
		if (cpus->cpus[i].online)
			first = &cpus->cpus[i];
	if (!first || !cpu_speed_is_known(first))
		return false;
	for (const struct cpu *cpu = cpus->cpus; cpu < cpus->cpus + cpus->n_cpus; cpu++)
		if (!is_same(cpu->capacity, first->capacity, cpu->online) ||
		    !is_same(cpu->max_khz, first->max_khz, cpu->online) ||
		    !is_same(cpu->midr, first->midr, cpu->online))
			return false;
	return true;
}

const char *cpu_excluded(const struct cpu *cpu)
{
	return !cpu->online	? "offline"
	       : cpu->isolated	? "isolated"
	       : cpu->nohz_full ? "nohz_full"
				: NULL;
}

bool cpus_are_alike(const struct cpu *a, const struct cpu *b)
{
	return a->midr == b->midr && a->capacity == b->capacity && a->max_khz == b->max_khz &&
	       a->online == b->online && a->isolated == b->isolated && a->nohz_full == b->nohz_full;
}

/* Of COUNT entries of SIZE, which begin with their ids, in ascending order. */
static const void *find_id(const void *entries, size_t count, size_t size, int id)
{
	return count ? bsearch(&id, entries, count, size, compare_int) : NULL;
}

const struct cpu *cpus_find(const struct cpus *cpus, int id)
{
	return find_id(cpus->cpus, cpus->n_cpus, sizeof(*cpus->cpus), id);
}

const struct policy *cpus_find_policy(const struct cpus *cpus, int id)
{
	return find_id(cpus->policies, cpus->n_policies, sizeof(*cpus->policies), id);
}

const struct policy *cpus_policy(const struct cpus *cpus, int id)
{
	/* As a rule a policy has the number of its first CPU. */
	const struct policy *own = cpus_find_policy(cpus, id);

	if (own && cpuset_has(&own->cpus, id))
		return own;
	for (size_t i = 0; i < cpus->n_policies; i++)
		if (cpuset_has(&cpus->policies[i].cpus, id))
			return &cpus->policies[i];
	return NULL;
}
