/* SPDX-License-Identifier: MIT */
/* Reads what only diagnose needs of a card: driver version, link, AER, the ports above it. */

#include "machine/card.h"

#include "base/util.h"
#include "root/root.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEVICES "/sys/bus/pci/devices"

static long read_speed(const struct root *root, const char *dir, const char *name)
{
	CLEANUP_FREE char *text = NULL;

	return root_read_value(root, &text, "%s/%s", dir, name) < 0 ? -1 : link_parse_speed(text);
}

/* The kernel prints 0 or 255 for a link that is down. */
static long read_width(const struct root *root, const char *dir, const char *name)
{
	int64_t width;

	return root_read_long(root, &width, "%s/%s", dir, name) < 0 || width < 1 || width > 32
		       ? -1
		       : (long)width;
}

static struct link read_link(const struct root *root, const char *dir)
{
	return (struct link){
		.speed = read_speed(root, dir, "current_link_speed"),
		.width = read_width(root, dir, "current_link_width"),
		.max_speed = read_speed(root, dir, "max_link_speed"),
		.max_width = read_width(root, dir, "max_link_width"),
	};
}

/* Some kernels lack the files, but root can still read the registers. */
static void complete(struct link *link, const struct link *registers)
{
	if (link->speed < 0)
		link->speed = registers->speed;
	if (link->width < 0)
		link->width = registers->width;
	if (link->max_speed < 0)
		link->max_speed = registers->max_speed;
	if (link->max_width < 0)
		link->max_width = registers->max_width;
}

/* DIR: of the function with that ADDRESS in sysfs. Returns what card_read_express() does. */
static int inspect_link(const struct root *root, const char *dir, const char *address,
			struct link *link, struct express *express)
{
	int r;

	*express = EXPRESS_UNKNOWN;
	*link = read_link(root, dir);
	r = card_read_express(root, address, express);
	complete(link, &express->link);
	return r;
}

/* The number in the line "TOTAL_ERR_COR 0" of a file of counters, or -1. */
static int64_t read_total(const struct root *root, const char *dir, const char *file,
			  const char *name)
{
	CLEANUP_FREE char *text = NULL;
	const char *line;

	if (root_read_text(root, &text, "%s/%s", dir, file) < 0)
		return -1;
	line = strstr(text, name);
	return line ? strtoll(line + strlen(name), NULL, 10) : -1;
}

static struct aer read_errors(const struct root *root, const char *dir)
{
	return (struct aer){
		.correctable = read_total(root, dir, "aer_dev_correctable", "TOTAL_ERR_COR "),
		.nonfatal = read_total(root, dir, "aer_dev_nonfatal", "TOTAL_ERR_NONFATAL "),
		.fatal = read_total(root, dir, "aer_dev_fatal", "TOTAL_ERR_FATAL "),
	};
}

bool card_is_address(const char *name, size_t length)
{
	unsigned at[4];
	int end = 0;

	/* sscanf() alone would accept blanks and signs. */
	return strspn(name, "0123456789abcdefABCDEF:.") >= length &&
	       sscanf(name, "%x:%x:%x.%x%n", &at[0], &at[1], &at[2], &at[3], &end) == 4 &&
	       (size_t)end == length && length < CARD_ADDRESS_MAX;
}

/* DIR ends with the address of the port. */
static int add_port(const struct root *root, struct card *card, const char *dir,
		    const char *address)
{
	struct port *grown = array_grow(card->ports, card->n_ports, sizeof(*grown));
	struct express express;

	if (!grown)
		return -ENOMEM;
	card->ports = grown;
	grown += card->n_ports++;
	snprintf(grown->address, sizeof(grown->address), "%s", address);
	grown->aer = read_errors(root, dir);
	return inspect_link(root, dir, address, &grown->link, &express) == -ENOMEM ? -ENOMEM : 0;
}

/*
 * The host bridge, "/pci0003:30/", in the path of a device; NULL if there is none. Behind a VMD,
 * which is a host bridge of its own, the last one.
 */
static char *find_bridge(char *path)
{
	char *last = NULL;

	for (char *p = path; (p = strstr(p, "/pci")); p++) {
		unsigned domain, bus;
		int end = 0;

		if (sscanf(p, "/pci%x:%x%n", &domain, &bus, &end) == 2 && p[end] == '/')
			last = p;
	}
	return last;
}

/* sysfs nests directories like the hardware: host bridge "pciDDDD:BB", root port, ..., card. */
static int inspect_ports(const struct root *root, struct card *card)
{
	CLEANUP_FREE char *path = NULL;
	char *bridge;
	int r = root_real_path(root, &path, DEVICES "/%s", card->address);

	bridge = r < 0 ? NULL : find_bridge(path);
	if (!bridge)
		return r == -ENOMEM ? r : 0;
	for (char *name = strchr(bridge + 1, '/'), *end; name; name = end) {
		end = strchr(++name, '/');
		/* The last one is the card itself. */
		if (!end || !card_is_address(name, (size_t)(end - name)))
			break;
		*end = '\0';
		r = add_port(root, card, path, name);
		*end = '/';
		if (r < 0)
			return r;
	}
	*bridge = '\0';
	r = root_read_link_name(root, &card->controller, "%s/of_node", path);
	return r == -ENOMEM ? r : 0;
}

/* Both ends of each link from the card upwards; see path.h. */
static void join_links(struct card *card)
{
	for (size_t i = card->n_ports; i > 0; i -= i > 1 ? 2 : 1)
		if (i < card->n_ports || !card->dead)
			link_join(i < card->n_ports ? &card->ports[i].link : &card->link,
				  &card->ports[i - 1].link);
}

int card_inspect(const struct root *root, struct card *card)
{
	char dir[sizeof(DEVICES "/") + CARD_ADDRESS_MAX];
	int r;

	snprintf(dir, sizeof(dir), DEVICES "/%s", card->address);
	r = inspect_link(root, dir, card->address, &card->link, &card->express);
	card->config_cut = r == -EACCES;
	if (r == -ENOMEM || inspect_ports(root, card) == -ENOMEM)
		return -ENOMEM;
	card->aer = read_errors(root, dir);
	if (card->dead) {
		/* The kernel, too, has read all ones and taken them for speeds and errors. */
		card->link = LINK_UNKNOWN;
		card->express = EXPRESS_UNKNOWN;
		card->aer = AER_UNKNOWN;
	}
	join_links(card);
	r = root_read_value(root, &card->driver_version, DEVICES "/%s/driver/module/version",
			    card->address);
	return r == -ENOMEM ? r : 0;
}
