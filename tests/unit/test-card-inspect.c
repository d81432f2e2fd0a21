/* SPDX-License-Identifier: MIT */
/* What diagnose needs of a card: driver version, link, registers, AER totals, ports above it. */

#include "machine/card.h"
#include "tree.h"

#include <errno.h>
#include <unistd.h>

#define DEVICES "/sys/bus/pci/devices/"
#define ADDRESS "0002:21:00.0"
#define HOST	"/sys/devices/platform/a40800000.pcie/"
#define ROOT	HOST "pci0002:20/0002:20:00.0/"
#define CARD	ROOT ADDRESS "/"

/* A card below a root port, as on an Arm board. */
#define TREE                                                                                    \
	DEVICES "0002:20:00.0 -> ../../../devices/platform/a40800000.pcie/pci0002:20/"          \
		"0002:20:00.0\n" DEVICES ADDRESS                                                \
		" -> ../../../devices/platform/a40800000.pcie/pci0002:20/0002:20:00.0/" ADDRESS \
		"\n" ROOT "\n" CARD "\n"

/*
 * Config space with two capabilities: power management at 40h, and PCI Express at 70h. Of that,
 * DevCap 512 bytes, DevCtl 256 and 1024 bytes, LnkCap Gen3 x4, LnkCtl L1, LnkSta Gen2 x2.
 */
#define CONFIG                                               \
	": hex\n"                                            \
	"|4b 1f 50 06 06 05 10 00 01 00 00 04 00 00 00 00\n" \
	"|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n" \
	"|00 00 00 00 00 00 00 00 00 00 00 00 4b 1f 50 06\n" \
	"|00 00 00 00 40 00 00 00 00 00 00 00 ff 01 00 00\n" \
	"|01 70 c3 5b 00 00 00 00 00 00 00 00 00 00 00 00\n" \
	"|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n" \
	"|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n" \
	"|10 00 02 00 02 80 2c 01 37 38 00 00 43 5c 44 00\n" \
	"|42 01 22 10 00 00 00 00 00 00 00 00 00 00 00 00\n"

static struct card inspect(const struct tree *tree, const char *lines)
{
	struct card card = { .address = ADDRESS };

	tree_make(tree, lines);
	assert_int_equal(card_inspect(tree->root, &card), 0);
	return card;
}

#define check_link(row, link, now, width_now, most, width_most) \
	do {                                                    \
		row_equal(row, (link)->speed, now);             \
		row_equal(row, (link)->width, width_now);       \
		row_equal(row, (link)->max_speed, most);        \
		row_equal(row, (link)->max_width, width_most);  \
	} while (0)

static void test_nothing_is_known_of_an_empty_tree(void **state)
{
	struct card card = inspect(*state, "");

	check_link("card", &card.link, -1, -1, -1, -1);
	check_link("registers", &card.express.link, -1, -1, -1, -1);
	assert_int_equal(card.express.payload, -1);
	assert_int_equal(card.express.payload_max, -1);
	assert_int_equal(card.express.read_request, -1);
	assert_int_equal(card.express.aspm, -1);
	assert_int_equal(card.n_ports, 0);
	assert_null(card.controller);
	assert_null(card.driver_version);
	assert_int_equal(card.aer.correctable, -1);
	assert_int_equal(card.aer.nonfatal, -1);
	assert_int_equal(card.aer.fatal, -1);
	card_done(&card);
}

static void test_device_without_any_file(void **state)
{
	struct card card = inspect(*state, TREE);

	check_link("card", &card.link, -1, -1, -1, -1);
	assert_int_equal(card.express.read_request, -1);
	assert_int_equal(card.n_ports, 1);
	check_link("port", &card.ports[0].link, -1, -1, -1, -1);
	assert_null(card.controller);
	assert_null(card.driver_version);
	assert_int_equal(card.aer.fatal, -1);
	card_done(&card);
}

