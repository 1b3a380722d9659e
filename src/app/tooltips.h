/* SPDX-License-Identifier: MIT */
#pragma once

/* Tooltips with wide letters stand on one line: once for the program. */
void backstep_tooltips_init (void);
