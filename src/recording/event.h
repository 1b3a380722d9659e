/* SPDX-License-Identifier: MIT */

/* The one vocabulary between the runner and everything that shows a run. An event in memory and on the wire is a
 * flat record; places, names, strings and tensor data live in side tables that the same stream fills. This header
 * is the decoded form that code works with; wire.h has the bytes.
 *
 * Identities. A *tensor id* is dense, from 1, in order of creation in the recording. It names a value in the graph:
 * an in-place operation that gradients flow through gives its target a new tensor id (flag BS_TENSOR_INPLACE,
 * `alias` = the former id); an in-place change outside the graph (w -= lr * w.grad under no_grad, w.data -= ...)
 * keeps the id and is a WRITE to the storage. A *storage id* is dense too. The node of the backward graph that made
 * tensor t is called by the id of its first output. A *step* is an index into the log; the state "at step k" is the
 * state after the events 0 .. k-1, so k runs from 0 (nothing has happened) to n_events. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  BS_EVENT_LINE = 1,       /* this source line is about to run */
  BS_EVENT_CALL,           /* a function of the user's (or a module's forward) was entered */
  BS_EVENT_RETURN,
  BS_EVENT_TENSOR,         /* a tensor came to be */
  BS_EVENT_NAME,           /* a variable now names this tensor or plain value; or was deleted */
  BS_EVENT_BACKWARD_BEGIN,
  BS_EVENT_NODE,           /* this node has its whole upstream gradient and is about to run */
  BS_EVENT_EDGE,           /* this much flows from the node to that input */
  BS_EVENT_NODE_DONE,      /* saved values freed or kept */
  BS_EVENT_BACKWARD_END,
  BS_EVENT_ACCUMULATE,     /* .grad of a leaf (or retained) went from this to that */
  BS_EVENT_WRITE,          /* in-place change of a storage */
  BS_EVENT_GRAD_SET,       /* .grad set to None or a tensor, or zeroed in place */
  BS_EVENT_REQUIRES_GRAD,
  BS_EVENT_MODE,           /* gradient recording switched */
  BS_EVENT_RELEASE,        /* a tensor, node or storage was let go */
  BS_EVENT_OUTPUT,         /* printed text */
  BS_EVENT_FIGURE,         /* a picture the script showed */
  BS_EVENT_ERROR,          /* an exception nobody caught */
  BS_EVENT_END,            /* how the run ended; always last in a whole recording */
  BS_N_EVENT_KINDS,
} BsEventKind;

/* file (0: none), 1-based lines, 0-based UTF-8 byte columns; of the very sub-expression where CPython knows it. */
typedef struct {
  guint32 file;
  guint32 line, end_line;
  guint32 column, end_column;
} BsPlace;

/* Values. A small tensor is stored whole, a large one as a thumbnail (evenly sampled over the last two dims) with
 * statistics of the whole. Data is little-endian, row-major, of @dtype (the engine's numbering: BsDtype). */
typedef enum { BS_VALUE_WHOLE, BS_VALUE_THUMBNAIL, BS_VALUE_DROPPED } BsValueStorage;

typedef struct {
  guint8 dtype;
  guint8 how; /* BsValueStorage */
  guint8 n_dims;
  const gint64 *shape;
  gint64 numel;           /* of the whole tensor */
  const void *data;       /* n_stored elements; aligned to 4 bytes only: bs_value_get(), or memcpy */
  guint32 n_stored;
  guint16 thumb_rows, thumb_columns;
  double min, max, mean, norm; /* of the finite elements of the whole; THUMBNAIL only, see bs_value_statistics() */
  guint32 n_nan, n_inf;
} BsValue;

double bs_value_get (const BsValue *self, guint32 i); /* stored element as a double */
gboolean bs_value_equal (const BsValue *a, const BsValue *b); /* bit for bit */
void bs_value_statistics (const BsValue *self, double *min, double *max, double *mean, double *norm);
/* Text for a card: "10", "−0.01961", "[1, 2, 3]", "2×3 float32". @digits significant ones. (transfer full) */
char *bs_value_to_text (const BsValue *self, guint digits);

/* An input of an operation: a tensor, a plain number, or nothing. */
typedef struct {
  guint32 tensor; /* 0: a number or nothing */
  guint8 is_number;
  guint8 is_integer;
  double number;
} BsOperand;

typedef struct {
  const char *name; /* "dim", "keepdim", "p" */
  const char *text; /* "1", "True", "(2, 3)" */
} BsAttribute;