static void test_card_of_an_arm_board(void **state)
{
	struct card card = inspect(
		*state, TREE CARD
		"current_link_speed = 5.0 GT/s PCIe\n" CARD "current_link_width = 1\n" CARD
		"max_link_speed = 5.0 GT/s PCIe\n" CARD "max_link_width = 2\n" ROOT
		"current_link_speed = 5.0 GT/s PCIe\n" ROOT "current_link_width = 1\n" ROOT
		"max_link_speed = 8.0 GT/s PCIe\n" ROOT "max_link_width = 1\n" CARD
		"driver -> ../../../../../../bus/pci/drivers/ax_pcie_dev_host\n"
		"/sys/bus/pci/drivers/ax_pcie_dev_host/module -> "
		"../../../../module/ax_pcie_host_dev\n"
		"/sys/module/ax_pcie_host_dev/version = V9.8.7\n" HOST
		"of_node -> ../../../firmware/devicetree/base/pcie@a40800000\n");

	check_link("card", &card.link, 5000, 1, 5000, 2);
	assert_int_equal(card.n_ports, 1);
	assert_string_equal(card.ports[0].address, "0002:20:00.0");
	check_link("port", &card.ports[0].link, 5000, 1, 8000, 1);
	assert_string_equal(card.controller, "pcie@a40800000");
	assert_string_equal(card.driver_version, "V9.8.7");
	card_done(&card);
}

