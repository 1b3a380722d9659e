/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "gallery.h"
#include "recent.h"
#include "welcome.h"

struct _BackstepWelcome
{
  GtkWidget parent_instance;

  GtkWidget *box, *recent, *recent_head, *clear_button, *gallery;
};

G_DEFINE_FINAL_TYPE (BackstepWelcome, backstep_welcome, GTK_TYPE_WIDGET)

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

static const char *
uri_of (GtkWidget *entry)
{
  return g_object_get_data (G_OBJECT (entry), "uri");
}

static void
on_activated (GtkFlowBox *flow, GtkFlowBoxChild *child, BackstepWelcome *self)
{
  g_autoptr (GFile) file = g_file_new_for_uri (uri_of (GTK_WIDGET (child)));

  g_signal_emit (self, signals[OPEN], 0, file);
}

static void
on_gallery_open (BackstepGallery *gallery, GFile *file, BackstepWelcome *self)
{
  g_signal_emit (self, signals[OPEN], 0, file);
}

/* --- opened lately ------------------------------------------------------------------------------------------------------ */

/* The file stays; only the list forgets it. The next entry takes the focus. */
static void
remove_entry (GtkWidget *entry)
{
  GtkWidget *next = gtk_widget_get_next_sibling (entry);

  if (next == NULL)
    next = gtk_widget_get_prev_sibling (entry);
  if (next)
    gtk_widget_grab_focus (next);
  gtk_recent_manager_remove_item (gtk_recent_manager_get_default (), uri_of (entry), NULL);
}

static void
on_remove (GtkButton *button, GtkWidget *entry)
{
  remove_entry (entry);
}

static gboolean
on_entry_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, GtkWidget *entry)
{
  if (key != GDK_KEY_Delete && key != GDK_KEY_KP_Delete)
    return FALSE;
  remove_entry (entry);
  return TRUE;
}

static GtkWidget *
new_label (const char *text, const char *css, PangoEllipsizeMode cut)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), cut);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 28);
  gtk_widget_add_css_class (label, css);
  return label;
}

static GtkWidget *
new_entry (const char *uri, const char *title, const char *folder)
{
  GtkWidget *child = gtk_flow_box_child_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *remove = gtk_button_new_from_icon_name ("window-close-symbolic");
  GtkEventController *keys = gtk_event_controller_key_new ();
  g_autofree char *name = g_strdup_printf (_("Remove %s from the list"), title);

  g_object_set_data_full (G_OBJECT (child), "uri", g_strdup (uri), g_free);
  gtk_box_append (GTK_BOX (words), new_label (title, "card-title", PANGO_ELLIPSIZE_END));
  gtk_box_append (GTK_BOX (words), new_label (folder, "dim-label", PANGO_ELLIPSIZE_MIDDLE));
  gtk_widget_add_css_class (gtk_widget_get_last_child (words), "caption");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_add_css_class (remove, "flat");
  gtk_widget_add_css_class (remove, "circular");
  gtk_widget_set_valign (remove, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (remove, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (remove), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (remove, "clicked", G_CALLBACK (on_remove), child);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_entry_key), child);
  gtk_widget_add_controller (child, keys);
  gtk_box_append (GTK_BOX (box), words);
  gtk_box_append (GTK_BOX (box), remove);
  gtk_flow_box_child_set_child (GTK_FLOW_BOX_CHILD (child), box);
  gtk_widget_add_css_class (child, "gallery-card");
  gtk_widget_add_css_class (child, "recent-card");
  gtk_accessible_update_property (GTK_ACCESSIBLE (child), GTK_ACCESSIBLE_PROPERTY_LABEL, title, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, folder, -1);
  return child;
}

static gboolean
fill_recent (gpointer data)
{
  BackstepWelcome *self = data;
  g_autoptr (GPtrArray) list = NULL;
  GtkWidget *child;

  if (self->box == NULL)
    return G_SOURCE_REMOVE;
  while ((child = gtk_widget_get_first_child (self->recent)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->recent), child);
  list = backstep_recent_dup_list ();
  for (guint i = 0; i < list->len; i++)
    {
      GtkRecentInfo *info = list->pdata[i];
      g_autoptr (GFile) file = g_file_new_for_uri (gtk_recent_info_get_uri (info));
      g_autofree char *folder = g_path_get_dirname (g_file_peek_path (file));

      gtk_flow_box_insert (GTK_FLOW_BOX (self->recent), new_entry (gtk_recent_info_get_uri (info), gtk_recent_info_get_display_name (info), folder), -1);
    }
  child = gtk_widget_get_first_child (self->recent);
  gtk_widget_set_visible (self->recent, child != NULL);
  gtk_widget_set_visible (self->recent_head, child != NULL);
  return G_SOURCE_REMOVE;
}

static void
on_clear (GtkButton *button, BackstepWelcome *self)
{
  backstep_recent_clear ();
}

static void
on_recent_changed (BackstepWelcome *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    fill_recent (self);
}

/* --- the page ------------------------------------------------------------------------------------------------------------ */

/* So that what is typed goes to the search. */
static void
take_focus (BackstepWelcome *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root ? gtk_root_get_focus (root) : NULL;

  if (root && gtk_widget_get_mapped (GTK_WIDGET (self)) && (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self))))
    {
      if (!backstep_gallery_focus_last (BACKSTEP_GALLERY (self->gallery)))
        gtk_widget_child_focus (GTK_WIDGET (self), GTK_DIR_TAB_FORWARD);
    }
}

static gboolean
fill (gpointer data)
{
  BackstepWelcome *self = data;

  if (self->box == NULL)
    return G_SOURCE_REMOVE;
  take_focus (self);
  backstep_gallery_fill (BACKSTEP_GALLERY (self->gallery));
  return fill_recent (self);
}

/* Nothing of it before the first frame. */
void
backstep_welcome_refresh (BackstepWelcome *self)
{
  g_idle_add_full (G_PRIORITY_LOW, fill, g_object_ref (self), g_object_unref);
}

void
backstep_welcome_find (BackstepWelcome *self)
{
  backstep_gallery_focus_search (BACKSTEP_GALLERY (self->gallery));
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

  g_type_ensure (BACKSTEP_TYPE_GALLERY);
  G_OBJECT_CLASS (klass)->dispose = backstep_welcome_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, recent);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, recent_head);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, clear_button);
  gtk_widget_class_bind_template_child (widget_class, BackstepWelcome, gallery);
  gtk_widget_class_bind_template_callback (widget_class, on_activated);
  gtk_widget_class_bind_template_callback (widget_class, on_clear);
  gtk_widget_class_bind_template_callback (widget_class, on_gallery_open);
  signals[OPEN] = g_signal_new ("open", BACKSTEP_TYPE_WELCOME, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
}

static void
backstep_welcome_init (BackstepWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  backstep_gallery_capture_keys (BACKSTEP_GALLERY (self->gallery), GTK_WIDGET (self));
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (on_recent_changed), self, G_CONNECT_SWAPPED);
}
