/* SPDX-License-Identifier: MIT */

/* Numbers as a person reads them: few significant digits, a real minus sign, no jitter. */

#pragma once

#include "recording/event.h"

G_BEGIN_DECLS

#define BS_NUMBER_SIZE 32

/* "10", "−0.01961", "1.2e−5", "nan", "inf". Trailing zeros are dropped. Returns @buffer. */
const char *bs_number_format (char buffer[BS_NUMBER_SIZE], double number, int digits);
/* With so many decimals; exactly that many, so that columns stand still. < 0: in powers of ten. */
const char *bs_number_format_fixed (char buffer[BS_NUMBER_SIZE], double number, int decimals);
/* Decimals that show all of the stored elements with about @digits significant ones. */
int bs_number_decimals (const BsValue *value, int digits);
/* An element as its dtype is written: True, 3, 0.5. */
const char *bs_number_format_element (char buffer[BS_NUMBER_SIZE], const BsValue *value, guint32 i, int decimals);
gboolean bs_value_is_integral (const BsValue *value);

G_END_DECLS
