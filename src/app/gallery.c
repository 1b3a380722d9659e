/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <adwaita.h>
#include <glib/gi18n.h>
#include <math.h>

#include "card.h"
#include "gallery.h"
#include "progress.h"
#include "settings.h"

#define SETTLE_MS 300      /* an editor writes a file in several goes */
#define AHEAD 300          /* pixels: pictures are asked for before they come into sight */

typedef struct { GtkWidget *box, *flow; gboolean is_own; } Section;

struct _BackstepGallery
{
  GtkWidget parent_instance;

  /* template */
  GtkWidget *box, *head, *summary, *search, *sections, *nothing;

  /* borrowed */
  GtkWidget *scrolled;

  /* owned */
  GArray *shown;             /* Section */
  GCancellable *cancellable; /* of the reading */
  GFile *own;                /* (nullable) */
  GFileMonitor *monitor;
  GtkFileChooserNative *chooser;
  guint settle_id, pictures_id;
  gboolean filled;
};

G_DEFINE_FINAL_TYPE (BackstepGallery, backstep_gallery, GTK_TYPE_WIDGET)

enum { OPEN, N_SIGNALS };
static guint signals[N_SIGNALS];

#define SECTION(self, i) (&g_array_index ((self)->shown, Section, i))

/* The cards of a section that the search leaves. */
static GPtrArray *
cards_of (Section *section, gboolean all)
{
  GPtrArray *cards = g_ptr_array_new ();

  for (GtkWidget *w = gtk_widget_get_first_child (section->flow); w; w = gtk_widget_get_next_sibling (w))
    if (all || gtk_widget_get_visible (w))
      g_ptr_array_add (cards, w);
  return cards;
}

/* --- pictures --------------------------------------------------------------------------------------------------------- */

static const char *
theme (void)
{
  AdwStyleManager *style = adw_style_manager_get_default ();

  return adw_style_manager_get_high_contrast (style) ? "high-contrast" : adw_style_manager_get_dark (style) ? "dark" : "light";
}

