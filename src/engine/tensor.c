/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

#include <string.h>

/* --- geometry ----------------------------------------------------------------------------------------------------- */

gint64
bs_numel_of (guint n_dims, const gint64 *shape)
{
  gint64 n = 1;
  for (guint i = 0; i < n_dims; i++)
    if (__builtin_mul_overflow (n, shape[i], &n))
      return G_MAXINT64;
  return n;
}

void
bs_contiguous_strides (guint n_dims, const gint64 *shape, gint64 *strides)
{
  gint64 step = 1;
  for (guint i = n_dims; i-- > 0;) {
    strides[i] = step;
    step *= MAX (shape[i], 1);
  }
}

void
bs_tensor_update_contiguous (BsTensor *self)
{
  const gint64 *strides = bs_strides (self);
  gint64 step = 1;
  self->flags |= BS_TENSOR_CONTIGUOUS;
  if (self->numel == 0)
    return;
  for (guint i = self->n_dims; i-- > 0;) {
    if (self->shape[i] != 1 && strides[i] != step) {
      self->flags &= ~BS_TENSOR_CONTIGUOUS;
      return;
    }
    step *= self->shape[i];
  }
}

gboolean
bs_same_shape (const BsTensor *a, const BsTensor *b)
{
  if (a->n_dims != b->n_dims)
    return FALSE;
  for (guint i = 0; i < a->n_dims; i++)
    if (a->shape[i] != b->shape[i])
      return FALSE;
  return TRUE;
}

char *
bs_shape_text (guint n_dims, const gint64 *shape)
{
  GString *text = g_string_new ("[");
  for (guint i = 0; i < n_dims; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? ", " : "", shape[i]);
  g_string_append_c (text, ']');
  return g_string_free (text, FALSE);
}

/* --- making -------------------------------------------------------------------------------------------------------- */

static gboolean
out_of_memory (GError **error, gsize n_bytes)
{
  g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_MEMORY,
               "[enforce fail at alloc_cpu.cpp:75] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
               "%" G_GSIZE_FORMAT " bytes. Error code 12 (Cannot allocate memory)", n_bytes);
  return FALSE;
}

/* A header with everything but storage, values of shape and strides, and numel. */
static inline BsTensor *
header_new (BsDtype dtype, guint n_dims, guint flags, gsize more, GError **error)
{
  gsize size = sizeof (BsTensor) + (flags & BS_TENSOR_HOUSES ? sizeof (BsStorage) : 0) + more;
  BsTensor *self = bs_alloc (size);
  if (G_UNLIKELY (self == NULL)) {
    out_of_memory (error, size);
    return NULL;
  }
  self->refs = 1;
  self->dtype = dtype;
  self->n_dims = n_dims;
  self->flags = flags;
  if (G_UNLIKELY (bs_state.grad_mode == BS_GRAD_INFERENCE))
    self->flags |= BS_TENSOR_INFERENCE;
  self->output_nr = 0;
  self->block = size;
  self->view_version = 0;
  self->offset = 0;
  self->shape = (gint64 *) (flags & BS_TENSOR_HOUSES ? (void *) (bs_house (self) + 1) : (void *) (self + 1));
  self->id = ++bs_state.next_tensor;
  self->grad_fn = NULL;
  self->accumulate = NULL;
  self->grad = NULL;
  self->base = NULL;
  self->hooks = NULL;
  self->user_data = NULL;
  self->saved_seq = 0;
  return self;
}

static inline void
free_header (BsTensor *self)
{
  if (G_UNLIKELY (self->flags & BS_TENSOR_FREE_DIMS))
    bs_free (self->shape, 2 * self->n_dims * sizeof (gint64));
  if (!(self->flags & BS_TENSOR_HOUSES) || bs_house (self)->home == BS_HOME_GONE)
    bs_free (self, self->block);
  else
    bs_house (self)->home = BS_HOME_DEAD_TENSOR;
}

