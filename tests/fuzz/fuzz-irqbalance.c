/* SPDX-License-Identifier: MIT */
/* The answer of irqbalance to "setup". */

#include "fuzz.h"
#include "machine/irqbalance.h"

/* Printed as an answer and parsed again, the list must be the same. */
static void check_again(const int *irqs, size_t count)
{
	CLEANUP_FREE char *text = NULL;
	CLEANUP_FREE int *again = NULL;
	size_t length, n = 0;
	FILE *out = open_memstream(&text, &length);

	CHECK(out);
	fputs("SLEEP 10 ", out);
	for (size_t i = 0; i < count; i++)
		fprintf(out, "IRQ %d LOAD 0 DIFF 0 CLASS 0 ", irqs[i]);
	fputs("BANNED 00000000", out);
	CHECK(fclose(out) == 0);
	CHECK(irqbalance_parse_setup(text, &again, &n) == 0 && n == count);
	CHECK(!count || !memcmp(irqs, again, count * sizeof(*irqs)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct irqbalance irqbalance = { .pid = 1, .arguments = text };

	if (irqbalance_parse_setup(text, &irqbalance.banned, &irqbalance.n_banned) == 0) {
		for (size_t i = 0; i < irqbalance.n_banned; i++)
			CHECK(irqbalance.banned[i] >= 0 &&
			      irqbalance_has_banned(&irqbalance, irqbalance.banned[i]));
		check_again(irqbalance.banned, irqbalance.n_banned);
	}
	/* The input as its command line. */
	(void)irqbalance_ban(&irqbalance, 50);
	free(irqbalance.banned);
	return 0;
}
