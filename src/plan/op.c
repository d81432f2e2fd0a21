/* SPDX-License-Identifier: MIT */
/* The settings that can be changed: their names, files and values. Pure. */

#include "plan/op.h"

#include "base/util.h"
#include "machine/irqbalance.h"

#include <errno.h>
#include <string.h>

/* CPUFREQ_NAME_LEN in include/linux/cpufreq.h, DEVFREQ_NAME_LEN in devfreq.h, less the NUL. */
#define GOVERNOR_NAME_MAX 15
#define GOVERNOR_LETTERS  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static const char *const kind_names[] = {
	[KIND_IRQBALANCE_BAN] = "irqbalance-ban",
	[KIND_IRQ_AFFINITY] = "irq-affinity",
	[KIND_GOVERNOR] = "governor",
	[KIND_IDLE_LATENCY] = "idle-latency",
	[KIND_MEMORY_GOVERNOR] = "memory-governor",
};

static const char *const result_names[] = {
	[OP_WOULD_CHANGE] = "would-change", [OP_CHANGED] = "changed",
	[OP_UNCHANGED] = "unchanged",	    [OP_SKIPPED] = "skipped",
	[OP_UNMOVABLE] = "unmovable",	    [OP_FAILED] = "failed",
};

void op_done(struct op *op)
{
	free(op->path);
	free(op->want);
	free(op->had);
	free(op->now);
	free(op->why);
	*op = (struct op){ 0 };
}

bool kind_has_card(enum kind kind)
{
	return kind == KIND_IRQ_AFFINITY || kind == KIND_IRQBALANCE_BAN;
}

bool op_is_drift(const struct op *op)
{
	return op->result == OP_WOULD_CHANGE || op->result == OP_FAILED;
}

const char *op_after(const struct op *op)
{
	if (op->result == OP_WOULD_CHANGE)
		return op->want;
	return op->now ? op->now : op->had;
}

char *kind_path(enum kind kind, int id)
{
	switch (kind) {
	case KIND_IRQBALANCE_BAN:
		return strdup(IRQBALANCE_DIR);
	case KIND_IRQ_AFFINITY:
		return text_format("/proc/irq/%d/smp_affinity", id);
	case KIND_GOVERNOR:
		return text_format("/sys/devices/system/cpu/cpufreq/policy%d/scaling_governor", id);
	case KIND_IDLE_LATENCY:
		return text_format("/sys/devices/system/cpu/cpu%d/power/pm_qos_resume_latency_us",
				   id);
	case KIND_MEMORY_GOVERNOR:
		break;
	}
	return strdup("/sys/class/devfreq/dmc/governor");
}

bool kind_same_value(enum kind kind, const char *a, const char *b)
{
	struct cpuset x, y;

	if (kind == KIND_IRQ_AFFINITY)
		return cpuset_parse_mask(a, &x) == 0 && cpuset_parse_mask(b, &y) == 0 &&
		       cpuset_equal(&x, &y);
	return !strcmp(a, b);
}

bool kind_valid_value(enum kind kind, const char *value)
{
	struct cpuset set;
	size_t length;
	long latency;

	switch (kind) {
	case KIND_IRQBALANCE_BAN:
		return !strcmp(value, IRQBALANCE_BANNED) || !strcmp(value, IRQBALANCE_BALANCED);
	case KIND_IRQ_AFFINITY:
		return cpuset_parse_mask(value, &set) == 0;
	case KIND_IDLE_LATENCY:
		/* "n/a" means that no latency is tolerated (drivers/base/power/sysfs.c). */
		return !strcmp(value, "n/a") || parse_long(value, 0, INT32_MAX, &latency) == 0;
	case KIND_GOVERNOR:
	case KIND_MEMORY_GOVERNOR:
		break;
	}
	length = strspn(value, GOVERNOR_LETTERS);
	return length && length <= GOVERNOR_NAME_MAX && !value[length];
}

const char *kind_name(enum kind kind)
{
	return kind_names[kind];
}

int kind_from_name(const char *name, enum kind *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(kind_names); i++) {
		if (!strcmp(kind_names[i], name)) {
			*ret = (enum kind)i;
			return 0;
		}
	}
	return -EINVAL;
}

const char *op_result_name(enum op_result result)
{
	return result_names[result];
}
