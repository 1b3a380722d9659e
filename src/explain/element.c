/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "element-private.h"

#include <math.h>
#include <string.h>

#define TERMS_MAX 8    /* of a sum that is written out */
#define TERMS_FIRST 3  /* of a longer one, before the dots */
#define ADDED_MAX 4096 /* behind the dots */
#define LETTERS_MAX 3

typedef struct {
  BsBound *bound;
  gboolean symbolic;
  BsShape target;       /* what a reshape leads to */
  guint rank;         /* of the first input */
  guint32 reduced;    /* its dimensions that sum and mean run over */
  gboolean squeezed;  /* and that the result has not */
  guint n_letters;
} Expander;

static gboolean shape_of (Expander *self, const BsFormula *f, BsShape *out);
static BsFormula *expand (Expander *self, const BsFormula *f, const BsIndex *at);

/* --- leaves -------------------------------------------------------------------------------------------------------------- */

static gboolean
lacks_reduced (Expander *self, const char *name)
{
  return self->squeezed && (strcmp (name, "g") == 0 || strcmp (name, "y") == 0 || strcmp (name, "result") == 0);
}

/* With the reduced dimensions, where they are gone, as ones. */
static gboolean
shape_of_name (Expander *self, const char *name, BsShape *out)
{
  BsBoundName found;
  BsShape shape;

  out->n = 0;
  if (!bs_bound_find (self->bound, name, &found))
    return FALSE;
  if (found.is_plain)
    return found.plain.kind == BS_TERM_PLAIN;
  if (!bs_shape_of_value (&found.value, &shape))
    return FALSE;
  if (!lacks_reduced (self, name)) {
    *out = shape;
    return TRUE;
  }
  for (guint i = 0, k = 0; i < self->rank; i++)
    out->size[out->n++] = self->reduced >> i & 1 || k >= shape.n ? 1 : shape.size[k++];
  return TRUE;
}

static BsFormula *
expand_name (Expander *self, const char *name, const BsIndex *at)
{
  BsBoundName found;
  BsShape shape, whole;
  BsIndex here, index = { 0 };
  gint64 flat;

  if (!bs_bound_find (self->bound, name, &found) || (found.is_plain && found.plain.kind != BS_TERM_PLAIN))
    return NULL;
  if (found.is_plain)
    return bs_formula_new_plain (found.plain.number);
  if (!shape_of_name (self, name, &shape) || !bs_index_align (&shape, at, &here) || !bs_shape_of_value (&found.value, &whole))
    return NULL;
  for (guint i = 0; i < here.n; i++)
    if (!lacks_reduced (self, name) || !(self->reduced >> i & 1))
      index.at[index.n++] = here.at[i];
  if (self->symbolic) {
    g_autofree char *text = bs_index_text (&index);

    if (found.value.numel == 1)
      return bs_formula_copy (found.name);
    return bs_formula_with_role (bs_formula_new (BS_FORMULA_INDEX, bs_formula_copy (found.name), bs_formula_new_name (text)), found.role);
  }
  flat = bs_index_flatten (&whole, &index);
  if (flat < 0 || found.value.how != BS_VALUE_WHOLE || flat >= found.value.n_stored)
    return NULL;
  return bs_formula_new_number (bs_value_get (&found.value, flat), found.role);
}

/* --- sums ------------------------------------------------------------------------------------------------------------------ */

/* The term of a sum at the @i-th place of what it runs over. */
typedef BsFormula *(*TermFunc) (Expander *self, gconstpointer data, const BsIndex *places);

static BsFormula *
letters_sum (Expander *self, const BsShape *over, TermFunc term, gconstpointer data)
{
  BsIndex places = { over->n };
  g_autoptr (GString) letters = g_string_new (NULL);
  guint first = self->n_letters;
  BsFormula *body;

  for (guint i = 0; i < over->n; i++) {
    places.at[i] = over->size[i] == 1 ? 0 : -1 - (gint64) self->n_letters;
    if (over->size[i] != 1)
      g_string_append_printf (letters, letters->len ? ", %c" : "%c", 'k' + self->n_letters++);
  }
  body = self->n_letters <= LETTERS_MAX ? term (self, data, &places) : NULL;
  self->n_letters = first;
  return body == NULL || letters->len == 0 ? body : bs_formula_new_text (BS_FORMULA_SUM, letters->str, body, NULL);
}

