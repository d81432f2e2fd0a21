/* SPDX-License-Identifier: MIT */
/* The links between a root port and a card, and which of them is the narrowest. */

#include "base/util.h"
#include "machine/path.h"
#include "row.h"

/* A link as both of its ends tell it. */
#define GEN1_X1 ((struct link){ 2500, 1, 5000, 2 })
#define GEN2_X1 ((struct link){ 5000, 1, 5000, 2 })
#define GEN2_X2 ((struct link){ 5000, 2, 5000, 2 })
#define GEN3_X4 ((struct link){ 8000, 4, 8000, 4 })
#define UNKNOWN ((struct link){ -1, -1, 5000, 2 })
#define NO_AER	((struct aer){ -1, -1, -1 })

static void test_the_narrowest_link(void **state)
{
	static const struct {
		const char *name;
		size_t n_ports;
		struct port ports[5];
		struct link own;
		size_t links;
		long bandwidth;
		const char *narrowest; /* its upper end */
		bool narrowed;
	} rows[] = {
		{ "root port", 1, { { "0:0", GEN2_X1, NO_AER } }, GEN2_X1, 1, 500, "0:0", false },
		{ "narrow uplink",
		  3,
		  { { "0:0", GEN1_X1, NO_AER },
		    { "1:0", GEN1_X1, NO_AER },
		    { "2:0", GEN2_X2, NO_AER } },
		  GEN2_X2,
		  2,
		  250,
		  "0:0",
		  true },
		{ "wide uplink",
		  3,
		  { { "0:0", GEN3_X4, NO_AER },
		    { "1:0", GEN3_X4, NO_AER },
		    { "2:0", GEN2_X1, NO_AER } },
		  GEN2_X1,
		  2,
		  500,
		  "2:0",
		  false },
		{ "all alike: the topmost",
		  3,
		  { { "0:0", GEN2_X1, NO_AER },
		    { "1:0", GEN2_X1, NO_AER },
		    { "2:0", GEN2_X1, NO_AER } },
		  GEN2_X1,
		  2,
		  500,
		  "0:0",
		  false },
		{ "between two switches",
		  5,
		  { { "0:0", GEN3_X4, NO_AER },
		    { "1:0", GEN3_X4, NO_AER },
		    { "2:0", GEN2_X1, NO_AER },
		    { "3:0", GEN2_X1, NO_AER },
		    { "4:0", GEN2_X2, NO_AER } },
		  GEN2_X2,
		  3,
		  500,
		  "2:0",
		  true },
		{ "one unknown",
		  3,
		  { { "0:0", UNKNOWN, NO_AER },
		    { "1:0", UNKNOWN, NO_AER },
		    { "2:0", GEN2_X2, NO_AER } },
		  GEN2_X2,
		  2,
		  -1,
		  "",
		  false },
		{ "own unknown", 1, { { "0:0", GEN2_X2, NO_AER } }, UNKNOWN, 1, -1, "", false },
		/* In a virtual machine. */
		{ "no port", 0, { { "", UNKNOWN, NO_AER } }, GEN2_X2, 1, 1000, "", false },
		{ "switch without root port",
		  2,
		  { { "1:0", GEN3_X4, NO_AER }, { "2:0", GEN2_X2, NO_AER } },
		  GEN2_X2,
		  2,
		  1000,
		  "2:0",
		  false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct card card = { .address = "9:0",
				     .n_ports = rows[i].n_ports,
				     .ports = (struct port *)rows[i].ports,
				     .link = rows[i].own };
		struct path_link narrowest = { 0 };

		row_equal(rows[i].name, path_count_links(&card), rows[i].links);
		row_equal(rows[i].name, path_bandwidth(&card, &narrowest), rows[i].bandwidth);
		row_same(rows[i].name, narrowest.upper.address, rows[i].narrowest);
		row_equal(rows[i].name, path_is_narrowed(&card, &narrowest), rows[i].narrowed);
		row_same(rows[i].name, path_link(&card, path_count_links(&card) - 1).lower.address,
			 "9:0");
	}
}

static void test_errors_are_added_as_far_as_known(void **state)
{
	struct port ports[] = {
		{ "0:0", LINK_UNKNOWN, { 5, -1, 0 } },
		{ "1:0", LINK_UNKNOWN, { -1, -1, 2 } },
		{ "2:0", LINK_UNKNOWN, { 7, -1, INT64_MAX } },
	};
	const struct card card = { .n_ports = 3, .ports = ports, .aer = { 30, -1, 1 } };
	struct aer sum = path_sum_errors(&card, 3);

	(void)state;
	row_equal("ports", sum.correctable, 12);
	row_equal("ports", sum.nonfatal, -1);
	row_equal("ports", sum.fatal, INT64_MAX);
	sum = path_sum_errors(&card, 4);
	row_equal("card, too", sum.correctable, 42);
	row_equal("card, too", sum.nonfatal, -1);
	row_equal("no more than fits", sum.fatal, INT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_narrowest_link),
		cmocka_unit_test(test_errors_are_added_as_far_as_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
