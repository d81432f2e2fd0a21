/* SPDX-License-Identifier: MIT */
/* PCI Express links: sysfs texts, registers, bandwidth. Pure. */

#include "machine/link.h"

#include "base/util.h"

#include <string.h>

/* In the order of the speed codes in the registers, which start at 1. */
static const struct {
	long speed;
	double encoding;
} speeds[] = {
	{ 2500, 8.0 / 10 },	{ 5000, 8.0 / 10 },	{ 8000, 128.0 / 130 },
	{ 16000, 128.0 / 130 }, { 32000, 128.0 / 130 }, { 64000, 1 },
};

long link_parse_speed(const char *text)
{
	char *end;
	double gts = strtod(text, &end);

	if (end == text || strncmp(end, " GT/s", 5))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(speeds); i++)
		if ((double)speeds[i].speed == gts * 1000)
			return speeds[i].speed;
	return -1;
}

char *link_text(long speed, long width)
{
	return text_format("%ld.%ld GT/s x%ld", speed / 1000, speed % 1000 / 100, width);
}

long link_bandwidth(long speed, long width)
{
	for (size_t i = 0; i < ARRAY_SIZE(speeds) && width > 0; i++)
		if (speeds[i].speed == speed)
			return (long)((double)(speed * width) * speeds[i].encoding / 8 + 0.5);
	return -1;
}

static long lesser(long a, long b)
{
	return a < b ? a : b;
}

static long known(long a, long b)
{
	return a >= 0 ? a : b;
}

struct link link_common(const struct link *lower, const struct link *upper)
{
	struct link common = LINK_UNKNOWN;

	common.max_speed = lesser(lower->max_speed, upper->max_speed);
	common.max_width = lesser(lower->max_width, upper->max_width);
	return common;
}

void link_join(struct link *lower, struct link *upper)
{
	lower->speed = known(lower->speed, upper->speed);
	lower->width = known(lower->width, upper->width);
	upper->speed = known(upper->speed, lower->speed);
	upper->width = known(upper->width, lower->width);
}

enum link_limit link_limit(const struct link *lower, const struct link *upper)
{
	struct link common = link_common(lower, upper);

	if (lower->speed <= 0 || lower->width <= 0 || common.max_speed <= 0 ||
	    common.max_width <= 0)
		return LINK_LIMIT_UNKNOWN;
	if (lower->speed < common.max_speed || lower->width < common.max_width)
		return LINK_LIMIT_FAULT;
	if (upper->max_speed < lower->max_speed || upper->max_width < lower->max_width)
		return LINK_LIMIT_SLOT;
	if (upper->max_speed > lower->max_speed || upper->max_width > lower->max_width)
		return LINK_LIMIT_CARD;
	return LINK_LIMIT_NONE;
}

/* The fields of LnkCap and LnkSta have the same places: speed in bits 3-0, width in bits 9-4. */
static long speed_of(uint32_t word)
{
	uint32_t code = word & 0xf;

	return code >= 1 && code <= ARRAY_SIZE(speeds) ? speeds[code - 1].speed : -1;
}

static long width_of(uint32_t word)
{
	uint32_t lanes = word >> 4 & 0x3f;

	/* Others are reserved; a device that is gone reads as all ones. */
	return lanes >= 1 && lanes <= 32 ? (long)lanes : -1;
}

/* 000b is 128 bytes, 101b is 4096; the other two codes are reserved. */
static long size_of(uint32_t code)
{
	return code <= 5 ? 128L << code : -1;
}

void express_decode(uint32_t devcap, uint16_t devctl, uint32_t lnkcap, uint16_t lnkctl,
		    uint16_t lnksta, struct express *ret)
{
	*ret = (struct express){
		.link = { .speed = speed_of(lnksta),
			  .width = width_of(lnksta),
			  .max_speed = speed_of(lnkcap),
			  .max_width = width_of(lnkcap) },
		.payload = size_of(devctl >> 5 & 7),
		.payload_max = size_of(devcap & 7),
		.read_request = size_of(devctl >> 12 & 7),
		.aspm = lnkctl & 3,
	};
}