static BsFormula *
add_term (BsFormula *sum, BsFormula *term)
{
  return sum != NULL ? bs_formula_new (BS_FORMULA_PLUS, sum, term) : term;
}

/* What the terms from @first to before @end come to. */
static BsFormula *
dots (Expander *self, const BsShape *over, TermFunc term, gconstpointer data, gint64 first, gint64 end)
{
  BsFormula *formula = bs_formula_new (BS_FORMULA_DOTS, NULL, NULL);

  if (end - first > ADDED_MAX)
    formula->number = NAN;
  for (gint64 i = first; i < end && !isnan (formula->number); i++) {
    BsIndex places = bs_index_unflatten (over, i);
    g_autoptr (BsFormula) one = term (self, data, &places);

    formula->number += one != NULL ? bs_formula_evaluate (one, NULL, NULL) : NAN;
  }
  return formula;
}

static BsFormula *
numbers_sum (Expander *self, const BsShape *over, TermFunc term, gconstpointer data)
{
  BsFormula *sum = NULL;
  gint64 n = 1;

  for (guint i = 0; i < over->n; i++)
    n *= over->size[i];
  for (gint64 i = 0; i < n; i++) {
    BsIndex places = bs_index_unflatten (over, i);
    BsFormula *one;

    if (n > TERMS_MAX && i == TERMS_FIRST) {
      sum = add_term (sum, dots (self, over, term, data, i, n - 1));
      i = n - 2;
      continue;
    }
    one = term (self, data, &places);
    if (one == NULL) {
      bs_formula_free (sum);
      return NULL;
    }
    sum = add_term (sum, one);
  }
  return sum;
}

static BsFormula *
sum_over (Expander *self, const BsShape *over, TermFunc term, gconstpointer data)
{
  return self->symbolic ? letters_sum (self, over, term, data) : numbers_sum (self, over, term, data);
}

/* --- reductions -------------------------------------------------------------------------------------------------------------- */

typedef struct { const BsFormula *f; BsIndex at; guint32 dims; } Reduced;

static BsFormula *
reduced_term (Expander *self, gconstpointer data, const BsIndex *places)
{
  const Reduced *reduced = data;
  BsIndex at = reduced->at;

  for (guint i = 0, k = 0; i < at.n; i++)
    if (reduced->dims >> i & 1)
      at.at[i] = places->at[k++];
  return expand (self, reduced->f, &at);
}

/* @f summed over @dims of its @shape, at @at of what is left (with ones). */
static BsFormula *
sum_dims (Expander *self, const BsFormula *f, const BsShape *shape, guint32 dims, const BsIndex *at)
{
  Reduced reduced = { f, { shape->n }, dims };
  BsShape over = { 0 };

  for (guint i = 0; i < shape->n; i++) {
    gint64 from_right = at->n + i - (gint64) shape->n;

    reduced.at.at[i] = from_right >= 0 && from_right < at->n && shape->size[i] != 1 ? at->at[from_right] : 0;
    if (dims >> i & 1)
      over.size[over.n++] = shape->size[i];
  }
  return sum_over (self, &over, reduced_term, &reduced);
}

static guint32
dims_of_sum (Expander *self, const BsShape *shape)
{
  return shape->n == self->rank ? self->reduced : (1u << shape->n) - 1;
}

