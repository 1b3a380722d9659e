/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>

#include "explain/explain.h"
#include "mnemonic.h"
#include "slides.h"

struct _BackstepSlides
{
  AdwWindow parent_instance;

  BsRecording *recording;
  BsExportOptions picture;
  char *name;
  GFile *folder;
  GArray *steps;
  BsSeries *series;
  guint work_id;
  GtkFileChooserNative *chooser;

  GtkWidget *from, *to, *pace, *format, *caption, *dark, *seconds, *seconds_row;
  GtkWidget *choices, *count, *progress, *problem, *go;
};

G_DEFINE_FINAL_TYPE (BackstepSlides, backstep_slides, ADW_TYPE_WINDOW)

static guint written_signal;

static const struct { const char *ending, *title; } formats[] = {
  { ".pdf", N_("PDF, a page for each step") }, { ".png", N_("PNG, numbered files") }, { ".gif", N_("GIF, animated") },
  { ".webm", N_("WebM video") }, { ".mp4", N_("MP4 video") },
};

/* As BsPace. */
static const char *const paces[] = {
  N_("Where the picture changes"), N_("Each line"), N_("Each phase"), N_("Each pass"), N_("Every event"), NULL,
};

/* --- choices ---------------------------------------------------------------------------------------------------------------- */

static const char *
get_ending (BackstepSlides *self)
{
  return formats[MIN (adw_combo_row_get_selected (ADW_COMBO_ROW (self->format)), G_N_ELEMENTS (formats) - 1)].ending;
}

static gboolean
needs_encoder (BackstepSlides *self)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (self->format)) >= 2;
}

static void
say_problem (BackstepSlides *self, const char *text)
{
  gtk_label_set_text (GTK_LABEL (self->problem), text ? text : "");
  gtk_widget_set_visible (self->problem, text != NULL);
}

static void
update (BackstepSlides *self)
{
  guint32 from = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->from)), to = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->to));
  g_autofree char *text = NULL, *ffmpeg = g_find_program_in_path ("ffmpeg");
  gboolean missing = needs_encoder (self) && ffmpeg == NULL;

  g_clear_pointer (&self->steps, g_array_unref);
  self->steps = bs_series_choose (self->recording, MIN (from, to), MAX (from, to), adw_combo_row_get_selected (ADW_COMBO_ROW (self->pace)));
  text = g_strdup_printf (ngettext ("%u picture", "%u pictures", self->steps->len), self->steps->len);
  gtk_label_set_text (GTK_LABEL (self->count), text);
  gtk_widget_set_sensitive (self->seconds_row, needs_encoder (self));
  gtk_widget_set_sensitive (self->go, !missing);
  say_problem (self, missing ? _("Animations are made by ffmpeg, which is not installed. PDF and PNG need nothing.") : NULL);
}

/* --- the work ----------------------------------------------------------------------------------------------------------------- */

static void
set_working (BackstepSlides *self, gboolean working)
{
  gtk_widget_set_sensitive (self->choices, !working);
  gtk_widget_set_visible (self->go, !working);
  gtk_widget_set_visible (self->progress, working);
}

static void
end_work (BackstepSlides *self)
{
  g_clear_handle_id (&self->work_id, g_source_remove);
  g_clear_pointer (&self->series, bs_series_free);
  set_working (self, FALSE);
}

static gboolean
on_work (gpointer data)
{
  BackstepSlides *self = data;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (!bs_series_work (self->series, &error))
    {
      self->work_id = 0;
      end_work (self);
      say_problem (self, error->message);
      return G_SOURCE_REMOVE;
    }
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), bs_series_get_progress (self->series));
  if (bs_series_get_progress (self->series) < 1)
    return G_SOURCE_CONTINUE;
  text = g_strdup_printf (ngettext ("%u picture is written.", "%u pictures are written.", self->steps->len), self->steps->len);
  self->work_id = 0;
  end_work (self);
  g_signal_emit (self, written_signal, 0, text);
  gtk_window_destroy (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

static void
start_work (BackstepSlides *self, const char *path)
{
  BsSeriesOptions options = { .picture = self->picture, .seconds = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->seconds)),
                              .caption = gtk_switch_get_active (GTK_SWITCH (self->caption)) ? bs_derive_event : NULL };
  g_autoptr (GError) error = NULL;

  if (gtk_switch_get_active (GTK_SWITCH (self->dark)))
    options.picture.theme = BS_THEME_DARK;
  self->series = bs_series_new (self->recording, self->steps, path, &options, &error);
  say_problem (self, error ? error->message : NULL);
  if (self->series == NULL)
    return;
  set_working (self, TRUE);
  self->work_id = g_idle_add (on_work, self);
}

static void
on_chosen (GtkNativeDialog *dialog, int response, BackstepSlides *self)
{
  g_autoptr (GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog)) : NULL;
  g_autofree char *path = file ? g_file_get_path (file) : NULL, *whole = NULL;

  g_clear_object (&self->chooser);
  if (path == NULL)
    return;
  whole = g_str_has_suffix (path, get_ending (self)) ? g_strdup (path) : g_strconcat (path, get_ending (self), NULL);
  start_work (self, whole);
}

