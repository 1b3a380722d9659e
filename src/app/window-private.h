/* SPDX-License-Identifier: MIT */

/* window.c shows what the document and the cursor say, window-actions.c is what can be done, window-breaks.c knows where to
 * stop, window-files.c opens, saves and watches files, window-edit.c edits, window-whatif.c tries numbers out, window-tabs.c
 * says which document is shown, window-measure.c takes times, window-present.c is for lectures and lessons: presentation, one
 * pane alone, sizes of text, predictions; window-lessons.c has the lesson beside the output and what begins without a file;
 * window-curves.c adds to the plots, window-panes.c arranges the panes, window-focus.c takes the keyboard from one to the next. */

#pragma once

#include "breaks.h"
#include "canvas.h"
#include "hints.h"
#include "inspector.h"
#include "landscape.h"
#include "lesson.h"
#include "outline.h"
#include "output.h"
#include "plots.h"
#include "predict.h"
#include "runs.h"
#include "source.h"
#include "tab.h"
#include "timeline.h"
#include "tour.h"
#include "variables.h"
#include "welcome.h"
#include "whatif.h"
#include "window.h"

G_BEGIN_DECLS

struct _BackstepWindow
{
  AdwApplicationWindow parent_instance;

  /* template */
  GtkWidget *header, *title, *back_button, *open_button, *recent_button, *run_button, *stop_button, *menu_button, *spinner, *events_label, *hints;
  GtkWidget *stack, *welcome, *problem, *toasts;
  GtkWidget *run_bar, *run_bar_text, *run_bar_button, *stop_here_button, *warning_bar, *warning_text, *disk_bar, *write_bar, *draft_bar, *draft_text;
  GtkWidget *upper, *left, *right, *lower; /* panes: source|rest, source/output, canvas|inspector, all/plots */
  GtkWidget *sources, *under, *names, *switcher, *pages, *output, *lesson, *variables, *outline, *breaks, *runs, *whatif, *canvas_pane, *canvas, *caption, *inspector, *bottom, *timeline, *plots, *parameters, *losses, *landscape;
  GtkWidget *predict, *notice;
  GtkWidget *search_bar, *search_entry, *search_count;
  AdwTabBar *tab_bar;
  AdwTabView *tab_view;
  GtkWidget *transport, *status_button, *status_label, *go_to_popover, *go_to_spin, *speed_label, *step_buttons, *play_box;

  /* borrowed */
  BsCursor *cursor;
  GtkWidget *source;       /* of @tab */
  AdwTabPage *menu_page;   /* whose menu is open */

  /* owned */
  BackstepTab *tab;     /* the one that is shown */
  BackstepDocument *document; /* of @tab */
  GFileMonitor *monitor;
  GArray *stops;        /* BsStop */
  GArray *stop_steps;   /* guint32: where they stop, up to @scanned */
  guint scan_id;
  guint32 scanned;
  guint whatif_id;      /* the text has changed: look for its numbers again */
  gboolean keeping;     /* the text changes because what was tried out is kept */
  gboolean editing;     /* a run is replaced because the text changes */
  guint settle_id;      /* the file on disk has changed: when it has settled */
  guint refresh_id;     /* tick callback: something moved since the last frame */
  guint play_id;        /* tick callback */
  gint64 play_last;     /* frame time */
  double play_due;      /* steps that are due */
  double speed;         /* steps a second */
  guint32 selected;     /* tensor */
  guint32 table_tensor; /* whose table opens when its numbers are there */
  gboolean table_grad;
  BsRecording *details_seen; /* only compared */
  guint32 refreshed_step;
  gboolean animate, presenting, closing, dropping, recalling, error_shown, header_ready, first_frame_done, had_document;
  gboolean pane_source, pane_output, pane_graph, pane_inspector, pane_plots;
  gboolean narrow, low, low_plots; /* little room: the inspector stands below the graph, and plots only while they are wanted */
  gboolean slim;                   /* three columns that leave room for the graph */
  guint fit_id;         /* tick callback */
  guint placing;        /* frames until the panes are placed */
  gboolean hide_future, top_to_bottom, show_map, show_landscape;
  gboolean present_hide_future, was_fullscreen, high_contrast, spotlight, blank, was_typing;
  gboolean predicting, ask_values, ask_gradients, ask_updates;
  const char *only;     /* the pane that is alone; NULL: none */
  double font_scale, present_scale;
  double pointer_x, pointer_y;
  guint pointer_id, notice_id; /* timeouts */
  guint settling;       /* frames */
  GtkFileChooserNative *chooser;
  BackstepTour *tour;   /* once it was wanted */
  char *lesson_id;      /* of the example that is open; NULL: it is none */
  gboolean lesson_wanted; /* its lesson shows when it is there */
};

