/* SPDX-License-Identifier: MIT */
/* Tells irqbalance which interrupts to leave alone. */

#include "apply/ban.h"

#include "machine/irqbalance.h"
#include "machine/process.h"
#include "root/root.h"

#include <errno.h>
#include <stdio.h>

/* Adds the interrupt to the list of bans or removes it. Returns 0 or -ENOMEM. */
static int change_list(struct irqbalance *irqbalance, int irq, bool banned)
{
	size_t kept = 0;
	int *grown;

	for (size_t i = 0; i < irqbalance->n_banned; i++)
		if (irqbalance->banned[i] != irq)
			irqbalance->banned[kept++] = irqbalance->banned[i];
	irqbalance->n_banned = kept;
	if (!banned)
		return 0;
	grown = reallocarray(irqbalance->banned, kept + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	irqbalance->banned = grown;
	grown[irqbalance->n_banned++] = irq;
	return 0;
}

/* HEAD, each number of the list after WORD, TAIL. The caller frees it. */
static char *print_list(const struct irqbalance *irqbalance, const char *head, const char *word,
			const char *tail)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	if (!out)
		return NULL;
	fputs(head, out);
	for (size_t i = 0; i < irqbalance->n_banned; i++)
		fprintf(out, "%s%d", word, irqbalance->banned[i]);
	fputs(tail, out);
	if (fclose(out) == 0)
		return text;
	free(text);
	return NULL;
}

static int send_list(const struct irqbalance *irqbalance, double deadline)
{
	CLEANUP_FREE char *answer = NULL;
	CLEANUP_FREE char *command = print_list(irqbalance, IRQBALANCE_BAN, " ",
						irqbalance->n_banned ? "" : " NONE");

	return command ? irqbalance_ask(irqbalance->pid, command, deadline, &answer) : -ENOMEM;
}

/* The irqbalance of a tree obeys too: rewrite the file that holds its answer. */
static int write_answer(const struct root *root, const struct irqbalance *irqbalance)
{
	CLEANUP_FREE char *answer = print_list(irqbalance, "SLEEP 10", " IRQ ", " BANNED 00000000");
	char path[64];

	snprintf(path, sizeof(path), IRQBALANCE_SOCKET, irqbalance->pid);
	return answer ? root_write_value(root, path, answer) : -ENOMEM;
}

static int set_ban(const struct root *root, int irq, bool banned, double deadline,
		   struct irqbalance *irqbalance)
{
	struct processes processes = { 0 };
	int r = irqbalance_read(root, &processes, deadline, irqbalance);

	processes_done(&processes);
	if (r == 0)
		r = irqbalance->pid ? -irqbalance->error : -ESRCH;
	if (r == 0)
		r = change_list(irqbalance, irq, banned);
	if (r == 0)
		r = root_is_live(root) ? send_list(irqbalance, deadline)
				       : write_answer(root, irqbalance);
	return r;
}

int irqbalance_set_ban(const struct root *root, int irq, bool banned, double deadline)
{
	struct irqbalance before = { 0 }, after = { 0 };
	struct processes processes = { 0 };
	int r = set_ban(root, irq, banned, deadline, &before);

	if (r == 0)
		r = irqbalance_read(root, &processes, deadline, &after);
	if (r == 0 && irqbalance_has_banned(&after, irq) != banned)
		r = after.pid ? -EIO : -ESRCH;
	irqbalance_done(&before);
	irqbalance_done(&after);
	processes_done(&processes);
	return r;
}
