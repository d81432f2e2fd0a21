/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/*
 * A random machine as a board file (include/root/board.h). The same SEED makes the same machine.
 * About half of them are well formed; in the others, files are missing or hold what no kernel
 * writes. The caller frees it; NULL if out of memory.
 */
char *generate_machine(uint64_t seed);