static void
on_go (GtkButton *button, BackstepSlides *self)
{
  g_autofree char *name = g_strconcat (self->name, get_ending (self), NULL);

  update (self);
  g_clear_object (&self->chooser);
  self->chooser = gtk_file_chooser_native_new (_("Export the steps"), GTK_WINDOW (self), GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  if (self->folder)
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (self->chooser), self->folder, NULL);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* While it works: stops that; else leaves. */
static void
on_cancel (GtkButton *button, BackstepSlides *self)
{
  if (self->series)
    end_work (self);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static gboolean
on_escape (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  on_cancel (NULL, BACKSTEP_SLIDES (widget));
  return TRUE;
}

/* --- the window ---------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
add_row (GtkWidget *group, const char *title, GtkWidget *control)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static GtkWidget *
add_combo (GtkWidget *group, const char *title, const char *const *texts)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (NULL);

  for (guint i = 0; texts[i]; i++)
    gtk_string_list_append (list, _(texts[i]));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
  return row;
}

static void
add_choices (BackstepSlides *self)
{
  const char *titles[G_N_ELEMENTS (formats) + 1] = { NULL };
  GtkWidget *group = self->choices = adw_preferences_group_new ();

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    titles[i] = formats[i].title;
  add_row (group, _("From step"), self->from = gtk_spin_button_new_with_range (0, 1, 1));
  add_row (group, _("To step"), self->to = gtk_spin_button_new_with_range (0, 1, 1));
  self->pace = add_combo (group, _("A picture for"), paces);
  self->format = add_combo (group, _("Format"), titles);
  add_row (group, _("What happens, in words, below"), self->caption = gtk_switch_new ());
  add_row (group, _("Dark"), self->dark = gtk_switch_new ());
  self->seconds_row = add_row (group, _("Seconds for a step"), self->seconds = gtk_spin_button_new_with_range (0.1, 20, 0.1));
  gtk_switch_set_active (GTK_SWITCH (self->caption), TRUE);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->seconds), 1);
}

static GtkWidget *
new_buttons (BackstepSlides *self)
{
  GtkWidget *bar = adw_header_bar_new (), *cancel = gtk_button_new_with_mnemonic (_("_Cancel"));

  self->go = gtk_button_new_with_mnemonic (_("_Export…"));
  gtk_widget_add_css_class (self->go, "suggested-action");
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_set_show_start_title_buttons (ADW_HEADER_BAR (bar), FALSE);
  adw_header_bar_pack_start (ADW_HEADER_BAR (bar), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (bar), self->go);
  g_signal_connect (cancel, "clicked", G_CALLBACK (on_cancel), self);
  g_signal_connect (self->go, "clicked", G_CALLBACK (on_go), self);
  backstep_mnemonic_name_buttons (bar);
  return bar;
}

static void
backstep_slides_dispose (GObject *object)
{
  BackstepSlides *self = BACKSTEP_SLIDES (object);

  g_clear_handle_id (&self->work_id, g_source_remove);
  g_clear_pointer (&self->series, bs_series_free);
  g_clear_pointer (&self->steps, g_array_unref);
  g_clear_pointer (&self->name, g_free);
  g_clear_object (&self->recording);
  g_clear_object (&self->folder);
  g_clear_object (&self->chooser);
  G_OBJECT_CLASS (backstep_slides_parent_class)->dispose (object);
}

static void
backstep_slides_class_init (BackstepSlidesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = backstep_slides_dispose;
  written_signal = g_signal_new ("written", BACKSTEP_TYPE_SLIDES, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  gtk_widget_class_add_binding (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, on_escape, NULL);
}

static void
backstep_slides_init (BackstepSlides *self)
{
  GtkWidget *rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_box_append (GTK_BOX (rows), new_buttons (self));
  add_choices (self);
  self->count = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->count, "dim-label");
  self->problem = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->problem), TRUE);
  gtk_widget_add_css_class (self->problem, "error");
  self->progress = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"), -1);
  gtk_widget_set_visible (self->progress, FALSE);
  gtk_box_append (GTK_BOX (inner), self->choices);
  gtk_box_append (GTK_BOX (inner), self->count);
  gtk_box_append (GTK_BOX (inner), self->problem);
  gtk_box_append (GTK_BOX (inner), self->progress);
  gtk_widget_set_margin_start (inner, 18);
  gtk_widget_set_margin_end (inner, 18);
  gtk_widget_set_margin_top (inner, 18);
  gtk_widget_set_margin_bottom (inner, 18);
  gtk_box_append (GTK_BOX (rows), inner);
  adw_window_set_content (ADW_WINDOW (self), rows);
  gtk_window_set_title (GTK_WINDOW (self), _("Export Steps"));
  gtk_window_set_default_size (GTK_WINDOW (self), 600, -1);
}

GtkWidget *
backstep_slides_new (GtkWindow *parent, BsRecording *recording, const BsExportOptions *options, const char *name, GFile *folder,
                     guint32 from, guint32 to)
{
  BackstepSlides *self = g_object_new (BACKSTEP_TYPE_SLIDES, "transient-for", parent, "modal", TRUE, NULL);
  guint32 n = bs_recording_get_n_events (recording);

  self->recording = g_object_ref (recording);
  self->picture = *options;
  self->name = g_strdup (name);
  g_set_object (&self->folder, folder);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->from), 0, n);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->to), 0, n);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->from), from);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->to), to);
  update (self);
  g_signal_connect_swapped (self->from, "value-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->to, "value-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->pace, "notify::selected", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->format, "notify::selected", G_CALLBACK (update), self);
  return GTK_WIDGET (self);
}