typedef enum {
  BS_TENSOR_REQUIRES_GRAD = 1 << 0,
  BS_TENSOR_LEAF = 1 << 1,
  BS_TENSOR_INPLACE = 1 << 2,   /* `alias` was changed in place and this id names it from now on */
  BS_TENSOR_VIEW = 1 << 3,      /* shares `alias`'s storage: view, detach, .data */
  BS_TENSOR_DETACHED = 1 << 4,  /* detach() or .data: the path to the loss ends here */
  BS_TENSOR_PARAMETER = 1 << 5, /* nn.Parameter */
  BS_TENSOR_IN_BACKWARD = 1 << 6, /* made by the engine while walking backward (create_graph) */
  BS_TENSOR_NO_GRAD_MODE = 1 << 7, /* made while gradient recording was off */
} BsTensorFlags;

typedef enum { BS_PLAIN_NONE, BS_PLAIN_TENSOR, BS_PLAIN_INT, BS_PLAIN_REAL, BS_PLAIN_BOOL, BS_PLAIN_TEXT, BS_PLAIN_DELETED } BsPlainKind;

typedef struct {
  guint8 kind; /* BsPlainKind */
  guint32 tensor;
  gint64 integer;
  double real;
  const char *text; /* repr, cut short, for everything else */
} BsPlain;

typedef enum { BS_END_FINISHED, BS_END_ERROR, BS_END_EXIT, BS_END_STOPPED, BS_END_LIMIT, BS_END_DIED, BS_END_TRUNCATED } BsEndKind;

/* The same in-place change as seen through another tensor on that storage. */
typedef struct { guint32 tensor; BsValue before, after; } BsEventEcho;

/* One decoded event. Texts, shapes and data point into the recording and live as long as it does; the lists @inputs,
 * @saved and @echoes live until the 64th further bs_recording_get_event(). Ids of 0 mean "none". */
typedef struct {
  guint8 kind; /* BsEventKind */
  guint32 step;
  guint32 place; /* index for bs_recording_get_place(); 0: none */
  guint32 frame; /* the call it happened in; index for bs_recording_get_frame(); 0: module level */
  union {
    struct {
      guint32 id, alias, storage, call; /* call: id of the first output of the same operation */
      const char *op;         /* the table's name: "mul"; "tensor", "rand" for a creation */
      const char *symbol;     /* "×" */
      const char *grad_fn;    /* "MulBackward0" or NULL */
      guint8 output_nr;
      guint16 flags;          /* BsTensorFlags */
      guint32 n_inputs;
      const BsOperand *inputs;
      guint32 n_attributes;
      const BsAttribute *attributes;
      guint32 n_saved;
      const guint32 *saved;   /* tensor ids saved for the backward */
      BsValue value;
    } tensor;
    struct {
      const char *name;       /* "w", "net.fc1.weight" */
      BsPlain before, after;
    } name;
    struct { guint32 root; gboolean retain_graph, create_graph; BsValue seed; } backward_begin;
    struct { guint32 node; BsValue upstream; gboolean has_upstream; } node; /* node: a tensor id; upstream of that output */
    struct { guint32 node; guint32 input; guint32 to; BsValue contribution; BsValue sum; gboolean first; } edge;
    struct { guint32 node; gboolean released; guint64 saved_bytes; } node_done;
    struct { gboolean ok; } backward_end;
    struct { guint32 tensor; gboolean had_grad; BsValue before, contribution, after; } accumulate;
    struct {
      guint32 tensor, storage; const char *op; guint32 version; BsValue before, after;
      guint32 n_inputs; const BsOperand *inputs; guint32 n_attributes; const BsAttribute *attributes;
      guint32 n_echoes; const BsEventEcho *echoes;
    } write; /* values of @tensor (a view of the storage) */
    struct { guint32 tensor; gboolean had_grad, has_grad; BsValue before, after; } grad_set;
    struct { guint32 tensor; gboolean before, after; } requires_grad;
    struct { guint8 before, after; } mode; /* 0 on, 1 no_grad, 2 inference */
    struct { guint32 tensor, node, storage; guint64 n_bytes; } release; /* just one of the three is set */
    struct { const char *text; gsize length; gboolean is_error_stream; } output;
    struct { const void *png; gsize length; } figure;
    struct { const char *type, *message, *traceback, *help; } error;
    struct { guint8 how; int status; const char *detail; } end;
    struct { const char *function; const char *module_path; } call; /* CALL; "forward", "net.fc1" */
  };
} BsEvent;

const char *bs_dtype_text (guint8 dtype); /* "float32" */
gsize bs_dtype_bytes (guint8 dtype); /* of one element; 0: no such dtype */
const char *bs_event_kind_name (BsEventKind kind); /* "backward-begin": the word of `trace` and its JSON */

G_END_DECLS
