/* SPDX-License-Identifier: MIT */

/* Signs: a number for each card and proxy, over all that its look depends on besides what a whole picture has in common (zoom,
 * theme, layout, what is in sight). Two pictures of which it is the same look the same there. */

#include "config.h"

#include "scene-private.h"

#include <string.h>

/* Fowler, Noll and Vo's FNV-1a, by words. */
static guint64
add (guint64 sign, guint64 word)
{
  return (sign ^ word) * 1099511628211u;
}

static guint64
add_bytes (guint64 sign, const void *data, gsize n)
{
  const guint8 *bytes = data;
  guint64 word = 0;

  for (; n >= sizeof word; bytes += sizeof word, n -= sizeof word) {
    memcpy (&word, bytes, sizeof word);
    sign = add (sign, word);
  }
  word = 0;
  memcpy (&word, bytes, n);
  return add (sign, word);
}

static guint64
add_value (guint64 sign, const BsValue *value)
{
  sign = add (sign, value->dtype | (guint64) value->how << 8 | (guint64) value->n_stored << 16);
  sign = add (sign, (guint64) value->n_nan << 32 | value->n_inf);
  sign = add_bytes (sign, &value->norm, value->how == BS_VALUE_THUMBNAIL ? sizeof value->norm : 0);
  return value->data != NULL ? add_bytes (sign, value->data, value->n_stored * bs_dtype_bytes (value->dtype)) : sign;
}

static guint32
finish (guint64 sign)
{
  return sign ^ sign >> 32;
}

static guint64
add_state (guint64 sign, const BsTensorState *state)
{
  sign = add (sign, state->exists | state->released << 1 | state->is_leaf << 2 | state->requires_grad << 3 | state->retains_grad << 4 |
                      (guint64) state->grad_state << 8 | (guint64) state->grad_pass << 16);
  sign = add (sign, state->n_accumulated);
  if (state->exists)
    sign = add_value (sign, &state->value);
  if (state->grad_state >= BS_GRAD_FLOWING)
    sign = add_value (sign, &state->grad);
  return sign;
}

guint32
bs_painter_sign_card (BsPainter *self, guint index)
{
  const BsDrawOptions *options = self->options;
  const BsCard *card = bs_graph_get_card (self->scene->graph, index);
  gboolean focus = self->focus.card == index;
  guint64 sign = 14695981039346656037u;
  BsTensorState state;

  if (self->detail == BS_DETAIL_FAR)
    return bs_painter_far_tone (self, index) | options->hide_future << 4;
  bs_cursor_get_tensor (self->cursor, card->tensor, &state);
  sign = add (sign, self->in_walk | options->hide_future << 1 | (options->selected == index) << 2 | (options->hovered == index) << 3 |
                      (options->covered == index) << 4 | (options->covers_grad && options->covered == index) << 5 |
                      (options->also != NULL && options->also[index]) << 6 | (options->dimmed != NULL && options->dimmed[index]) << 7 |
                      focus << 8 | (focus ? self->focus.line : 0) << 9 | (guint64) (focus ? self->focus.kind : 0) << 32);
  sign = add (sign, card->flags);
  if (card->pill != NULL)
    sign = add_bytes (sign, card->pill, strlen (card->pill));
  return finish (add_state (sign, &state));
}

guint32
bs_painter_sign_proxy (BsPainter *self, guint proxy)
{
  guint card;

  bs_layout_get_proxy (self->scene->layout, proxy, &card);
  return (bs_graph_get_card (self->scene->graph, card)->step < self->step) |
         (self->options->selected == card || self->options->hovered == card) << 1;
}
