/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "tab.h"

G_DEFINE_FINAL_TYPE (BackstepTab, backstep_tab, ADW_TYPE_BIN)

enum { PROP_0, TITLE, TOOLTIP, BUSY, N_PROPERTIES };
static GParamSpec *properties[N_PROPERTIES];

static void
say_changed (BackstepTab *self)
{
  for (guint i = TITLE; i < N_PROPERTIES; i++)
    g_object_notify_by_pspec (G_OBJECT (self), properties[i]);
}

char *
backstep_tab_dup_name (BackstepTab *self)
{
  GFile *file = backstep_tab_get_file (self);
  char *name = self->document ? backstep_document_dup_name (self->document) : NULL;

  if (name)
    return name;
  return file ? g_file_get_basename (file) : g_strdup (_("New Tab"));
}

GFile *
backstep_tab_get_file (BackstepTab *self)
{
  return self->document ? backstep_document_get_file (self->document) : self->pending;
}

guint
backstep_tab_get_step (BackstepTab *self)
{
  BsCursor *cursor = self->document ? backstep_document_get_cursor (self->document) : NULL;

  return cursor ? bs_cursor_get_step (cursor) : self->pending_step;
}

gboolean
backstep_tab_is_modified (BackstepTab *self)
{
  return self->document != NULL && backstep_source_is_modified (BACKSTEP_SOURCE (self->source));
}

gboolean
backstep_tab_is_empty (BackstepTab *self)
{
  return self->document == NULL && self->pending == NULL;
}

void
backstep_tab_set_document (BackstepTab *self, BackstepDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  if (g_set_object (&self->document, document))
    self->loaded = FALSE;
  g_clear_object (&self->pending);
  if (document)
    g_signal_connect_object (document, "changed", G_CALLBACK (say_changed), self, G_CONNECT_SWAPPED);
  say_changed (self);
}

void
backstep_tab_set_pending (BackstepTab *self, GFile *file, guint step)
{
  g_set_object (&self->pending, file);
  self->pending_step = step;
  say_changed (self);
}

void
backstep_tab_load (BackstepTab *self)
{
  g_autoptr (GFile) file = g_steal_pointer (&self->pending);
  g_autoptr (BackstepDocument) document = NULL;

  if (file == NULL)
    return;
  document = backstep_document_new ();
  backstep_document_open (document, file);
  if (self->pending_step > 0)
    backstep_document_set_wanted_step (document, self->pending_step);
  backstep_tab_set_document (self, document);
}

/* An editor that shows its own text keeps it when its tab is shown again. */
void
backstep_tab_set_cursor (BackstepTab *self, BsCursor *cursor)
{
  if (self->shown == cursor)
    return;
  g_set_object (&self->shown, cursor);
  backstep_source_set_cursor (BACKSTEP_SOURCE (self->source), cursor);
}

static void
backstep_tab_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  BackstepTab *self = BACKSTEP_TAB (object);
  GFile *file = backstep_tab_get_file (self);
  g_autofree char *name = backstep_tab_dup_name (self);

  if (id == TITLE)
    g_value_take_string (value, backstep_tab_is_modified (self) ? g_strconcat ("• ", name, NULL) : g_steal_pointer (&name));
  else if (id == TOOLTIP)
    {
      g_autofree char *path = file ? g_file_get_parse_name (file) : NULL;

      g_value_take_string (value, path ? g_markup_escape_text (path, -1) : NULL);
    }
  else
    g_value_set_boolean (value, self->document && backstep_document_is_busy (self->document));
}

static void
backstep_tab_dispose (GObject *object)
{
  BackstepTab *self = BACKSTEP_TAB (object);

  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_clear_handle_id (&self->draft_timeout, g_source_remove);
  g_clear_pointer (&self->draft_id, g_free);
  g_clear_pointer (&self->recovered, g_free);
  g_clear_object (&self->document);
  g_clear_object (&self->source);
  g_clear_object (&self->shown);
  g_clear_object (&self->pending);
  g_clear_pointer (&self->page, g_free);
  G_OBJECT_CLASS (backstep_tab_parent_class)->dispose (object);
}

static void
backstep_tab_class_init (BackstepTabClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = backstep_tab_dispose;
  object_class->get_property = backstep_tab_get_property;
  properties[TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[TOOLTIP] = g_param_spec_string ("tooltip", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
backstep_tab_init (BackstepTab *self)
{
  self->source = g_object_ref_sink (g_object_new (BACKSTEP_TYPE_SOURCE, NULL));
  self->view.fits = TRUE;
  self->view.zoom = 1;
  g_signal_connect_object (self->source, "edited", G_CALLBACK (say_changed), self, G_CONNECT_SWAPPED);
  backstep_tab_init_draft (self);
}

BackstepTab *
backstep_tab_new (void)
{
  return g_object_new (BACKSTEP_TYPE_TAB, NULL);
}
