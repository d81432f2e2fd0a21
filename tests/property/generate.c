/* SPDX-License-Identifier: MIT */
/* Random machines: the system, its CPUs, and how many cards. */

#include "generate.h"

#include "draft.h"
#include "root/board-path.h"

#include <string.h>

#define CPU_DIR "/sys/devices/system/cpu"

/* --- CPUs ------------------------------------------------------------------------------------- */

static void put_cpu(struct machine *m, int cpu, const int *capacities)
{
	static const char *const latencies[] = { "0", "0", "0", "n/a", "100", "2147483647" };
	static const char *const midrs[] = { "0x00000000412fd050", "0x00000000414fd0b0",
					     "0x0000000000000000" };
	int cluster = m->cluster[cpu];

	/* The directory, even if every file of it is missing. */
	fprintf(m->out, CPU_DIR "/cpu%d/topology/\n", cpu);
	PATH(capacity, CPU_DIR "/cpu%d/cpu_capacity", cpu);
	if (capacities[0])
		put(m, capacity, "%d", capacities[cluster]);
	PATH(midr, CPU_DIR "/cpu%d/regs/identification/midr_el1", cpu);
	put(m, midr, "%s", midrs[cluster % 3]);
	PATH(latency, CPU_DIR "/cpu%d/power/pm_qos_resume_latency_us", cpu);
	put(m, latency, "%s", PICK(m, latencies));
	for (int state = 0; state < 2; state++) {
		PATH(name, CPU_DIR "/cpu%d/cpuidle/state%d/name", cpu, state);
		put(m, name, "C%d", state);
		PATH(wait, CPU_DIR "/cpu%d/cpuidle/state%d/latency", cpu, state);
		put(m, wait, "%d", state * below(m, 400));
	}
}

static void put_policy(struct machine *m, int id, const char *related, int khz)
{
	static const char *const offers[] = {
		"performance schedutil powersave userspace ondemand",
		"performance powersave",
		"schedutil performance",
		"interactive a_governor_of_more_than_fifteen_letters performance",
		"performance",
		"schedutil powersave",
	};
	static const char *const governors[] = {
		"schedutil",
		"schedutil",
		"ondemand",
		"powersave",
		"performance",
		"userspace",
		"",
		"a.governor+",
		"with blanks",
		"a_governor_of_more_than_fifteen_letters",
	};
	PATH(cpus, CPU_DIR "/cpufreq/policy%d/related_cpus", id);
	put(m, cpus, "%s", related);
	PATH(top, CPU_DIR "/cpufreq/policy%d/cpuinfo_max_freq", id);
	put(m, top, "%d", khz);
	PATH(limit, CPU_DIR "/cpufreq/policy%d/scaling_max_freq", id);
	put(m, limit, "%d", chance(m, 10) ? khz / 2 : khz);
	PATH(now, CPU_DIR "/cpufreq/policy%d/scaling_cur_freq", id);
	put(m, now, "%d", 100000 + below(m, khz));
	PATH(governor, CPU_DIR "/cpufreq/policy%d/scaling_governor", id);
	const char *set = PICK(m, governors);
	put(m, governor, "%s", set);
	PATH(offered, CPU_DIR "/cpufreq/policy%d/scaling_available_governors", id);
	if (chance(m, 90))
		put(m, offered, "%s", PICK(m, offers));
	PATH(speed, CPU_DIR "/cpufreq/policy%d/scaling_setspeed", id);
	put(m, speed, "%s", strcmp(set, "userspace") ? "<unsupported>" : "1000000");
}

/* One policy for each cluster, or for each CPU. */
static void put_policies(struct machine *m, const int *khz)
{
	bool each = chance(m, 30);

	for (int first = 0; first < m->n_cpus; first++) {
		char related[4 * MAX_CPUS] = "";
		size_t length = 0;

		if (!each && first && m->cluster[first] == m->cluster[first - 1])
			continue;
		for (int cpu = first; cpu < m->n_cpus && m->cluster[cpu] == m->cluster[first] &&
				      (cpu == first || !each);
		     cpu++)
			length += (size_t)snprintf(related + length, sizeof(related) - length,
						   "%s%d", length ? " " : "", cpu);
		put_policy(m, first, related, khz[m->cluster[first]]);
	}
}

static void put_cpus(struct machine *m)
{
	static const int counts[] = { 1, 2, 3, 4, 4, 6, 6, 8, 8, 12 };
	static const int clocks[] = { 1800000, 2304000, 2352000, 2352000, 600000, 4700000 };
	int capacities[3], khz[3];
	struct cpuset isolated, nohz_full, possible = { 0 };

	m->n_cpus = chance(m, 8) ? 1 + below(m, MAX_CPUS) : PICK(m, counts);
	m->n_clusters = 1 + below(m, 3);
	m->possible = m->n_cpus + (chance(m, 20) ? below(m, 70) : 0);
	for (int cpu = 0; cpu < m->n_cpus; cpu++)
		m->cluster[cpu] = cpu * m->n_clusters / m->n_cpus;
	for (int i = 0; i < 3; i++) {
		capacities[i] = chance(m, 60) ? 200 + below(m, 824) : 1024;
		khz[i] = PICK(m, clocks);
	}
	if (chance(m, 20))
		capacities[0] = 0;
	m->online = random_set(m, chance(m, 70) ? 100 : 80);
	if (cpuset_empty(&m->online))
		cpuset_add(&m->online, 0);
	isolated = random_set(m, chance(m, 80) ? 0 : 30);
	nohz_full = random_set(m, chance(m, 85) ? 0 : 30);
	for (int cpu = 0; cpu < m->possible; cpu++)
		cpuset_add(&possible, cpu);
	put_set(m, CPU_DIR "/possible", &possible);
	put_set(m, CPU_DIR "/online", &m->online);
	put_set(m, CPU_DIR "/isolated", &isolated);
	if (cpuset_empty(&nohz_full))
		put(m, CPU_DIR "/nohz_full", "  (null)");
	else
		put_set(m, CPU_DIR "/nohz_full", &nohz_full);
	for (int cpu = 0; cpu < m->n_cpus; cpu++)
		put_cpu(m, cpu, capacities);
	if (chance(m, 85))
		put_policies(m, khz);
}

