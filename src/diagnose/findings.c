/* SPDX-License-Identifier: MIT */
/* The list of findings, worst first. Pure. */

#include "diagnose/findings.h"

#include "base/util.h"

#include <string.h>

void findings_add(struct findings *findings, enum severity severity, const char *code, char *text,
		  char *advice)
{
	struct finding *grown = NULL;
	size_t at = findings->count;

	if (text)
		grown = array_grow(findings->list, findings->count, sizeof(*grown));
	if (!grown) {
		free(text);
		free(advice);
		findings->failed = true;
		return;
	}
	findings->list = grown;
	while (at && grown[at - 1].severity > severity)
		at--;
	memmove(grown + at + 1, grown + at, (findings->count++ - at) * sizeof(*grown));
	grown[at] = (struct finding){ severity, code, text, advice };
}

void findings_done(struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++) {
		free(findings->list[i].text);
		free(findings->list[i].advice);
	}
	free(findings->list);
	*findings = (struct findings){ 0 };
}

size_t findings_count(const struct findings *findings, enum severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->list[i].severity == severity;
	return count;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_PROBLEM] = "problem",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_INFO] = "info",
		[SEVERITY_OK] = "ok",
	};

	return names[severity];
}
