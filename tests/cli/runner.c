/* SPDX-License-Identifier: MIT */
/*
 * runner KIND MASK GOVERNOR COMMAND: behaves at its input and output like a vendor's language-model
 * runner, with a speed that depends on what is in the files MASK and GOVERNOR. Runs COMMAND during
 * each answer. KIND is "ax-llm" (main_axcl_aarch64 --continue 1: colours, prompt marks for ever at
 * the end of its input), "axllm" (log lines with a time, /reset, leaves at the end of its input),
 * or one of "crash", "hang" and "silent", which do that in their third answer. Both have a progress
 * bar, print an answer token by token, and do not flush a pipe.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int holds(const char *path, const char *wanted)
{
	char *line = NULL;
	size_t size = 0;
	FILE *file = fopen(path, "r");
	int same;

	if (!file || getline(&line, &size, file) < 0)
		exit(9);
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	same = !strcmp(line, wanted);
	free(line);
	return same;
}

/* A factor of 1, plus or minus up to 2 %, the same each time the program is run. */
static double noise(void)
{
	static uint32_t state = 1;

	state = state * 1103515245 + 12345;
	return 1 + ((double)((state >> 16) % 4001) - 2000) / 100000;
}

/* What a terminal shows at once and a pipe keeps back. */
static void say(const char *text)
{
	const struct timespec token = { .tv_nsec = 2000000 };

	for (; *text; text++) {
		putchar(*text);
		if (*text == ' ') {
			fflush(stdout);
			nanosleep(&token, NULL);
		}
	}
}

static void answer(char **argv, int number)
{
	const char *kind = argv[1];
	const int tuned = holds(argv[2], "40") && holds(argv[3], "performance");
	const int colours = strcmp(kind, "axllm") != 0;
	double decode = (tuned ? 11.220 : 7.500) * noise();
	double ttft = (tuned ? 391.0 : 533.0) * noise();

	if (colours)
		printf("\033[32m[I][                             Run][1030]: ttft: %.2f "
		       "ms\n\033[0m",
		       ttft);
	else
		printf("10:20:30.400 INF Run:4680 | ttft: %.2f ms\n", ttft);
	if (system(argv[4]))
		exit(9);
	say("A quoted line:\n>> this is no mark, at 99.99 token/s\nThe end. ");
	if (number == 3 && !strcmp(kind, "crash"))
		abort();
	if (number == 3 && !strcmp(kind, "hang"))
		for (;;)
			pause();
	if (number == 3 && !strcmp(kind, "silent")) {
		puts("");
		return;
	}
	if (colours)
		printf("\n\033[1;35m[N][                             Run][1182]: hit eos,avg %.2f "
		       "token/s\n\033[0m\n",
		       decode);
	else
		printf("\n10:20:31.500 NTC Run:5095 | hit eos,decode avg %.2f token/s\n", decode);
}

int main(int argc, char **argv)
{
	const int leaves = argc == 5 && !strcmp(argv[1], "axllm");
	char *line = NULL;
	size_t size = 0;
	int number = 0;

	if (argc != 5)
		return 2;
	for (int i = 1; i <= 31; i++)
		printf("\r%3d%% | %.*s | %2d / 31 [0.%02ds<1.00s, 20.00 count/s] init axmodel ok",
		       i * 100 / 31, i, "###############################", i, i);
	puts("\nType \"q\" to exit, Ctrl+c to stop current running");
	for (;;) {
		printf(leaves ? "prompt >> " : ">> ");
		fflush(stdout);
		if (getline(&line, &size, stdin) < 0) {
			if (leaves)
				break;
			/* It does not look for the end of its input. */
			continue;
		}
		line[strcspn(line, "\n")] = '\0';
		if (!strcmp(line, leaves ? "/q" : "q"))
			break;
		if (leaves && !strcmp(line, "/reset"))
			puts("context is empty");
		else if (*line)
			answer(argv, ++number);
	}
	free(line);
	return 0;
}
