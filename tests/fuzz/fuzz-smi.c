/* SPDX-License-Identifier: MIT */
/* The output of axcl-smi. */

#include "fuzz.h"
#include "machine/smi.h"

static void check_card(const struct smi *smi, const struct smi_card *card)
{
	CHECK(card_is_address(card->address, strlen(card->address)));
	CHECK(smi_find(smi, card->address));
	CHECK(fuzz_is_printable(card->firmware));
	CHECK(card->temperature_c >= -1 && card->npu_percent >= -1);
	CHECK(card->used_mib >= -1 && card->total_mib >= -1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct smi smi = { 0 };

	CHECK(smi_parse(text, &smi) == 0);
	CHECK(smi.outcome == (smi.n_cards ? SMI_ANSWERED : SMI_FAILED));
	CHECK(fuzz_is_printable(smi.driver) && fuzz_is_printable(smi.message));
	for (size_t i = 0; i < smi.n_cards; i++)
		check_card(&smi, &smi.cards[i]);
	smi_done(&smi);
	return 0;
}
