/* SPDX-License-Identifier: MIT */
/* PCI Express links. Encodings and their overheads are those of the PCIe Base Specification 6.0. */

#include "base/util.h"
#include "machine/link.h"
#include "row.h"

static void test_speeds_as_sysfs_prints_them(void **state)
{
	static const struct {
		const char *text;
		long speed;
	} rows[] = {
		{ "2.5 GT/s PCIe", 2500 },
		{ "5.0 GT/s PCIe", 5000 },
		{ "8.0 GT/s PCIe", 8000 },
		{ "16.0 GT/s PCIe", 16000 },
		{ "32.0 GT/s PCIe", 32000 },
		{ "64.0 GT/s PCIe", 64000 },
		/* Older kernels. */
		{ "2.5 GT/s", 2500 },
		{ "5 GT/s", 5000 },
		{ "8 GT/s", 8000 },
		{ "16 GT/s", 16000 },
		/* Old buses, and a link that is down. */
		{ "Unknown", -1 },
		{ "Unknown speed", -1 },
		{ "66 MHz PCI", -1 },
		{ "133 MHz PCI-X", -1 },
		{ "", -1 },
		{ " GT/s", -1 },
		{ "GT/s PCIe", -1 },
		{ "5.0", -1 },
		{ "5.0GT/s", -1 },
		{ "5.0 MT/s", -1 },
		{ "-5.0 GT/s PCIe", -1 },
		{ "0.0 GT/s PCIe", -1 },
		{ "5.5 GT/s PCIe", -1 },
		{ "5000 GT/s PCIe", -1 },
		{ "inf GT/s PCIe", -1 },
		{ "nan GT/s PCIe", -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].text, link_parse_speed(rows[i].text), rows[i].speed);
}

