/* SPDX-License-Identifier: MIT */

/* The engine: tensors, a table of operations, and reverse-mode automatic differentiation.
 *
 * It behaves as PyTorch 1.13 does, number for number and word for word in its errors, and knows no Python, no
 * GTK and no files. Each thread has a state of its own (modes, counters, memory), so that several may compute at once,
 * every tensor in one thread at a time: what one has left alone another may go on with.
 *
 * A *tensor* is a view (dtype, shape, strides, offset) on a reference-counted *storage*. An operation is looked
 * up in one table (ops.h) and applied with bs_apply(); when gradients are recorded it leaves a *node* behind, the
 * result's grad_fn, with edges to the nodes of its inputs. bs_backward() walks those nodes from the newest to the
 * oldest: each backward function returns its contribution to every input, and the engine adds them up.
 *
 * Ownership: functions returning BsTensor* return a new reference (transfer full) unless their name begins with
 * bs_tensor_get_; arguments are borrowed. Failure is NULL or FALSE and a GError of the domain BS_ENGINE_ERROR whose
 * message is PyTorch's own text. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS
#pragma GCC visibility push(default)

#define BS_MAX_DIMS 16

/* --- errors --------------------------------------------------------------------------------------------------- */

#define BS_ENGINE_ERROR (bs_engine_error_quark ())
GQuark bs_engine_error_quark (void);

/* Which exception PyTorch raises. */
typedef enum {
  BS_ENGINE_ERROR_RUNTIME,
  BS_ENGINE_ERROR_INDEX,
  BS_ENGINE_ERROR_TYPE,
  BS_ENGINE_ERROR_VALUE,
  BS_ENGINE_ERROR_NOT_IMPLEMENTED,
  BS_ENGINE_ERROR_LINALG, /* a singular matrix: torch.linalg.LinAlgError */
  BS_ENGINE_ERROR_MEMORY, /* RuntimeError in Python, like PyTorch's allocator */
  BS_ENGINE_ERROR_CALLBACK, /* a hook or custom function failed; the caller knows why */
} BsEngineError;

/* --- dtypes --------------------------------------------------------------------------------------------------- */

typedef enum {
  BS_UINT8,
  BS_INT8,
  BS_INT16,
  BS_INT32,
  BS_INT64,
  BS_FLOAT16,
  BS_FLOAT32,
  BS_FLOAT64,
  BS_BOOL,
  BS_N_DTYPES,
} BsDtype;

gsize bs_dtype_size (BsDtype dtype);              /* bytes of one element */
const char *bs_dtype_name (BsDtype dtype);        /* "float32" */
const char *bs_dtype_scalar_name (BsDtype dtype); /* "Float", as in "expected scalar type Float but found Double" */
gboolean bs_dtype_is_floating (BsDtype dtype);
BsDtype bs_dtype_promote (BsDtype a, BsDtype b);
BsDtype bs_get_default_dtype (void);
void bs_set_default_dtype (BsDtype dtype);

/* --- tensors -------------------------------------------------------------------------------------------------- */

typedef struct _BsStorage BsStorage;
typedef struct _BsTensor BsTensor;
typedef struct _BsNode BsNode;