BsTensor *
bs_tensor_fresh (BsDtype dtype, guint n_dims, const gint64 *shape, GError **error)
{
  gint64 numel = n_dims == 0 ? 1 : n_dims == 1 ? shape[0] : bs_numel_of (n_dims, shape);
  gsize n_bytes, dims = 2 * n_dims * sizeof (gint64);
  if (G_UNLIKELY (numel == G_MAXINT64 || __builtin_mul_overflow ((gsize) numel, bs_dtype_sizes[dtype], &n_bytes))) {
    out_of_memory (error, G_MAXSIZE);
    return NULL;
  }
  gboolean few = n_bytes <= BS_INLINE_BYTES;
  BsTensor *self = header_new (dtype, n_dims, BS_TENSOR_HOUSES | BS_TENSOR_CONTIGUOUS, dims + (few ? n_bytes : 0), error);
  if (G_UNLIKELY (self == NULL))
    return NULL;
  self->numel = numel;
  if (n_dims == 1) {
    self->shape[0] = numel;
    self->shape[1] = 1;
  } else if (n_dims > 0) {
    memcpy (self->shape, shape, n_dims * sizeof (gint64));
    bs_contiguous_strides (n_dims, shape, bs_strides (self));
  }
  if (G_UNLIKELY (!bs_storage_init (bs_house (self), n_bytes, BS_HOME_TENSOR, few ? self->shape + 2 * n_dims : NULL))) {
    out_of_memory (error, n_bytes);
    bs_house (self)->home = BS_HOME_GONE;
    free_header (self);
    return NULL;
  }
  self->storage = bs_house (self);
  self->version = &self->storage->version;
  return self;
}

BsTensor *
bs_tensor_fresh_strided (BsDtype dtype, guint n_dims, const gint64 *shape, const gint64 *strides, GError **error)
{
  BsTensor *self = bs_tensor_fresh (dtype, n_dims, shape, error);
  if (self == NULL)
    return NULL;
  memcpy (bs_strides (self), strides, n_dims * sizeof (gint64));
  bs_tensor_update_contiguous (self);
  return self;
}

BsTensor *
bs_tensor_alias (const BsTensor *from, guint n_dims, const gint64 *shape, const gint64 *strides, gint64 offset,
                 GError **error)
{
  guint flags = from->flags & BS_TENSOR_INFERENCE;
  BsTensor *self = header_new (from->dtype, n_dims, flags, 2 * n_dims * sizeof (gint64), error);
  if (self == NULL)
    return NULL;
  memcpy (self->shape, shape, n_dims * sizeof (gint64));
  memcpy (bs_strides (self), strides, n_dims * sizeof (gint64));
  self->numel = bs_numel_of (n_dims, shape);
  self->offset = offset;
  self->storage = from->storage;
  self->storage->refs++;
  self->version = from->version;
  if (from->flags & BS_TENSOR_OWN_VERSION) {
    self->flags |= BS_TENSOR_OWN_VERSION;
    self->version[1]++;
  }
  bs_tensor_update_contiguous (self);
  return self;
}

/* squeeze_(), t_(), .data = : the same object gets another geometry. */
gboolean
bs_tensor_reshape_header (BsTensor *self, guint n_dims, const gint64 *shape, const gint64 *strides, gint64 offset,
                          GError **error)
{
  gboolean fits = n_dims == self->n_dims || (n_dims < self->n_dims && !(self->flags & BS_TENSOR_FREE_DIMS));
  gint64 *dims = fits ? self->shape : bs_alloc (2 * n_dims * sizeof (gint64));
  if (dims == NULL)
    return out_of_memory (error, 2 * n_dims * sizeof (gint64));
  gint64 copy[2 * BS_MAX_DIMS];
  memcpy (copy, shape, n_dims * sizeof (gint64));
  memcpy (copy + n_dims, strides, n_dims * sizeof (gint64));
  if (!fits) {
    if (self->flags & BS_TENSOR_FREE_DIMS)
      bs_free (self->shape, 2 * self->n_dims * sizeof (gint64));
    self->flags |= BS_TENSOR_FREE_DIMS;
  }
  self->shape = dims;
  self->n_dims = n_dims;
  memcpy (dims, copy, 2 * n_dims * sizeof (gint64));
  self->numel = bs_numel_of (n_dims, shape);
  self->offset = offset;
  bs_tensor_update_contiguous (self);
  return TRUE;
}

