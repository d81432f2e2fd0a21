// SPDX-License-Identifier: MIT
/*
 * Stands in for the AXCL host driver, on QEMU's edu device. To the rest of the system it looks the
 * same: the name of the module and of the PCI driver, the vectors it takes (only the first gets a
 * handler), and a threaded handler whose hard half only wakes the thread. AXCL 3 takes one vector
 * and names the action after the PCI address; AXCL 2 takes vectors=4, irqname=endpoint-msi-irq.
 */

#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/timer.h>

/* Registers of edu in BAR 0 (docs/specs/edu in QEMU). */
#define EDU_IRQ_STATUS 0x24
#define EDU_IRQ_RAISE  0x60
#define EDU_IRQ_ACK    0x64

static int vectors = 1;
module_param(vectors, int, 0444);
MODULE_PARM_DESC(vectors, "MSI vectors to take, 1 to 4");

static char *irqname = "";
module_param(irqname, charp, 0444);
MODULE_PARM_DESC(irqname, "action in /proc/interrupts; empty: the PCI address");

static uint hz = 50;
module_param(hz, uint, 0644);
MODULE_PARM_DESC(hz, "interrupts per second; 0: none");

struct ax {
	void __iomem *registers;
	struct timer_list timer;
};

static irqreturn_t ax_quiet(int irq, void *data)
{
	struct ax *ax = data;

	writel(readl(ax->registers + EDU_IRQ_STATUS), ax->registers + EDU_IRQ_ACK);
	return IRQ_WAKE_THREAD;
}

/* The real driver receives the card's messages here. */
static irqreturn_t ax_receive(int irq, void *data)
{
	return IRQ_HANDLED;
}

static void ax_fire(struct ax *ax)
{
	writel(1, ax->registers + EDU_IRQ_RAISE);
}

static void ax_tick(struct timer_list *timer)
{
	struct ax *ax = from_timer(ax, timer, timer);
	uint rate = READ_ONCE(hz);

	if (rate)
		ax_fire(ax);
	/* Without a rate, look again in a while: the parameter can be written. */
	mod_timer(timer, jiffies + max(1u, HZ / (rate ?: 10)));
}

static ssize_t fire_store(struct device *dev, struct device_attribute *attribute, const char *text,
			  size_t size)
{
	ax_fire(dev_get_drvdata(dev));
	return size;
}
static DEVICE_ATTR_WO(fire);

static struct attribute *ax_attrs[] = { &dev_attr_fire.attr, NULL };
ATTRIBUTE_GROUPS(ax);

static int ax_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct ax *ax = devm_kzalloc(&pdev->dev, sizeof(*ax), GFP_KERNEL);
	int r;

	if (!ax)
		return -ENOMEM;
	r = pcim_enable_device(pdev);
	if (!r)
		r = pcim_iomap_regions(pdev, BIT(0), KBUILD_MODNAME);
	if (r)
		return r;
	ax->registers = pcim_iomap_table(pdev)[0];
	pci_set_drvdata(pdev, ax);
	pci_set_master(pdev);
	r = pci_alloc_irq_vectors(pdev, 1, vectors, PCI_IRQ_MSI);
	if (r < 0)
		return r;
	r = request_threaded_irq(pci_irq_vector(pdev, 0), ax_quiet, ax_receive, IRQF_SHARED,
				 *irqname ? irqname : pci_name(pdev), ax);
	if (r) {
		pci_free_irq_vectors(pdev);
		return r;
	}
	timer_setup(&ax->timer, ax_tick, 0);
	mod_timer(&ax->timer, jiffies + 1);
	return 0;
}

static void ax_remove(struct pci_dev *pdev)
{
	struct ax *ax = pci_get_drvdata(pdev);

	del_timer_sync(&ax->timer);
	free_irq(pci_irq_vector(pdev, 0), ax);
	pci_free_irq_vectors(pdev);
}

static const struct pci_device_id ax_ids[] = { { PCI_DEVICE(0x1f4b, 0x0650) }, {} };
MODULE_DEVICE_TABLE(pci, ax_ids);

static struct pci_driver ax_driver = {
	.name = "ax_pcie_dev_host", /* unlike the module, as with AXCL */
	.id_table = ax_ids,
	.probe = ax_probe,
	.remove = ax_remove,
	.dev_groups = ax_groups,
};
module_pci_driver(ax_driver);

MODULE_DESCRIPTION("stand-in for the AXCL host driver");
MODULE_LICENSE("Dual MIT/GPL");