static BsFormula *
expand_reduction (Expander *self, const BsFormula *f, const BsIndex *at)
{
  gint64 n = 1;
  BsFormula *sum;
  BsShape shape;
  guint32 dims;

  if (!shape_of (self, f->parts[0], &shape))
    return NULL;
  dims = dims_of_sum (self, &shape);
  sum = sum_dims (self, f->parts[0], &shape, dims, at);
  if (sum == NULL || strcmp (f->text, "sum") == 0)
    return sum;
  for (guint i = 0; i < shape.n; i++)
    n *= dims >> i & 1 ? shape.size[i] : 1;
  return bs_formula_simplify (bs_formula_new (BS_FORMULA_OVER, sum, bs_formula_new_plain (n)));
}

static BsFormula *
square_term (Expander *self, gconstpointer data, const BsIndex *places)
{
  const Reduced *reduced = data;
  BsFormula *x = expand (self, reduced->f, places);

  return x != NULL ? bs_formula_new (BS_FORMULA_POWER, x, bs_formula_new_plain (2)) : NULL;
}

static BsFormula *
expand_norm (Expander *self, const BsFormula *f)
{
  Reduced reduced = { f->parts[0] };
  BsFormula *sum;
  BsShape shape;

  if (!shape_of (self, f->parts[0], &shape))
    return NULL;
  sum = sum_over (self, &shape, square_term, &reduced);
  return sum != NULL ? bs_formula_new_call ("sqrt", sum) : NULL;
}

/* --- picked by class: self[i, target[i]] and its slope -------------------------------------------------------------------------- */

static gboolean
find_class (Expander *self, gint64 i, gint64 *class)
{
  BsBoundName target;

  if (!bs_bound_find (self->bound, "target", &target) || target.is_plain || target.value.n_dims > 1 ||
      target.value.how != BS_VALUE_WHOLE || i >= target.value.n_stored)
    return FALSE;
  *class = bs_value_get (&target.value, i);
  return TRUE;
}

static BsFormula *
picked_term (Expander *self, gconstpointer data, const BsIndex *places)
{
  const BsFormula *f = data;
  BsIndex at = { self->rank };
  gint64 i = places->n > 0 ? places->at[0] : 0, class;

  if (self->symbolic || self->rank == 0 || self->rank > 2 || !find_class (self, i, &class))
    return NULL;
  at.at[0] = i;
  at.at[self->rank - 1] = class;
  return expand (self, f->parts[0], &at);
}

static BsFormula *
expand_picked_mean (Expander *self, const BsFormula *f)
{
  BsBoundName target, n;
  BsFormula *sum;
  BsShape shape;

  if (!bs_bound_find (self->bound, "target", &target) || target.is_plain || !bs_shape_of_value (&target.value, &shape) ||
      !bs_bound_find (self->bound, "n", &n))
    return NULL;
  sum = sum_over (self, &shape, picked_term, f->parts[0]);
  if (sum == NULL || strcmp (f->text, "mean") != 0)
    return sum;
  return bs_formula_simplify (bs_formula_new (BS_FORMULA_OVER, sum, bs_formula_new_plain (n.plain.number)));
}

static BsFormula *
expand_onehot (Expander *self, const BsIndex *at)
{
  gint64 class;

  if (self->symbolic || at->n == 0 || at->n > 2 || !find_class (self, at->n == 2 ? at->at[0] : 0, &class))
    return NULL;
  return bs_formula_new_number (class == at->at[at->n - 1], BS_ROLE_FORWARD);
}

/* --- products of matrices ---------------------------------------------------------------------------------------------------------- */

typedef struct { const BsFormula *a, *b; BsShape shape_a, shape_b; BsIndex at; } Product;

/* How many of the result's dimensions each factor gives. */
static guint rows_of (const Product *p) { return p->shape_a.n > 1; }
static guint columns_of (const Product *p) { return p->shape_b.n > 1; }