/* window.c */
void backstep_window_queue_refresh (BackstepWindow *self);
void backstep_window_refresh_now (BackstepWindow *self);
void backstep_window_set_document (BackstepWindow *self, BackstepDocument *document); /* (nullable) */
void backstep_window_on_edited (BackstepWindow *self);
void backstep_window_select (BackstepWindow *self, guint32 tensor);
void backstep_window_update_state (BackstepWindow *self);
void backstep_window_show_face (BackstepWindow *self, const char *name); /* "welcome", "problem", "main" */

/* window-panes.c */
void backstep_window_init_panes (BackstepWindow *self);
void backstep_window_update_panes (BackstepWindow *self);
void backstep_window_save_panes (BackstepWindow *self);
void backstep_window_place_panes (BackstepWindow *self); /* at their remembered sizes */
void backstep_window_queue_place (BackstepWindow *self);
void backstep_window_fit_at_first (BackstepWindow *self);
void backstep_window_queue_fit (BackstepWindow *self); /* the window, or its text, has another size */

/* window-actions.c */
void backstep_window_init_actions (BackstepWindow *self);
void backstep_window_update_actions (BackstepWindow *self);
void backstep_window_seek (BackstepWindow *self, guint32 step);
void backstep_window_stop_playing (BackstepWindow *self);

/* window-present.c */
void backstep_window_init_present (BackstepWindow *self);
void backstep_window_present_mode (BackstepWindow *self, gboolean on);
gboolean backstep_window_leave (BackstepWindow *self);
void backstep_window_unblank (BackstepWindow *self);
void backstep_window_focus (BackstepWindow *self);
void backstep_window_update_look (BackstepWindow *self);
double backstep_window_get_desktop_scale (BackstepWindow *self);
gboolean backstep_window_hides_future (BackstepWindow *self);
gboolean backstep_window_shows (BackstepWindow *self, const char *pane, gboolean otherwise);
void backstep_window_show_only (BackstepWindow *self, const char *pane); /* NULL: all again */
void backstep_window_refresh_caption (BackstepWindow *self);
void backstep_window_refresh_predict (BackstepWindow *self);
void backstep_window_hide_notice (BackstepWindow *self);

/* window-breaks.c */
void backstep_window_update_breaks (BackstepWindow *self);
void backstep_window_scan_breaks (BackstepWindow *self);
void backstep_window_go_to_break (BackstepWindow *self, int direction);
void backstep_window_go_to_line (BackstepWindow *self);
guint32 backstep_window_stop_on_the_way (BackstepWindow *self, guint32 from, guint32 to);
void backstep_window_recall (BackstepWindow *self);
void backstep_window_remember (BackstepWindow *self);
void backstep_window_on_breaks_changed (BackstepWindow *self);
void backstep_window_show_page (BackstepWindow *self, const char *name);
void backstep_window_watch (BackstepWindow *self);

/* window-files.c */
void backstep_window_open_file (BackstepWindow *self, GFile *file); /* in a tab of its own, if it is not open yet */
void backstep_window_open_here (BackstepWindow *self, GFile *file); /* instead of what is shown */
void backstep_window_choose_file (BackstepWindow *self);
void backstep_window_save (BackstepWindow *self);
void backstep_window_save_as (BackstepWindow *self);
void backstep_window_save_recording (BackstepWindow *self);
void backstep_window_run_again (BackstepWindow *self);
void backstep_window_reload (BackstepWindow *self);
void backstep_window_watch_file (BackstepWindow *self);
void backstep_window_check_disk (BackstepWindow *self);
void backstep_window_init_files (BackstepWindow *self);
gboolean backstep_window_may_close (BackstepWindow *self); /* FALSE: it asks, and closes later */
void backstep_window_say (BackstepWindow *self, const char *text);
void backstep_window_say_error (BackstepWindow *self, const char *what, const GError *error);
/* @ending follows the document's name. */
void backstep_window_ask_path (BackstepWindow *self, const char *title, const char *ending, const char *filter, const char *const *patterns,
                               void (*chosen) (BackstepWindow *self, GFile *file));