static gboolean
check_shape (guint n_dims, const gint64 *shape, GError **error)
{
  for (guint i = 0; i < n_dims; i++)
    if (shape[i] < 0) {
      g_autofree char *text = bs_shape_text (n_dims, shape);
      g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME,
                   "Trying to create tensor with negative dimension %" G_GINT64_FORMAT ": %s", shape[i], text);
      return FALSE;
    }
  if (n_dims > BS_MAX_DIMS) {
    g_set_error (error, BS_ENGINE_ERROR, BS_ENGINE_ERROR_RUNTIME, "tensors of more than %d dimensions are not supported",
                 BS_MAX_DIMS);
    return FALSE;
  }
  return TRUE;
}

BsTensor *
bs_tensor_new (BsDtype dtype, guint n_dims, const gint64 *shape, GError **error)
{
  return check_shape (n_dims, shape, error) ? bs_tensor_fresh (dtype, n_dims, shape, error) : NULL;
}

BsTensor *
bs_tensor_new_full (BsDtype dtype, guint n_dims, const gint64 *shape, double value, GError **error)
{
  BsTensor *self = bs_tensor_new (dtype, n_dims, shape, error);
  if (self != NULL)
    bs_fill_data (self, value);
  return self;
}

BsTensor *
bs_tensor_new_from (BsDtype dtype, guint n_dims, const gint64 *shape, const void *data, GError **error)
{
  BsTensor *self = bs_tensor_new (dtype, n_dims, shape, error);
  if (self != NULL && self->numel > 0)
    memcpy (self->storage->data, data, self->storage->n_bytes);
  return self;
}

BsTensor *
bs_tensor_new_foreign (BsDtype dtype, guint n_dims, const gint64 *shape, const gint64 *strides, void *data,
                       gsize n_bytes, GDestroyNotify release, gpointer owner, GError **error)
{
  if (!check_shape (n_dims, shape, error))
    return NULL;
  BsTensor *self = header_new (dtype, n_dims, 0, 2 * n_dims * sizeof (gint64), error);
  if (self == NULL)
    return NULL;
  self->storage = bs_storage_new_foreign (data, n_bytes, release, owner);
  if (self->storage == NULL) {
    free_header (self);
    out_of_memory (error, sizeof (BsStorage));
    return NULL;
  }
  self->version = &self->storage->version;
  memcpy (self->shape, shape, n_dims * sizeof (gint64));
  memcpy (bs_strides (self), strides, n_dims * sizeof (gint64));
  self->numel = bs_numel_of (n_dims, shape);
  bs_tensor_update_contiguous (self);
  return self;
}

BsTensor *
bs_tensor_new_number (double value, BsDtype dtype)
{
  BsTensor *self = bs_tensor_fresh (dtype, 0, NULL, NULL);
  if (self == NULL)
    return NULL;
  self->flags |= BS_TENSOR_NUMBER;
  bs_store (dtype, self->storage->data, 0, value);
  return self;
}

BsTensor *
bs_tensor_new_integer (gint64 value)
{
  BsTensor *self = bs_tensor_fresh (BS_INT64, 0, NULL, NULL);
  if (self == NULL)
    return NULL;
  self->flags |= BS_TENSOR_NUMBER;
  *(gint64 *) self->storage->data = value;
  return self;
}

BsTensor *
bs_tensor_ref (BsTensor *self)
{
  self->refs++;
  return self;
}

