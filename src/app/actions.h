/* SPDX-License-Identifier: MIT */

/* Every action of the window in one table: its words, keys and icon. Accelerators, tooltips, accessible names, buttons
 * and the shortcuts window are made of it, so that they cannot differ. */

#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum {
  BACKSTEP_GROUP_STEP,
  BACKSTEP_GROUP_PLAY,
  BACKSTEP_GROUP_GRAPH,
  BACKSTEP_GROUP_FILE,
  BACKSTEP_GROUP_VIEW,
  BACKSTEP_N_GROUPS,
} BackstepActionGroup;

typedef struct {
  const char *name;   /* "win.step-next" */
  const char *label;  /* N_() */
  BackstepActionGroup group;
  const char *keys;   /* plain keys, " "-separated: they step where nobody types */
  const char *accels; /* " "-separated: they work everywhere */
  const char *icon;
} BackstepActionInfo;

const BackstepActionInfo *backstep_actions_get (guint *n);
const BackstepActionInfo *backstep_actions_find (const char *name);
const char *backstep_actions_group_title (BackstepActionGroup group);
void backstep_actions_install_accels (GtkApplication *app);
/* The plain keys, on the window, after whatever has the focus. */
void backstep_actions_install_keys (GtkWidget *window);
/* Icon, tooltip with the key, accessible name, action. */
void backstep_actions_dress_button (GtkWidget *button, const char *name);

/* Escape closes it. */
void backstep_actions_add_escape (GtkWidget *window);

G_END_DECLS
