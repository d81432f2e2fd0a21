/* SPDX-License-Identifier: MIT */
/* The PCI devices of a random machine, and their interrupts. */

#include "draft.h"

#include <string.h>

/* --- Interrupts ------------------------------------------------------------------------------- */

static void put_mask(struct machine *m, const char *path, const struct cpuset *set, bool fixed)
{
	CLEANUP_FREE char *mask = cpuset_format_mask(set, m->possible);

	if (mask && !put_damaged(m, path))
		fprintf(m->out, "%s%s = %s\n", fixed ? "[0444] " : "", path, mask);
}

static void add_row(struct machine *m, int irq, const char *action)
{
	fprintf(m->rows, "|%3d:", irq);
	for (int cpu = cpuset_next(&m->online, 0); cpu >= 0; cpu = cpuset_next(&m->online, cpu + 1))
		fprintf(m->rows, " %10d", chance(m, 70) ? 0 : below(m, 1000000));
	fprintf(m->rows, "  %s %d Edge      %s\n",
		chance(m, 80) ? "ITS-MSI" : "PCI-MSI-0000:01:00.0", below(m, 1000000), action);
}

static void put_thread(struct machine *m, int irq, const char *action)
{
	int pid = m->next_pid++;
	struct cpuset set = random_set(m, 40);
	CLEANUP_FREE char *mask = cpuset_format_mask(&set, m->possible);

	PATH(comm, "/proc/%d/comm", pid);
	put(m, comm, "irq/%d-%.6s", irq, action);
	PATH(stat, "/proc/%d/stat", pid);
	put(m, stat, "%d (irq/%d-%.6s) S 2 0 0 0 -1 2129984 0 0 0 0 0 1 0 0 -51 0 1 0", pid, irq,
	    action);
	PATH(status, "/proc/%d/status", pid);
	if (mask && !put_damaged(m, status))
		fprintf(m->out, "%s:\n|Name:\tirq/%d\n|Cpus_allowed:\t%s\n", status, irq, mask);
}

/* An interrupt of a device. */
static void put_irq(struct machine *m, int irq, const char *action)
{
	struct cpuset all = random_set(m, 100), set = random_set(m, 30), one = { 0 };
	int at = cpuset_next(&m->online, below(m, m->n_cpus));

	cpuset_add(&one, at >= 0 ? at : cpuset_next(&m->online, 0));
	if (chance(m, 90))
		add_row(m, irq, action);
	PATH(mask, "/proc/irq/%d/smp_affinity", irq);
	if (chance(m, 60) || cpuset_empty(&set))
		set = chance(m, 50) ? all : one;
	put_mask(m, mask, &set, chance(m, 8));
	PATH(effective, "/proc/irq/%d/effective_affinity", irq);
	put_mask(m, effective, &one, true);
	PATH(actions, "/sys/kernel/irq/%d/actions", irq);
	if (chance(m, 85))
		put(m, actions, "%s", action);
	else if (!strchr(action, ' '))
		fprintf(m->out, "/proc/irq/%d/%s/\n", irq, action);
	if (chance(m, 40))
		put_thread(m, irq, action);
}

void put_interrupts(struct machine *m, const char *rows)
{
	if (put_damaged(m, "/proc/interrupts"))
		return;
	fputs("/proc/interrupts:\n|     ", m->out);
	for (int cpu = 0; cpu < m->n_cpus; cpu++)
		if (cpuset_has(&m->online, cpu))
			fprintf(m->out, "       CPU%-4d", cpu);
	fprintf(m->out, "\n%s|LOC:  1  2  Local timer interrupts\n", rows);
}

/* --- Devices ---------------------------------------------------------------------------------- */

/* The registers of a port or an endpoint: header, and capability 10 at 70. */
static void put_config(struct machine *m, const char *path, unsigned vendor, unsigned device,
		       bool port)
{
	unsigned char config[256] = { 0 };
	int size = chance(m, 80) ? 256 : 64;

	if (put_damaged(m, path))
		return;
	if (chance(m, 4))
		memset(config, 0xff, sizeof(config));
	else {
		const unsigned char express[] = { 0x10,
						  0,
						  port ? 0x42 : 2,
						  0,
						  0xc0,
						  0x8d,
						  0,
						  0,
						  0x10,
						  0x28,
						  0,
						  0,
						  0x22,
						  0,
						  0x40,
						  0,
						  0x40,
						  0,
						  (unsigned char)(0x11 + below(m, 3)),
						  0x10 };

		config[0] = (unsigned char)vendor, config[1] = (unsigned char)(vendor >> 8);
		config[2] = (unsigned char)device, config[3] = (unsigned char)(device >> 8);
		config[6] = 0x10;
		config[0xb] = port ? 6 : 4, config[0xa] = port ? 4 : 0;
		config[0xe] = port;
		config[0x34] = 0x70;
		memcpy(config + 0x70, express, sizeof(express));
	}
	fprintf(m->out, "%s: hex\n", path);
	for (int i = 0; i < size; i++)
		fprintf(m->out, "%s%02x%s", i % 16 ? " " : "|", config[i],
			i % 16 == 15 ? "\n" : "");
}

