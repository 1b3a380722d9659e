/* SPDX-License-Identifier: MIT */

/* Random training scripts, written straight through BsWriter: parameters, forward operations in functions, backward
 * walks whose edges meet, updates by WRITE, gradients cleared or not, names, prints. The same seed, the same bytes. */

#pragma once

#include "recording/recording.h"
#include "recording/writer.h"

typedef struct {
  guint32 seed;
  guint n_passes;
  guint n_ops;      /* forward operations in a pass */
  guint n_parameters;
  guint side;       /* tensors are side × side; 0: scalars */
  gboolean quiet;   /* no changes of structure from pass to pass, no large values, no double backward */
} BsSynthetic;

void bs_synthetic_write (BsWriter *writer, const BsSynthetic *options);
GByteArray *bs_synthetic_bytes (const BsSynthetic *options, gsize chunk_size);
BsRecording *bs_synthetic_recording (const BsSynthetic *options);