static BsFormula *
product_term (Expander *self, gconstpointer data, const BsIndex *places)
{
  const Product *p = data;
  BsIndex a = p->at, b = p->at, aligned_a, aligned_b;
  guint n = p->at.n;
  BsFormula *x, *y;

  /* (batch..., row) and k; (batch...), k and column */
  if (columns_of (p))
    a.n--;
  a.at[a.n++] = places->at[0];
  if (columns_of (p)) {
    guint batch = n - 1 - (rows_of (p) && n >= 2);

    b.n = batch;
    b.at[b.n++] = places->at[0];
    b.at[b.n++] = p->at.at[n - 1];
  } else {
    b.n = 0;
    b.at[b.n++] = places->at[0];
  }
  if (!bs_index_align (&p->shape_a, &a, &aligned_a) || !bs_index_align (&p->shape_b, &b, &aligned_b))
    return NULL;
  x = expand (self, p->a, &aligned_a);
  y = x != NULL ? expand (self, p->b, &aligned_b) : NULL;
  if (y == NULL) {
    bs_formula_free (x);
    return NULL;
  }
  return bs_formula_new (BS_FORMULA_TIMES, x, y);
}

static BsFormula *
expand_matmul (Expander *self, const BsFormula *f, const BsIndex *at)
{
  Product product = { f->parts[0], f->parts[1] };
  BsShape result, over = { 1 };

  if (!shape_of (self, f->parts[0], &product.shape_a) || !shape_of (self, f->parts[1], &product.shape_b) || !shape_of (self, f, &result) ||
      !bs_index_align (&result, at, &product.at))
    return NULL;
  over.size[0] = product.shape_a.size[product.shape_a.n - 1];
  return sum_over (self, &over, product_term, &product);
}

static BsFormula *
expand_outer (Expander *self, const BsFormula *f, const BsIndex *at)
{
  BsIndex i = { 1, { at->n == 2 ? at->at[0] : 0 } }, j = { 1, { at->n == 2 ? at->at[1] : 0 } };
  BsFormula *x = at->n == 2 ? expand (self, f->parts[0], &i) : NULL, *y = x != NULL ? expand (self, f->parts[1], &j) : NULL;

  if (y == NULL) {
    bs_formula_free (x);
    return NULL;
  }
  return bs_formula_new (BS_FORMULA_TIMES, x, y);
}

static gboolean
shape_of_product (Expander *self, const BsFormula *f, BsShape *out)
{
  BsShape a, b, batch_b = { 0 };

  if (!shape_of (self, f->parts[0], &a) || !shape_of (self, f->parts[1], &b) || a.n == 0 || b.n == 0 || a.n + b.n > BS_SHAPE_MAX)
    return FALSE;
  if (f->kind == BS_FORMULA_OUTER) {
    *out = (BsShape) { 2, { a.size[0], b.size[0] } };
    return a.n == 1 && b.n == 1;
  }
  if (a.size[a.n - 1] != b.size[b.n > 1 ? b.n - 2 : 0])
    return FALSE;
  *out = (BsShape) { 0 };
  for (guint i = 0; i + 2 < a.n; i++)
    out->size[out->n++] = a.size[i];
  for (guint i = 0; i + 2 < b.n; i++)
    batch_b.size[batch_b.n++] = b.size[i];
  if (!bs_shape_broadcast (out, &batch_b))
    return FALSE;
  if (a.n > 1)
    out->size[out->n++] = a.size[a.n - 2];
  if (b.n > 1)
    out->size[out->n++] = b.size[b.n - 1];
  return TRUE;
}

/* --- moved elements -------------------------------------------------------------------------------------------------------------- */

/* The two dimensions that a transpose exchanges. */
static gboolean
find_sides (Expander *self, const BsFormula *f, guint n, guint *a, guint *b)
{
  const char *first, *second;
  gint64 i = -2, k = -1;

  if (f->kind == BS_FORMULA_CALL) {
    first = bs_bound_find_argument (self->bound, "dim0");
    second = bs_bound_find_argument (self->bound, "dim1");
    if (first == NULL || second == NULL)
      return FALSE;
    i = g_ascii_strtoll (first, NULL, 10);
    k = g_ascii_strtoll (second, NULL, 10);
  }
  i += i < 0 ? n : 0;
  k += k < 0 ? n : 0;
  *a = i;
  *b = k;
  return i >= 0 && k >= 0 && i < n && k < n;
}