/* Of the cards in sight, and just below. */
static gboolean
want_pictures (gpointer data)
{
  BackstepGallery *self = data;
  double height = self->scrolled ? gtk_widget_get_height (self->scrolled) : 0;
  graphene_rect_t bounds;

  self->pictures_id = 0;
  if (self->scrolled == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
    return G_SOURCE_REMOVE;
  for (guint i = 0; i < self->shown->len; i++)
    {
      g_autoptr (GPtrArray) cards = cards_of (SECTION (self, i), FALSE);

      for (guint k = 0; k < cards->len; k++)
        if (gtk_widget_compute_bounds (g_ptr_array_index (cards, k), self->scrolled, &bounds) && bounds.size.height > 0
            && bounds.origin.y < height + AHEAD && bounds.origin.y + bounds.size.height > -AHEAD)
          backstep_card_want_picture (g_ptr_array_index (cards, k), theme ());
    }
  return G_SOURCE_REMOVE;
}

static void
queue_pictures (BackstepGallery *self)
{
  if (self->pictures_id == 0)
    self->pictures_id = g_timeout_add (120, want_pictures, self);
}

/* --- what is shown ----------------------------------------------------------------------------------------------------- */

static void
update_summary (BackstepGallery *self)
{
  BackstepProgress *progress = backstep_progress_get ();
  guint n = 0, seen = 0;
  g_autofree char *text = NULL;

  for (guint i = 0; i < self->shown->len; i++)
    {
      g_autoptr (GPtrArray) cards = SECTION (self, i)->is_own ? g_ptr_array_new () : cards_of (SECTION (self, i), TRUE);

      n += cards->len;
      for (guint k = 0; k < cards->len; k++)
        seen += backstep_progress_look (progress, backstep_card_get_example (g_ptr_array_index (cards, k))->id).percent >= 100;
    }
  text = seen > 0 ? g_strdup_printf (ngettext ("%u lesson, %u seen to the end", "%u lessons, %u seen to the end", n), n, seen)
                  : g_strdup_printf (ngettext ("%u lesson, from one number to an attention head", "%u lessons, from one number to an attention head", n), n);
  gtk_label_set_text (GTK_LABEL (self->summary), text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "gallery.forget-progress", !backstep_progress_is_empty (progress));
}

static void
on_progress (BackstepProgress *progress, const char *id, BackstepGallery *self)
{
  for (guint i = 0; i < self->shown->len; i++)
    {
      g_autoptr (GPtrArray) cards = cards_of (SECTION (self, i), TRUE);

      for (guint k = 0; k < cards->len; k++)
        if (id == NULL || g_str_equal (backstep_card_get_example (g_ptr_array_index (cards, k))->id, id))
          backstep_card_show_progress (g_ptr_array_index (cards, k));
    }
  update_summary (self);
}

/* Hidden, not only filtered out by the box: who listens to the window finds no more than who sees it. */
static gboolean
filter (Section *section, const char *const *words)
{
  g_autoptr (GPtrArray) cards = cards_of (section, TRUE);
  gboolean any = FALSE;

  for (guint i = 0; i < cards->len; i++)
    {
      gboolean match = backstep_card_matches (g_ptr_array_index (cards, i), words);

      gtk_widget_set_visible (g_ptr_array_index (cards, i), match);
      any = any || match;
    }
  return any;
}

static void
on_search (GtkSearchEntry *entry, BackstepGallery *self)
{
  g_autofree char *text = g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search)), -1);
  g_auto (GStrv) words = NULL;
  gboolean any = FALSE;

  words = g_strsplit_set (g_strstrip (text), " \t", -1);
  for (guint i = 0; i < self->shown->len; i++)
    {
      gboolean found = filter (SECTION (self, i), (const char *const *) words);

      gtk_widget_set_visible (SECTION (self, i)->box, found || (SECTION (self, i)->is_own && *text == '\0'));
      any = any || found;
    }
  gtk_widget_set_visible (self->nothing, self->filled && !any);
  queue_pictures (self);
}

static GtkWidget *
first_card (BackstepGallery *self)
{
  for (guint i = 0; i < self->shown->len; i++)
    {
      g_autoptr (GPtrArray) cards = cards_of (SECTION (self, i), FALSE);

      if (cards->len > 0)
        return g_ptr_array_index (cards, 0);
    }
  return NULL;
}

static void
on_activated (GtkFlowBox *flow, GtkFlowBoxChild *child, BackstepGallery *self)
{
  g_autoptr (GFile) file = g_file_new_for_path (backstep_card_get_example (BACKSTEP_CARD (child))->path);

  g_signal_emit (self, signals[OPEN], 0, file);
}

/* Typed anywhere on the page: what is typed next, and Enter, go there too. */
static void
on_typed (GtkEditable *search, BackstepGallery *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  if (*gtk_editable_get_text (search) == '\0' || (focus && gtk_widget_is_ancestor (focus, self->search)))
    return;
  gtk_widget_grab_focus (self->search);
  gtk_editable_set_position (search, -1);
}

/* The first hit. */
static void
on_search_activate (GtkSearchEntry *entry, BackstepGallery *self)
{
  GtkWidget *card;

  on_search (entry, self); /* what was typed in the last moment */
  if ((card = first_card (self)) != NULL && *gtk_editable_get_text (GTK_EDITABLE (self->search)))
    gtk_widget_activate (card);
}

static void
on_search_stop (GtkSearchEntry *entry, BackstepGallery *self)
{
  GtkWidget *card;

  gtk_editable_set_text (GTK_EDITABLE (self->search), "");
  on_search (entry, self);
  if ((card = first_card (self)) != NULL)
    gtk_widget_grab_focus (card);
}

/* --- the keys between the sections -------------------------------------------------------------------------------------- */

