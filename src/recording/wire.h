/* SPDX-License-Identifier: MIT */

/* The bytes of a recording: what a runner sends and what a .backstep file holds, read by the same code.
 *
 *   stream  = header, chunk, chunk, ...
 *   header  = magic (8 bytes), u32 version, u32 zero
 *   chunk   = BsChunkHeader (32 bytes), payload padded with zeros to 8 bytes; a file may hold it zstd-compressed
 *   payload = records of 32-bit words, little-endian
 *   record  = head word, [length word], [place], [frame], body
 *
 * Head word: kind (8 bits), length in words, head included (8 bits; 0: the next word holds it), BS_HEAD_PLACE,
 * BS_HEAD_FRAME, and 14 flags of the kind. An event without a place or frame happened where the event before it
 * did; CALL enters a new frame (dense, from 1) and RETURN goes back to its parent.
 *
 * Records of kind 0x80 and above define something that later events name by a dense id from 1, so that an event of
 * a scalar program is 8 to 28 bytes. A *link* is a word that is zero in the stream; the receiver threads the events of
 * one tensor or variable through it, in place. What an event changed *from* is not in the stream unless it differs
 * from what the stream has told before (BS_CODE_SAME).
 *
 * Values (3-bit code in the head): see BsValueCode. An inline value has the type of the tensor it belongs to.
 * Operands: a tensor id, 0 for nothing, or one of the BS_OPERAND_* marks followed by the number. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define BS_WIRE_MAGIC "\x89" "BSTEP\r\n"
#define BS_WIRE_VERSION 1u
#define BS_WIRE_HEADER_SIZE 16u
#define BS_CHUNK_MAGIC 0x4b684342u /* "BChK" */
#define BS_CHUNK_ZSTD 1u
#define BS_CHUNK_MAX (64u << 20)   /* raw payload bytes */
#define BS_CHUNK_RATIO 64u         /* raw bytes per stored byte at most; the rest is padding in the file */

typedef struct {
  guint32 magic;
  guint32 flags;
  guint32 stored; /* payload bytes that follow, a multiple of 8 */
  guint32 raw;    /* payload bytes once decompressed, a multiple of 8 */
  guint32 n_events;
  guint32 packed; /* bytes of the zstd frame; the rest of @stored is padding */
  guint64 checksum; /* bs_wire_checksum() of the fields above and the stored payload */
} BsChunkHeader;

guint64 bs_wire_checksum (const BsChunkHeader *header, const void *payload, gsize n);
guint64 bs_wire_hash (guint64 seed, const void *bytes, gsize n);

#define BS_HEAD_PLACE (1u << 16)
#define BS_HEAD_FRAME (1u << 17)
#define BS_HEAD_SHIFT 18 /* flags of the kind start here */
#define BS_HEAD_KIND(head) ((head) & 0xffu)
#define BS_HEAD_LENGTH(head) (((head) >> 8) & 0xffu)
#define BS_HEAD_FLAG(n) (1u << (BS_HEAD_SHIFT + (n)))
#define BS_HEAD_BITS(head, from, n) (((head) >> (BS_HEAD_SHIFT + (from))) & ((1u << (n)) - 1u))
#define BS_HEAD_PUT(value, from) ((guint32) (value) << (BS_HEAD_SHIFT + (from)))

/* text = n_bytes, the bytes, NUL, padding to a word. "string" below is the id of a STRING. */
typedef enum {
  BS_DEF_STRING = 0x80, /* text */
  BS_DEF_FILE,          /* string path, text source */
  BS_DEF_PLACE,         /* file, line, end line, column, end column */
  BS_DEF_TYPE,          /* dtype | n_dims << 8, each size as two words */
  BS_DEF_OP,            /* strings op, symbol, grad_fn (0: none), n attributes, strings name, text of each */
  BS_DEF_RESULT,        /* op, type, BsTensorFlags | output_nr << 16, n_inputs, saved (bit i: input i; 31: result) */
  BS_DEF_BLOB,          /* type, [thumbnail: rows | columns << 16, n_nan, n_inf, min, max, mean, norm], pad to 8, data */
  BS_DEF_INFO,          /* string key, string value: about the run as a whole */
  BS_DEF_PAD,           /* nothing */
  BS_N_DEFS,
} BsDefinition;

#define BS_BLOB_THUMBNAIL BS_HEAD_FLAG (0)

typedef enum {
  BS_CODE_NONE,
  BS_CODE_INLINE,  /* the elements, padded to a word; at most BS_INLINE_MAX bytes; of the tensor's type */
  BS_CODE_BLOB,    /* id of a BLOB */
  BS_CODE_SAME,    /* nothing: the state before the event, or as the kind says below */
  BS_CODE_TYPED,   /* type, elements */
  BS_CODE_DROPPED, /* type: the elements are not kept */
} BsValueCode;

#define BS_INLINE_MAX 32u
#define BS_ECHOES_MAX 64u

#define BS_OPERAND_INT32 0xfffffff0u  /* + one word */
#define BS_OPERAND_INT64 0xfffffff1u  /* + two words */
#define BS_OPERAND_REAL 0xfffffff2u   /* + two words */
#define BS_OPERAND_FIRST 0xfffffff0u

/* Bodies of the events, in order; flag numbers in brackets. [a-b] is a field of bits.
 *   LINE            -
 *   CALL            function string, module path string (0: none), link (the frame)
 *   RETURN          -
 *   TENSOR          result, [0: alias], [1: storage; else the next new one], [2: call], operands,
 *                   [3: n, tensors saved, instead of the result's mask], value [4-6]
 *   NAME            [0-2 BsPlainKind, 3 its truth] name string, link (variable), then tensor, link (tensor) |
 *                   two words | text
 *   BACKWARD_BEGIN  [0 retain, 1 create] root, seed [4-6]
 *   NODE            node, link, upstream [4-6; SAME: what the edges summed up]
 *   EDGE            to, link, [1: node; else the last NODE's], [10-13: 15 -> input], contribution [4-6],
 *                   sum [7-9; SAME: the contribution]; [0 first]
 *   NODE_DONE       [0 released] [1: node; else the last NODE's], [2: saved bytes, two words]
 *   BACKWARD_END    [0 ok]
 *   ACCUMULATE      tensor, link, contribution [4-6], after [7-9; SAME: the contribution], before [10-12]
 *   WRITE           tensor, link, storage, result (0: none), version, operands, n echoes, after [4-6], before [7-9],
 *                   echoes: tensor, link, codes (after | before << 3), after, before
 *   GRAD_SET        [0 has grad] tensor, link, after [4-6], before [7-9]
 *   REQUIRES_GRAD   [0 after, 1 before] tensor, link
 *   MODE            [0-1 before, 2-3 after]
 *   RELEASE         [0-1: 0 tensor, 1 node, 2 storage] id, link, [2: n bytes, two words]
 *   OUTPUT          [0 error stream] text
 *   FIGURE          n bytes, the bytes, NUL, padding
 *   ERROR           texts type, message, traceback, help
 *   END             [0-3 BsEndKind] status, text detail */

typedef enum { BS_RELEASE_TENSOR, BS_RELEASE_NODE, BS_RELEASE_STORAGE } BsReleaseKind;

G_END_DECLS