static BsFormula *
expand_transposed (Expander *self, const BsFormula *f, const BsIndex *at)
{
  BsIndex here = *at;
  BsShape shape;
  guint a, b;

  if (!shape_of (self, f->parts[0], &shape))
    return NULL;
  if (shape.n >= 2) {
    if (!find_sides (self, f, here.n, &a, &b))
      return NULL;
    here.at[a] = at->at[b];
    here.at[b] = at->at[a];
  }
  return expand (self, f->parts[0], &here);
}

/* Where dimension @i of the result of a permute stood before. */
static gboolean
find_order (Expander *self, guint n, gint64 *order)
{
  const char *text = bs_bound_find_argument (self->bound, "dims");
  guint k = 0;

  for (const char *c = text; c != NULL && *c && k < n;)
    if (*c == '-' || g_ascii_isdigit (*c)) {
      order[k] = g_ascii_strtoll (c, (char **) &c, 10);
      order[k] += order[k] < 0 ? n : 0;
      if (order[k] < 0 || order[k] >= n)
        return FALSE;
      k++;
    } else {
      c++;
    }
  return k == n;
}

/* Forwards dimension i of the result is dimension order[i] of what was permuted; backwards the other way round. */
static BsFormula *
expand_permuted (Expander *self, const BsFormula *f, const BsIndex *at, gboolean back)
{
  BsIndex here = { at->n };
  gint64 order[BS_SHAPE_MAX];

  if (!find_order (self, at->n, order))
    return NULL;
  for (guint i = 0; i < at->n; i++)
    here.at[back ? i : order[i]] = at->at[back ? order[i] : i];
  return expand (self, f->parts[0], &here);
}

static BsFormula *
expand_reshaped (Expander *self, const BsFormula *f, const BsIndex *at)
{
  BsIndex here;
  BsShape shape;
  gint64 flat = at->n == self->target.n ? bs_index_flatten (&self->target, at) : -1;

  if (flat < 0 || !shape_of (self, f->parts[0], &shape))
    return NULL;
  here = bs_index_unflatten (&shape, flat);
  return expand (self, f->parts[0], &here);
}

/* --- everything --------------------------------------------------------------------------------------------------------------------- */

static gboolean
is_call (const BsFormula *f, const char *name)
{
  return f->kind == BS_FORMULA_CALL && f->n == 1 && strcmp (f->text, name) == 0;
}

static gboolean
is_reduction (const BsFormula *f)
{
  return is_call (f, "sum") || is_call (f, "mean");
}

static gboolean
shape_of_call (Expander *self, const BsFormula *f, BsShape *out)
{
  guint a, b;

  if (is_reduction (f) && f->parts[0]->kind == BS_FORMULA_INDEX) {
    out->n = 0;
    return TRUE;
  }
  if (is_call (f, "reshape") || is_call (f, "permute") || is_call (f, "unpermute")) {
    *out = self->target;
    return TRUE;
  }
  if (!shape_of (self, f->parts[0], out))
    return FALSE;
  if (is_call (f, "norm"))
    out->n = 0;
  if (is_call (f, "transpose") && out->n >= 2) {
    gint64 side;

    if (!find_sides (self, f, out->n, &a, &b))
      return FALSE;
    side = out->size[a];
    out->size[a] = out->size[b];
    out->size[b] = side;
  }
  if (is_reduction (f)) {
    guint32 dims = dims_of_sum (self, out);

    for (guint i = 0; i < out->n; i++)
      out->size[i] = dims >> i & 1 ? 1 : out->size[i];
  }
  if (is_call (f, "onehot")) {
    BsBoundName input;

    return bs_bound_find (self->bound, "self", &input) && bs_shape_of_value (&input.value, out);
  }
  for (guint i = 1; i < f->n; i++) {
    BsShape other;

    if (!shape_of (self, f->parts[i], &other) || !bs_shape_broadcast (out, &other))
      return FALSE;
  }
  return TRUE;
}

