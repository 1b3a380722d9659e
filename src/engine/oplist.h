/* SPDX-License-Identifier: MIT */

/* The names of all operations. Included by ops.h only. */

#pragma once

#define BS_OPS \
  X (add) X (sub) X (mul) X (div) X (neg)
