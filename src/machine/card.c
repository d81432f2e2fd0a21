/* SPDX-License-Identifier: MIT */
/* The cards on the PCI bus. The only file that uses libpci. */

#include "machine/card.h"

#include "base/util.h"
#include "root/note.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pci/pci.h>
#include <setjmp.h>
#include <stdarg.h>
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
	struct error *error;
};

/*
 * On an error libpci exits unless its error hook does not return, so the hook jumps back to the
 * caller. libpci passes no pointer to its hooks; they find the caller through this variable.
 */
struct use {
	struct error *error;
	jmp_buf failed;
};

static __thread struct use *current_use;

static void PRINTF(1, 2) __attribute__((noreturn)) on_error(char *format, ...)
{
	char message[256];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	error_set(current_use->error, -EIO, "libpci cannot read the PCI bus: %s", message);
	longjmp(current_use->failed, 1);
}

/* Drops warnings, such as that only root can read the whole configuration space. */
static void PRINTF(1, 2) on_message(char *format, ...)
{
	(void)format;
}

static bool is_card(const struct scan *scan, const struct pci_dev *dev)
{
	if (dev->device_class >> 8 == PCI_BASE_CLASS_BRIDGE)
		return false;
	if (dev->vendor_id == PCI_VENDOR_AXERA)
		return true;
	for (size_t i = 0; i < scan->n_extra; i++)
		if (dev->vendor_id == scan->extra[i].vendor &&
		    dev->device_id == scan->extra[i].device)
			return true;
	return false;
}

/* The files that libpci reads for each function. */
static const char *const libpci_files[] = {
	"vendor", "device", "class", "irq", "resource", "config"
};

