/* SPDX-License-Identifier: MIT */
/* The results of bench as CSV (RFC 4180): a line for each run. */

#include "report/bench.h"

#include "bench/bench.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void put_field(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"')
			putchar('"');
		putchar(*text);
	}
	putchar('"');
}

static void put_value(double value)
{
	putchar(',');
	if (isfinite(value))
		printf("%.9g", value);
}

static void put_csv_run(const struct bench_result *result, const struct bench_variant *variant,
			size_t round)
{
	const struct bench_run *run = &variant->runs[round];

	put_field(result->name);
	putchar(',');
	put_field(variant->name);
	printf(",%zu", round + 1);
	put_value(run->result.value);
	putchar(',');
	put_field(result->unit);
	put_value(run->result.min);
	put_value(run->result.p95);
	put_value(run->result.max);
	printf(",%" PRIu64, bench_run_interrupts(run, -1));
	put_value(run->start_khz);
	put_value(run->end_khz);
	put_value(run->start_c);
	put_value(run->end_c);
	printf(",%d,", run->throttled);
	put_field(run->invalid ? run->invalid : "");
	fputs("\r\n", stdout);
}

void report_bench_csv(const struct bench *bench)
{
	fputs("model,setting,round,value,unit,min,p95,max,interrupts,start_khz,end_khz,start_c,"
	      "end_c,throttled,invalid\r\n",
	      stdout);
	for (size_t i = 0; i < bench->n_results; i++)
		for (size_t k = 0; k < bench->results[i].n_variants; k++)
			for (size_t n = 0; n < bench->results[i].variants[k].n_runs; n++)
				put_csv_run(&bench->results[i], &bench->results[i].variants[k], n);
}
