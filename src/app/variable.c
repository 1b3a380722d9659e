/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "variable.h"

G_DEFINE_FINAL_TYPE (BackstepVariable, backstep_variable, G_TYPE_OBJECT)

static guint changed_signal;

BackstepVariable *
backstep_variable_new (BackstepVariableKind kind, const char *name, gsize label_at)
{
  BackstepVariable *self = g_object_new (BACKSTEP_TYPE_VARIABLE, NULL);

  self->kind = kind;
  self->name = g_strdup (name);
  self->label = self->name + label_at;
  return self;
}

void
backstep_variable_set (BackstepVariable *self, char *value, char *detail, gboolean is_error, gboolean lit)
{
  gboolean differs = g_strcmp0 (value, self->value) != 0, is_new = lit && differs && self->value != NULL;
  gboolean changes = differs || is_new != self->is_new || is_error != self->is_error || g_strcmp0 (detail, self->detail) != 0;

  g_free (self->value);
  g_free (self->detail);
  self->value = value;
  self->detail = detail;
  self->is_error = is_error;
  self->is_new = is_new;
  if (changes)
    g_signal_emit (self, changed_signal, 0);
}

void
backstep_variable_add_child (BackstepVariable *self, BackstepVariable *child)
{
  if (self->children == NULL)
    self->children = g_list_store_new (BACKSTEP_TYPE_VARIABLE);
  g_list_store_append (self->children, child);
}

static void
backstep_variable_finalize (GObject *object)
{
  BackstepVariable *self = BACKSTEP_VARIABLE (object);

  g_free (self->name);
  g_free (self->value);
  g_free (self->detail);
  g_clear_object (&self->children);
  G_OBJECT_CLASS (backstep_variable_parent_class)->finalize (object);
}

static void
backstep_variable_class_init (BackstepVariableClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = backstep_variable_finalize;
  changed_signal = g_signal_new ("changed", BACKSTEP_TYPE_VARIABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
backstep_variable_init (BackstepVariable *self)
{
}
