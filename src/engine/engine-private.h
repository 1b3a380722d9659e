/* SPDX-License-Identifier: MIT */

/* What the files of the engine share: the structures, the state, and the context an operation works in. */

#pragma once

#include "engine.h"
#include "ops.h"

G_BEGIN_DECLS

/* What changes belongs to the thread that computes, so that several may, each with tensors of its own; what a thread leaves
 * to another may be used there once it is left alone here. In a program that is a fixed offset from a register, as cheap as a
 * global; in a shared library the offset has to be looked up (some 15 % more instructions for scalars, measured). */
#ifdef BS_ENGINE_SHARED
#define BS_OF_THREAD _Thread_local __attribute__ ((tls_model ("initial-exec")))
#else
#define BS_OF_THREAD _Thread_local __attribute__ ((tls_model ("local-exec")))
#endif

#define BS_INLINE_BYTES 128 /* of elements, in the block of their tensor */

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BS_SANITIZED 1
#define BS_CLONES
#else
#define BS_SANITIZED 0
/* One loop, compiled for three generations of processors, chosen when the program is loaded. */
#define BS_CLONES __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default"), optimize ("O3")))
#endif

/* --- memory (memory.c) ------------------------------------------------------------------------------------------ */

/* Small blocks come from free lists by size class, so that a header costs a few instructions. */
#define BS_SMALL_STEP 32
#define BS_SMALL_MAX 1024

typedef struct _BsFreeBlock BsFreeBlock;
struct _BsFreeBlock {
  BsFreeBlock *next;
};
extern BS_OF_THREAD BsFreeBlock *bs_free_blocks[BS_SMALL_MAX / BS_SMALL_STEP + 1];

void *bs_alloc_slowly (gsize size); /* NULL when there is none, or when a test wants none */
void bs_free_slowly (void *block, gsize size);
void *bs_buffer_alloc (gsize size);
void bs_buffer_free (void *buffer, gsize size);

/* Where the header of a storage lies: most are part of the tensor that was made with them, one block for both, which
 * is freed when both are gone. */
enum { BS_HOME_OWN, BS_HOME_TENSOR, BS_HOME_DEAD_TENSOR, BS_HOME_GONE };

struct _BsStorage {
  guint32 refs;
  guint32 version;
  guint64 id;
  gsize n_bytes;
  void *data;
  GDestroyNotify release; /* NULL: the data lies in the block */
  gpointer owner;
  guint32 home;
};

BsStorage *bs_storage_new_foreign (void *data, gsize n_bytes, GDestroyNotify release, gpointer owner);
/* @room: where few bytes of data can lie, or NULL. */
gboolean bs_storage_init (BsStorage *self, gsize n_bytes, guint home, void *room);
void bs_storage_destroy (BsStorage *self);

static inline void
bs_storage_unref (BsStorage *self)
{
  if (--self->refs == 0)
    bs_storage_destroy (self);
}

/* --- tensors (tensor.c) ----------------------------------------------------------------------------------------- */

enum {
  BS_TENSOR_CONTIGUOUS = 1 << 0,
  BS_TENSOR_NUMBER = 1 << 1,
  BS_TENSOR_REQUIRES_GRAD = 1 << 2, /* of a leaf */
  BS_TENSOR_RETAINS_GRAD = 1 << 3,
  BS_TENSOR_INFERENCE = 1 << 4,
  BS_TENSOR_ALIAS = 1 << 5,         /* a saved output: shows the identity of the tensor it stands for */
  BS_TENSOR_NO_GRAD_VIEW = 1 << 6,  /* a view made while gradients were off */
  BS_TENSOR_MULTI_VIEW = 1 << 7,    /* one of several views of one operation */
  BS_TENSOR_OWN_VERSION = 1 << 8,
  BS_TENSOR_FREE_DIMS = 1 << 9,     /* shape is on the heap */
  BS_TENSOR_HOUSES = 1 << 10,       /* the block has room for a storage */
};

typedef struct _BsHooks BsHooks;

/* In one block: the tensor, the storage that was made with it (BS_TENSOR_HOUSES), shape and strides, few elements. */
struct _BsTensor {
  guint32 refs;
  guint8 dtype;
  guint8 n_dims;
  guint16 flags;
  guint16 output_nr;
  guint16 block;        /* bytes of the block */
  guint32 view_version; /* of the base when grad_fn was made */
  BsStorage *storage;
  gint64 offset;
  gint64 numel;
  gint64 *shape; /* n_dims of them, then as many strides */
  guint32 *version;
  guint64 id;
  BsNode *grad_fn;
  BsNode *accumulate; /* weak */
  BsTensor *grad;
  BsTensor *base;
  BsHooks *hooks; /* of a leaf */
  gpointer user_data;
  guint64 saved_seq; /* the first node that saved this very tensor since its history last changed; 0: none */
};