static void test_links_for_people(void **state)
{
	static const struct {
		const char *text;
		long speed, width;
	} rows[] = {
		{ "2.5 GT/s x1", 2500, 1 },
		{ "5.0 GT/s x2", 5000, 2 },
		{ "16.0 GT/s x16", 16000, 16 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *text = link_text(rows[i].speed, rows[i].width);

		row_same(rows[i].text, text, rows[i].text);
	}
}

static void test_bandwidth_after_encoding(void **state)
{
	static const struct {
		const char *name;
		long speed, width, bandwidth;
	} rows[] = {
		/* 8 of 10 bits are data. */
		{ "Gen1 x1", 2500, 1, 250 },
		{ "Gen1 x16", 2500, 16, 4000 },
		{ "Gen2 x1", 5000, 1, 500 },
		{ "Gen2 x2", 5000, 2, 1000 },
		{ "Gen2 x4", 5000, 4, 2000 },
		/* 128 of 130 bits are: 984.6, 1969.2, 3938.5, 7876.9, 15753.8, 31507.7, 63015.4. */
		{ "Gen3 x1", 8000, 1, 985 },
		{ "Gen3 x2", 8000, 2, 1969 },
		{ "Gen3 x4", 8000, 4, 3938 },
		{ "Gen4 x4", 16000, 4, 7877 },
		{ "Gen4 x8", 16000, 8, 15754 },
		{ "Gen5 x8", 32000, 8, 31508 },
		{ "Gen5 x16", 32000, 16, 63015 },
		{ "Gen6 x2", 64000, 2, 16000 },
		{ "no speed", -1, 4, -1 },
		{ "no width", 5000, -1, -1 },
		{ "no lanes", 5000, 0, -1 },
		{ "no such speed", 6000, 1, -1 },
		{ "nothing", -1, -1, -1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].name, link_bandwidth(rows[i].speed, rows[i].width),
			  rows[i].bandwidth);
}

static void test_what_limits_a_link(void **state)
{
	static const struct {
		const char *name;
		struct link card;
		struct link port;
		enum link_limit limit;
	} rows[] = {
		/* { speed, width, max_speed, max_width } */
		{ "both alike", { 5000, 2, 5000, 2 }, { 5000, 2, 5000, 2 }, LINK_LIMIT_NONE },
		{ "slot of one lane", { 5000, 1, 5000, 2 }, { 5000, 1, 8000, 1 }, LINK_LIMIT_SLOT },
		{ "slot of Gen1", { 2500, 2, 5000, 2 }, { 2500, 2, 2500, 4 }, LINK_LIMIT_SLOT },
		{ "card of Gen2", { 5000, 2, 5000, 2 }, { 5000, 2, 16000, 2 }, LINK_LIMIT_CARD },
		{ "card of two lanes",
		  { 5000, 2, 5000, 2 },
		  { 5000, 2, 5000, 4 },
		  LINK_LIMIT_CARD },
		{ "trained too slow",
		  { 2500, 2, 5000, 2 },
		  { 2500, 2, 8000, 2 },
		  LINK_LIMIT_FAULT },
		{ "trained too narrow",
		  { 5000, 1, 5000, 2 },
		  { 5000, 1, 5000, 2 },
		  LINK_LIMIT_FAULT },
		{ "slot of one lane, and too slow in it",
		  { 2500, 1, 5000, 2 },
		  { 2500, 1, 8000, 1 },
		  LINK_LIMIT_FAULT },
		/* The current values of the port are ignored: it is the same link. */
		{ "port that does not know it is up",
		  { 5000, 1, 5000, 2 },
		  { -1, -1, 8000, 1 },
		  LINK_LIMIT_SLOT },
		{ "speed unknown", { -1, 1, 5000, 2 }, { 5000, 1, 8000, 1 }, LINK_LIMIT_UNKNOWN },
		{ "width unknown",
		  { 2500, -1, 5000, 2 },
		  { 2500, 1, 8000, 1 },
		  LINK_LIMIT_UNKNOWN },
		{ "card's most unknown",
		  { 2500, 1, -1, -1 },
		  { 2500, 1, 8000, 1 },
		  LINK_LIMIT_UNKNOWN },
		{ "port unknown", { 2500, 1, 5000, 2 }, { -1, -1, -1, -1 }, LINK_LIMIT_UNKNOWN },
		{ "port's width unknown",
		  { 2500, 1, 5000, 2 },
		  { 2500, 1, 8000, -1 },
		  LINK_LIMIT_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].name, link_limit(&rows[i].card, &rows[i].port), rows[i].limit);
}

static void test_either_end_tells_how_a_link_runs(void **state)
{
	struct link upper = { -1, 4, 8000, -1 }, lower = { 2500, -1, -1, 2 };

	(void)state;
	link_join(&lower, &upper);
	row_equal("upper", upper.speed, 2500);
	row_equal("upper", upper.width, 4);
	row_equal("lower", lower.speed, 2500);
	row_equal("lower", lower.width, 4);
	/* What an end supports is its own. */
	row_equal("upper", upper.max_width, -1);
	row_equal("lower", lower.max_speed, -1);
	/* Of two that differ, each keeps its own. */
	upper.width = 1;
	link_join(&lower, &upper);
	row_equal("upper", upper.width, 1);
	row_equal("lower", lower.width, 4);
}

static void test_registers(void **state)
{
	static const struct {
		const char *name;
		uint32_t devcap;
		uint16_t devctl;
		uint32_t lnkcap;
		uint16_t lnkctl, lnksta;
		struct express wanted; /* link: speed, width, max_speed, max_width */
	} rows[] = {
		/* LnkCap: bits 3-0 are 2 (5 GT/s), bits 9-4 are 2 lanes; LnkSta: 2 and one lane. */
		{ "Gen2 x2 at x1",
		  0x0,
		  0x2000,
		  0x22,
		  0x0,
		  0x12,
		  { { 5000, 1, 5000, 2 }, 128, 128, 512, 0 } },
		/* All the other fields of the registers are set. */
		{ "other bits",
		  0xfffffff8,
		  0x8f1f,
		  0xfffffc43,
		  0xfffc,
		  0xfc41,
		  { { 2500, 4, 8000, 4 }, 128, 128, 128, 0 } },
		{ "payload 256 of 512, requests of 4096",
		  0x2,
		  0x5020,
		  0x104,
		  0x3,
		  0x104,
		  { { 16000, 16, 16000, 16 }, 256, 512, 4096, 3 } },
		{ "payload 4096, requests of 1024",
		  0x5,
		  0x30a0,
		  0x85,
		  0x2,
		  0x205,
		  { { 32000, 32, 32000, 8 }, 4096, 4096, 1024, 2 } },
		{ "payload 1024 of 2048, requests of 2048",
		  0x4,
		  0x4060,
		  0x16,
		  0x1,
		  0x16,
		  { { 64000, 1, 64000, 1 }, 1024, 2048, 2048, 1 } },
		{ "payload 2048 of 1024, requests of 256",
		  0x3,
		  0x1080,
		  0x11,
		  0x0,
		  0x11,
		  { { 2500, 1, 2500, 1 }, 2048, 1024, 256, 0 } },
		{ "reserved codes",
		  0x6,
		  0x70e0,
		  0x7,
		  0x0,
		  0xf,
		  { { -1, -1, -1, -1 }, -1, -1, -1, 0 } },
		/* A device that has fallen off the bus. */
		{ "all ones",
		  0xffffffff,
		  0xffff,
		  0xffffffff,
		  0xffff,
		  0xffff,
		  { { -1, -1, -1, -1 }, -1, -1, -1, 3 } },
		{ "all zero", 0, 0, 0, 0, 0, { { -1, -1, -1, -1 }, 128, 128, 128, 0 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct express *wanted = &rows[i].wanted;
		struct express got;

		express_decode(rows[i].devcap, rows[i].devctl, rows[i].lnkcap, rows[i].lnkctl,
			       rows[i].lnksta, &got);
		row_equal(rows[i].name, got.link.speed, wanted->link.speed);
		row_equal(rows[i].name, got.link.width, wanted->link.width);
		row_equal(rows[i].name, got.link.max_speed, wanted->link.max_speed);
		row_equal(rows[i].name, got.link.max_width, wanted->link.max_width);
		row_equal(rows[i].name, got.payload, wanted->payload);
		row_equal(rows[i].name, got.payload_max, wanted->payload_max);
		row_equal(rows[i].name, got.read_request, wanted->read_request);
		row_equal(rows[i].name, got.aspm, wanted->aspm);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speeds_as_sysfs_prints_them),
		cmocka_unit_test(test_links_for_people),
		cmocka_unit_test(test_bandwidth_after_encoding),
		cmocka_unit_test(test_what_limits_a_link),
		cmocka_unit_test(test_either_end_tells_how_a_link_runs),
		cmocka_unit_test(test_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