/* Unsaved changes of these tabs: @answer tells whether they may go, after saving them if that is wanted. */
typedef void (*BackstepMayGo) (BackstepWindow *self, gboolean may, gpointer data);
void backstep_window_ask_about_changes (BackstepWindow *self, GPtrArray *tabs, BackstepMayGo answer, gpointer data);

/* window-browser.c */
void backstep_window_init_browser (BackstepWindow *self);
gboolean backstep_window_is_in_browser (void);

/* window-focus.c */
void backstep_window_turn_pane (BackstepWindow *self, int direction);

/* window-pages.c */
void backstep_window_init_pages (BackstepWindow *self);

/* window-tabs.c; more in window.h */
void backstep_window_init_tabs (BackstepWindow *self);
void backstep_window_queue_save (BackstepWindow *self); /* of what is open */
void backstep_window_new_tab (BackstepWindow *self);
void backstep_window_turn_tab (BackstepWindow *self, int direction);
void backstep_window_move_tab (BackstepWindow *self, int direction);
void backstep_window_close_tab (BackstepWindow *self);
void backstep_window_close_other_tabs (BackstepWindow *self);
void backstep_window_tab_to_window (BackstepWindow *self);
GPtrArray *backstep_window_dup_modified (BackstepWindow *self); /* BackstepTab, borrowed */

/* window-lessons.c */
void backstep_window_load_lesson (BackstepWindow *self);
gboolean backstep_window_has_lesson (BackstepWindow *self);
void backstep_window_open_lesson (BackstepWindow *self, GFile *file);
void backstep_window_note_progress (BackstepWindow *self);
void backstep_window_open_text (BackstepWindow *self, const char *text, gboolean is_modified);
void backstep_window_new_script (BackstepWindow *self);
void backstep_window_paste_script (BackstepWindow *self);

/* window-pictures.c */
void backstep_window_export (BackstepWindow *self);
void backstep_window_export_steps (BackstepWindow *self);
void backstep_window_copy_picture (BackstepWindow *self);
void backstep_window_print (BackstepWindow *self);

/* window-edit.c */
void backstep_window_class_init_edit (GtkWidgetClass *klass);
void backstep_window_update_draft_bar (BackstepWindow *self);
void backstep_window_update_run_button (BackstepWindow *self); /* lit while the script is another one than the one that ran */
gboolean backstep_window_is_in_source (BackstepWindow *self);

/* window-whatif.c */
void backstep_window_init_whatif (BackstepWindow *self);
void backstep_window_look_for_numbers (BackstepWindow *self);
void backstep_window_on_text_changed (BackstepWindow *self); /* of the tab that is shown */
void backstep_window_leave_whatif (BackstepWindow *self);    /* another tab is shown */
void backstep_window_update_whatif (BackstepWindow *self); /* the trial, or its problem, has changed */
void backstep_window_splice (BackstepWindow *self, GArray *splices); /* BsSplice, of the text as it stands; one step of undo */

/* window-curves.c */
void backstep_window_init_curves (BackstepWindow *self);
void backstep_window_plot_selected (BackstepWindow *self);
void backstep_window_focus_curves (BackstepWindow *self);
void backstep_window_export_curves (BackstepWindow *self);
void backstep_window_export_landscape (BackstepWindow *self);

/* window-tour.c */
void backstep_window_class_init_tour (GtkWidgetClass *klass);
void backstep_window_offer_tour (BackstepWindow *self); /* at the first use */
gboolean backstep_window_end_tour (BackstepWindow *self); /* FALSE: it did not run */

/* window-measure.c */
void backstep_window_measure (BackstepWindow *self);

G_END_DECLS
