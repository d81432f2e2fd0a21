/* SPDX-License-Identifier: MIT */
#pragma once

struct root;

enum virtualization {
	VIRTUALIZATION_UNKNOWN,
	VIRTUALIZATION_NONE,
	VIRTUALIZATION_CONTAINER, /* perhaps of a virtual machine */
	VIRTUALIZATION_VM,
};

/* What the firmware calls the machine; NULL unknown. */
struct firmware {
	char *compatible, *vendor, *product;
};

/* Leaves *ret alone if nothing tells. Returns 0 or -ENOMEM. */
int virtualization_read(const struct root *root, const struct firmware *firmware,
			enum virtualization *ret);

/* As in the JSON contract; NULL if unknown. */
const char *virtualization_name(enum virtualization virtualization);
