/* SPDX-License-Identifier: MIT */
/* What a command works with: the root, the configuration, its exit status when it fails. */

#include "cmd/context.h"

#include "cmd/config-file.h"
#include "root/record.h"
#include "root/root.h"
#include "root/sysroot.h"

#include <errno.h>
#include <locale.h>

int context_fail(const struct context *context, int code, const struct error *error)
{
	bool denied = code == -EACCES || code == -EPERM;
	bool root = geteuid() == 0;

	log_status("%s", error->text);
	log_error(&context->log, "%s%s", error->text,
		  !denied ? ""
		  : root  ? "; the kernel or a container refuses it to root: run it on the host"
			  : "; run it with sudo");
	return denied && !root	 ? STATUS_NOT_PERMITTED
	       : code == -EINVAL ? STATUS_USAGE
				 : STATUS_FAILED;
}

int context_open(struct context *context)
{
	struct error error = { .text = "out of memory" };
	int r = sysroot_open(context->sysroot, &context->root, &error);

	if (r < 0)
		return context_fail(context, r, &error);
	root_set_record(context->root, context->record);
	return -1;
}

int context_configure(struct context *context, struct error *ret_mistake)
{
	struct error error = { .text = "out of memory" };
	int r = config_init(&context->config);

	if (r == 0)
		r = config_read(context->root, context->config_file, &context->config, &error);
	if (r == 0)
		return -1;
	if (r == -ENOMEM || !ret_mistake)
		return context_fail(context, r, &error);
	*ret_mistake = error;
	config_done(&context->config);
	return config_init(&context->config) < 0 ? context_fail(context, -ENOMEM, &error) : -1;
}

void context_close(struct context *context)
{
	config_done(&context->config);
	sysroot_close(context->root);
	record_free(context->record);
}

int context_no_card(const struct context *context)
{
	log_message(&context->log, LOG_KIND_NO_CARD, NULL,
		    "no AX650N card found: no PCI device of vendor 1f4b. Check that the card sits "
		    "firmly in its slot, that its power is on, and what 'lspci -d 1f4b:' and "
		    "'dmesg | grep -i pcie' say");
	return STATUS_NO_CARD;
}

bool context_prints_result(const struct context *context)
{
	return context->log.level != LOG_QUIET && !context->log.journal;
}

struct report_style context_style(const struct context *context)
{
	const char *no_color = getenv("NO_COLOR");
	bool color = context->color == COLOR_ALWAYS ||
		     (context->color == COLOR_AUTO && isatty(STDOUT_FILENO) &&
		      !(no_color && *no_color));

	/* For the lines and bars of tables. Nothing else depends on the language. */
	(void)setlocale(LC_CTYPE, "");
	return (struct report_style){ .color = color,
				      .verbose = context->log.level == LOG_VERBOSE };
}
