/* SPDX-License-Identifier: MIT */
/* The cards on the PCI bus. The only file that uses libpci, which reads their registers. */

#include "machine/card.h"

#include "base/util.h"
#include "root/note.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PCI_DIR "/sys/bus/pci"
/* The conventional configuration space: all but the extended capabilities. */
#define CONFIG_SIZE 256
/* Of it, the kernel shows only that much to who is not root. */
#define CONFIG_FOR_ALL 64

struct scan {
	const struct root *root;
	const struct card_id *extra;
	size_t n_extra;
	struct card *cards;
	size_t count;
};

/*
 * On an error libpci exits unless its error hook does not return, so the hook jumps back to the
 * caller. libpci passes no pointer to its hooks; they find the caller through this variable.
 */
static __thread jmp_buf *failed;

static void PRINTF(1, 2) __attribute__((noreturn)) on_error(char *format, ...)
{
	(void)format;
	longjmp(*failed, 1);
}

/* Drops warnings, such as that only root can read the whole configuration space. */
static void PRINTF(1, 2) on_message(char *format, ...)
{
	(void)format;
}

/* A DEVICE of -1 stands for any. */
static bool is_ours(const struct scan *scan, int64_t vendor, int64_t device)
{
	bool wanted = vendor == PCI_VENDOR_AXERA;

	for (size_t i = 0; i < scan->n_extra; i++)
		wanted = wanted || (vendor == scan->extra[i].vendor &&
				    (device < 0 || device == scan->extra[i].device));
	return wanted;
}

/* What the root complex answers for a device that does not (PCIe 6.0, 2.3.1). */
static bool reads_all_ones(const struct root *root, const char *address)
{
	static const unsigned char ones[4] = { 0xff, 0xff, 0xff, 0xff };
	unsigned char bytes[sizeof(ones)];
	char path[sizeof(PCI_DIR "/devices//config") + CARD_ADDRESS_MAX];

	snprintf(path, sizeof(path), PCI_DIR "/devices/%s/config", address);
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	return fd >= 0 && read(fd, bytes, sizeof(bytes)) == sizeof(bytes) &&
	       !memcmp(bytes, ones, sizeof(ones));
}

/* numa_node is -1 where the machine has no nodes, or the firmware does not tell. */
static void read_node(const struct root *root, struct card *card)
{
	CLEANUP_FREE char *list = NULL;
	int64_t node;

	if (root_read_long(root, &node, PCI_DIR "/devices/%s/numa_node", card->address) == 0 &&
	    node >= 0 &&
	    root_read_value(root, &list, "/sys/devices/system/node/node%" PRId64 "/cpulist",
			    node) == 0)
		(void)cpuset_parse_list(list, &card->node_cpus);
}

static int add_card(struct scan *scan, const char *address, struct card_id id)
{
	struct card *card = array_grow(scan->cards, scan->count, sizeof(*card));
	int r;

	if (!card)
		return -ENOMEM;
	scan->cards = card;
	card += scan->count++;
	snprintf(card->address, sizeof(card->address), "%s", address);
	card->id = id;
	card->dead = reads_all_ones(scan->root, address);
	read_node(scan->root, card);
	r = root_read_link_name(scan->root, &card->driver, PCI_DIR "/devices/%s/driver", address);
	return r == -ENOENT || r == -EINVAL ? 0 : r;
}

/*
 * Adds a function if it is a card. Of the others, of which a server has thousands, only the vendor
 * is read, and it does not matter if that fails.
 */
static int add_function(struct scan *scan, const char *address)
{
	int64_t vendor, device, class;
	int r;

	if (!card_is_address(address, strlen(address)))
		return 0;
	r = root_read_hex(scan->root, &vendor, PCI_DIR "/devices/%s/vendor", address);
	if (r < 0 || !is_ours(scan, vendor, -1))
		return r == -ENOMEM ? r : 0;
	r = root_read_hex(scan->root, &device, PCI_DIR "/devices/%s/device", address);
	if (r < 0 || !is_ours(scan, vendor, device))
		return r;
	r = root_read_hex(scan->root, &class, PCI_DIR "/devices/%s/class", address);
	if (r < 0 || class >> 16 == PCI_BASE_CLASS_BRIDGE)
		return r;
	return add_card(scan, address,
			(struct card_id){ .vendor = (uint16_t)vendor, .device = (uint16_t)device });
}

/* Leaves out the extended capabilities: one of them is a serial number. */
static void note_config(const struct root *root, const char *address)
{
	char path[sizeof(PCI_DIR "/devices//config") + CARD_ADDRESS_MAX];
	char bytes[CONFIG_SIZE];
	ssize_t n;

	if (!root_record(root))
		return;
	snprintf(path, sizeof(path), PCI_DIR "/devices/%s/config", address);
	CLEANUP_CLOSE int fd = root_open_file(root, O_RDONLY, 0, path);
	n = fd < 0 ? -1 : read(fd, bytes, sizeof(bytes));
	if (n >= 0)
		root_note_file(root, path, bytes, (size_t)n);
}

/* libpci for the PCI bus below the root, not yet initialized; NULL if out of memory. */
static struct pci_access *open_access(const struct root *root)
{
	CLEANUP_FREE char *path = text_format("%s" PCI_DIR, root_path(root));
	struct pci_access *access = path ? pci_alloc() : NULL;

	if (!access)
		return NULL;
	access->method = PCI_ACCESS_SYS_BUS_PCI;
	access->error = on_error;
	access->warning = access->debug = on_message;
	pci_set_param(access, (char *)"sysfs.path", path);
	return access;
}