static inline BsStorage *
bs_house (BsTensor *self)
{
  return (BsStorage *) (self + 1);
}

static inline gint64 *
bs_strides (const BsTensor *self)
{
  return self->shape + self->n_dims;
}

static inline gboolean
bs_tracks (const BsTensor *self)
{
  return self->grad_fn != NULL || (self->flags & BS_TENSOR_REQUIRES_GRAD);
}

extern const guint8 bs_dtype_sizes[BS_N_DTYPES];

static inline void *
bs_data (const BsTensor *self)
{
  return (guint8 *) self->storage->data + self->offset * bs_dtype_sizes[self->dtype];
}

/* Uninitialised; no observer; NULL and an error when memory is out. */
BsTensor *bs_tensor_fresh (BsDtype dtype, guint n_dims, const gint64 *shape, GError **error);
BsTensor *bs_tensor_fresh_strided (BsDtype dtype, guint n_dims, const gint64 *shape, const gint64 *strides,
                                   GError **error);
/* Another header on the same memory; shares the version counter. */
BsTensor *bs_tensor_alias (const BsTensor *self, guint n_dims, const gint64 *shape, const gint64 *strides,
                           gint64 offset, GError **error);
gboolean bs_tensor_reshape_header (BsTensor *self, guint n_dims, const gint64 *shape, const gint64 *strides,
                                   gint64 offset, GError **error);
void bs_tensor_update_contiguous (BsTensor *self);
gboolean bs_same_shape (const BsTensor *a, const BsTensor *b);
gint64 bs_numel_of (guint n_dims, const gint64 *shape);
void bs_contiguous_strides (guint n_dims, const gint64 *shape, gint64 *strides);
char *bs_shape_text (guint n_dims, const gint64 *shape); /* "[2, 3]"; g_free */
gboolean bs_copy_data (BsTensor *to, const BsTensor *from, GError **error); /* broadcasts and converts */
void bs_fill_data (BsTensor *self, double value);
double bs_load (BsDtype dtype, const void *data, gint64 index);
gint64 bs_load_integer (BsDtype dtype, const void *data, gint64 index);
void bs_store (BsDtype dtype, void *data, gint64 index, double value);
void bs_store_integer (BsDtype dtype, void *data, gint64 index, gint64 value);

/* --- dtypes (dtype.c) ------------------------------------------------------------------------------------------- */

float bs_half_to_float (guint16 half);
guint16 bs_float_to_half (float value);
BsDtype bs_result_dtype (guint n, BsTensor *const *inputs);
void bs_convert (BsDtype to, void *out, gint64 out_stride, BsDtype from, const void *in, gint64 in_stride, gsize n);

/* --- nodes (node.c) --------------------------------------------------------------------------------------------- */

typedef enum { BS_NODE_OP, BS_NODE_ACCUMULATE, BS_NODE_CUSTOM, BS_NODE_COPY_SLICES, BS_NODE_VIEW } BsNodeKind;

typedef struct {
  BsNode *node;
  guint32 nr;
} BsEdge;

enum { BS_SAVED_INPUT = 0, BS_SAVED_OUTPUT = 1, BS_SAVED_EXTRA = 2 };

typedef struct _BsPacked BsPacked;

typedef struct {
  union {
    BsTensor *tensor;
    BsPacked *packed; /* when is_packed */
  };
  guint32 version;
  guint16 index;
  guint8 kind;
  guint8 is_packed;
} BsSaved;

typedef struct {
  BsTensor *upstream; /* scratch of a walk */
  BsHooks *hooks;
  gint64 *shape;
  guint8 dtype;
  guint8 n_dims;
} BsNodeOutput;

/* The upper half of the flags are the notes that the forward left for the backward. */
enum { BS_NODE_RELEASED = 1 << 0, BS_NODE_NEEDED = 1 << 1, BS_NODE_CAPTURED = 1 << 2,
       BS_NODE_NUMBER = 1 << 3, /* the last operand was a number */ BS_NODE_NOTES = 4 };

