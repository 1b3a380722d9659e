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

/* Four lanes, so that the multiplications overlap: checksums are on the path of every event. */
guint64
bs_wire_hash (guint64 seed, const void *bytes, gsize n)
{
  const guint8 *p = bytes;
  guint64 lane[4] = { seed ^ n, seed + 0x632be59bu, seed ^ 0x85157af5u, seed + 0x2545f491u };
  guint64 word[4], tail = 0;

  for (; n >= sizeof word; n -= sizeof word, p += sizeof word) {
    memcpy (word, p, sizeof word);
    for (int i = 0; i < 4; i++)
      lane[i] = mix (lane[i], word[i]);
  }
  for (; n >= 8; n -= 8, p += 8) {
    memcpy (&tail, p, 8);
    lane[0] = mix (lane[0], tail);
  }
  tail = 0;
  if (n > 0)
    memcpy (&tail, p, n);
  lane[1] = mix (lane[1], tail ^ ((guint64) n << 56));
  return mix (mix (mix (lane[0], lane[1]), lane[2]), lane[3]);
}

guint64
bs_wire_checksum (const BsChunkHeader *header, const void *payload, gsize n)
{
  guint64 h = bs_wire_hash (BS_WIRE_VERSION, header, G_STRUCT_OFFSET (BsChunkHeader, checksum));

  return bs_wire_hash (h, payload, n);
}
