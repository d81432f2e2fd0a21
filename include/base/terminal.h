/* SPDX-License-Identifier: MIT */
#pragma once

/* How wide text may be on that file: that of a terminal, from 40 to 120; otherwise 80. */
int terminal_columns(int fd);
