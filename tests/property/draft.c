/* SPDX-License-Identifier: MIT */
/* What random machines are made of: chance, and files that may be damaged. */

#include "draft.h"

#include <stdarg.h>
#include <string.h>

/* --- Chance ----------------------------------------------------------------------------------- */

/* splitmix64, by Sebastiano Vigna, public domain. */
int below(struct machine *m, int limit)
{
	uint64_t z = m->random += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (int)((z ^ z >> 31) % (uint64_t)limit);
}

bool chance(struct machine *m, int percent)
{
	return below(m, 100) < percent;
}

struct cpuset random_set(struct machine *m, int percent)
{
	struct cpuset set = { 0 };

	for (int cpu = 0; cpu < m->n_cpus; cpu++)
		if (chance(m, percent))
			cpuset_add(&set, cpu);
	return set;
}

/* --- Files ------------------------------------------------------------------------------------ */

/* Bytes that are no UTF-8; those of a setting hold no control character and end in a newline. */
static void put_bytes(struct machine *m, const char *path, bool setting, int length)
{
	int lowest = setting ? 0xe0 : 0;

	fprintf(m->out, "%s: hex\n", path);
	for (int i = 0; i < length; i++)
		fprintf(m->out, "%s%02x%s", i % 16 ? " " : "|", lowest + below(m, 256 - lowest),
			i % 16 == 15 || i + 1 == length ? "\n" : "");
	if (setting)
		fputs("|0a\n", m->out);
}

/*
 * True for a file that apply writes. The kernel ends its value in a newline and puts no
 * control character in it; revert would not bring back anything else.
 */
static bool is_setting(const char *path)
{
	return strstr(path, "/smp_affinity") || strstr(path, "/scaling_governor") ||
	       strstr(path, "/pm_qos_") || strstr(path, "/dmc/");
}

bool put_damaged(struct machine *m, const char *path)
{
	static const char *const values[] = { "-1", "4294967296", "99999999999999999999",
					      "0x", "0-",	  "a b  c",
					      "..", "(null)",	  "\"\\{",
					      " 1", "gr\u00fcn",  "a\tb" };
	bool setting = is_setting(path);

	if (below(m, 1000) >= (m->damage && setting ? 150 : m->damage))
		return false;
	switch (below(m, 8)) {
	case 0:
		fprintf(m->out, setting ? "%s =\n" : "%s:\n", path);
		break;
	case 1:
		put_bytes(m, path, setting, 1 + below(m, 64));
		break;
	case 2:
		put_bytes(m, path, setting, 5000 + below(m, 70000));
		break;
	case 3:
		fprintf(m->out, "[%04o] %s = 0\n", chance(m, 50) ? 0 : 0444, path);
		break;
	case 4:
		fprintf(m->out, "%s/\n", path);
		break;
	case 5:
		fprintf(m->out, "%s -> ../nowhere\n", path);
		break;
	case 6:
		fprintf(m->out, "%s = %s\n", path, PICK(m, values));
		break;
	default:
		break; /* missing */
	}
	return true;
}

void put(struct machine *m, const char *path, const char *format, ...)
{
	va_list args;

	if (put_damaged(m, path))
		return;
	va_start(args, format);
	fprintf(m->out, "%s = ", path);
	vfprintf(m->out, format, args);
	putc('\n', m->out);
	va_end(args);
}

void put_set(struct machine *m, const char *path, const struct cpuset *set)
{
	CLEANUP_FREE char *list = cpuset_format_list(set);

	put(m, path, "%s", list ? list : "");
}