/* --- The system ------------------------------------------------------------------------------- */

static void put_irqbalance(struct machine *m)
{
	static const char *const answers[] = { "SLEEP 10  BANNED 00000000", "SLEEP 10", "", "no" };
	int pid = m->next_pid++, n_banned = chance(m, 30) ? below(m, 8) : 0;

	PATH(comm, "/proc/%d/comm", pid);
	put(m, comm, "irqbalance");
	PATH(stat, "/proc/%d/stat", pid);
	put(m, stat, "%d (irqbalance) S 1 0 0 0 -1 0 0", pid);
	PATH(words, "/proc/%d/cmdline", pid);
	fprintf(m->out, "%s: hex\n|2f 75 73 72 2f 69 00%s\n", words,
		chance(m, 20) ? " 2d 2d 62 61 6e 6d 6f 64 3d 61 00" : "");
	PATH(socket, "/run/irqbalance/irqbalance%d.sock", pid);
	if (put_damaged(m, socket))
		return;
	fprintf(m->out, "%s = %s", socket, n_banned ? "SLEEP 10" : PICK(m, answers));
	for (int i = 0; i < n_banned; i++)
		fprintf(m->out, " IRQ %d", 30 + below(m, 60));
	fputs("\n", m->out);
}

static void put_system(struct machine *m)
{
	static const char *const kernels[] = { "6.1.141", "6.12.1-arm64", "5.10.0", "7.0" };
	static const char *const units[] = { "ax650n-tune.service", "sleep.target", "tuned.service",
					     "irqbalance.service", "cpufrequtils.service" };

	put(m, "/proc/sys/kernel/osrelease", "%s", PICK(m, kernels));
	put(m, "/proc/uptime", "%d.47 1.90", below(m, 1000000));
	put(m, "/sys/firmware/devicetree/base/model", "A board");
	fputs("/proc/device-tree -> ../sys/firmware/devicetree/base\n", m->out);
	put(m, "/sys/power/state", "%s", chance(m, 50) ? "freeze mem" : "");
	for (int i = below(m, 3); i > 0; i--) {
		PATH(type, "/sys/class/thermal/cooling_device%d/type", i);
		put(m, type, "thermal-cpufreq-%d", i);
		PATH(state, "/sys/class/thermal/cooling_device%d/cur_state", i);
		put(m, state, "%d", below(m, 3));
		PATH(zone, "/sys/class/thermal/thermal_zone%d/type", i);
		put(m, zone, "soc-thermal");
		PATH(heat, "/sys/class/thermal/thermal_zone%d/temp", i);
		put(m, heat, "%d", below(m, 110000));
	}
	if (chance(m, 40)) {
		put(m, "/sys/class/devfreq/dmc/governor", "dmc_ondemand");
		put(m, "/sys/class/devfreq/dmc/available_governors", "dmc_ondemand performance");
	}
	if (chance(m, 50) && !put_damaged(m, "/run/dbus/system_bus_socket")) {
		fputs("/run/dbus/system_bus_socket:\n", m->out);
		for (size_t i = 0; i < ARRAY_SIZE(units); i++)
			if (chance(m, 50))
				fprintf(m->out, "|%s %s %s enabled success\n", units[i],
					chance(m, 80) ? "loaded" : "masked",
					chance(m, 50) ? "active" : "inactive");
	}
	if (chance(m, 40))
		put_irqbalance(m);
}

static void put_configuration(struct machine *m)
{
	static const char *const lines[] = {
		"Governor=performance",
		"Governor=schedutil",
		"Governor=off",
		"MemoryGovernor=performance",
		"IdleLatency=20",
		"IdleLatency=off",
		"Devices=10ec:8125",
		"Cpu=0",
		"Cpu=auto",
		"Cpu=7",
		"Governer=schedutil",
		"Devices=1f4b",
	};

	if (chance(m, 60) || put_damaged(m, "/etc/ax650n-tune.conf"))
		return;
	fputs("/etc/ax650n-tune.conf:\n", m->out);
	for (int i = 1 + below(m, 3); i > 0; i--)
		fprintf(m->out, "|%s\n", PICK(m, lines));
}

char *generate_machine(uint64_t seed)
{
	struct machine m = { .random = seed, .next_irq = 30, .next_pid = 800 };
	char *text = NULL, *rows = NULL;
	size_t length, rows_length;

	m.out = open_memstream(&text, &length);
	m.rows = open_memstream(&rows, &rows_length);
	if (!m.out || !m.rows)
		return NULL;
	m.damage = chance(&m, 40) ? 0 : 1 + below(&m, chance(&m, 70) ? 8 : 60);
	m.n_cards = below(&m, 10) ? 1 + below(&m, chance(&m, 80) ? 1 : 4) : 0;
	fprintf(m.out, BOARD_MARK "\n# A random machine, seed %llu.\n", (unsigned long long)seed);
	put_system(&m);
	put_cpus(&m);
	for (int i = 0; i < m.n_cards + 1; i++)
		put_device(&m, i, i == m.n_cards);
	fclose(m.rows);
	put_interrupts(&m, rows);
	put_configuration(&m);
	free(rows);
	return fclose(m.out) ? NULL : text;
}