static graphene_rect_t
bounds_of (BackstepGallery *self, GtkWidget *widget)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, 0, 0);

  if (widget && !gtk_widget_compute_bounds (widget, GTK_WIDGET (self), &bounds))
    bounds = GRAPHENE_RECT_INIT (0, 0, 0, 0);
  return bounds;
}

/* Where an arrow lands that comes from x: in the near row of @cards, right above or below. */
static GtkWidget *
landing (BackstepGallery *self, GPtrArray *cards, double x, gboolean from_above)
{
  GtkWidget *edge = g_ptr_array_index (cards, from_above ? 0 : cards->len - 1), *best = edge;
  double row = bounds_of (self, edge).origin.y;

  for (guint i = 0; i < cards->len; i++)
    {
      GtkWidget *card = g_ptr_array_index (cards, i);
      graphene_rect_t bounds = bounds_of (self, card);

      if (fabs (bounds.origin.y - row) < 2 && fabs (bounds.origin.x - x) < fabs (bounds_of (self, best).origin.x - x))
        best = card;
    }
  return best;
}

static gboolean
on_keynav_failed (GtkWidget *flow, GtkDirectionType direction, BackstepGallery *self)
{
  gboolean down = direction == GTK_DIR_DOWN || direction == GTK_DIR_RIGHT;
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (flow));
  int i = 0;

  while (i < (int) self->shown->len && SECTION (self, i)->flow != flow)
    i++;
  for (i += down ? 1 : -1; i >= 0 && i < (int) self->shown->len; i += down ? 1 : -1)
    {
      g_autoptr (GPtrArray) cards = cards_of (SECTION (self, i), FALSE);

      if (cards->len == 0 || !gtk_widget_get_visible (SECTION (self, i)->box))
        continue;
      if (direction == GTK_DIR_UP || direction == GTK_DIR_DOWN)
        gtk_widget_grab_focus (landing (self, cards, bounds_of (self, focus).origin.x, down));
      else
        gtk_widget_grab_focus (g_ptr_array_index (cards, down ? 0 : cards->len - 1));
      return TRUE;
    }
  if (direction == GTK_DIR_UP)
    gtk_widget_grab_focus (self->search);
  return direction != GTK_DIR_DOWN;
}

static gboolean
on_search_key (GtkEventControllerKey *controller, guint key, guint code, GdkModifierType state, BackstepGallery *self)
{
  GtkWidget *card = key == GDK_KEY_Down ? first_card (self) : NULL;

  if (card)
    gtk_widget_grab_focus (card);
  return card != NULL;
}

/* --- the user's own folder ------------------------------------------------------------------------------------------------ */

static void read_all (BackstepGallery *self);

static gboolean
on_settled (gpointer data)
{
  BackstepGallery *self = data;

  self->settle_id = 0;
  read_all (self);
  return G_SOURCE_REMOVE;
}

static void
on_folder_changed (GFileMonitor *monitor, GFile *file, GFile *other, GFileMonitorEvent event, BackstepGallery *self)
{
  g_clear_handle_id (&self->settle_id, g_source_remove);
  self->settle_id = g_timeout_add (SETTLE_MS, on_settled, self);
}

static void
watch_own (BackstepGallery *self)
{
  GSettings *settings = backstep_settings_get ();
  g_autofree char *uri = settings ? g_settings_get_string (settings, "examples-folder") : NULL;

  g_clear_object (&self->monitor);
  g_clear_object (&self->own);
  if (uri && *uri)
    self->own = g_file_new_for_uri (uri);
  if (self->own)
    self->monitor = g_file_monitor_directory (self->own, G_FILE_MONITOR_WATCH_MOVES, NULL, NULL);
  if (self->monitor)
    g_signal_connect_object (self->monitor, "changed", G_CALLBACK (on_folder_changed), self, 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "gallery.forget-folder", self->own != NULL);
}

