/* SPDX-License-Identifier: MIT */

/* Recordings made up for tests and for looking at pictures: what a runner would send for small scripts whose numbers
 * are worked out here, and graphs of any size and kind. */

#pragma once

#include "recording/recording.h"

typedef enum {
  BS_FAKE_CHAIN,
  BS_FAKE_FAN,      /* one leaf goes into everything */
  BS_FAKE_TREE,     /* many leaves, summed up in pairs */
  BS_FAKE_RNN,      /* four shared weights, unrolled */
  BS_FAKE_NEURONS,  /* scalar multiplications and additions of dense layers */
  BS_FAKE_RESIDUAL, /* chain with skips */
  BS_FAKE_RANDOM,
  BS_FAKE_GRID,     /* each from two neighbours, as in dynamic programming */
  BS_FAKE_SHARED,   /* dense layers with the same 36 weights in each */
  BS_FAKE_WIDE,     /* all beside each other, added up */
  BS_FAKE_N_KINDS,
} BsFakeKind;

extern const char *const bs_fake_kind_names[BS_FAKE_N_KINDS];

/* loss = w² + 20; @n_passes gradient steps. */
BsRecording *bs_fake_quadratic (guint n_passes);
/* z = matmul (x, w) + b; mean of (z - y)²; numbers from a fixed seed. */
BsRecording *bs_fake_linear (void);
/* The same shapes made large: heat maps. */
BsRecording *bs_fake_large (void);
/* Long and Chinese names, NaN, detach, no_grad, an error in backward. */
BsRecording *bs_fake_odd (void);
/* About @n cards, forward and backward. */
BsRecording *bs_fake_graph (BsFakeKind kind, guint n);
/* The same while it is still being made: the first @n_made tensors of it. */
BsRecording *bs_fake_graph_begun (BsFakeKind kind, guint n, guint n_made);