struct _BsNode {
  guint32 refs;
  guint32 size;
  guint8 kind;
  guint8 flags;
  guint16 n_args;
  guint16 n_saved;
  guint16 n_outputs;
  guint32 mark;         /* the walk whose scratch this is; with the next one the link of the dead: aligned as a pointer */
  guint32 dependencies; /* scratch */
  guint32 n_inputs;
  guint64 seq;
  const BsOp *op;
  BsEdge *edges;
  BsSaved *saved;
  BsNodeOutput *outputs;
  BsArg *args;
  gpointer data; /* ACCUMULATE: the leaf (owned); COPY_SLICES, VIEW, CUSTOM: theirs */
  GArray *hooks; /* of BsNodeHookEntry, or NULL */
};

typedef struct {
  const char *name;
  BsCustomBackward backward;
  gpointer data;
  GDestroyNotify destroy;
  gboolean materialize;
  void (*released) (gpointer data);
} BsCustom;

typedef struct {
  guint id;
  BsNodeHook call;
  gpointer data;
  GDestroyNotify destroy;
} BsNodeHookEntry;

/* A saved tensor that hooks have taken: what they gave for it, and where its gradient goes. */
struct _BsPacked {
  BsSavedHooks *hooks;
  gpointer handle;
  BsEdge edge; /* not for a result: that is the node itself */
  gsize n_bytes;
};

struct _BsSavedHooks {
  guint refs;
  BsPack pack;
  BsUnpack unpack;
  GDestroyNotify drop;
  gpointer data;
  GDestroyNotify destroy;
  BsSavedHooks *outer; /* the next of the stack */
};

/* The geometry of a view inside its base, for nodes that are made afterwards. */
typedef struct {
  BsNode *inner; /* COPY_SLICES: what the in-place operation would have left */
  guint8 base_dims, view_dims;
  gint64 base_offset, view_offset;
  gint64 base_shape[BS_MAX_DIMS], base_strides[BS_MAX_DIMS];
  gint64 view_shape[BS_MAX_DIMS], view_strides[BS_MAX_DIMS];
} BsSlices;

struct _BsHooks {
  guint32 refs;
  guint32 next_id;
  BsTensor *retain; /* weak: the tensor whose .grad is to be kept */
  guint retain_at;  /* id of the hook before which retain_grad() was called */
  GArray *list;     /* of BsHook */
};

typedef struct {
  guint id;
  BsTensorHook call;
  gpointer data;
  GDestroyNotify destroy;
} BsHook;

BsNode *bs_node_new (BsNodeKind kind, const BsOp *op, guint n_inputs, guint n_saved, guint n_outputs,
                     BsTensor *const *outputs, guint n_args, const BsArg *args, GError **error);
void bs_node_destroy (BsNode *self);
void bs_node_release_saved (BsNode *self);
gboolean bs_node_save (BsNode *self, guint slot, guint8 kind, guint index, BsTensor *tensor, GError **error);
/* The node that gets the gradient of @self, with a new reference; NULL node when none is wanted. */
gboolean bs_gradient_edge (BsTensor *self, BsEdge *edge, GError **error);
BsNode *bs_node_input_shape (const BsNode *self, guint input, guint *n_dims, const gint64 **shape, BsDtype *dtype);
void bs_hooks_unref (BsHooks *self);
gboolean bs_node_run_hooks (BsNode *self, BsTensor **grads, BsTensor **upstream, GError **error);

/* --- saved tensors that hooks keep (saved.c) --------------------------------------------------------------------------- */

gboolean bs_saved_pack (BsNode *node, BsSaved *saved, BsTensor *tensor, GError **error);
void bs_saved_drop (BsPacked *packed);
BsTensor *bs_saved_unpack (BsNode *node, const BsSaved *saved, GError **error); /* transfer full */

/* --- in-place rules (inplace.c) --------------------------------------------------------------------------------- */

gboolean bs_check_inplace (BsTensor *self, gboolean records, GError **error);
gboolean bs_rebase_history (BsTensor *self, BsNode *node, GError **error);
gboolean bs_refresh_view (BsTensor *self, GError **error);
void bs_break_cycles (BsTensor *self);

/* --- the context of an operation (context.c) ----------------------------------------------------------------------
 * Forward: reads inputs and args, sets outputs with bs_ctx_return(). Backward: reads the saved inputs and outputs and
 * the upstream gradients, sets contributions with bs_ctx_give(). Tensors made by the helpers of build.h belong to the
 * context and go with it. After a failure every helper returns NULL, and the first error stays. */

#define BS_CTX_TEMPS 12

struct _BsOpContext {
  const BsOp *op;
  BsTensor *const *inputs; /* backward: NULL where not saved */
  const BsArg *args;
  guint n_inputs;
  guint n_args;
  gboolean raw; /* a primitive forward: its helpers neither record nor report */
  guint8 wrote; /* forward: bit i: input i was changed by the way */
  guint8 notes; /* forward: four bits for the backward, see bs_notes() */