static gboolean
shape_of (Expander *self, const BsFormula *f, BsShape *out)
{
  BsShape other;

  out->n = 0;
  switch (f->kind) {
  case BS_FORMULA_NUMBER: return TRUE;
  case BS_FORMULA_NAME: return shape_of_name (self, f->text, out);
  case BS_FORMULA_CALL: return f->n > 0 && shape_of_call (self, f, out);
  case BS_FORMULA_MATMUL:
  case BS_FORMULA_OUTER: return shape_of_product (self, f, out);
  case BS_FORMULA_TRANSPOSE:
    if (!shape_of (self, f->parts[0], out))
      return FALSE;
    if (out->n >= 2) {
      gint64 last = out->size[out->n - 1];

      out->size[out->n - 1] = out->size[out->n - 2];
      out->size[out->n - 2] = last;
    }
    return TRUE;
  case BS_FORMULA_COMPARE:
  case BS_FORMULA_NEGATIVE:
  case BS_FORMULA_PLUS:
  case BS_FORMULA_MINUS:
  case BS_FORMULA_TIMES:
  case BS_FORMULA_OVER:
  case BS_FORMULA_POWER:
    for (guint i = 0; i < f->n; i++)
      if (!shape_of (self, f->parts[i], &other) || !bs_shape_broadcast (out, &other))
        return FALSE;
    return TRUE;
  default: return FALSE;
  }
}

/* Element by element. */
static BsFormula *
expand_parts (Expander *self, const BsFormula *f, const BsIndex *at)
{
  BsFormula *copy = bs_formula_new_text (f->kind, f->text, NULL, NULL);

  for (guint i = 0; i < f->n; i++) {
    BsIndex here;
    BsShape shape;
    BsFormula *part = shape_of (self, f->parts[i], &shape) && bs_index_align (&shape, at, &here) ? expand (self, f->parts[i], &here) : NULL;

    if (part == NULL) {
      bs_formula_free (copy);
      return NULL;
    }
    copy->parts[copy->n++] = part;
  }
  return bs_formula_simplify (copy);
}

static BsFormula *
expand_call (Expander *self, const BsFormula *f, const BsIndex *at)
{
  if (is_reduction (f) && f->parts[0]->kind == BS_FORMULA_INDEX)
    return expand_picked_mean (self, f);
  if (is_reduction (f))
    return expand_reduction (self, f, at);
  if (is_call (f, "norm"))
    return expand_norm (self, f);
  if (is_call (f, "onehot"))
    return expand_onehot (self, at);
  if (is_call (f, "reshape"))
    return expand_reshaped (self, f, at);
  if (is_call (f, "transpose"))
    return expand_transposed (self, f, at);
  if (is_call (f, "permute") || is_call (f, "unpermute"))
    return expand_permuted (self, f, at, f->text[0] == 'u');
  if (is_call (f, "expand")) {
    BsShape shape;
    BsIndex here;

    return shape_of (self, f->parts[0], &shape) && bs_index_align (&shape, at, &here) ? expand (self, f->parts[0], &here) : NULL;
  }
  return expand_parts (self, f, at);
}

static BsFormula *
expand (Expander *self, const BsFormula *f, const BsIndex *at)
{
  switch (f->kind) {
  case BS_FORMULA_NUMBER: return bs_formula_copy (f);
  case BS_FORMULA_NAME: return expand_name (self, f->text, at);
  case BS_FORMULA_MATMUL: return expand_matmul (self, f, at);
  case BS_FORMULA_OUTER: return expand_outer (self, f, at);
  case BS_FORMULA_TRANSPOSE: return expand_transposed (self, f, at);
  case BS_FORMULA_CALL: return expand_call (self, f, at);
  case BS_FORMULA_INDEX: return NULL;
  default: return expand_parts (self, f, at);
  }
}

/* --- the arguments that say where to sum -------------------------------------------------------------------------------------------- */