BsTensor *bs_tensor_ref (BsTensor *self);
void bs_tensor_unref (BsTensor *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (BsTensor, bs_tensor_unref)

/* A fresh contiguous tensor, uninitialised / filled / copied from @data (contiguous elements of @dtype). */
BsTensor *bs_tensor_new (BsDtype dtype, guint n_dims, const gint64 *shape, GError **error);
BsTensor *bs_tensor_new_full (BsDtype dtype, guint n_dims, const gint64 *shape, double value, GError **error);
BsTensor *bs_tensor_new_from (BsDtype dtype, guint n_dims, const gint64 *shape, const void *data, GError **error);
/* On memory owned by somebody else (NumPy): @release (@owner) when the last view is gone. Strides in elements. */
BsTensor *bs_tensor_new_foreign (BsDtype dtype, guint n_dims, const gint64 *shape, const gint64 *strides, void *data,
                                 gsize n_bytes, GDestroyNotify release, gpointer owner, GError **error);
/* A Python number as an operand: 0-d, and of lower priority in type promotion (PyTorch's wrapped number). The
 * recorder shows it inside the operation instead of as a tensor of its own. */
BsTensor *bs_tensor_new_number (double value, BsDtype dtype);
BsTensor *bs_tensor_new_integer (gint64 value); /* int64 wrapped number */

/* Values as PyTorch computes them; with @dtype. */
BsTensor *bs_arange (double start, double end, double step, BsDtype dtype, GError **error);
BsTensor *bs_linspace (double start, double end, gint64 steps, BsDtype dtype, GError **error);
BsTensor *bs_eye (gint64 rows, gint64 columns, BsDtype dtype, GError **error);

BsDtype bs_tensor_get_dtype (const BsTensor *self);
guint bs_tensor_get_n_dims (const BsTensor *self);
const gint64 *bs_tensor_get_shape (const BsTensor *self);
const gint64 *bs_tensor_get_strides (const BsTensor *self); /* in elements */
gint64 bs_tensor_get_offset (const BsTensor *self);         /* in elements */
gint64 bs_tensor_get_numel (const BsTensor *self);
gboolean bs_tensor_is_contiguous (const BsTensor *self);
gboolean bs_tensor_is_number (const BsTensor *self);
void *bs_tensor_get_data (BsTensor *self); /* first element of the view */
BsStorage *bs_tensor_get_storage (const BsTensor *self);
double bs_tensor_get_double (const BsTensor *self, gint64 index); /* @index in row-major order of the view */
gint64 bs_tensor_get_integer (const BsTensor *self, gint64 index);
gboolean bs_tensor_copy_out (const BsTensor *self, void *out); /* row-major elements of its dtype; FALSE: no memory */
guint64 bs_tensor_get_id (const BsTensor *self);               /* never used twice in a process */

guint64 bs_storage_get_id (const BsStorage *self);
gsize bs_storage_get_size (const BsStorage *self); /* bytes */
guint32 bs_storage_get_version (const BsStorage *self);
/* Somebody wrote past the engine (shared memory): bumps the version, so that stale saved tensors are noticed. */
void bs_tensor_touch (BsTensor *self);
guint32 bs_tensor_get_version (const BsTensor *self);

/* One slot for the owner of the engine (the Python object); the engine never looks at it. */
gpointer bs_tensor_get_user_data (const BsTensor *self);
void bs_tensor_set_user_data (BsTensor *self, gpointer data);

/* --- autograd state of a tensor --------------------------------------------------------------------------------- */

gboolean bs_tensor_get_requires_grad (const BsTensor *self);
gboolean bs_tensor_set_requires_grad (BsTensor *self, gboolean requires_grad, GError **error);
gboolean bs_tensor_is_inference (const BsTensor *self); /* made in inference mode */
gboolean bs_tensor_is_leaf (const BsTensor *self);
BsNode *bs_tensor_get_grad_fn (BsTensor *self); /* borrowed; NULL for a leaf */
guint bs_tensor_get_output_nr (const BsTensor *self);
BsTensor *bs_tensor_get_grad (const BsTensor *self);                             /* borrowed or NULL */
gboolean bs_tensor_set_grad (BsTensor *self, BsTensor *grad, GError **error);    /* @grad may be NULL */
gboolean bs_tensor_retain_grad (BsTensor *self, GError **error);
gboolean bs_tensor_get_retains_grad (const BsTensor *self);
BsTensor *bs_tensor_detach (BsTensor *self);           /* same storage, shares the version counter */
BsTensor *bs_tensor_data (BsTensor *self);             /* .data: same storage, its own version counter */
gboolean bs_tensor_set_data (BsTensor *self, BsTensor *data, GError **error);
gboolean bs_tensor_detach_inplace (BsTensor *self, GError **error);
BsTensor *bs_tensor_get_base (const BsTensor *self);   /* borrowed; NULL when not a differentiable view */

typedef enum { BS_GRAD_NORMAL, BS_GRAD_OFF, BS_GRAD_INFERENCE } BsGradMode;
BsGradMode bs_get_grad_mode (void);
void bs_set_grad_mode (BsGradMode mode);
gboolean bs_get_anomaly_mode (void);
void bs_set_anomaly_mode (gboolean on);

/* --- arguments of operations that are not tensors ---------------------------------------------------------------- */

typedef enum { BS_ARG_NONE, BS_ARG_BOOL, BS_ARG_INT, BS_ARG_REAL, BS_ARG_INTS, BS_ARG_DTYPE, BS_ARG_STRING } BsArgKind;

typedef struct {
  guint8 kind; /* BsArgKind */
  guint8 n;    /* of @ints */
  union {
    gint64 integer; /* BOOL, INT, DTYPE */
    double real;
    const gint64 *ints; /* borrowed for the call */
    const char *string; /* interned */
  };
} BsArg;

#define BS_NONE ((BsArg){ .kind = BS_ARG_NONE })
#define BS_BOOLEAN(v) ((BsArg){ .kind = BS_ARG_BOOL, .integer = (v) })
#define BS_INT(v) ((BsArg){ .kind = BS_ARG_INT, .integer = (v) })
#define BS_REAL(v) ((BsArg){ .kind = BS_ARG_REAL, .real = (v) })
#define BS_INTS(count, v) ((BsArg){ .kind = BS_ARG_INTS, .n = (count), .ints = (v) })
#define BS_DTYPE(v) ((BsArg){ .kind = BS_ARG_DTYPE, .integer = (v) })
#define BS_STRING(v) ((BsArg){ .kind = BS_ARG_STRING, .string = (v) })

/* --- applying operations ------------------------------------------------------------------------------------------
 * @op is a row of the table in ops.h. @inputs are the tensors in the order of the row's signature (NULL for an
 * optional one left out; a Tensor[] argument is simply all its tensors), @args the others, in order, trailing
 * defaults may be left out (@n_args smaller). */

typedef struct _BsOp BsOp; /* ops.h */

BsTensor *bs_apply (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args,
                    GError **error);
/* For operations with several results (split, sort, max with dim): fills @outputs (room for @max_outputs). */
gboolean bs_apply_multi (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args,
                         guint max_outputs, BsTensor **outputs, guint *n_outputs, GError **error);
/* inputs[0] is changed in place (add_, relu_, ...), with PyTorch's rules for leaves, views and saved tensors. */
gboolean bs_apply_inplace (const BsOp *op, guint n_inputs, BsTensor *const *inputs, guint n_args, const BsArg *args,
                           GError **error);
/* self.copy_(source): broadcasts and converts; differentiable; the way of `x[i] = y` (on the view x[i]). */
gboolean bs_copy_inplace (BsTensor *self, BsTensor *source, GError **error);

/* --- backward --------------------------------------------------------------------------------------------------- */

typedef enum {
  BS_BACKWARD_DEFAULT = 0,
  BS_BACKWARD_RETAIN_GRAPH = 1 << 0,
  BS_BACKWARD_CREATE_GRAPH = 1 << 1,
  BS_BACKWARD_ALLOW_UNUSED = 1 << 2,
} BsBackwardFlags;

/* Accumulates into .grad of the leaves (of @inputs only, when n_inputs > 0). seeds[i] may be NULL for a scalar. */
gboolean bs_backward (guint n_roots, BsTensor *const *roots, BsTensor *const *seeds, guint n_inputs,
                      BsTensor *const *inputs, BsBackwardFlags flags, GError **error);
/* autograd.grad(): fills grads[n_inputs] (transfer full; NULL where unused and allowed). */
gboolean bs_grad (guint n_roots, BsTensor *const *roots, BsTensor *const *seeds, guint n_inputs,
                  BsTensor *const *inputs, BsBackwardFlags flags, BsTensor **grads, GError **error);

/* Hooks: return a replacement for @grad (transfer full), or NULL to leave it; set @error to stop the walk. */
typedef BsTensor *(*BsTensorHook) (BsTensor *grad, gpointer data, GError **error);
guint bs_tensor_add_hook (BsTensor *self, BsTensorHook hook, gpointer data, GDestroyNotify destroy, GError **error);
void bs_tensor_remove_hook (BsTensor *self, guint id);

/* --- nodes of the graph ----------------------------------------------------------------------------------------- */

BsNode *bs_node_ref (BsNode *self);
void bs_node_unref (BsNode *self);
const char *bs_node_get_name (const BsNode *self); /* "MulBackward0", "AccumulateGrad" */
const BsOp *bs_node_get_op (const BsNode *self);   /* NULL: AccumulateGrad or a custom function */
guint64 bs_node_get_id (const BsNode *self);
guint bs_node_get_n_inputs (const BsNode *self);
BsNode *bs_node_get_next (const BsNode *self, guint input, guint *output_nr); /* next_functions; NULL: no gradient */
guint bs_node_get_n_saved (const BsNode *self);
BsTensor *bs_node_get_saved (const BsNode *self, guint i); /* borrowed; NULL once released */
int bs_node_get_saved_input (const BsNode *self, guint i); /* which input it was; -1 for a result */
const BsArg *bs_node_get_arg (const BsNode *self, guint i); /* borrowed; NULL when not given */
gsize bs_node_get_saved_bytes (const BsNode *self);
BsTensor *bs_node_get_leaf (const BsNode *self); /* AccumulateGrad's variable, borrowed */

/* Hooks of a node, called after its backward with the contributions it made (@grads, one per input) and what came to it
 * (@upstream, one per output). A hook may replace grads[i], releasing what it was; FALSE and @error stop the walk. */
typedef gboolean (*BsNodeHook) (BsNode *node, guint n_grads, BsTensor **grads, guint n_upstream, BsTensor *const *upstream,
                                gpointer data, GError **error);
guint bs_node_add_hook (BsNode *self, BsNodeHook hook, gpointer data, GDestroyNotify destroy);
void bs_node_remove_hook (BsNode *self, guint id);

/* Between push and pop, what operations save goes through @pack, and comes back through @unpack when a backward needs it:
 * to keep it elsewhere, smaller, or to look at it. @pack gives a handle, which @drop lets go. */
typedef struct _BsSavedHooks BsSavedHooks;
typedef gpointer (*BsPack) (BsTensor *tensor, gpointer data, GError **error);
typedef BsTensor *(*BsUnpack) (gpointer handle, gpointer data, GError **error);
void bs_push_saved_hooks (BsPack pack, BsUnpack unpack, GDestroyNotify drop, gpointer data, GDestroyNotify destroy);
void bs_pop_saved_hooks (void);
gboolean bs_node_saved_is_packed (const BsNode *self, guint i);
/* As a backward would get it: through the hooks, where there are any (transfer full). */
BsTensor *bs_node_unpack_saved (BsNode *self, guint i, GError **error);

/* Custom functions (torch.autograd.Function). The caller has computed @outputs with gradients off; this makes
 * them results of one node named @name. @backward gets the upstream gradients (NULL where none came, or zeros when
 * @materialize), and fills grads[n_inputs] (transfer full, NULL = none). */
typedef gboolean (*BsCustomBackward) (gpointer data, guint n_outputs, BsTensor *const *upstream, guint n_inputs,
                                      BsTensor **grads, GError **error);
BsNode *bs_custom_function (const char *name, guint n_inputs, BsTensor *const *inputs, guint n_outputs,
                            BsTensor *const *outputs, gboolean materialize, BsCustomBackward backward, gpointer data,
                            GDestroyNotify destroy, GError **error);
gpointer bs_node_get_custom (const BsNode *self); /* the @data of a custom function's node, else NULL */
/* @released (data) is called when a backward lets the saved values go. */
void bs_node_set_custom_released (BsNode *self, void (*released) (gpointer data));

/* --- random numbers: PyTorch's CPU generator (mt19937, its fill order) --------------------------------------------- */

typedef struct _BsGenerator BsGenerator;
BsGenerator *bs_generator_new (guint64 seed);
void bs_generator_free (BsGenerator *self);
BsGenerator *bs_generator_get_default (void);
void bs_generator_seed (BsGenerator *self, guint64 seed);
guint64 bs_generator_get_seed (const BsGenerator *self);
gsize bs_generator_get_state (const BsGenerator *self, guint8 *out, gsize n); /* PyTorch's 5056 bytes */
gboolean bs_generator_set_state (BsGenerator *self, const guint8 *state, gsize n, GError **error);
guint32 bs_generator_random (BsGenerator *self);
guint64 bs_generator_random64 (BsGenerator *self);

/* In place, without gradient, as Tensor.uniform_ ... do; @generator NULL: the default one. */
gboolean bs_uniform_inplace (BsTensor *self, double from, double to, BsGenerator *generator, GError **error);
gboolean bs_normal_inplace (BsTensor *self, double mean, double std, BsGenerator *generator, GError **error);
/* Integers of [from, to); @to G_MININT64: one past the largest int64. */
gboolean bs_random_inplace (BsTensor *self, gint64 from, gint64 to, BsGenerator *generator, GError **error);
gboolean bs_bernoulli_inplace (BsTensor *self, double p, BsGenerator *generator, GError **error);
BsTensor *bs_randperm (gint64 n, BsDtype dtype, BsGenerator *generator, GError **error);
BsTensor *bs_multinomial (BsTensor *weights, gint64 n, gboolean replacement, BsGenerator *generator, GError **error);

/* --- the observer -------------------------------------------------------------------------------------------------
 * NULL (the default) costs one predictable branch per operation. Everything is borrowed for the call. Nothing the
 * observer does may apply operations or change tensors. Internal operations of a backward walk (those that make
 * the contributions) are reported too, with @depth > 0 of bs_observer_depth(). */

typedef struct {
  const BsOp *op;    /* NULL: created from data (torch.tensor, NumPy, custom function's result) */
  const char *label; /* for op == NULL: "tensor", "rand", "MyFunction" ... */
  guint n_inputs;
  BsTensor *const *inputs; /* NULL entries for optional inputs */
  guint n_args;
  const BsArg *args;
  guint n_outputs;
  BsTensor *const *outputs;
  BsNode *node; /* what was left for the backward, or NULL */
  gboolean inplace;
} BsCall;

typedef struct {
  void (*applied) (gpointer user, const BsCall *call);
  void (*backward_begin) (gpointer user, guint n_roots, BsTensor *const *roots, BsTensor *const *seeds,
                          BsBackwardFlags flags);
  /* @node is about to run and has its whole upstream gradient; @upstream has one per output, NULL where none came. */
  void (*node_ready) (gpointer user, BsNode *node, guint n_upstream, BsTensor *const *upstream);
  /* @contribution flows from @node to its input @input, that is to @next; @sum is what is there now. */
  void (*edge) (gpointer user, BsNode *node, guint input, BsNode *next, guint next_output, BsTensor *contribution,
                BsTensor *sum);
  void (*node_done) (gpointer user, BsNode *node, gboolean saved_released);
  /* A leaf's .grad (or a retained one) goes from @before (NULL: None) to @after. */
  void (*accumulated) (gpointer user, BsTensor *leaf, BsTensor *before, BsTensor *contribution, BsTensor *after);
  void (*backward_end) (gpointer user, gboolean ok);
  /* Around every in-place change of a storage. @op may be NULL. */
  void (*will_write) (gpointer user, BsTensor *target, const BsOp *op);
  void (*did_write) (gpointer user, BsTensor *target, const BsOp *op, guint n_inputs, BsTensor *const *inputs,
                     guint n_args, const BsArg *args);
  void (*grad_changed) (gpointer user, BsTensor *tensor, BsTensor *before, BsTensor *after); /* t.grad = x / None */
  void (*requires_grad_changed) (gpointer user, BsTensor *tensor, gboolean requires_grad);
  void (*mode_changed) (gpointer user, BsGradMode mode);
  void (*node_released) (gpointer user, guint64 node_id);
  void (*tensor_released) (gpointer user, guint64 tensor_id);
  void (*storage_released) (gpointer user, guint64 storage_id, gsize n_bytes);
} BsObserver;

void bs_set_observer (const BsObserver *observer, gpointer user);
guint bs_observer_depth (void); /* 0: the script's own operation; 1: inside backward; 2: inside that ... */
/* For creators outside the table (torch.tensor, from_numpy): tell the observer that @tensor came to be. */
void bs_tensor_announce (BsTensor *tensor, const char *label);

/* --- memory ------------------------------------------------------------------------------------------------------- */

typedef struct {
  gsize bytes;       /* in storages, now */
  gsize peak_bytes;
  gsize saved_bytes; /* kept alive only for a backward that may come */
  gsize n_nodes;     /* nodes of graphs, now */
} BsMemory;
void bs_get_memory (BsMemory *out);
/* Loads what is loaded at first use; call it before the first of several threads begins. */
void bs_prepare_threads (void);
/* Of this thread. */
void bs_set_memory_limit (gsize bytes); /* 0: none; beyond it allocation fails with PyTorch's words */
/* Tests only: the @n-th allocation from now on fails (0: never). */
void bs_fail_allocation (guint64 n);

#pragma GCC visibility pop
G_END_DECLS
