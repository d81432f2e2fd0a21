// SPDX-License-Identifier: MIT
/*
 * Makes each QEMU "edu" device (1234:11e8) that is alone below a root port look like an AX650N
 * (1f4b:0650). Its registers and its MSI, which goes through the ITS, stay QEMU's; laid over what
 * is read from config space are the ids, the class, MSI with four messages and a PCI Express
 * capability. There is no way back: the disguise lasts until power-off.
 */

#include <linux/module.h>
#include <linux/pci.h>

#define MAX_CARDS  8
#define MSI_FLAGS  0x42 /* edu has its MSI capability at 0x40 */
#define EXP_OFFSET 0x70

struct disguise {
	struct pci_bus *bus;
	u8 messages; /* log2 of the MSI messages in use: edu has one, and keeps no other number */
};

static struct disguise disguises[MAX_CARDS];
static int count;
static struct pci_ops *edu_ops, card_ops;
static u8 overlay[256];
static bool overlaid[256];

static struct disguise *find_disguise(const struct pci_bus *bus, unsigned int devfn, int where)
{
	int i;

	for (i = 0; i < count; i++)
		if (disguises[i].bus == bus && devfn == 0 && where < (int)sizeof(overlay))
			return &disguises[i];
	return NULL;
}

static u8 read_byte(const struct disguise *disguise, int where, u8 byte)
{
	if (where == MSI_FLAGS)
		return (byte & ~(PCI_MSI_FLAGS_QMASK | PCI_MSI_FLAGS_QSIZE)) |
		       2 << 1 /* four messages */ | disguise->messages << 4;
	return overlaid[where] ? overlay[where] : byte;
}

static int card_read(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 *value)
{
	const struct disguise *disguise = find_disguise(bus, devfn, where);
	int i, r = edu_ops->read(bus, devfn, where, size, value);

	if (r || !disguise)
		return r;
	for (i = 0; i < size; i++) {
		u8 byte = read_byte(disguise, where + i, *value >> 8 * i);

		*value = (*value & ~(0xffu << 8 * i)) | (u32)byte << 8 * i;
	}
	return 0;
}

static int card_write(struct pci_bus *bus, unsigned int devfn, int where, int size, u32 value)
{
	struct disguise *disguise = find_disguise(bus, devfn, where);

	if (disguise && where <= MSI_FLAGS && where + size > MSI_FLAGS)
		disguise->messages = (value >> 8 * (MSI_FLAGS - where) & PCI_MSI_FLAGS_QSIZE) >> 4;
	return edu_ops->write(bus, devfn, where, size, value);
}

static void lay_over(int where, int size, u32 value)
{
	for (; size--; where++, value >>= 8) {
		overlay[where] = value;
		overlaid[where] = true;
	}
}

/*
 * Behind its capabilities edu's config space is plain memory: an Express capability written there
 * keeps what the kernel sets in it. The link can do 5 GT/s x2 and has come up as x1, as in the
 * slots of the CM3588.
 */
static void write_express(struct pci_dev *dev)
{
	pci_write_config_dword(dev, EXP_OFFSET, PCI_CAP_ID_EXP | 2 << 16 /* version 2, endpoint */);
	pci_write_config_dword(dev, EXP_OFFSET + PCI_EXP_DEVCAP, PCI_EXP_DEVCAP_RBER);
	pci_write_config_dword(dev, EXP_OFFSET + PCI_EXP_DEVCTL, PCI_EXP_DEVCTL_READRQ_512B);
	pci_write_config_dword(dev, EXP_OFFSET + PCI_EXP_LNKCAP,
			       PCI_EXP_LNKCAP_SLS_5_0GB | 2 << 4 /* x2 */);
	pci_write_config_dword(dev, EXP_OFFSET + PCI_EXP_LNKCTL,
			       (PCI_EXP_LNKSTA_CLS_5_0GB | PCI_EXP_LNKSTA_NLW_X1) << 16);
	pci_write_config_dword(dev, EXP_OFFSET + PCI_EXP_LNKCAP2,
			       PCI_EXP_LNKCAP2_SLS_2_5GB | PCI_EXP_LNKCAP2_SLS_5_0GB);
	pci_write_config_dword(dev, EXP_OFFSET + PCI_EXP_LNKCTL2, PCI_EXP_LNKCTL2_TLS_5_0GT);
}

/* The kernel has read the ids of edu already: it has to find the device anew. */
static void put_on(struct pci_bus *bus)
{
	struct pci_dev *edu = pci_get_slot(bus, 0);

	write_express(edu);
	pci_stop_and_remove_bus_device(edu);
	pci_dev_put(edu);
	pci_bus_set_ops(bus, &card_ops);
	pci_rescan_bus(bus);
}

static int __init axdisguise_init(void)
{
	struct pci_dev *dev = NULL;
	int i;

	while ((dev = pci_get_device(0x1234, 0x11e8, dev)))
		if (count < MAX_CARDS && !pci_is_root_bus(dev->bus))
			disguises[count++].bus = dev->bus;
	if (!count)
		return -ENODEV;

	lay_over(PCI_VENDOR_ID, 4, 0x06501f4b);
	lay_over(PCI_CLASS_REVISION, 4, PCI_CLASS_MULTIMEDIA_VIDEO << 16 | 1);
	lay_over(PCI_SUBSYSTEM_VENDOR_ID, 4, 0x06501f4b);
	lay_over(MSI_FLAGS - 1, 1, EXP_OFFSET); /* the capability after MSI */
	edu_ops = disguises[0].bus->ops;
	card_ops = *edu_ops;
	card_ops.read = card_read;
	card_ops.write = card_write;
	pci_lock_rescan_remove();
	for (i = 0; i < count; i++)
		put_on(disguises[i].bus);
	pci_unlock_rescan_remove();
	return 0;
}
module_init(axdisguise_init);

MODULE_DESCRIPTION("QEMU edu disguised as AX650N");
MODULE_LICENSE("Dual MIT/GPL");