static void
find_reduced (Expander *self)
{
  const char *text = bs_bound_find_argument (self->bound, "dim"), *keep = bs_bound_find_argument (self->bound, "keepdim");
  BsBoundName input;
  BsShape shape;

  for (guint i = 0; i < self->bound->n_inputs && self->rank == 0; i++)
    if (bs_bound_find (self->bound, self->bound->signature.parameters[i].name, &input) && !input.is_plain && bs_shape_of_value (&input.value, &shape))
      self->rank = shape.n;
  for (const char *c = text; c != NULL && *c;)
    if (*c == '-' || g_ascii_isdigit (*c)) {
      gint64 dim = g_ascii_strtoll (c, (char **) &c, 10);

      dim += dim < 0 ? self->rank : 0;
      self->reduced |= dim >= 0 && dim < self->rank ? 1u << dim : 0;
    } else {
      c++;
    }
  if (self->reduced == 0)
    self->reduced = (1u << self->rank) - 1;
  self->squeezed = keep != NULL && strcmp (keep, "True") != 0 && self->bound->result->n_dims < self->rank;
}

/* How large the terms of its sums are: rounding is counted from there. */
static double
size_of_terms (const BsFormula *f)
{
  double size = f->kind == BS_FORMULA_DOTS ? fabs (f->number) : 0;

  for (guint i = 0; i < f->n; i++) {
    if (f->kind == BS_FORMULA_PLUS || f->kind == BS_FORMULA_MINUS)
      size = MAX (size, fabs (bs_formula_evaluate (f->parts[i], NULL, NULL)));
    size = MAX (size, size_of_terms (f->parts[i]));
  }
  return size;
}

static gboolean
is_true (const BsFormula *numbers, double recorded)
{
  double found = bs_formula_evaluate (numbers, NULL, NULL);

  if (!isfinite (recorded))
    return isnan (recorded) ? isnan (found) : found == recorded;
  return fabs (found - recorded) <= 1e-3 * fabs (recorded) + 1e-5 * size_of_terms (numbers) + 1e-30;
}

static BsFormula *
expand_whole (Expander *self, const BsFormula *formula, const BsShape *shape, const BsIndex *at, gboolean spread)
{
  BsShape from;
  guint32 dims = 0;

  if (!shape_of (self, formula, &from))
    return NULL;
  for (guint i = 0; i < from.n && spread; i++) {
    gint64 k = (gint64) shape->n - from.n + i;

    if (from.size[i] > 1 && (k < 0 || shape->size[k] == 1))
      dims |= 1u << i;
  }
  if (dims != 0)
    return sum_dims (self, formula, &from, dims, at);
  return expand (self, formula, at);
}

/* An element of the result, with the dimensions that were reduced away back as ones. */
static BsIndex
unsqueezed (Expander *self, const BsIndex *at)
{
  BsIndex wide = { 0 };

  for (guint i = 0, k = 0; i < self->rank; i++)
    wide.at[wide.n++] = self->reduced >> i & 1 || k >= at->n ? 0 : at->at[k++];
  return wide;
}

gboolean
bs_element_expand (BsBound *bound, const BsFormula *formula, const BsValue *whole, gint64 flat, gboolean spread, BsElement *out)
{
  Expander self = { .bound = bound };
  BsIndex at;

  *out = (BsElement) { 0 };
  if (whole->how != BS_VALUE_WHOLE || flat < 0 || flat >= whole->n_stored || !bs_shape_of_value (whole, &self.target))
    return FALSE;
  find_reduced (&self);
  at = bs_index_unflatten (&self.target, flat);
  if (!spread && self.squeezed)
    at = unsqueezed (&self, &at);
  out->numbers = expand_whole (&self, formula, &self.target, &at, spread);
  if (out->numbers == NULL || !is_true (out->numbers, bs_value_get (whole, flat))) {
    bs_element_clear (out);
    return FALSE;
  }
  self.symbolic = TRUE;
  out->letters = expand_whole (&self, formula, &self.target, &at, spread);
  return TRUE;
}

void
bs_element_clear (BsElement *self)
{
  g_clear_pointer (&self->letters, bs_formula_free);
  g_clear_pointer (&self->numbers, bs_formula_free);
}