static void
set_own (BackstepGallery *self, GFile *folder)
{
  GSettings *settings = backstep_settings_get ();
  g_autofree char *uri = folder ? g_file_get_uri (folder) : g_strdup ("");

  if (settings)
    g_settings_set_string (settings, "examples-folder", uri);
  watch_own (self);
  read_all (self);
}

static void
on_folder_chosen (GtkNativeDialog *dialog, int response, BackstepGallery *self)
{
  g_autoptr (GFile) folder = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;

  g_clear_object (&self->chooser);
  if (folder)
    set_own (self, folder);
}

static void
choose_folder (GtkWidget *widget, const char *name, GVariant *parameter)
{
  BackstepGallery *self = BACKSTEP_GALLERY (widget);

  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("A folder with your own examples"), GTK_WINDOW (gtk_widget_get_root (widget)),
                                               GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (self->own)
    gtk_file_chooser_set_file (GTK_FILE_CHOOSER (self->chooser), self->own, NULL);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_folder_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
forget_folder (GtkWidget *widget, const char *name, GVariant *parameter)
{
  set_own (BACKSTEP_GALLERY (widget), NULL);
}

static void
forget_progress (GtkWidget *widget, const char *name, GVariant *parameter)
{
  backstep_progress_forget (backstep_progress_get ());
}

/* --- the sections --------------------------------------------------------------------------------------------------------- */

static GtkWidget *
new_label (const char *text, const char *css)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, css);
  return label;
}

static GtkWidget *
new_flow (BackstepGallery *self, const char *title)
{
  GtkWidget *flow = gtk_flow_box_new ();

  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (flow), GTK_SELECTION_NONE);
  gtk_flow_box_set_homogeneous (GTK_FLOW_BOX (flow), TRUE);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (flow), 1);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (flow), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (flow), 10);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (flow), 10);
  gtk_accessible_update_property (GTK_ACCESSIBLE (flow), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  g_signal_connect (flow, "child-activated", G_CALLBACK (on_activated), self);
  g_signal_connect (flow, "keynav-failed", G_CALLBACK (on_keynav_failed), self);
  return flow;
}

static char *
describe_own (BackstepGallery *self, BackstepChapter *chapter)
{
  g_autofree char *where = self->own ? g_file_get_parse_name (self->own) : g_strdup ("");

  if (chapter->problem)
    return g_strdup (chapter->problem);
  return chapter->examples->len > 0 ? g_steal_pointer (&where)
    /* Translators: a folder that the user chose */
    : g_strdup_printf (_("There is no script in %s."), where);
}

static void
add_section (BackstepGallery *self, BackstepChapter *chapter)
{
  guint number = self->shown->len + 1;
  Section section = { gtk_box_new (GTK_ORIENTATION_VERTICAL, 6), new_flow (self, chapter->title), chapter->is_own };
  /* Translators: number and title of a chapter */
  g_autofree char *title = chapter->is_own ? g_strdup (chapter->title) : g_strdup_printf (_("%u  %s"), number, chapter->title);
  g_autofree char *note = chapter->is_own ? describe_own (self, chapter) : NULL;

  gtk_box_append (GTK_BOX (section.box), new_label (title, "heading"));
  if (note)
    gtk_box_append (GTK_BOX (section.box), new_label (note, chapter->problem ? "error-text" : "dim-label"));
  gtk_box_append (GTK_BOX (section.box), section.flow);
  gtk_widget_add_css_class (section.box, "chapter");
  for (guint i = 0; i < chapter->examples->len; i++)
    gtk_flow_box_insert (GTK_FLOW_BOX (section.flow), backstep_card_new (g_ptr_array_index (chapter->examples, i)), -1);
  gtk_box_append (GTK_BOX (self->sections), section.box);
  g_array_append_val (self->shown, section);
}