static int compare_address(const void *a, const void *b)
{
	return strcmp(((const struct card *)a)->address, ((const struct card *)b)->address);
}

int cards_list(const struct root *root, const struct card_id *extra, size_t n_extra,
	       struct card **ret, size_t *ret_count, struct error *error)
{
	struct scan scan = { .root = root, .extra = extra, .n_extra = n_extra };
	CLEANUP_DIR DIR *dir = NULL;
	int r = root_open_dir(root, &dir, PCI_DIR "/devices");

	if (r < 0 && r != -ENOENT)
		return error_set(error, r, "cannot open %s" PCI_DIR "/devices: %s", root_path(root),
				 strerror(-r));
	for (const struct dirent *entry; dir && (entry = readdir(dir));) {
		r = add_function(&scan, entry->d_name);
		if (r < 0) {
			cards_done(scan.cards, scan.count);
			return error_set(error, r, "cannot read %s" PCI_DIR "/devices/%s: %s",
					 root_path(root), entry->d_name, root_strerror(r));
		}
	}
	if (scan.count)
		qsort(scan.cards, scan.count, sizeof(*scan.cards), compare_address);
	*ret = scan.cards;
	*ret_count = scan.count;
	return 0;
}

/* libpci opens the path by itself, so no link may lead it out, and no FIFO make it wait. */
static bool has_config(const struct root *root, const char *address)
{
	char path[sizeof(PCI_DIR "/devices//config") + CARD_ADDRESS_MAX];
	struct stat st;

	snprintf(path, sizeof(path), PCI_DIR "/devices/%s/config", address);
	CLEANUP_CLOSE int fd = root_open_inside(root, O_PATH | O_NOFOLLOW, path);
	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* Reads the registers of one function without scanning the bus. */
static int run_express(jmp_buf *jump, struct pci_access *access, const unsigned at[static 4],
		       struct express *ret)
{
	const struct pci_cap *cap;
	struct pci_dev *dev;
	unsigned where;
	bool cut;
	u8 byte;

	if (setjmp(*jump))
		return -EIO;
	pci_init(access);
	dev = pci_get_dev(access, (int)at[0], (int)at[1], (int)at[2], (int)at[3]);
	if (!dev)
		return -ENOMEM;
	pci_fill_info(dev, PCI_FILL_CAPS);
	cap = pci_find_cap(dev, PCI_CAP_ID_EXP, PCI_CAP_NORMAL);
	where = cap ? cap->addr : 0;
	if (cap)
		express_decode(pci_read_long(dev, (int)where + PCI_EXP_DEVCAP),
			       pci_read_word(dev, (int)where + PCI_EXP_DEVCTL),
			       pci_read_long(dev, (int)where + PCI_EXP_LNKCAP),
			       pci_read_word(dev, (int)where + PCI_EXP_LNKCTL),
			       pci_read_word(dev, (int)where + PCI_EXP_LNKSTA), ret);
	cut = !cap && !pci_read_block(dev, CONFIG_FOR_ALL, &byte, 1);
	pci_free_dev(dev);
	return cap ? 0 : cut ? -EACCES : -ENXIO;
}

int card_read_express(const struct root *root, const char *address, struct express *ret)
{
	struct pci_access *access;
	jmp_buf jump;
	unsigned at[4];
	int r;

	if (sscanf(address, "%x:%x:%x.%x", &at[0], &at[1], &at[2], &at[3]) != 4)
		return -EINVAL;
	if (!has_config(root, address))
		return -EACCES;
	access = open_access(root);
	if (!access)
		return -ENOMEM;
	note_config(root, address);
	failed = &jump;
	r = run_express(&jump, access, at, ret);
	failed = NULL;
	pci_cleanup(access);
	return r;
}

int card_list_vectors(const struct root *root, struct card *card)
{
	CLEANUP_FREE int *irqs = NULL;
	size_t count;
	int r = irq_list(root, card->address, &irqs, &count, &card->legacy);

	if (r < 0)
		return r;
	card->vectors = calloc(count ? count : 1, sizeof(*card->vectors));
	if (!card->vectors)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		card->vectors[card->n_vectors++].irq = irqs[i];
	return 0;
}

/* Drivers before 3.0 do not name the action after the card (host_dev/ax_pcie_opt.c). */
static bool is_own_action(const struct card *card, const char *action)
{
	return action && (!strcmp(action, card->address) || !strcmp(action, "endpoint-msi-irq") ||
			  (card->driver && !strcmp(action, card->driver)));
}

int card_read_vectors(const struct root *root, struct irq_table *table, struct card *card)
{
	for (size_t i = 0; i < card->n_vectors; i++) {
		int r = vector_read(root, table, &card->vectors[i]);

		if (r < 0)
			return r;
	}
	if (card->legacy && card->n_vectors && !is_own_action(card, card->vectors[0].action)) {
		irq_table_disown(table, card->vectors[0].irq);
		vector_done(&card->vectors[0]);
		card->n_vectors = 0;
	}
	return 0;
}

void card_done(struct card *card)
{
	for (size_t i = 0; i < card->n_vectors; i++)
		vector_done(&card->vectors[i]);
	free(card->vectors);
	free(card->driver);
	free(card->driver_version);
	free(card->ports);
	free(card->controller);
}

void cards_done(struct card *cards, size_t count)
{
	for (size_t i = 0; i < count; i++)
		card_done(&cards[i]);
	free(cards);
}