static G_GNUC_NO_INLINE void
release_autograd (BsTensor *self)
{
  if (self->grad_fn != NULL) {
    if (self->flags & BS_TENSOR_RETAINS_GRAD) {
      BsHooks *hooks = self->grad_fn->outputs[self->output_nr].hooks;
      if (hooks != NULL && hooks->retain == self)
        hooks->retain = NULL;
    }
    bs_node_unref (self->grad_fn);
  }
  if (self->grad != NULL)
    bs_tensor_unref (self->grad);
  if (self->base != NULL)
    bs_tensor_unref (self->base);
  if (self->hooks != NULL)
    bs_hooks_unref (self->hooks);
}

void
bs_tensor_unref (BsTensor *self)
{
  if (--self->refs > 0)
    return;
  if (G_UNLIKELY (bs_state.observer != NULL) && bs_state.observer->tensor_released != NULL &&
      !(self->flags & BS_TENSOR_ALIAS))
    bs_state.observer->tensor_released (bs_state.user, self->id);
  if (self->grad_fn || self->grad || self->base || self->hooks)
    release_autograd (self);
  if (self->flags & BS_TENSOR_OWN_VERSION && --self->version[1] == 0)
    bs_free (self->version, 8);
  bs_storage_unref (self->storage);
  free_header (self);
}

/* --- looking -------------------------------------------------------------------------------------------------------- */

BsDtype bs_tensor_get_dtype (const BsTensor *self) { return self->dtype; }
guint bs_tensor_get_n_dims (const BsTensor *self) { return self->n_dims; }
const gint64 *bs_tensor_get_shape (const BsTensor *self) { return self->shape; }
const gint64 *bs_tensor_get_strides (const BsTensor *self) { return bs_strides (self); }
gint64 bs_tensor_get_offset (const BsTensor *self) { return self->offset; }
gint64 bs_tensor_get_numel (const BsTensor *self) { return self->numel; }
gboolean bs_tensor_is_contiguous (const BsTensor *self) { return (self->flags & BS_TENSOR_CONTIGUOUS) != 0; }
gboolean bs_tensor_is_number (const BsTensor *self) { return (self->flags & BS_TENSOR_NUMBER) != 0; }
void *bs_tensor_get_data (BsTensor *self) { return bs_data (self); }
BsStorage *bs_tensor_get_storage (const BsTensor *self) { return self->storage; }
guint64 bs_tensor_get_id (const BsTensor *self) { return self->id; }
guint32 bs_tensor_get_version (const BsTensor *self) { return *self->version; }
void bs_tensor_touch (BsTensor *self) { ++*self->version; }
gpointer bs_tensor_get_user_data (const BsTensor *self) { return self->user_data; }
void bs_tensor_set_user_data (BsTensor *self, gpointer data) { self->user_data = data; }

/* Row-major index of the view -> element offset in the storage, from the view's start. */
static gint64
locate (const BsTensor *self, gint64 index)
{
  if (self->flags & BS_TENSOR_CONTIGUOUS)
    return index;
  const gint64 *strides = bs_strides (self);
  gint64 at = 0;
  for (guint i = self->n_dims; i-- > 0;) {
    at += index % self->shape[i] * strides[i];
    index /= self->shape[i];
  }
  return at;
}

double
bs_tensor_get_double (const BsTensor *self, gint64 index)
{
  return bs_load (self->dtype, bs_data (self), locate (self, index));
}

gint64
bs_tensor_get_integer (const BsTensor *self, gint64 index)
{
  return bs_load_integer (self->dtype, bs_data (self), locate (self, index));
}

/* --- copying data ---------------------------------------------------------------------------------------------------- */

