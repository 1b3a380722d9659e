/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "actions.h"

static const BackstepActionInfo actions[] = {
  { "win.step-next", N_("Next event"), BACKSTEP_GROUP_STEP, "Right Page_Down", "<Alt>n", "go-next-symbolic" },
  { "win.step-previous", N_("Previous event"), BACKSTEP_GROUP_STEP, "Left Page_Up", "<Alt>p", "go-previous-symbolic" },
  { "win.line-next", N_("Over this line"), BACKSTEP_GROUP_STEP, NULL, "F6", "backstep-line-next-symbolic" },
  { "win.line-previous", N_("Back over a line"), BACKSTEP_GROUP_STEP, NULL, "<Shift>F6", "backstep-line-previous-symbolic" },
  { "win.into-next", N_("Into the function"), BACKSTEP_GROUP_STEP, NULL, "F7", NULL },
  { "win.into-previous", N_("Back into the function"), BACKSTEP_GROUP_STEP, NULL, "<Control>F7", NULL },
  { "win.out-next", N_("Out of the function"), BACKSTEP_GROUP_STEP, NULL, "<Shift>F7", NULL },
  { "win.out-previous", N_("Back out of the function"), BACKSTEP_GROUP_STEP, NULL, "<Control><Shift>F7", NULL },
  { "win.phase-next", N_("Next phase"), BACKSTEP_GROUP_STEP, "Down", NULL, "media-seek-forward-symbolic" },
  { "win.phase-previous", N_("Previous phase"), BACKSTEP_GROUP_STEP, "Up", NULL, "media-seek-backward-symbolic" },
  { "win.pass-next", N_("Next pass"), BACKSTEP_GROUP_STEP, "<Shift>Down", NULL, "media-skip-forward-symbolic" },
  { "win.pass-previous", N_("Previous pass"), BACKSTEP_GROUP_STEP, "<Shift>Up", NULL, "media-skip-backward-symbolic" },
  { "win.end", N_("To the end"), BACKSTEP_GROUP_STEP, "End", NULL, "go-last-symbolic" },
  { "win.begin", N_("To the beginning"), BACKSTEP_GROUP_STEP, "Home", NULL, "go-first-symbolic" },
  { "win.break-next", N_("Continue to the next breakpoint"), BACKSTEP_GROUP_STEP, NULL, "F8", NULL },
  { "win.break-previous", N_("Back to the previous breakpoint"), BACKSTEP_GROUP_STEP, NULL, "<Shift>F8", NULL },
  { "win.change-next", N_("Next change of the selected tensor"), BACKSTEP_GROUP_STEP, NULL, "<Alt>period", NULL },
  { "win.change-previous", N_("Previous change of the selected tensor"), BACKSTEP_GROUP_STEP, NULL, "<Alt>comma", NULL },
  { "win.made-value", N_("To the step that made the selected value"), BACKSTEP_GROUP_STEP, NULL, "<Alt>v", NULL },
  { "win.made-gradient", N_("To the step that made the selected gradient"), BACKSTEP_GROUP_STEP, NULL, "<Alt>g", NULL },
  { "win.to-line", N_("To the editor's line"), BACKSTEP_GROUP_STEP, NULL, "<Control>F8", NULL },
  { "win.toggle-break", N_("Breakpoint in the editor's line"), BACKSTEP_GROUP_STEP, NULL, "F9", NULL },
  { "win.breakpoints", N_("Breakpoints and conditions"), BACKSTEP_GROUP_STEP, NULL, "<Control>F9", NULL },
  { "win.watch", N_("Watch the selected expression"), BACKSTEP_GROUP_STEP, NULL, "<Control><Shift>w", NULL },
  { "win.variables", N_("Variables and watches"), BACKSTEP_GROUP_STEP, NULL, "<Alt>8", NULL },
  { "win.what-if", N_("What if: try other numbers"), BACKSTEP_GROUP_STEP, NULL, "<Alt>i", NULL },
  { "win.predict-next", N_("Next question to predict"), BACKSTEP_GROUP_STEP, "n", "<Alt><Shift>q", NULL },
  { "win.go-to", N_("Go to step…"), BACKSTEP_GROUP_STEP, NULL, "<Control>g", NULL },

  { "win.play", N_("Play"), BACKSTEP_GROUP_PLAY, "space", NULL, "media-playback-start-symbolic" },
  { "win.restart", N_("From the beginning again"), BACKSTEP_GROUP_PLAY, "r", NULL, NULL },
  { "win.slower", N_("Slower"), BACKSTEP_GROUP_PLAY, "bracketleft", NULL, NULL },
  { "win.faster", N_("Faster"), BACKSTEP_GROUP_PLAY, "bracketright", NULL, NULL },

  { "win.zoom-in", N_("Zoom in"), BACKSTEP_GROUP_GRAPH, "plus equal", "<Control>plus <Control>equal", "zoom-in-symbolic" },
  { "win.zoom-out", N_("Zoom out"), BACKSTEP_GROUP_GRAPH, "minus", "<Control>minus", "zoom-out-symbolic" },
  { "win.zoom-original", N_("Original size"), BACKSTEP_GROUP_GRAPH, "0", "<Control>0", "zoom-original-symbolic" },
  { "win.zoom-fit", N_("Fit the graph"), BACKSTEP_GROUP_GRAPH, "w", "<Control>9", "zoom-fit-best-symbolic" },
  { "win.zoom-selection", N_("Fit what is selected"), BACKSTEP_GROUP_GRAPH, "s", "<Control><Shift>9", NULL },
  { "win.find", N_("Find a node"), BACKSTEP_GROUP_GRAPH, NULL, "<Control>f", "edit-find-symbolic" },
  { "win.nodes", N_("List of the nodes"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt>o", NULL },
  { "win.select-input", N_("To an input of the selected node"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt>Left", NULL },
  { "win.select-output", N_("To an output of the selected node"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt>Right", NULL },
  { "win.select-before", N_("To the node above"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt>Up", NULL },
  { "win.select-after", N_("To the node below"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt>Down", NULL },
  { "win.fold", N_("Fold or unfold what belongs together"), BACKSTEP_GROUP_GRAPH, "f", "<Alt>f", NULL },
  { "win.unfold-all", N_("Unfold everything"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt><Shift>f", NULL },
  { "win.fold-all", N_("Fold everything"), BACKSTEP_GROUP_GRAPH, NULL, "<Alt><Shift>g", NULL },
  { "win.fold-auto", N_("Fold as it fits"), BACKSTEP_GROUP_GRAPH, NULL, NULL, NULL },
  { "win.plot-selected", N_("Plot the selected tensor, or no more"), BACKSTEP_GROUP_GRAPH, "c", "<Alt>c", NULL },
  { "win.escape", N_("Clear the selection, leave"), BACKSTEP_GROUP_GRAPH, "Escape", NULL, NULL },

  { "win.new", N_("New script…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>n", "document-new-symbolic" },
  { "win.paste-script", N_("Paste a script, on the page of examples"), BACKSTEP_GROUP_FILE, "<Control>v", NULL, NULL },
  { "win.lesson", N_("Lesson"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>l", NULL },
  { "win.open", N_("Open…"), BACKSTEP_GROUP_FILE, NULL, "<Control>o", "document-open-symbolic" },
  { "win.run", N_("Run again"), BACKSTEP_GROUP_FILE, NULL, "<Control>Return", "view-refresh-symbolic" },
  { "win.stop", N_("Stop the script"), BACKSTEP_GROUP_FILE, NULL, "<Control>period", "media-playback-stop-symbolic" },
  { "win.save", N_("Save"), BACKSTEP_GROUP_FILE, NULL, "<Control>s", NULL },
  { "win.save-as", N_("Save As…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>s", NULL },
  { "win.reload", N_("Reload the file"), BACKSTEP_GROUP_FILE, NULL, "<Control>r", NULL },
  { "win.save-recording", N_("Save the recording…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Alt>s", NULL },
  { "win.export", N_("Export the picture…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>e", NULL },
  { "win.export-steps", N_("Export many steps…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Alt>e", NULL },
  { "win.export-curves", N_("Export the curves…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Alt>c", NULL },
  { "win.export-landscape", N_("Export the landscape…"), BACKSTEP_GROUP_FILE, NULL, "<Control><Alt>l", NULL },
  { "win.copy-picture", N_("Copy the picture"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>c", NULL },
  { "win.print", N_("Print…"), BACKSTEP_GROUP_FILE, NULL, "<Control>p", NULL },
  { "win.may-write", N_("Let this script write files, and run again"), BACKSTEP_GROUP_FILE, NULL, NULL, NULL },
  { "win.welcome", N_("Examples"), BACKSTEP_GROUP_FILE, NULL, "<Control>e", NULL },
  { "win.back-to-work", N_("Back to what is open"), BACKSTEP_GROUP_FILE, NULL, NULL, "go-previous-symbolic" },
  { "win.new-tab", N_("New tab"), BACKSTEP_GROUP_FILE, NULL, "<Control>t", NULL },
  { "win.close-tab", N_("Close the tab"), BACKSTEP_GROUP_FILE, NULL, "<Control>w", NULL },
  { "win.reopen-tab", N_("Open the closed tab again"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>t", NULL },
  { "win.next-tab", N_("Next tab"), BACKSTEP_GROUP_FILE, NULL, "<Control>Tab <Control>Page_Down", NULL },
  { "win.previous-tab", N_("Previous tab"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>Tab <Control>Page_Up", NULL },
  { "win.move-tab-right", N_("Move the tab to the right"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>Page_Down", NULL },
  { "win.move-tab-left", N_("Move the tab to the left"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>Page_Up", NULL },
  { "app.new-window", N_("New window"), BACKSTEP_GROUP_FILE, NULL, "<Control>n", NULL },
  { "window.close", N_("Close the window"), BACKSTEP_GROUP_FILE, NULL, "<Alt>F4", NULL },
  { "app.quit", N_("Quit"), BACKSTEP_GROUP_FILE, NULL, "<Control>q", NULL },

  { "edit.find", N_("Find in the source"), BACKSTEP_GROUP_FILE, NULL, "<Control><Shift>f", NULL },
  { "edit.replace", N_("Find and replace in the source"), BACKSTEP_GROUP_FILE, NULL, "<Control>h", NULL },
  { "edit.find-next", N_("Next match in the source"), BACKSTEP_GROUP_FILE, NULL, "F3", NULL },
  { "edit.find-previous", N_("Previous match in the source"), BACKSTEP_GROUP_FILE, NULL, "<Shift>F3", NULL },
  { "edit.undo", N_("Undo in the source"), BACKSTEP_GROUP_FILE, "<Control>z", NULL, NULL },
  { "edit.redo", N_("Redo in the source"), BACKSTEP_GROUP_FILE, "<Control><Shift>z", NULL, NULL },
  { "edit.comment", N_("Comment the selected lines, or not"), BACKSTEP_GROUP_FILE, NULL, "<Control>slash", NULL },

  { "win.present", N_("Presentation"), BACKSTEP_GROUP_VIEW, NULL, "F5", NULL },
  { "win.blank", N_("Blank the screen of a presentation"), BACKSTEP_GROUP_VIEW, "period", NULL, NULL },
  { "win.spotlight", N_("Spotlight on the node being spoken about"), BACKSTEP_GROUP_VIEW, "h", "<Alt>h", NULL },
  { "win.predict", N_("Predict the next number"), BACKSTEP_GROUP_VIEW, "q", "<Alt>q", NULL },
  { "win.fullscreen", N_("Full screen"), BACKSTEP_GROUP_VIEW, NULL, "F11", NULL },
  { "win.text-larger", N_("Larger text"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>plus <Alt>equal", NULL },
  { "win.text-smaller", N_("Smaller text"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>minus", NULL },
  { "win.text-normal", N_("Text at its own size"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>0", NULL },
  { "win.high-contrast", N_("High contrast"), BACKSTEP_GROUP_VIEW, NULL, "<Alt><Shift>c", NULL },
  { "win.only-this", N_("Only this pane, or all again"), BACKSTEP_GROUP_VIEW, NULL, "<Control>m", NULL },
  { "win.next-pane", N_("Keyboard to the next pane"), BACKSTEP_GROUP_VIEW, NULL, "<Control>F6", NULL },
  { "win.previous-pane", N_("Keyboard to the pane before"), BACKSTEP_GROUP_VIEW, NULL, "<Control><Shift>F6", NULL },
  { "win.show-source", N_("Source"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>1", NULL },
  { "win.show-output", N_("Output"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>2", NULL },
  { "win.show-graph", N_("Graph"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>3", NULL },
  { "win.show-inspector", N_("Inspector"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>4", NULL },
  { "win.show-plots", N_("Plots"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>5", NULL },
  { "win.hide-future", N_("Hide the future"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>6", NULL },
  { "win.show-landscape", N_("Landscape of the loss"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>9", NULL },
  { "win.focus-curves", N_("To the curves, then to the landscape"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>u", NULL },
  { "win.show-map", N_("Overview of large graphs"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>m", NULL },
  { "win.top-to-bottom", N_("Graph from top to bottom"), BACKSTEP_GROUP_VIEW, NULL, "<Alt>7", NULL },
  { "app.preferences", N_("Preferences"), BACKSTEP_GROUP_VIEW, NULL, "<Control>comma", NULL },
  { "win.shortcuts", N_("Keyboard shortcuts"), BACKSTEP_GROUP_VIEW, NULL, "<Control>question", NULL },
  { "tour.start", N_("A tour of the window"), BACKSTEP_GROUP_VIEW, NULL, "<Shift>F1", NULL },
  { "win.help", N_("Help"), BACKSTEP_GROUP_VIEW, NULL, "F1", NULL },
};

const BackstepActionInfo *
backstep_actions_get (guint *n)
{
  *n = G_N_ELEMENTS (actions);
  return actions;
}

const BackstepActionInfo *
backstep_actions_find (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (g_str_equal (actions[i].name, name))
      return &actions[i];
  return NULL;
}

const char *
backstep_actions_group_title (BackstepActionGroup group)
{
  static const char *const titles[BACKSTEP_N_GROUPS] = {
    [BACKSTEP_GROUP_STEP] = N_("Stepping, both ways"), [BACKSTEP_GROUP_PLAY] = N_("Playing"),
    [BACKSTEP_GROUP_GRAPH] = N_("The graph"), [BACKSTEP_GROUP_FILE] = N_("Files and runs"),
    [BACKSTEP_GROUP_VIEW] = N_("The window"),
  };

  return _(titles[group]);
}

void
backstep_actions_install_accels (GtkApplication *app)
{
  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    if (actions[i].accels)
      {
        g_auto (GStrv) accels = g_strsplit (actions[i].accels, " ", -1);

        gtk_application_set_accels_for_action (app, actions[i].name, (const char *const *) accels);
      }
}

/* Somebody types: the plain keys are letters there. */
static gboolean
is_typing (GtkWidget *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));

  return focus && (GTK_IS_TEXT (focus) || (GTK_IS_TEXT_VIEW (focus) && gtk_text_view_get_editable (GTK_TEXT_VIEW (focus))));
}

static gboolean
activate (GtkWidget *window, GVariant *arguments, gpointer data)
{
  const BackstepActionInfo *info = data;

  if (is_typing (window))
    return FALSE;
  return gtk_widget_activate_action_variant (window, info->name, NULL);
}

void
backstep_actions_install_keys (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  for (guint i = 0; i < G_N_ELEMENTS (actions); i++)
    {
      g_auto (GStrv) keys = actions[i].keys ? g_strsplit (actions[i].keys, " ", -1) : NULL;

      for (int k = 0; keys && keys[k]; k++)
        gtk_shortcut_controller_add_shortcut (
          GTK_SHORTCUT_CONTROLLER (controller),
          gtk_shortcut_new (gtk_shortcut_trigger_parse_string (keys[k]),
                            gtk_callback_action_new (activate, (gpointer) &actions[i], NULL)));
    }
  gtk_widget_add_controller (window, controller);
}

static char *
first_key (const BackstepActionInfo *info)
{
  const char *from = info->keys ? info->keys : info->accels;
  g_auto (GStrv) keys = from ? g_strsplit (from, " ", 2) : NULL;
  g_autoptr (GtkShortcutTrigger) trigger = keys ? gtk_shortcut_trigger_parse_string (keys[0]) : NULL;

  return trigger ? gtk_shortcut_trigger_to_label (trigger, gdk_display_get_default ()) : NULL;
}

void
backstep_actions_dress_button (GtkWidget *button, const char *name)
{
  const BackstepActionInfo *info = backstep_actions_find (name);
  g_autofree char *key = NULL, *tooltip = NULL;

  g_return_if_fail (info != NULL);
  key = first_key (info);
  /* Translators: the words of an action and its key: "Next event (→)" */
  tooltip = key ? g_strdup_printf (_("%s (%s)"), _(info->label), key) : g_strdup (_(info->label));
  if (info->icon && GTK_IS_BUTTON (button) && gtk_button_get_label (GTK_BUTTON (button)) == NULL)
    gtk_button_set_icon_name (GTK_BUTTON (button), info->icon);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(info->label), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), name);
  /* The keys go on stepping after a click. */
  gtk_widget_set_focus_on_click (button, FALSE);
}

static gboolean
close_window (GtkWidget *widget, GVariant *args, gpointer data)
{
  gtk_window_close (GTK_WINDOW (widget));
  return TRUE;
}

void
backstep_actions_add_escape (GtkWidget *window)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (controller),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_callback_action_new (close_window, NULL, NULL)));
  gtk_widget_add_controller (window, controller);
}
