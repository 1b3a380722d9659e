/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "place.h"
#include "settings.h"
#include "welcome.h"

struct _BackstepWelcome
{
  GtkWidget parent_instance;

  GtkWidget *box, *examples, *recent, *recent_title, *search;
  gboolean filled;
};

G_DEFINE_FINAL_TYPE (BackstepWelcome, backstep_welcome, GTK_TYPE_WIDGET)

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* The order of the course, as it is built. */
static const char course[] = BACKSTEP_EXAMPLES;

/* The first line of the first comment. */
static char *
read_title (const char *path)
{
  FILE *file = fopen (path, "re");
  char line[256];
  char *title = NULL;

  while (file && fgets (line, sizeof line, file))
    if (line[0] == '#' && line[1] != '!' && strstr (line, "coding:") == NULL)
      {
        title = g_strstrip (g_utf8_make_valid (line + strspn (line, "# "), -1));
        break;
      }
    else if (line[0] != '#' && line[0] != '\n')
      break;
  if (file)
    fclose (file);
  return title && *title ? title : (g_free (title), g_path_get_basename (path));
}

static GtkWidget *
new_entry (const char *path, const char *title, const char *subtitle)
{
  GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *first = gtk_label_new (title), *second = gtk_label_new (subtitle);

  gtk_label_set_xalign (GTK_LABEL (first), 0);
  gtk_label_set_xalign (GTK_LABEL (second), 0);
  gtk_label_set_wrap (GTK_LABEL (first), TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (second), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (first, "entry-title");
  gtk_widget_add_css_class (second, "dim-label");
  gtk_widget_add_css_class (second, "caption");
  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "welcome-entry");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, subtitle, -1);
  g_object_set_data_full (G_OBJECT (button), "path", g_strdup (path), g_free);
  return button;
}

static void
on_clicked (GtkButton *button, BackstepWelcome *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (g_object_get_data (G_OBJECT (button), "path"));

  g_signal_emit (self, signals[OPEN], 0, file);
}

static void
add_entry (BackstepWelcome *self, GtkWidget *flow, const char *path, const char *title, const char *subtitle)
{
  GtkWidget *button = new_entry (path, title, subtitle), *child = gtk_flow_box_child_new ();

  g_signal_connect (button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), button);
  /* The button takes the focus. */
  gtk_widget_set_focusable (child, FALSE);
  gtk_flow_box_insert (GTK_FLOW_BOX (flow), child, -1);
}

static void
add_examples_of (BackstepWelcome *self, const char *folder)
{
  g_auto (GStrv) ordered = g_strsplit (course, " ", -1);
  g_autoptr (GDir) dir = NULL;
  g_autoptr (GPtrArray) others = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  for (int i = 0; ordered[i]; i++)
    {
      g_autofree char *base = g_strconcat (ordered[i], ".py", NULL), *path = g_build_filename (folder, base, NULL);
      g_autofree char *title = g_file_test (path, G_FILE_TEST_IS_REGULAR) ? read_title (path) : NULL;

      if (title)
        add_entry (self, self->examples, path, title, base);
    }
  dir = g_dir_open (folder, 0, NULL);
  while (dir && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *stem = g_str_has_suffix (name, ".py") ? g_strndup (name, strlen (name) - 3) : NULL;

      if (stem && !g_strv_contains ((const char *const *) ordered, stem))
        g_ptr_array_add (others, g_strdup (name));
    }
  g_ptr_array_sort (others, (GCompareFunc) (void (*) (void)) g_strcmp0);
  for (guint i = 0; i < others->len; i++)
    {
      g_autofree char *path = g_build_filename (folder, g_ptr_array_index (others, i), NULL), *title = read_title (path);

      add_entry (self, self->examples, path, title, g_ptr_array_index (others, i));
    }
}

static void
clear (GtkWidget *flow)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (flow)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (flow), child);
}

static int
by_date (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_visited ((GtkRecentInfo *) b), gtk_recent_info_get_visited ((GtkRecentInfo *) a));
}

static void
fill_recent (BackstepWelcome *self)
{
  GList *items = g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()), by_date);
  int left = backstep_settings_get_int ("recent-limit", 8);
  gboolean any = FALSE;

  clear (self->recent);
  for (GList *l = items; l && left > 0; l = l->next)
    {
      g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (l->data));
      g_autofree char *path = g_file_get_path (file), *folder = path ? g_path_get_dirname (path) : NULL;

      if (path == NULL || !gtk_recent_info_has_application (l->data, g_get_application_name ())
          || !g_file_test (path, G_FILE_TEST_EXISTS))
        continue;
      add_entry (self, self->recent, path, gtk_recent_info_get_display_name (l->data), folder);
      any = TRUE;
      left--;
    }
  g_list_free_full (items, (GDestroyNotify) gtk_recent_info_unref);
  gtk_widget_set_visible (self->recent, any);
  gtk_widget_set_visible (self->recent_title, any);
}

static gboolean
is_sought (GtkFlowBoxChild *child, gpointer data)
{
  BackstepWelcome *self = data;
  g_autofree char *sought = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1), *title = NULL;
  GtkWidget *box = gtk_button_get_child (GTK_BUTTON (gtk_flow_box_child_get_child (child)));
  GtkWidget *first = gtk_widget_get_first_child (box), *second = gtk_widget_get_last_child (box);
  g_autofree char *both = g_strconcat (gtk_label_get_text (GTK_LABEL (first)), " ", gtk_label_get_text (GTK_LABEL (second)), NULL);

  title = g_utf8_casefold (both, -1);
  return strstr (title, sought) != NULL;
}

static void
on_search (GtkSearchEntry *entry, BackstepWelcome *self)
{
  gtk_flow_box_invalidate_filter (GTK_FLOW_BOX (self->examples));
}

static gboolean
fill (gpointer data)
{
  BackstepWelcome *self = data;

  if (self->box == NULL)
    return G_SOURCE_REMOVE;
  if (!self->filled)
    add_examples_of (self, bs_in_build_tree () ? BS_SOURCE_ROOT "/data/examples" : BS_PKGDATADIR "/examples");
  self->filled = TRUE;
  fill_recent (self);
  return G_SOURCE_REMOVE;
}

/* Reads some thirty first lines: not before the first frame. */
void
backstep_welcome_refresh (BackstepWelcome *self)
{
  g_idle_add_full (G_PRIORITY_LOW, fill, g_object_ref (self), g_object_unref);
}

static void
backstep_welcome_dispose (GObject *object)
{
  g_clear_pointer (&BACKSTEP_WELCOME (object)->box, gtk_widget_unparent);
  G_OBJECT_CLASS (backstep_welcome_parent_class)->dispose (object);
}

static void
backstep_welcome_class_init (BackstepWelcomeClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_welcome_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, examples);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, recent);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, recent_title);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, search);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  signals[OPEN] = g_signal_new ("open", BACKSTEP_TYPE_WELCOME, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                G_TYPE_FILE);
}

static void
backstep_welcome_init (BackstepWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_flow_box_set_filter_func (GTK_FLOW_BOX (self->examples), is_sought, self, NULL);
}
