/* SPDX-License-Identifier: MIT */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum { BACKSTEP_VARIABLE_NAME, BACKSTEP_VARIABLE_WATCH, BACKSTEP_VARIABLE_FRAME } BackstepVariableKind;

/* A row of the panel: a name or an expression and its value as text. Signal "changed": @value, @is_error or @is_new. */
#define BACKSTEP_TYPE_VARIABLE (backstep_variable_get_type ())
G_DECLARE_FINAL_TYPE (BackstepVariable, backstep_variable, BACKSTEP, VARIABLE, GObject)

struct _BackstepVariable
{
  GObject parent_instance;

  BackstepVariableKind kind;
  char *name;            /* the whole: "net.fc1.weight" */
  const char *label;     /* what the row says, within @name: ".fc1.weight" */
  char *value, *detail;  /* @detail: shape and dtype of a tensor; may be NULL */
  guint32 tensor, frame;
  gboolean is_error, is_new, is_editable;
  GListStore *children;  /* NULL: none */
};

BackstepVariable *backstep_variable_new (BackstepVariableKind kind, const char *name, gsize label_at);
/* Takes @value and @detail. @lit: light it up if the value differs. */
void backstep_variable_set (BackstepVariable *self, char *value, char *detail, gboolean is_error, gboolean lit);
void backstep_variable_add_child (BackstepVariable *self, BackstepVariable *child);

G_END_DECLS
