/* SPDX-License-Identifier: MIT */
/* Whether this is a container or a virtual machine, by the files that systemd-detect-virt reads. */

#include "machine/virtualization.h"

#include "base/util.h"
#include "root/record.h"
#include "root/root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CONTAINER_FILE "/run/systemd/container"
#define NODES_DIR      "/proc/device-tree"

/* --- Containers ------------------------------------------------------------------------------- */

static bool has_file(const struct root *root, const char *path)
{
	CLEANUP_CLOSE int fd = root_open_file(root, O_PATH, 0, path);

	return fd >= 0;
}

/* Only root may read it. It is not noted in a record: the rest of it is private. */
static bool environment_tells(const struct root *root)
{
	int fd = root_open_file(root, O_RDONLY, 0, "/proc/1/environ");
	CLEANUP_FREE char *word = NULL;
	bool tells = false;
	size_t size = 0;
	FILE *file;

	if (fd < 0)
		return false;
	file = fdopen(fd, "r");
	if (!file) {
		(void)close(fd);
		return false;
	}
	while (!tells && getdelim(&word, &size, '\0', file) > 0)
		tells = !strncmp(word, "container=", 10) && word[10];
	(void)fclose(file);
	return tells;
}

static bool is_container(const struct root *root)
{
	bool found = has_file(root, CONTAINER_FILE) ||
		     has_file(root, "/run/host/container-manager") ||
		     has_file(root, "/run/.containerenv") || has_file(root, "/.dockerenv") ||
		     environment_tells(root);

	/* Whatever told it, a board file has the first. */
	if (found && root_record(root))
		record_file(root_record(root), CONTAINER_FILE, "other\n", 6);
	return found;
}

/* --- Virtual machines ------------------------------------------------------------------------- */

static bool starts_with(const char *text, const char *prefix)
{
	return text && !strncmp(text, prefix, strlen(prefix));
}

static bool is_hypervisor_name(const char *text)
{
	static const char *const names[] = {
		"QEMU",
		"KVM",
		"OpenStack",
		"KubeVirt",
		"VMware",
		"VMW",
		"innotek GmbH",
		"VirtualBox",
		"Xen",
		"HVM domU",
		"Bochs",
		"Parallels",
		"BHYVE",
		"Virtual Machine",
		"Google Compute Engine",
		"Apple Virtualization",
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (starts_with(text, names[i]))
			return true;
	return false;
}

/* Amazon's machines for rent are virtual but for those called "c7g.metal" and the like. */
static bool is_named_virtual(const struct firmware *firmware)
{
	const char *product = firmware->product, *vendor = firmware->vendor;

	return is_hypervisor_name(product) || is_hypervisor_name(vendor) ||
	       (starts_with(vendor, "Amazon EC2") && product && !strstr(product, "metal")) ||
	       (firmware->compatible && text_has_word(firmware->compatible, "linux,dummy-virt"));
}

/* QEMU hands its guests a node for firmware. */
static bool has_firmware_node(const struct root *root)
{
	CLEANUP_DIR DIR *dir = NULL;

	if (root_open_dir(root, &dir, NODES_DIR) < 0)
		return false;
	for (const struct dirent *entry; (entry = readdir(dir));)
		if (starts_with(entry->d_name, "fw-cfg@"))
			return root_has_dir(root, NODES_DIR "/%s", entry->d_name);
	return false;
}

static int read_firmware(const struct root *root, const struct firmware *firmware,
			 enum virtualization *ret)
{
	CLEANUP_FREE char *hypervisor = NULL;
	int r = root_read_words(root, &hypervisor, NODES_DIR "/hypervisor/compatible");

	if (r == -ENOMEM)
		return r;
	if (hypervisor || is_named_virtual(firmware) || has_firmware_node(root))
		*ret = VIRTUALIZATION_VM;
	else if (firmware->compatible || firmware->vendor || firmware->product)
		*ret = VIRTUALIZATION_NONE;
	return 0;
}

/* The first domain of Xen has the hardware. */
static int read_xen(const struct root *root, enum virtualization *ret)
{
	CLEANUP_FREE char *type = NULL, *abilities = NULL;
	int r = root_read_value(root, &type, "/sys/hypervisor/type");

	if (r != -ENOMEM)
		r = root_read_value(root, &abilities, "/proc/xen/capabilities");
	if (r == -ENOMEM)
		return r;
	if (abilities && strstr(abilities, "control_d"))
		*ret = VIRTUALIZATION_NONE;
	else if (type || root_has_dir(root, "/proc/xen"))
		*ret = VIRTUALIZATION_VM;
	return 0;
}

int virtualization_read(const struct root *root, const struct firmware *firmware,
			enum virtualization *ret)
{
	int r;

	if (is_container(root)) {
		*ret = VIRTUALIZATION_CONTAINER;
		return 0;
	}
	r = read_firmware(root, firmware, ret);
	return r == 0 ? read_xen(root, ret) : r;
}

const char *virtualization_name(enum virtualization virtualization)
{
	static const char *const names[] = {
		[VIRTUALIZATION_UNKNOWN] = NULL,
		[VIRTUALIZATION_NONE] = "none",
		[VIRTUALIZATION_CONTAINER] = "container",
		[VIRTUALIZATION_VM] = "vm",
	};

	return names[virtualization];
}
