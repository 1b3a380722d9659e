/* SPDX-License-Identifier: MIT */

/* The card that an error is about, when no walk stopped at it: the first name of the expression that failed, for errors that are
 * about the tensor something was called on or done to. */

#include "config.h"

#include <string.h>

#include "scene-private.h"

static gboolean
is_about_a_tensor (const char *message)
{
  static const char *const begins[] = {
    "a leaf Variable that requires grad", "a view of a leaf Variable", "grad can be implicitly created only for scalar outputs",
    "Can't call numpy() on Tensor", "element 0 of tensors does not require grad", "can't retain_grad on Tensor",
  };

  for (guint i = 0; message && i < G_N_ELEMENTS (begins); i++)
    if (g_str_has_prefix (message, begins[i]))
      return TRUE;
  return FALSE;
}

/* The name at the place, as far as it goes: "net.fc.weight" of "net.fc.weight -= 1". */
static char *
name_at (BsRecording *recording, const BsPlace *place)
{
  gsize length = 0, at = 0, n = 0;
  const char *source = place->file ? bs_recording_get_file_source (recording, place->file, &length) : NULL;

  for (guint32 line = 1; source && line < place->line && at < length; at++)
    line += source[at] == '\n';
  at += place->column;
  while (source && at + n < length && (g_ascii_isalnum (source[at + n]) || strchr ("_.", source[at + n])) && source[at + n] != '\0')
    n++;
  return n > 0 ? g_strndup (source + at, n) : NULL;
}

guint
bs_scene_find_blamed (BsScene *self, BsCursor *cursor, const BsEvent *error)
{
  const BsPlace *place = error->place ? bs_recording_get_place (self->recording, error->place) : NULL;
  g_autofree char *name = place && is_about_a_tensor (error->error.message) ? name_at (self->recording, place) : NULL;

  /* "y.backward" is no variable, "y" is. */
  while (name)
    {
      guint32 looked_at = 0, id = bs_recording_find_name (self->recording, name, &looked_at);
      char *dot = strrchr (name, '.');
      BsPlain value;

      if (id && bs_cursor_find_variable (cursor, id, &value) && value.kind == BS_PLAIN_TENSOR)
        return bs_graph_find_tensor (self->graph, value.tensor);
      if (dot == NULL)
        break;
      *dot = '\0';
    }
  return G_MAXUINT;
}
