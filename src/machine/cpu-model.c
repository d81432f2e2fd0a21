/* SPDX-License-Identifier: MIT */
/* What kind of core a CPU is. */

#include "machine/cpu.h"

#include "base/util.h"
#include "root/note.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* As in MIDR_EL1: bits 31-24 name the implementer, bits 15-4 are the part number. */
static const struct core {
	int implementer, part;
	bool in_order;
	const char *name;
} cores[] = {
	{ 0x41, 0xd03, true, "Cortex-A53" },	{ 0x41, 0xd04, true, "Cortex-A35" },
	{ 0x41, 0xd05, true, "Cortex-A55" },	{ 0x41, 0xd07, false, "Cortex-A57" },
	{ 0x41, 0xd08, false, "Cortex-A72" },	{ 0x41, 0xd09, false, "Cortex-A73" },
	{ 0x41, 0xd0a, false, "Cortex-A75" },	{ 0x41, 0xd0b, false, "Cortex-A76" },
	{ 0x41, 0xd0c, false, "Neoverse-N1" },	{ 0x41, 0xd0d, false, "Cortex-A77" },
	{ 0x41, 0xd40, false, "Neoverse-V1" },	{ 0x41, 0xd41, false, "Cortex-A78" },
	{ 0x41, 0xd42, false, "Cortex-A78AE" }, { 0x41, 0xd44, false, "Cortex-X1" },
	{ 0x41, 0xd46, true, "Cortex-A510" },	{ 0x41, 0xd47, false, "Cortex-A710" },
	{ 0x41, 0xd48, false, "Cortex-X2" },	{ 0x41, 0xd49, false, "Neoverse-N2" },
	{ 0x41, 0xd4a, false, "Neoverse-E1" },	{ 0x41, 0xd4b, false, "Cortex-A78C" },
	{ 0x41, 0xd4d, false, "Cortex-A715" },	{ 0x41, 0xd4e, false, "Cortex-X3" },
	{ 0x41, 0xd4f, false, "Neoverse-V2" },	{ 0x41, 0xd80, true, "Cortex-A520" },
	{ 0x41, 0xd81, false, "Cortex-A720" },	{ 0x41, 0xd82, false, "Cortex-X4" },
	{ 0x41, 0xd84, false, "Neoverse-V3" },	{ 0x41, 0xd85, false, "Cortex-X925" },
	{ 0x41, 0xd87, false, "Cortex-A725" },	{ 0x41, 0xd8e, false, "Neoverse-N3" },
	{ 0x51, 0x001, false, "Oryon" },	{ 0xc0, 0xac3, false, "AmpereOne" },
};

static const struct core *find_core(int64_t midr)
{
	for (size_t i = 0; midr >= 0 && i < ARRAY_SIZE(cores); i++)
		if (cores[i].implementer == midr >> 24 && cores[i].part == (midr >> 4 & 0xfff))
			return &cores[i];
	return NULL;
}

bool cpu_is_in_order(const struct cpu *cpu)
{
	const struct core *core = find_core(cpu->midr);

	return core && core->in_order;
}

void cpus_read_models(const struct root *root, struct cpus *cpus)
{
	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].midr < 0)
			(void)root_read_hex(
				root, &cpus->cpus[i].midr,
				"/sys/devices/system/cpu/cpu%d/regs/identification/midr_el1",
				cpus->cpus[i].id);
}

/* The value of a line "KEY : VALUE", or NULL. Ends the line there: look for the last one first. */
static char *cpuinfo_value(char *text, const char *key)
{
	char *value = strstr(text, key);

	if (!value)
		return NULL;
	value += strlen(key);
	value += strspn(value, " \t:");
	value[strcspn(value, "\n")] = '\0';
	return value;
}

/* Notes in a record only the two lines that it takes. */
int cpus_read_family(const struct root *root, struct cpus *cpus)
{
	static const struct {
		const char *id, *name;
	} vendors[] = { { "GenuineIntel", "Intel" },
			{ "AuthenticAMD", "AMD" },
			{ "HygonGenuine", "Hygon" } };
	static const char path[] = "/proc/cpuinfo";
	char text[512], note[64];
	const char *vendor, *family;
	int64_t number;
	ssize_t n;

	for (size_t i = 0; i < cpus->n_cpus; i++)
		if (cpus->cpus[i].midr >= 0)
			return 0;
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	family = cpuinfo_value(text, "\ncpu family");
	vendor = cpuinfo_value(text, "vendor_id");
	if (!vendor || !family || parse_long(family, 0, INT_MAX, &number) < 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(vendors); i++) {
		int length;

		if (strcmp(vendor, vendors[i].id) != 0)
			continue;
		length = snprintf(note, sizeof(note),
				  "vendor_id\t: %s\ncpu family\t: %" PRId64 "\n", vendor, number);
		root_note_file(root, path, note, (size_t)length);
		cpus->family = text_format("%s family %" PRId64, vendors[i].name, number);
		return cpus->family ? 0 : -ENOMEM;
	}
	return 0;
}

const char *cpus_core_name(const struct cpus *cpus, const struct cpu *cpu)
{
	const struct core *core = find_core(cpu->midr);

	return core ? core->name : cpu->midr < 0 ? cpus->family : NULL;
}
