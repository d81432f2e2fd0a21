/* SPDX-License-Identifier: MIT */
/* The configuration file. */

#include "base/cpuset.h"
#include "cmd/config-file.h"
#include "fuzz.h"
#include "machine/card.h"
#include "plan/config.h"

static void check_set(const char *key, const char *value)
{
	struct config config;
	struct error error = { 0 };

	CHECK(config_init(&config) == 0);
	CHECK(config_set(&config, key, value, &error) == 0);
	config_done(&config);
}

/* Each value is one that the command line takes, too. */
static void check_config(const struct config *config)
{
	char number[24];

	CHECK(config->cpu >= -1 && config->cpu < CPUSET_MAX);
	for (enum kind kind = 0; kind < N_KINDS; kind++)
		if (kinds[kind].key)
			check_set(kinds[kind].key,
				  config->wanted[kind] ? config->wanted[kind] : "off");
	for (size_t i = 0; i < config->n_devices; i++) {
		snprintf(number, sizeof(number), "%04x:%04x", config->devices[i].vendor,
			 config->devices[i].device);
		check_set("Devices", number);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_FREE char *text = fuzz_text(data, size);
	struct config config;
	struct error error = { 0 };
	int r;

	CHECK(config_init(&config) == 0);
	r = config_parse(text, "input", &config, &error);
	CHECK(r == 0 || (r == -EINVAL && !strncmp(error.text, "input, line ", 12)));
	check_config(&config);
	config_done(&config);
	return 0;
}