  BsTensor **outputs; /* forward: made; backward: saved */
  guint n_outputs;
  guint max_outputs;
  BsTensor *dest; /* in place: write here if you can */
  BsTensor *extra[3]; /* forward: to be saved besides (owned); backward: saved */

  BsNode *node;
  BsTensor **upstream; /* backward: one per output */
  BsTensor **grads;
  gboolean filtered;   /* only some inputs of the graph want gradients */

  GError *error;
  guint n_temps;
  BsTensor *temps[BS_CTX_TEMPS];
  GPtrArray *more;
};

void bs_ctx_init (BsOpContext *ctx, const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args,
                  const BsArg *args);
void bs_ctx_clear (BsOpContext *ctx);
BsTensor *bs_ctx_own (BsOpContext *ctx, BsTensor *tensor);       /* the context takes it; returns it */
void bs_ctx_return (BsOpContext *ctx, BsTensor *tensor);         /* borrowed; next output */
void bs_ctx_give (BsOpContext *ctx, guint input, BsTensor *grad); /* borrowed; NULL: no contribution */
void bs_fail (BsOpContext *ctx, BsEngineError code, const char *format, ...) G_GNUC_PRINTF (3, 4);

static inline gboolean
bs_wants (const BsOpContext *ctx, guint input)
{
  const BsNode *next = ctx->node->edges[input].node;
  return next != NULL && (!ctx->filtered || (next->flags & (BS_NODE_NEEDED | BS_NODE_CAPTURED)));
}

static inline guint
bs_notes (const BsOpContext *ctx)
{
  return ctx->node->flags >> BS_NODE_NOTES;
}

static inline gboolean
bs_arg_given (const BsOpContext *ctx, guint i)
{
  return i < ctx->n_args && ctx->args[i].kind != BS_ARG_NONE;
}

gint64 bs_arg_int (const BsOpContext *ctx, guint i, gint64 otherwise);
double bs_arg_real (const BsOpContext *ctx, guint i, double otherwise);
gboolean bs_arg_bool (const BsOpContext *ctx, guint i, gboolean otherwise);
const char *bs_arg_string (const BsOpContext *ctx, guint i, const char *otherwise);
/* -1 when not given. */
int bs_arg_dtype (const BsOpContext *ctx, guint i);
/* Number of ints copied (an INT counts as one); -1 when not given. */
int bs_arg_ints (const BsOpContext *ctx, guint i, gint64 *out, guint max);
/* Dimension wrapped into 0..n-1, PyTorch's IndexError otherwise (returns -1). */
int bs_wrap_dim (BsOpContext *ctx, gint64 dim, guint n_dims);

/* Whether PyTorch has the operation for elements of @dtype (kernels.c); fails with its words. */
gboolean bs_check_kernel (BsOpContext *ctx, BsDtype dtype, gboolean has_loop);

/* --- state (state.c) -------------------------------------------------------------------------------------------- */

typedef struct {
  const BsObserver *observer;
  gpointer user;
  guint64 next_tensor, next_storage, next_seq;
  guint64 fail_in; /* allocations until the failing one, 0: never */
  guint depth;
  guint32 walk;
  BsGradMode grad_mode;
  gboolean anomaly;
  BsDtype default_dtype;
  BsMemory memory;
  gsize memory_limit;
  BsSavedHooks *saved_hooks; /* the innermost */
} BsState;

extern BS_OF_THREAD BsState bs_state;

static inline void *
bs_alloc (gsize size)
{
  guint class = (size + BS_SMALL_STEP - 1) / BS_SMALL_STEP;
  BsFreeBlock *block;
  if (BS_SANITIZED || size > BS_SMALL_MAX || G_UNLIKELY (bs_state.fail_in != 0) ||
      G_UNLIKELY ((block = bs_free_blocks[class]) == NULL))
    return bs_alloc_slowly (size);
  bs_free_blocks[class] = block->next;
  return block;
}

static inline void
bs_free (void *memory, gsize size)
{
  BsFreeBlock *block = memory;
  guint class = (size + BS_SMALL_STEP - 1) / BS_SMALL_STEP;
  if (BS_SANITIZED || size > BS_SMALL_MAX) {
    bs_free_slowly (memory, size);
    return;
  }
  block->next = bs_free_blocks[class];
  bs_free_blocks[class] = block;
}

static inline gboolean
bs_grad_enabled (void)
{
  return bs_state.grad_mode == BS_GRAD_NORMAL;
}

G_END_DECLS