/* libpci opens these paths by itself, so no link may lead it out, and no FIFO make it wait. */
static int check_function(const struct root *root, const char *address, struct error *error)
{
	CLEANUP_FREE char *path = text_format(PCI_DIR "/devices/%s", address);
	struct stat st;

	if (!path)
		return error_set(error, -ENOMEM, "out of memory");
	CLEANUP_CLOSE int dir = root_open_inside(root, O_PATH | O_DIRECTORY, path);
	/* It has just been removed: libpci will not find it either. */
	if (dir == -ENOENT)
		return 0;
	if (dir < 0)
		return error_set(error, dir, "cannot open %s%s: %s", root_path(root), path,
				 dir == -EXDEV ? "it leads out of the tree" : strerror(-dir));
	for (size_t i = 0; i < ARRAY_SIZE(libpci_files); i++)
		if (fstatat(dir, libpci_files[i], &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISREG(st.st_mode))
			return error_set(error, -ELOOP, "cannot read %s%s/%s: it is %s",
					 root_path(root), path, libpci_files[i],
					 S_ISLNK(st.st_mode) ? "a link" : "not a regular file");
	return 0;
}

/* Checks all functions of a tree. Takes over FD, their directory. */
static int check_functions(const struct root *root, int fd, struct error *error)
{
	CLEANUP_DIR DIR *dir = fdopendir(fd);
	int r = 0;

	if (!dir) {
		close(fd);
		return error_set(error, -ENOMEM, "out of memory");
	}
	for (const struct dirent *entry; r == 0 && (entry = readdir(dir));)
		if (entry->d_name[0] != '.')
			r = check_function(root, entry->d_name, error);
	return r;
}

/* Returns 1 if there is a PCI bus, 0 if there is none, or -errno. */
static int check_bus(const struct root *root, struct error *error)
{
	int r, fd = root_open_inside(root, O_RDONLY | O_DIRECTORY, PCI_DIR "/devices");

	if (fd == -ENOENT)
		return 0;
	if (fd < 0)
		return error_set(error, fd, "cannot open %s" PCI_DIR "/devices: %s",
				 root_path(root), strerror(-fd));
	if (root_is_live(root)) {
		close(fd);
		return 1;
	}
	r = check_functions(root, fd, error);
	return r < 0 ? r : 1;
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

static int add_card(struct scan *scan, const struct pci_dev *dev)
{
	struct card *card = array_grow(scan->cards, scan->count, sizeof(*card));
	int r;

	if (!card)
		return -ENOMEM;
	scan->cards = card;
	card += scan->count++;
	snprintf(card->address, sizeof(card->address), "%04x:%02x:%02x.%d", (unsigned)dev->domain,
		 dev->bus, dev->dev, dev->func);
	card->id = (struct card_id){ .vendor = dev->vendor_id, .device = dev->device_id };
	card->dead = reads_all_ones(scan->root, card->address);
	read_node(scan->root, card);
	r = root_read_link_name(scan->root, &card->driver, PCI_DIR "/devices/%s/driver",
				card->address);
	return r == -ENOENT || r == -EINVAL ? 0 : r;
}

/* Notes what libpci reads by itself. */
static void note_functions(const struct root *root)
{
	CLEANUP_DIR DIR *dir = NULL;

	if (!root_record(root) || root_open_dir(root, &dir, PCI_DIR "/devices") < 0)
		return;
	for (const struct dirent *entry; (entry = readdir(dir));) {
		/* Not the last one: configuration space is noted when it is read. */
		for (size_t i = 0; i + 1 < ARRAY_SIZE(libpci_files); i++) {
			CLEANUP_FREE char *value = NULL;

			if (entry->d_name[0] != '.')
				(void)root_read_value(root, &value, PCI_DIR "/devices/%s/%s",
						      entry->d_name, libpci_files[i]);
		}
	}
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

/* Asks libpci for the identity of every function and keeps the cards. */
static int run_scan(struct scan *scan, struct use *use, struct pci_access *access)
{
	if (setjmp(use->failed))
		return -EIO;
	pci_init(access);
	pci_scan_bus(access);
	for (struct pci_dev *dev = access->devices; dev; dev = dev->next) {
		int r;

		pci_fill_info(dev, PCI_FILL_IDENT | PCI_FILL_CLASS);
		if (!is_card(scan, dev))
			continue;
		r = add_card(scan, dev);
		if (r < 0)
			return error_set(scan->error, r, "cannot read the cards: %s", strerror(-r));
	}
	return 0;
}

static int compare_address(const void *a, const void *b)
{
	return strcmp(((const struct card *)a)->address, ((const struct card *)b)->address);
}

int cards_list(const struct root *root, const struct card_id *extra, size_t n_extra,
	       struct card **ret, size_t *ret_count, struct error *error)
{
	struct scan scan = { .root = root, .extra = extra, .n_extra = n_extra, .error = error };
	struct use use = { .error = error };
	struct pci_access *access;
	int r = check_bus(root, error);

	if (r <= 0) {
		*ret = NULL;
		*ret_count = 0;
		return r;
	}
	access = open_access(root);
	if (!access)
		return error_set(error, -ENOMEM, "out of memory");
	note_functions(root);
	current_use = &use;
	r = run_scan(&scan, &use, access);
	current_use = NULL;
	pci_cleanup(access);
	if (r < 0) {
		cards_done(scan.cards, scan.count);
		return r;
	}
	if (scan.count)
		qsort(scan.cards, scan.count, sizeof(*scan.cards), compare_address);
	*ret = scan.cards;
	*ret_count = scan.count;
	return 0;
}

/* Reads the registers of one function without scanning the bus. */
static int run_express(struct use *use, struct pci_access *access, const unsigned at[static 4],
		       struct express *ret)
{
	const struct pci_cap *cap;
	struct pci_dev *dev;
	unsigned where;
	bool cut;
	u8 byte;

	if (setjmp(use->failed))
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
	struct error error;
	struct use use = { .error = &error };
	struct pci_access *access;
	unsigned at[4];
	int r;

	if (sscanf(address, "%x:%x:%x.%x", &at[0], &at[1], &at[2], &at[3]) != 4)
		return -EINVAL;
	access = open_access(root);
	if (!access)
		return -ENOMEM;
	note_config(root, address);
	current_use = &use;
	r = run_express(&use, access, at, ret);
	current_use = NULL;
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
