/* SPDX-License-Identifier: MIT */
/* What diagnose prints about the cards: the tree of their links, registers, error counters. */

#include "base/util.h"
#include "machine/card.h"
#include "machine/link.h"
#include "machine/machine.h"
#include "machine/path.h"
#include "machine/smi.h"
#include "report/report.h"
#include "report/table.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static char *link_or_dash(long speed, long width)
{
	return speed >= 0 && width >= 0 ? link_text(speed, width) : text_or_dash(NULL);
}

struct node {
	const char *name;
	struct libscols_line *line;
};

/* The lines of the tree by name: cards below a switch share the ports above it. */
struct tree {
	struct libscols_table *table;
	struct node *nodes;
	size_t count;
};

static struct libscols_line *find_device(const struct tree *tree, const char *name)
{
	for (size_t i = 0; i < tree->count; i++)
		if (!strcmp(tree->nodes[i].name, name))
			return tree->nodes[i].line;
	return NULL;
}

/* The line of that name, added below PARENT if it is missing. LINK may be NULL. */
static struct libscols_line *add_device(struct tree *tree, struct libscols_line *parent,
					const char *name, const char *what, const struct link *link)
{
	struct libscols_line *line = find_device(tree, name);
	struct node *grown;

	if (line)
		return line;
	grown = array_grow(tree->nodes, tree->count, sizeof(*grown));
	line = grown ? table_add(tree->table, parent) : NULL;
	if (!line)
		return NULL;
	tree->nodes = grown;
	tree->nodes[tree->count++] = (struct node){ name, line };
	table_put(line, 0, strdup(name));
	table_put(line, 1, strdup(what));
	if (!link)
		return line;
	table_put(line, 2, link_or_dash(link->speed, link->width));
	table_put(line, 3, link_or_dash(link->max_speed, link->max_width));
	table_put(line, 4, number_or_dash(link_bandwidth(link->speed, link->width)));
	return line;
}

/* Of the links above that of the card, only what is worth a look, at the upper end. */
static void mark_limits(const struct tree *tree, const struct card *card)
{
	static const char *const limits[] = { [LINK_LIMIT_UNKNOWN] = "",
					      [LINK_LIMIT_NONE] = "",
					      [LINK_LIMIT_SLOT] = "the slot",
					      [LINK_LIMIT_CARD] = "the card",
					      [LINK_LIMIT_FAULT] = "a fault" };
	struct path_link narrowest;
	bool narrowed = path_is_narrowed(card, &narrowest);

	if (narrowed)
		table_put(find_device(tree, narrowest.upper.address), 5, strdup("narrowest"));
	for (size_t i = 0; i < path_count_links(card); i++) {
		struct path_link link = path_link(card, i);
		enum link_limit limit = link_limit(&link.lower.link, &link.upper.link);

		if (i + 1 == path_count_links(card))
			table_put(find_device(tree, card->address), 5,
				  strdup(narrowed && limit != LINK_LIMIT_FAULT ? "the path"
									       : limits[limit]));
		else if (limit == LINK_LIMIT_FAULT)
			table_put(find_device(tree, link.upper.address), 5, strdup(limits[limit]));
	}
}

static void add_card_line(struct tree *tree, const struct card *card)
{
	struct libscols_line *line = NULL;

	if (card->controller)
		line = add_device(tree, line, card->controller, "controller", NULL);
	for (size_t i = 0; i < card->n_ports; i++)
		line = add_device(tree, line, card->ports[i].address, i ? "switch" : "root port",
				  &card->ports[i].link);
	add_device(tree, line, card->address, card_name(card->id), &card->link);
	mark_limits(tree, card);
}

static void print_tree(const struct machine *machine, struct report_style style)
{
	static const struct column columns[] = {
		{ "PCI EXPRESS", COLUMN_TREE }, { "", COLUMN_LEFT },
		{ "LINK NOW", COLUMN_LEFT },	{ "LINK MAX", COLUMN_LEFT },
		{ "MB/S", COLUMN_RIGHT },	{ "LIMITED BY", COLUMN_LEFT },
	};
	struct tree tree = { .table = table_new(columns, ARRAY_SIZE(columns), style.color) };

	for (size_t i = 0; i < machine->n_cards; i++)
		add_card_line(&tree, &machine->cards[i]);
	table_print(tree.table);
	free(tree.nodes);
}

/* Where the path of a card is narrower than the card's own link, of which the tree tells. */
static void print_bandwidth(const struct card *card)
{
	struct path_link narrowest;

	if (path_is_narrowed(card, &narrowest))
		printf("  %ld MB/s, limited at %s\n", path_bandwidth(card, &narrowest),
		       narrowest.upper.address);
}

static void print_registers(const struct express *express)
{
	static const char *const aspm[] = { "off", "L0s", "L1", "L0s and L1" };

	if (express->payload < 0 || express->read_request < 0)
		return;
	printf("  MaxPayload %ld, MaxReadReq %ld", express->payload, express->read_request);
	if (express->aspm >= 0)
		printf(", ASPM %s", aspm[express->aspm]);
	putchar('\n');
}

static void print_count(const char *separator, int64_t count, const char *name)
{
	if (count >= 0)
		printf("%s%" PRId64 " %s", separator, count, name);
	else
		printf("%sunknown %s", separator, name);
}

/* Those that the card and the ports above it have counted. */
static void print_errors(struct aer aer)
{
	if (aer.correctable < 0 && aer.nonfatal < 0 && aer.fatal < 0)
		return;
	print_count("  link errors since boot: ", aer.correctable, "corrected");
	print_count(", ", aer.nonfatal, "non-fatal");
	print_count(", ", aer.fatal, "fatal\n");
}

static void print_smi(const struct smi *smi, const char *address)
{
	const struct smi_card *card = smi_find(smi, address);

	if (!card)
		return;
	printf("  axcl-smi: firmware %s", *card->firmware ? card->firmware : "unknown");
	if (card->temperature_c >= 0)
		printf(", %ld C", card->temperature_c);
	if (card->npu_percent >= 0)
		printf(", NPU %ld %% busy", card->npu_percent);
	if (card->used_mib >= 0 && card->total_mib >= 0)
		printf(", %ld of %ld MiB used", card->used_mib, card->total_mib);
	putchar('\n');
}

/* Whether it works: the first thing to say of a card. */
static void print_state(const struct card *card)
{
	const char *driver = card->driver ? card->driver : "";
	const char *version = card->driver_version ? card->driver_version : "";
	const char *space = *version ? " " : "";

	printf("%s: ", card->address);
	switch (card_state(card)) {
	case CARD_READY:
		printf("ready, driver %s%s%s\n", driver, space, version);
		break;
	case CARD_NO_DRIVER:
		puts("has no driver");
		break;
	case CARD_NO_INTERRUPT:
		printf("without interrupt, driver %s%s%s\n", driver, space, version);
		break;
	case CARD_GIVEN_AWAY:
		printf("given to a virtual machine by %s\n", driver);
		break;
	case CARD_DEAD:
		puts("does not answer");
		break;
	}
}

static void print_card(const struct machine *machine, const struct card *card)
{
	print_state(card);
	print_bandwidth(card);
	print_registers(&card->express);
	print_errors(path_sum_errors(card, card->n_ports + 1));
	print_smi(&machine->smi, card->address);
}

void report_text_cards(const struct machine *machine, struct report_style style)
{
	for (size_t i = 0; i < machine->n_cards; i++)
		print_card(machine, &machine->cards[i]);
	putchar('\n');
	print_tree(machine, style);
}
