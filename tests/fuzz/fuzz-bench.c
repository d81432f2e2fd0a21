/* SPDX-License-Identifier: MIT */
/* Saved results of bench: whatever is read can be written and read again. */

#include "base/util.h"
#include "bench/bench.h"
#include "bench/results-json.h"
#include "fuzz.h"

#include <math.h>
#include <sys/mman.h>

static int read_text(const char *text, size_t length, struct bench *ret)
{
	CLEANUP_CLOSE int fd = memfd_create("results", MFD_CLOEXEC);
	struct error error = { 0 };
	char path[32];
	int r;

	CHECK(fd >= 0 && write(fd, text, length) == (ssize_t)length);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	r = bench_read(path, ret, &error);
	CHECK(r == 0 || (r == -EBADMSG && *error.text));
	return r;
}

static char *write_text(const struct bench *bench)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	CHECK(out);
	CHECK(bench_write(bench, out) == 0);
	CHECK(fclose(out) == 0);
	return text;
}

static void check_result(const struct bench_result *result)
{
	const struct bench_variant *main = bench_main_variant(result);

	CHECK(fuzz_is_printable(result->name) && result->metric < N_METRICS);
	CHECK(result->n_variants > 0 && (result->n_variants > 1 || !main));
	for (size_t i = 0; i < result->n_variants; i++) {
		const struct bench_variant *variant = &result->variants[i];

		CHECK(fuzz_is_printable(variant->name));
		(void)bench_interrupts(variant, -1);
		CHECK(!isinf(bench_spread(variant)) && !isinf(variant->summary.mean));
		CHECK(!isinf(variant->summary.max));
		for (size_t k = 0; k < variant->n_runs; k++)
			CHECK(!variant->runs[k].invalid ||
			      fuzz_is_printable(variant->runs[k].invalid));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench bench, again;
	char *text, *same;

	if (read_text((const char *)data, size, &bench) < 0)
		return 0;
	for (size_t i = 0; i < bench.n_results; i++)
		check_result(&bench.results[i]);
	/* Numbers are written with twelve digits. Once they have been, nothing changes any more. */
	text = write_text(&bench);
	CHECK(read_text(text, strlen(text), &again) == 0);
	free(text);
	bench_done(&bench);
	text = write_text(&again);
	CHECK(read_text(text, strlen(text), &bench) == 0);
	same = write_text(&bench);
	CHECK(!strcmp(text, same));
	free(text);
	free(same);
	bench_done(&bench);
	bench_done(&again);
	return 0;
}