/* The course stands as it is when the user's folder has changed: the focus stays where it was. */
static void
drop_sections (BackstepGallery *self)
{
  for (guint i = self->shown->len; i > 0; i--)
    if (SECTION (self, i - 1)->is_own || !self->filled)
      {
        gtk_box_remove (GTK_BOX (self->sections), SECTION (self, i - 1)->box);
        g_array_remove_index (self->shown, i - 1);
      }
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (BackstepGallery) self = data;
  g_autoptr (GPtrArray) chapters = backstep_course_read_finish (result, NULL);

  if (chapters == NULL || self->box == NULL)
    return;
  drop_sections (self);
  for (guint i = 0; i < chapters->len; i++)
    {
      BackstepChapter *chapter = g_ptr_array_index (chapters, i);

      if (chapter->is_own || (!self->filled && chapter->examples->len > 0))
        add_section (self, chapter);
    }
  self->filled = TRUE;
  update_summary (self);
  on_search (NULL, self);
}

static void
read_all (BackstepGallery *self)
{
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  backstep_course_read_async (self->own, self->cancellable, on_read, g_object_ref (self));
}

void
backstep_gallery_fill (BackstepGallery *self)
{
  if (self->cancellable)
    return;
  watch_own (self);
  read_all (self);
}

void
backstep_gallery_capture_keys (BackstepGallery *self, GtkWidget *widget)
{
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search), widget);
}

/* --- the widget ------------------------------------------------------------------------------------------------------------ */

static void
backstep_gallery_map (GtkWidget *widget)
{
  BackstepGallery *self = BACKSTEP_GALLERY (widget);

  GTK_WIDGET_CLASS (backstep_gallery_parent_class)->map (widget);
  if (self->scrolled == NULL && (self->scrolled = gtk_widget_get_ancestor (widget, GTK_TYPE_SCROLLED_WINDOW)) != NULL)
    {
      GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (self->scrolled));

      g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (queue_pictures), self, G_CONNECT_SWAPPED);
      g_signal_connect_object (adjustment, "changed", G_CALLBACK (queue_pictures), self, G_CONNECT_SWAPPED);
    }
  queue_pictures (self);
}

static void
backstep_gallery_dispose (GObject *object)
{
  BackstepGallery *self = BACKSTEP_GALLERY (object);

  g_clear_handle_id (&self->settle_id, g_source_remove);
  g_clear_handle_id (&self->pictures_id, g_source_remove);
  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->monitor);
  g_clear_object (&self->own);
  g_clear_object (&self->chooser);
  g_clear_pointer (&self->shown, g_array_unref);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  G_OBJECT_CLASS (backstep_gallery_parent_class)->dispose (object);
}

static void
backstep_gallery_class_init (BackstepGalleryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_gallery_dispose;
  widget_class->map = backstep_gallery_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/gallery.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepGallery, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepGallery, head);
  gtk_widget_class_bind_template_child (widget_class, BackstepGallery, summary);
  gtk_widget_class_bind_template_child (widget_class, BackstepGallery, search);
  gtk_widget_class_bind_template_child (widget_class, BackstepGallery, sections);
  gtk_widget_class_bind_template_child (widget_class, BackstepGallery, nothing);
  gtk_widget_class_bind_template_callback (widget_class, on_search);
  gtk_widget_class_bind_template_callback (widget_class, on_search_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_search_stop);
  gtk_widget_class_install_action (widget_class, "gallery.choose-folder", NULL, choose_folder);
  gtk_widget_class_install_action (widget_class, "gallery.forget-folder", NULL, forget_folder);
  gtk_widget_class_install_action (widget_class, "gallery.forget-progress", NULL, forget_progress);
  signals[OPEN] = g_signal_new ("open", BACKSTEP_TYPE_GALLERY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_FILE);
}

static void
backstep_gallery_init (BackstepGallery *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->shown = g_array_new (FALSE, FALSE, sizeof (Section));
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->search, "changed", G_CALLBACK (on_typed), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_search_key), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->search, keys);
  g_signal_connect_object (backstep_progress_get (), "changed", G_CALLBACK (on_progress), self, 0);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (queue_pictures), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::high-contrast", G_CALLBACK (queue_pictures), self, G_CONNECT_SWAPPED);
}
