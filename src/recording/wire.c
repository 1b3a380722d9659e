/* SPDX-License-Identifier: MIT */

#include "wire.h"

#include <string.h>

G_STATIC_ASSERT (G_BYTE_ORDER == G_LITTLE_ENDIAN); /* the stream is read and written in place */
G_STATIC_ASSERT (sizeof (BsChunkHeader) == 32);

static inline guint64
mix (guint64 h, guint64 w)
{
  h = (h ^ w) * G_GUINT64_CONSTANT (0x9fb21c651e98df25);
  return h ^ (h >> 32);
}

static inline guint64
word_at (const guint8 *p)
{
  guint64 word;

  memcpy (&word, p, 8);
  return word;
}

/* Four lanes, so that the multiplications overlap: checksums are on the path of every event. */
guint64
bs_wire_hash (guint64 seed, const void *bytes, gsize n)
{
  const guint8 *p = bytes;
  guint64 a = seed ^ n, b = seed + 0x632be59bu, c = seed ^ 0x85157af5u, d = seed + 0x2545f491u, tail = 0;

  for (; n >= 32; n -= 32, p += 32) {
    a = mix (a, word_at (p));
    b = mix (b, word_at (p + 8));
    c = mix (c, word_at (p + 16));
    d = mix (d, word_at (p + 24));
  }
  for (; n >= 8; n -= 8, p += 8)
    a = mix (a, word_at (p));
  tail = 0;
  if (n > 0)
    memcpy (&tail, p, n);
  b = mix (b, tail ^ ((guint64) n << 56));
  return mix (mix (mix (a, b), c), d);
}

guint64
bs_wire_checksum (const BsChunkHeader *header, const void *payload, gsize n)
{
  guint64 h = bs_wire_hash (BS_WIRE_VERSION, header, G_STRUCT_OFFSET (BsChunkHeader, checksum));

  return bs_wire_hash (h, payload, n);
}
