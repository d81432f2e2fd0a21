/* SPDX-License-Identifier: MIT */
/*
 * floor VALUE FILE...: the least that apply could do if it knew everything before: writes VALUE to
 * the first FILE and "performance" to the others, and reads them back. Without arguments it does
 * nothing at all, to be linked to the libraries of the program: what it costs to load them.
 */

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int set(const char *path, const char *value)
{
	size_t length = strlen(value);
	char back[64];
	ssize_t n;
	int fd = open(path, O_RDWR);

	if (fd < 0)
		return 1;
	n = read(fd, back, sizeof(back));
	if (n < 0 || pwrite(fd, value, length, 0) != (ssize_t)length)
		return 1;
	n = pread(fd, back, sizeof(back), 0);
	close(fd);
	return n < (ssize_t)length || memcmp(back, value, length) != 0;
}

int main(int argc, char **argv)
{
	int failed = 0;

	for (int i = 2; i < argc; i++)
		failed |= set(argv[i], i == 2 ? argv[1] : "performance");
	return failed;
}