/* @from is stretched to the shape of @to; the caller has checked that it can be. */
static void
copy_strided (BsTensor *to, void *out, const BsTensor *from, const void *in)
{
  guint n = to->n_dims;
  gint64 shape[BS_MAX_DIMS + 1], so[BS_MAX_DIMS + 1], sa[BS_MAX_DIMS + 1], index[BS_MAX_DIMS + 1] = { 0 };
  guint m = 0;
  for (guint i = 0; i < n; i++) {
    int j = (int) i - (int) n + from->n_dims;
    if (to->shape[i] == 1)
      continue;
    shape[m] = to->shape[i];
    so[m] = bs_strides (to)[i];
    sa[m] = j < 0 || from->shape[j] == 1 ? 0 : bs_strides (from)[j];
    if (m > 0 && so[m - 1] == so[m] * shape[m] && sa[m - 1] == sa[m] * shape[m]) {
      shape[m - 1] *= shape[m];
      so[m - 1] = so[m];
      sa[m - 1] = sa[m];
    } else {
      m++;
    }
  }
  if (m == 0) {
    shape[0] = so[0] = sa[0] = 1;
    m = 1;
  }
  gsize size_out = bs_dtype_sizes[to->dtype], size_in = bs_dtype_sizes[from->dtype];
  guint8 *o = out;
  const guint8 *a = in;
  for (;;) {
    bs_convert (to->dtype, o, so[m - 1], from->dtype, a, sa[m - 1], shape[m - 1]);
    int d = (int) m - 2;
    for (; d >= 0; d--) {
      o += so[d] * (gssize) size_out;
      a += sa[d] * (gssize) size_in;
      if (++index[d] < shape[d])
        break;
      o -= shape[d] * so[d] * (gssize) size_out;
      a -= shape[d] * sa[d] * (gssize) size_in;
      index[d] = 0;
    }
    if (d < 0)
      return;
  }
}

static gboolean
overlaps (const BsTensor *a, const BsTensor *b)
{
  return a->storage == b->storage;
}

gboolean
bs_copy_data (BsTensor *to, const BsTensor *from, GError **error)
{
  if (to->numel == 0)
    return TRUE;
  if (overlaps (to, from) && !(to->offset == from->offset && bs_same_shape (to, from) &&
                               memcmp (bs_strides (to), bs_strides (from), to->n_dims * sizeof (gint64)) == 0)) {
    g_autoptr (BsTensor) copy = bs_tensor_fresh (from->dtype, from->n_dims, from->shape, error);
    if (copy == NULL)
      return FALSE;
    copy_strided (copy, bs_data (copy), from, bs_data (from));
    copy_strided (to, bs_data (to), copy, bs_data (copy));
    return TRUE;
  }
  copy_strided (to, bs_data (to), from, bs_data (from));
  return TRUE;
}

gboolean
bs_tensor_copy_out (const BsTensor *self, void *out)
{
  gint64 strides[BS_MAX_DIMS];
  if (self->numel == 0)
    return TRUE;
  if (self->flags & BS_TENSOR_CONTIGUOUS) {
    memcpy (out, bs_data (self), self->numel * bs_dtype_sizes[self->dtype]);
    return TRUE;
  }
  bs_contiguous_strides (self->n_dims, self->shape, strides);
  gint64 dims[2 * BS_MAX_DIMS];
  BsTensor target = { .dtype = self->dtype, .n_dims = self->n_dims, .shape = dims };
  memcpy (dims, self->shape, self->n_dims * sizeof (gint64));
  memcpy (dims + self->n_dims, strides, self->n_dims * sizeof (gint64));
  copy_strided (&target, out, self, bs_data (self));
  return TRUE;
}

void
bs_fill_data (BsTensor *self, double value)
{
  gint64 bits = 0;
  if (self->numel == 0)
    return;
  bs_store (self->dtype, &bits, 0, value);
  guint8 *data = bs_data (self);
  gsize size = bs_dtype_sizes[self->dtype];
  if (self->flags & BS_TENSOR_CONTIGUOUS && (bits == 0 || size == 1)) {
    memset (data, (int) (bits & 255), self->numel * size);
    return;
  }
  gint64 none[1] = { 0 };
  BsTensor source = { .dtype = self->dtype, .n_dims = 0, .shape = none };
  copy_strided (self, data, &source, &bits);
}