static void test_link_files(void **state)
{
	static const struct {
		const char *name, *lines;
		long speed, width, max_speed, max_width;
	} rows[] = {
		{ "one missing", CARD "current_link_speed = 2.5 GT/s PCIe\n", 2500, -1, -1, -1 },
		{ "down", CARD "current_link_speed = Unknown\n" CARD "current_link_width = 0\n", -1,
		  -1, -1, -1 },
		/* A device that has fallen off the bus. */
		{ "gone", CARD "current_link_width = 63\n" CARD "max_link_width = 255\n", -1, -1,
		  -1, -1 },
		{ "widest", CARD "current_link_width = 32\n" CARD "max_link_width = 32\n", -1, 32,
		  -1, 32 },
		{ "nonsense", CARD "current_link_width = x2\n" CARD "max_link_width = -1\n", -1, -1,
		  -1, -1 },
		{ "registers in their place", CARD "config" CONFIG, 5000, 2, 8000, 4 },
		/* The files win over the registers. */
		{ "registers for what is missing",
		  CARD "config" CONFIG CARD "current_link_width = 1\n" CARD
		       "max_link_speed = 16.0 GT/s PCIe\n",
		  5000, 1, 16000, 4 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(TREE "%s", rows[i].lines);
		struct card card = inspect(tree_renew(state), lines);

		check_link(rows[i].name, &card.link, rows[i].speed, rows[i].width,
			   rows[i].max_speed, rows[i].max_width);
		card_done(&card);
	}
}

static void test_registers(void **state)
{
	struct card card = inspect(*state, TREE CARD "config" CONFIG CARD
						     "current_link_speed = 2.5 GT/s PCIe\n");

	/* The registers themselves stay as read. */
	check_link("card", &card.express.link, 5000, 2, 8000, 4);
	assert_int_equal(card.express.payload_max, 512);
	assert_int_equal(card.express.payload, 256);
	assert_int_equal(card.express.read_request, 1024);
	assert_int_equal(card.express.aspm, 2);
	card_done(&card);
}

/* Writes the first LENGTH bytes of CONFIG as a file of the tree. */
static void cut_config(const struct tree *tree, long length)
{
	CLEANUP_FREE char *path = tree_path(tree, CARD "config");

	assert_int_equal(truncate(path, length), 0);
}

static void test_registers_that_cannot_be_seen(void **state)
{
	static const struct {
		const char *name, *config;
		long length;
	} rows[] = {
		/* All that a user who is not root can read. */
		{ "64 bytes", CONFIG, 64 },
		{ "none", CONFIG, 0 },
		{ "up to the capability", CONFIG, 0x70 },
		{ "without capabilities",
		  ": hex\n"
		  "|4b 1f 50 06 06 05 00 00 01 00 00 04 00 00 00 00\n"
		  "|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|10 00 02 00 00 00 00 00 00 20 00 00 22 00 00 00\n",
		  80 },
		{ "without that capability",
		  ": hex\n"
		  "|4b 1f 50 06 06 05 10 00 01 00 00 04 00 00 00 00\n"
		  "|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|05 00 00 00 00 00 00 00 00 20 00 00 22 00 00 00\n",
		  80 },
		{ "capabilities that go round",
		  ": hex\n"
		  "|4b 1f 50 06 06 05 10 00 01 00 00 04 00 00 00 00\n"
		  "|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|00 00 00 00 40 00 00 00 00 00 00 00 00 00 00 00\n"
		  "|01 48 00 00 00 00 00 00 05 40 00 00 00 00 00 00\n",
		  80 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(TREE CARD "config%s", rows[i].config);
		const struct tree *tree = tree_renew(state);
		struct express express = EXPRESS_UNKNOWN;
		struct card card = { .address = ADDRESS };

		tree_make(tree, lines);
		cut_config(tree, rows[i].length);
		row_equal(rows[i].name, card_read_express(tree->root, ADDRESS, &express),
			  rows[i].length > 64 ? -ENXIO : -EACCES);
		row_equal(rows[i].name, express.read_request, -1);
		row_equal(rows[i].name, express.link.speed, -1);
		assert_int_equal(card_inspect(tree->root, &card), 0);
		row_equal(rows[i].name, card.config_cut, rows[i].length <= 64);
		card_done(&card);
	}
}

static void test_addresses_that_are_none(void **state)
{
	static const struct {
		const char *address;
		int r;
	} rows[] = {
		{ "", -EINVAL },	   { "card", -EINVAL },
		{ "0002:21:00", -EINVAL }, { "0002:22:00.0", -EACCES },
		{ ADDRESS, -EACCES },
	};
	const struct tree *tree = *state;

	tree_make(tree, TREE);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct express express = EXPRESS_UNKNOWN;

		row_equal(rows[i].address, card_read_express(tree->root, rows[i].address, &express),
			  rows[i].r);
		row_equal(rows[i].address, express.aspm, -1);
	}
}

static void test_ports_above(void **state)
{
	static const struct {
		const char *name, *path; /* of the card below /sys/devices */
		const char *ports;
	} rows[] = {
		{ "root port", "platform/x.pcie/pci0002:20/0002:20:00.0/" ADDRESS, "0002:20:00.0" },
		{ "PC", "pci0000:00/0000:00:1c.4/" ADDRESS, "0000:00:1c.4" },
		{ "switch",
		  "platform/soc/x.pcie/pci0001:00/0001:00:00.0/0001:01:00.0/0001:02:03.0/" ADDRESS,
		  "0001:00:00.0 0001:01:00.0 0001:02:03.0" },
		{ "hexadecimal", "pci000a:b0/000a:b0:1f.7/" ADDRESS, "000a:b0:1f.7" },
		{ "wide domain", "pci10000:e0/10000:e0:06.0/" ADDRESS, "10000:e0:06.0" },
		/* Behind a VMD, a device with a host bridge of its own. */
		{ "VMD", "pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:06.0/" ADDRESS,
		  "10000:e0:06.0" },
		{ "on the bus of the root", "pci0002:21/" ADDRESS, "" },
		{ "other names with pci",
		  "platform/pci/pcie@5/pci-x/pci0002:20/0002:20:00.0/" ADDRESS, "0002:20:00.0" },
		{ "no host bridge", "platform/x.pcie/" ADDRESS, "" },
		{ "no host bridge, but a name like it", "platform/pcix:20/0002:20:00.0/" ADDRESS,
		  "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(
			DEVICES ADDRESS " -> ../../../devices/%s\n/sys/devices/%s/\n", rows[i].path,
			rows[i].path);
		struct card card = inspect(tree_renew(state), lines);
		char ports[8 * CARD_ADDRESS_MAX] = "";

		for (size_t k = 0; k < card.n_ports; k++) {
			strcat(ports, k ? " " : "");
			strcat(ports, card.ports[k].address);
		}
		row_same(rows[i].name, ports, rows[i].ports);
		card_done(&card);
	}
}

static void test_plain_directory_has_nothing_above(void **state)
{
	struct card card = inspect(*state, DEVICES ADDRESS "/max_link_width = 2\n" DEVICES ADDRESS
							   "/of_node -> ../x\n");

	assert_int_equal(card.link.max_width, 2);
	assert_int_equal(card.n_ports, 0);
	assert_null(card.controller);
	card_done(&card);
}

static void test_links_of_the_ports(void **state)
{
	struct card card = inspect(
		*state,
		"/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:04.0/" ADDRESS
		"/max_link_width = 2\n" DEVICES ADDRESS
		" -> ../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:04.0/" ADDRESS
		"\n" DEVICES "0000:00:01.0 -> ../../../devices/pci0000:00/0000:00:01.0\n" DEVICES
		"0000:02:04.0 -> "
		"../../../devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:04.0\n"
		"/sys/devices/pci0000:00/0000:00:01.0/max_link_speed = 16.0 GT/s PCIe\n"
		"/sys/devices/pci0000:00/0000:00:01.0/max_link_width = 16\n"
		/* A kernel without the files, read by root. */
		"/sys/devices/pci0000:00/0000:00:01.0/0000:01:00.0/0000:02:04.0/config" CONFIG);

	assert_int_equal(card.n_ports, 3);
	check_link("root port", &card.ports[0].link, -1, -1, 16000, 16);
	check_link("upstream port", &card.ports[1].link, -1, -1, -1, -1);
	check_link("downstream port", &card.ports[2].link, 5000, 2, 8000, 4);
	/* The other end tells how the link of the card runs. */
	check_link("card", &card.link, 5000, 2, -1, 2);
	/* Not mixed up with the registers of the card. */
	assert_int_equal(card.express.read_request, -1);
	card_done(&card);
}

static void test_totals_of_errors(void **state)
{
	static const struct {
		const char *name, *lines;
		struct aer aer; /* correctable, non-fatal, fatal */
	} rows[] = {
		{ "all",
		  CARD "aer_dev_correctable:\n"
		       "|RxErr 7\n|BadTLP 0\n|BadDLLP 4\n|Rollover 0\n|Timeout 2\n|NonFatalErr 0\n"
		       "|TOTAL_ERR_COR 13\n" CARD "aer_dev_nonfatal:\n"
		       "|Undefined 0\n|DLP 1\n|TOTAL_ERR_NONFATAL 1\n" CARD "aer_dev_fatal:\n"
		       "|Undefined 0\n|SDES 5\n|TOTAL_ERR_FATAL 5\n",
		  { 13, 1, 5 } },
		{ "none yet",
		  CARD "aer_dev_correctable:\n|RxErr 3\n|TOTAL_ERR_COR 0\n" CARD
		       "aer_dev_nonfatal:\n|TOTAL_ERR_NONFATAL 0\n" CARD
		       "aer_dev_fatal:\n|TOTAL_ERR_FATAL 0\n",
		  { 0, 0, 0 } },
		{ "one file",
		  CARD "aer_dev_nonfatal:\n|DLP 0\n|TOTAL_ERR_NONFATAL 3\n",
		  { -1, 3, -1 } },
		{ "no total", CARD "aer_dev_correctable:\n|RxErr 3\n", { -1, -1, -1 } },
		{ "empty", CARD "aer_dev_fatal:\n", { -1, -1, -1 } },
		{ "large",
		  CARD "aer_dev_correctable:\n|TOTAL_ERR_COR 5000000000\n",
		  { 5000000000, -1, -1 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(TREE "%s", rows[i].lines);
		struct card card = inspect(tree_renew(state), lines);

		row_equal(rows[i].name, card.aer.correctable, rows[i].aer.correctable);
		row_equal(rows[i].name, card.aer.nonfatal, rows[i].aer.nonfatal);
		row_equal(rows[i].name, card.aer.fatal, rows[i].aer.fatal);
		card_done(&card);
	}
}

static void test_errors_of_a_port_without_a_link_to_it(void **state)
{
	/* Only the directory above that of the card: nothing in /sys/bus/pci/devices names it. */
	struct card card = inspect(*state, DEVICES ADDRESS
				   " -> ../../../devices/platform/a40800000.pcie/pci0002:20/"
				   "0002:20:00.0/" ADDRESS "\n" CARD "\n" ROOT
				   "aer_dev_correctable:\n|RxErr 8\n|TOTAL_ERR_COR 19\n" ROOT
				   "current_link_width = 1\n");

	assert_int_equal(card.ports[0].aer.correctable, 19);
	assert_int_equal(card.ports[0].aer.fatal, -1);
	assert_int_equal(card.aer.correctable, -1);
	assert_int_equal(card.ports[0].link.width, 1);
	card_done(&card);
}

static void test_what_a_dead_card_tells_is_not_believed(void **state)
{
	struct card card = { .address = ADDRESS, .dead = true };
	const struct tree *tree = *state;

	tree_make(tree, TREE CARD "config" CONFIG CARD "max_link_width = 2\n" CARD
				  "aer_dev_fatal:\n|TOTAL_ERR_FATAL 9\n" ROOT
				  "current_link_speed = 5.0 GT/s PCIe\n" ROOT
				  "aer_dev_fatal:\n|TOTAL_ERR_FATAL 1\n");
	assert_int_equal(card_inspect(tree->root, &card), 0);
	check_link("card", &card.link, -1, -1, -1, -1);
	assert_int_equal(card.express.read_request, -1);
	assert_int_equal(card.aer.fatal, -1);
	check_link("port", &card.ports[0].link, 5000, -1, -1, -1);
	assert_int_equal(card.ports[0].aer.fatal, 1);
	card_done(&card);
}

static void test_driver_that_tells_no_version(void **state)
{
	static const char *const rows[] = {
		CARD "driver -> ../../../../../../bus/pci/drivers/built-in\n"
		     "/sys/bus/pci/drivers/built-in/\n",
		CARD "driver -> ../../../../../../bus/pci/drivers/d\n"
		     "/sys/bus/pci/drivers/d/module -> ../../../../module/m\n/sys/module/m/\n",
		CARD "driver -> ../../../../../../bus/pci/drivers/gone\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP_FREE char *lines = text_format(TREE "%s", rows[i]);
		struct card card = inspect(tree_renew(state), lines);

		row_same(rows[i], card.driver_version, NULL);
		card_done(&card);
	}
}

static void test_addresses(void **state)
{
	static const struct {
		const char *text;
		bool address;
	} rows[] = {
		{ "0003:31:00.0", true },
		{ "10000:e1:00.0", true },
		{ "0000:00:1f.7", true },
		{ "31:00.0", false },
		{ "0003:31:00", false },
		{ "0003:31:00.0 ", false },
		{ "0003:31: 00.0", false },
		{ "0003:31:\f00.0", false },
		{ "0003:-1:00.0", false },
		{ "0003:31:00.0x", false },
		{ "", false },
		{ "0x3:31:00.0", false },
		{ "pci0003:31:00.0", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		row_equal(rows[i].text, card_is_address(rows[i].text, strlen(rows[i].text)),
			  rows[i].address);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		tree_test(test_nothing_is_known_of_an_empty_tree),
		tree_test(test_device_without_any_file),
		tree_test(test_card_of_an_arm_board),
		tree_test(test_link_files),
		tree_test(test_registers),
		tree_test(test_registers_that_cannot_be_seen),
		tree_test(test_addresses_that_are_none),
		tree_test(test_ports_above),
		tree_test(test_plain_directory_has_nothing_above),
		tree_test(test_links_of_the_ports),
		tree_test(test_totals_of_errors),
		tree_test(test_errors_of_a_port_without_a_link_to_it),
		tree_test(test_what_a_dead_card_tells_is_not_believed),
		tree_test(test_driver_that_tells_no_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
