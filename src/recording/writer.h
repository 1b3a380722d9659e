/* SPDX-License-Identifier: MIT */

/* Writes the bytes of wire.h. Used inside the runner: no allocation per event, libc and a little GLib only. The
 * caller keeps the mapping from its own tensors to the dense ids that these functions return.
 *
 * Names, operations and places are interned: a call with the same content gives the same id; whoever calls often with
 * the same (code object and instruction, operation without attributes) should keep the id. Texts need not be UTF-8;
 * what is not is replaced. */

#pragma once

#include "event.h"

G_BEGIN_DECLS

typedef struct _BsWriter BsWriter;

/* Gets whole chunks (the first time, the header of the stream too); @n_events: how many events are in them. */
typedef void (*BsWriterSend) (gpointer user, const guint8 *bytes, gsize n, guint32 n_events);

BsWriter *bs_writer_new (BsWriterSend send, gpointer user);
void bs_writer_free (BsWriter *self); /* without flushing */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsWriter, bs_writer_free)
void bs_writer_flush (BsWriter *self); /* sends what there is; nothing when there is nothing */
guint32 bs_writer_get_n_events (const BsWriter *self);  /* so far: the next event's step */
guint32 bs_writer_get_n_pending (const BsWriter *self); /* not yet sent */
void bs_writer_set_chunk_size (BsWriter *self, gsize bytes);       /* sends by itself beyond (default 64 KiB) */
void bs_writer_set_whole_limit (BsWriter *self, guint64 elements); /* beyond: a thumbnail (default 4096) */

/* From @step on the values of that tensor are stored whole however large, as long as @budget bytes (of all such tensors
 * together) last. */
void bs_writer_keep_whole (BsWriter *self, guint32 tensor, guint32 step, guint64 budget);

/* --- side tables; ids from 1 ---------------------------------------------------------------------------------- */

guint32 bs_writer_string (BsWriter *self, const char *text, gssize length); /* -1: up to the NUL; NULL: 0 */
guint32 bs_writer_file (BsWriter *self, const char *path, const char *source, gssize length); /* source NULL: unknown */
guint32 bs_writer_place (BsWriter *self, const BsPlace *place);
/* @op is the table's name; @symbol and @grad_fn may be NULL. */
guint32 bs_writer_op (BsWriter *self, const char *op, const char *symbol, const char *grad_fn, guint n_attributes,
                      const BsAttribute *attributes);
guint32 bs_writer_new_storage (BsWriter *self); /* the next storage id */
/* About the whole run: "python", "engine", "seed", "script", "options" ... */
void bs_writer_info (BsWriter *self, const char *key, const char *value);

/* --- where the next events happen -------------------------------------------------------------------------------- */

void bs_writer_set_place (BsWriter *self, guint32 place); /* stays until changed; 0: none */
guint32 bs_writer_get_place (const BsWriter *self);
void bs_writer_set_frame (BsWriter *self, guint32 frame); /* for generators; else call() and return() do it */
guint32 bs_writer_get_frame (const BsWriter *self);

/* --- values ------------------------------------------------------------------------------------------------------ */

/* Elements of a tensor, borrowed for the call. Small ones are stored whole, large ones become a thumbnail with
 * statistics; equal ones are stored once. */
typedef struct {
  guint8 dtype;          /* the engine's BsDtype */
  guint8 n_dims;
  const gint64 *shape;
  const gint64 *strides; /* in elements; NULL: contiguous */
  const void *data;      /* NULL: not kept, only the type is known */
} BsArray;

/* As the value before a change: "what you have been told already" (the usual case), costs nothing. */
#define BS_ARRAY_KNOWN ((const BsArray *) -1)

/* --- events ------------------------------------------------------------------------------------------------------ */

void bs_writer_line (BsWriter *self, guint32 place);
/* Enters a frame and returns its id; the place is the call's. @module_path may be NULL. */
guint32 bs_writer_call (BsWriter *self, const char *function, const char *module_path);
void bs_writer_return (BsWriter *self); /* from the current frame; the caller's place comes back with set_place() */

typedef struct {
  guint32 op;       /* bs_writer_op() */
  guint16 flags;    /* BsTensorFlags */
  guint8 output_nr;
  guint32 alias;    /* 0: none */
  guint32 storage;  /* bs_writer_new_storage(), or an earlier tensor's */
  guint32 call;     /* id of the first output of the same operation; 0: this one is */
  guint32 n_inputs;
  const BsOperand *inputs;
  guint32 n_saved;
  const guint32 *saved;      /* tensor ids */
  gboolean saves_result;     /* besides @saved, the result itself (its id is not known before the call) */
  const BsArray *value;      /* NULL: nothing known */
} BsWriterTensor;
guint32 bs_writer_tensor (BsWriter *self, const BsWriterTensor *tensor); /* its id */

/* In the current frame. What the variable was before is known to the receiver. */
void bs_writer_name (BsWriter *self, const char *name, const BsPlain *value);

void bs_writer_backward_begin (BsWriter *self, guint32 root, gboolean retain_graph, gboolean create_graph,
                               const BsArray *seed);
/* @upstream BS_ARRAY_KNOWN: the sum of the edges so far. */
void bs_writer_node (BsWriter *self, guint32 node, const BsArray *upstream);
/* From the last node(). @to: the tensor that gets it (0: none known). @sum NULL: the same as @contribution. */
void bs_writer_edge (BsWriter *self, guint32 input, guint32 to, const BsArray *contribution, const BsArray *sum,
                     gboolean first);
void bs_writer_node_done (BsWriter *self, guint32 node, gboolean released, guint64 saved_bytes);
void bs_writer_backward_end (BsWriter *self, gboolean ok);
/* @before NULL: .grad was None. */
void bs_writer_accumulate (BsWriter *self, guint32 tensor, const BsArray *before, const BsArray *contribution,
                           const BsArray *after);

/* The same change as seen through another tensor on that storage: every living one must be told, since values
 * follow writes. */
typedef struct { guint32 tensor; const BsArray *before, *after; } BsEcho;
typedef struct {
  guint32 tensor, storage; /* @storage: after the write (`w.data = x` gives w another one) */
  guint32 op;              /* bs_writer_op(), or 0 */
  guint32 version;
  guint32 n_inputs;
  const BsOperand *inputs;
  const BsArray *before, *after;
  guint n_echoes;
  const BsEcho *echoes;
} BsWriterWrite;
void bs_writer_write (BsWriter *self, const BsWriterWrite *write);

/* Any change of .grad that is not an accumulation: None, another tensor, zero_(), mul_() of clip_grad_norm_.
 * @before, @after NULL: None. */
void bs_writer_grad_set (BsWriter *self, guint32 tensor, const BsArray *before, const BsArray *after);
void bs_writer_requires_grad (BsWriter *self, guint32 tensor, gboolean before, gboolean after);
void bs_writer_mode (BsWriter *self, guint8 before, guint8 after);
void bs_writer_release_tensor (BsWriter *self, guint32 tensor);
void bs_writer_release_node (BsWriter *self, guint32 node);
void bs_writer_release_storage (BsWriter *self, guint32 storage, guint64 n_bytes);
void bs_writer_output (BsWriter *self, const char *text, gssize length, gboolean is_error_stream);
void bs_writer_figure (BsWriter *self, const void *png, gsize length);
void bs_writer_error (BsWriter *self, const char *type, const char *message, const char *traceback, const char *help);
void bs_writer_end (BsWriter *self, BsEndKind how, int status, const char *detail);

G_END_DECLS