struct function {
	unsigned vendor, device, class;
	int legacy;
	const char *driver;
};

/* DIR is the directory below /sys/devices, ADDRESS its last part. */
static void put_function(struct machine *m, const char *dir, const char *address,
			 const struct function *f)
{
	static const char *const speeds[] = { "2.5 GT/s PCIe", "5.0 GT/s PCIe", "8.0 GT/s PCIe",
					      "Unknown" };
	static const char *const links[] = { "current_link_speed", "max_link_speed",
					     "current_link_width", "max_link_width" };
	static const char *const aer[] = { "correctable", "nonfatal", "fatal" };

	fprintf(m->out, "/sys/bus/pci/devices/%s -> ../../../devices/%s\n", address, dir);
	PATH(vendor, "/sys/devices/%s/vendor", dir);
	put(m, vendor, "0x%04x", f->vendor);
	PATH(device, "/sys/devices/%s/device", dir);
	put(m, device, "0x%04x", f->device);
	PATH(class, "/sys/devices/%s/class", dir);
	put(m, class, "0x%06x", f->class);
	PATH(irq, "/sys/devices/%s/irq", dir);
	put(m, irq, "%d", f->legacy);
	PATH(resource, "/sys/devices/%s/resource", dir);
	put(m, resource, "0x0000000000000000 0x0000000000000000 0x0000000000000000");
	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		PATH(link, "/sys/devices/%s/%s", dir, links[i]);
		put(m, link, "%s", i < 2 ? PICK(m, speeds) : chance(m, 50) ? "1" : "2");
	}
	for (size_t i = 0; i < ARRAY_SIZE(aer); i++) {
		PATH(counts, "/sys/devices/%s/aer_dev_%s", dir, aer[i]);
		if (!put_damaged(m, counts))
			fprintf(m->out, "%s:\n|RxErr %d\n|TOTAL_ERR %d\n", counts, below(m, 9),
				below(m, 9));
	}
	PATH(config, "/sys/devices/%s/config", dir);
	put_config(m, config, f->vendor, f->device, f->class == 0x060400);
	if (f->driver)
		fprintf(m->out, "/sys/devices/%s/driver -> ../../../../bus/pci/drivers/%s\n", dir,
			f->driver);
}

void put_device(struct machine *m, int at, bool other)
{
	static const unsigned devices[] = { 0x0650, 0x0650, 0x0650, 0x8860, 0x1234 };
	static const char *const drivers[] = { "ax_pcie_dev_host", "ax_pcie_dev_host",
					       "ax_pcie_dev_host", "vfio-pci",
					       "pci-stub",	   NULL };
	static const int counts[] = { 0, 1, 1, 1, 1, 2, 4, 16 };
	struct function port = { .vendor = 0x1d87, .device = 0x3588, .class = 0x060400 };
	struct function f = { .vendor = other ? 0x10ec : 0x1f4b,
			      .device = other ? 0x8125 : PICK(m, devices),
			      .class = other ? 0x020000 : 0x040000 };
	int vectors = PICK(m, counts);

	PATH(up, "pci%04x:%02x/%04x:%02x:00.0", at, at * 16, at, at * 16);
	PATH(address, "%04x:%02x:00.0", at, at * 16 + 1);
	PATH(dir, "%s/%s", up, address);
	port.legacy = m->next_irq++;
	f.legacy = chance(m, 60) ? m->next_irq : chance(m, 50) ? port.legacy : 0;
	f.driver = other ? "r8125" : PICK(m, drivers);
	put_function(m, up, strchr(up, '/') + 1, &port);
	put_function(m, dir, address, &f);
	put_irq(m, port.legacy, "PCIe PME, aerdrv");
	for (int i = 0; i < vectors; i++) {
		int irq = m->next_irq++;

		PATH(msi, "/sys/devices/%s/msi_irqs/%d", dir, irq);
		fprintf(m->out, "%s = msi\n", msi);
		put_irq(m, irq, other ? "enP4p65s0-0" : address);
	}
	/* A legacy line, at times one that is also another device's. */
	if (!vectors && f.legacy == m->next_irq)
		put_irq(m, m->next_irq++, chance(m, 50) ? address : "usb1, eth0");
	m->next_irq += below(m, 5);
}
