/* SPDX-License-Identifier: MIT */

/* The tabs of a window: one of them is shown in its panes, the others run on. AdwTabView keeps their order and drags them from
 * window to window; its pages are empty, and it is never seen. */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "window-private.h"

static BackstepTab *
tab_of (AdwTabPage *page)
{
  return BACKSTEP_TAB (adw_tab_page_get_child (page));
}

static AdwTabPage *
page_of (BackstepWindow *self, BackstepTab *tab)
{
  return adw_tab_view_get_page (self->tab_view, GTK_WIDGET (tab));
}

guint
backstep_window_get_n_tabs (BackstepWindow *self)
{
  return adw_tab_view_get_n_pages (self->tab_view);
}

BackstepTab *
backstep_window_get_tab (BackstepWindow *self, guint i)
{
  return tab_of (adw_tab_view_get_nth_page (self->tab_view, i));
}

BackstepTab *
backstep_window_get_shown_tab (BackstepWindow *self)
{
  return self->tab;
}

void
backstep_window_queue_save (BackstepWindow *self)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (app)
    backstep_application_queue_save (BACKSTEP_APPLICATION (app));
}

/* --- showing one --------------------------------------------------------------------------------------------------------- */

/* Its view is kept with it; its run goes on. */
static void
leave (BackstepWindow *self)
{
  BackstepTab *tab = self->tab;

  backstep_window_stop_playing (self);
  backstep_window_leave_whatif (self);
  if (self->document)
    {
      backstep_window_remember (self);
      tab->selected = self->selected;
      tab->error_shown = self->error_shown;
      g_free (tab->page);
      tab->page = g_strdup (gtk_stack_get_visible_child_name (GTK_STACK (self->pages)));
      backstep_canvas_get_view (BACKSTEP_CANVAS (self->canvas), &tab->view);
    }
  gtk_widget_set_visible (self->disk_bar, FALSE);
  g_clear_handle_id (&self->settle_id, g_source_remove);
}

static void
recall_view (BackstepWindow *self)
{
  BackstepTab *tab = self->tab;

  if (tab->document == NULL)
    {
      if (gtk_widget_get_realized (GTK_WIDGET (self)))
        backstep_welcome_refresh (BACKSTEP_WELCOME (self->welcome));
      return;
    }
  /* An error that came meanwhile, or a question, stays in sight. */
  if (tab->page && !(self->error_shown && !tab->error_shown) && backstep_document_get_state (tab->document) != BS_SESSION_WAITING)
    gtk_stack_set_visible_child_name (GTK_STACK (self->pages), tab->page);
  if (tab->was_shown)
    {
      backstep_canvas_set_view (BACKSTEP_CANVAS (self->canvas), &tab->view);
      backstep_window_select (self, tab->selected);
      backstep_window_check_disk (self);
    }
  tab->was_shown = TRUE;
}

static void
show (BackstepWindow *self, BackstepTab *tab)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean in_source = focus != NULL && self->source != NULL && gtk_widget_is_ancestor (focus, self->source);

  if (self->tab)
    {
      leave (self);
      gtk_widget_set_visible (self->source, FALSE);
    }
  g_set_object (&self->tab, tab);
  self->source = tab->source;
  self->error_shown = tab->error_shown;
  gtk_widget_set_visible (tab->source, TRUE);
  gtk_stack_set_visible_child (GTK_STACK (self->sources), tab->source);
  backstep_breaks_set_source (BACKSTEP_BREAKS (self->breaks), BACKSTEP_SOURCE (tab->source));
  backstep_tab_load (tab);
  backstep_window_set_document (self, tab->document);
  recall_view (self);
  backstep_window_look_for_numbers (self);
  backstep_window_update_whatif (self);
  backstep_window_watch_file (self);
  if (in_source && tab->document)
    backstep_source_grab_focus (BACKSTEP_SOURCE (tab->source));
  else if (tab->document)
    backstep_window_focus (self);
  else if (gtk_widget_get_realized (GTK_WIDGET (self)))
    gtk_widget_child_focus (self->welcome, GTK_DIR_TAB_FORWARD);
  backstep_window_queue_save (self);
}

static void
on_selected (BackstepWindow *self)
{
  AdwTabPage *page = adw_tab_view_get_selected_page (self->tab_view);

  if (page && tab_of (page) != self->tab)
    show (self, tab_of (page));
}

/* --- coming and going ------------------------------------------------------------------------------------------------------ */

static void
on_source_edited (BackstepSource *source, BackstepWindow *self)
{
  if (GTK_WIDGET (source) == self->source)
    backstep_window_on_edited (self);
}

static void
on_text_changed (GtkTextBuffer *buffer, BackstepWindow *self)
{
  if (self->source && buffer == backstep_source_get_buffer (BACKSTEP_SOURCE (self->source)))
    backstep_window_on_text_changed (self);
}

static void
on_attached (AdwTabView *view, AdwTabPage *page, int position, BackstepWindow *self)
{
  BackstepTab *tab = tab_of (page);

  /* Only the one that is shown is there for a screen reader. */
  gtk_widget_set_visible (tab->source, FALSE);
  gtk_stack_add_child (GTK_STACK (self->sources), tab->source);
  g_signal_connect_object (tab->source, "edited", G_CALLBACK (on_source_edited), self, 0);
  g_signal_connect_object (backstep_source_get_buffer (BACKSTEP_SOURCE (tab->source)), "changed", G_CALLBACK (on_text_changed), self, 0);
  backstep_window_update_actions (self);
  backstep_window_queue_save (self);
}

static gboolean
close_empty (gpointer data)
{
  BackstepWindow *self = data;

  if (backstep_window_get_n_tabs (self) == 0)
    gtk_window_destroy (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

static void
on_detached (AdwTabView *view, AdwTabPage *page, int position, BackstepWindow *self)
{
  BackstepTab *tab = tab_of (page);

  if (tab == self->tab)
    {
      leave (self);
      backstep_window_set_document (self, NULL);
    }
  g_signal_handlers_disconnect_by_data (tab->source, self);
  g_signal_handlers_disconnect_by_data (backstep_source_get_buffer (BACKSTEP_SOURCE (tab->source)), self);
  gtk_stack_remove (GTK_STACK (self->sources), tab->source);
  if (backstep_window_get_n_tabs (self) == 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, close_empty, g_object_ref (self), g_object_unref);
  backstep_window_update_actions (self);
  backstep_window_queue_save (self);
}

static AdwTabPage *
add (BackstepWindow *self, BackstepTab *tab, int position)
{
  AdwTabPage *page = adw_tab_view_insert (self->tab_view, GTK_WIDGET (tab), position);

  g_object_bind_property (tab, "title", page, "title", G_BINDING_SYNC_CREATE);
  g_object_bind_property (tab, "tooltip", page, "tooltip", G_BINDING_SYNC_CREATE);
  g_object_bind_property (tab, "busy", page, "loading", G_BINDING_SYNC_CREATE);
  return page;
}

void
backstep_window_new_tab (BackstepWindow *self)
{
  int position = self->tab ? adw_tab_view_get_page_position (self->tab_view, page_of (self, self->tab)) + 1 : 0;

  adw_tab_view_set_selected_page (self->tab_view, add (self, backstep_tab_new (), position));
}

/* In the tab that is shown, if there is nothing in it; else in one of its own. */
void
backstep_window_show_document (BackstepWindow *self, BackstepDocument *document)
{
  if (!backstep_tab_is_empty (self->tab) && backstep_document_get_problem (self->document) == NULL)
    backstep_window_new_tab (self);
  backstep_tab_set_document (self->tab, document);
  backstep_window_set_document (self, document);
  recall_view (self);
  backstep_window_watch_file (self);
  backstep_window_focus (self);
  backstep_window_queue_save (self);
}

/* It opens when it is shown. */
void
backstep_window_add_pending (BackstepWindow *self, GFile *file, guint step)
{
  BackstepTab *tab = backstep_tab_new ();

  backstep_tab_set_pending (tab, file, step);
  add (self, tab, backstep_window_get_n_tabs (self));
}

void
backstep_window_show_tab (BackstepWindow *self, BackstepTab *tab)
{
  adw_tab_view_set_selected_page (self->tab_view, page_of (self, tab));
}

BackstepTab *
backstep_window_find_tab (BackstepWindow *self, GFile *file)
{
  for (guint i = 0; i < backstep_window_get_n_tabs (self); i++)
    {
      BackstepTab *tab = backstep_window_get_tab (self, i);
      GFile *its = backstep_tab_get_file (tab);

      if (its && g_file_equal (its, file))
        return tab;
    }
  return NULL;
}

void
backstep_window_turn_tab (BackstepWindow *self, int direction)
{
  int n = backstep_window_get_n_tabs (self);
  int at = adw_tab_view_get_page_position (self->tab_view, page_of (self, self->tab));

  adw_tab_view_set_selected_page (self->tab_view, adw_tab_view_get_nth_page (self->tab_view, (at + direction + n) % n));
}

void
backstep_window_move_tab (BackstepWindow *self, int direction)
{
  if (direction > 0)
    adw_tab_view_reorder_forward (self->tab_view, page_of (self, self->tab));
  else
    adw_tab_view_reorder_backward (self->tab_view, page_of (self, self->tab));
  backstep_window_queue_save (self);
}

/* --- closing -------------------------------------------------------------------------------------------------------------- */

/* The one whose menu is open, else the one that is shown. */
static AdwTabPage *
meant (BackstepWindow *self)
{
  return self->menu_page ? self->menu_page : page_of (self, self->tab);
}

void
backstep_window_close_tab (BackstepWindow *self)
{
  if (backstep_window_get_n_tabs (self) > 1)
    adw_tab_view_close_page (self->tab_view, meant (self));
  else
    gtk_window_close (GTK_WINDOW (self));
}


static void
finish_closing (BackstepWindow *self, BackstepTab *tab)
{
  GtkApplication *app = gtk_window_get_application (GTK_WINDOW (self));

  if (backstep_tab_get_file (tab) && app)
    backstep_application_remember_closed (BACKSTEP_APPLICATION (app), backstep_tab_get_file (tab), backstep_tab_get_step (tab));
  adw_tab_view_close_page_finish (self->tab_view, page_of (self, tab), TRUE);
}

static void
on_may_close (BackstepWindow *self, gboolean may, gpointer tab)
{
  if (may)
    finish_closing (self, tab);
  else
    adw_tab_view_close_page_finish (self->tab_view, page_of (self, tab), FALSE);
}

static gboolean
on_close_page (AdwTabView *view, AdwTabPage *page, BackstepWindow *self)
{
  BackstepTab *tab = tab_of (page);

  if (!backstep_tab_is_modified (tab) || self->dropping)
    finish_closing (self, tab);
  else
    {
      g_autoptr (GPtrArray) tabs = g_ptr_array_new ();

      g_ptr_array_add (tabs, tab);
      backstep_window_ask_about_changes (self, tabs, on_may_close, tab);
    }
  return GDK_EVENT_STOP;
}

static void
on_may_close_others (BackstepWindow *self, gboolean may, gpointer tab)
{
  if (may && gtk_widget_is_ancestor (tab, GTK_WIDGET (self->tab_view)))
    {
      self->dropping = TRUE;
      adw_tab_view_close_other_pages (self->tab_view, page_of (self, tab));
      self->dropping = FALSE;
    }
  g_object_unref (tab);
}

/* One question about all of them. */
void
backstep_window_close_other_tabs (BackstepWindow *self)
{
  BackstepTab *kept = tab_of (meant (self));
  g_autoptr (GPtrArray) modified = backstep_window_dup_modified (self);

  g_ptr_array_remove (modified, kept);
  if (modified->len == 0)
    on_may_close_others (self, TRUE, g_object_ref (kept));
  else
    backstep_window_ask_about_changes (self, modified, on_may_close_others, g_object_ref (kept));
}

GPtrArray *
backstep_window_dup_modified (BackstepWindow *self)
{
  GPtrArray *tabs = g_ptr_array_new ();

  for (guint i = 0; i < backstep_window_get_n_tabs (self); i++)
    if (backstep_tab_is_modified (backstep_window_get_tab (self, i)))
      g_ptr_array_add (tabs, backstep_window_get_tab (self, i));
  return tabs;
}

/* --- other windows -------------------------------------------------------------------------------------------------------- */

/* A window begins with an empty tab, and gives it up for those it was made for. */
void
backstep_window_drop_empty (BackstepWindow *self)
{
  for (guint i = 0; backstep_window_get_n_tabs (self) > 1 && i < backstep_window_get_n_tabs (self); i++)
    if (backstep_tab_is_empty (backstep_window_get_tab (self, i)))
      {
        adw_tab_view_close_page (self->tab_view, adw_tab_view_get_nth_page (self->tab_view, i));
        break;
      }
}

static gboolean
drop_first (gpointer window)
{
  backstep_window_drop_empty (window);
  return G_SOURCE_REMOVE;
}

static AdwTabView *
on_create_window (AdwTabView *view, BackstepWindow *self)
{
  BackstepWindow *window = backstep_window_new (BACKSTEP_APPLICATION (gtk_window_get_application (GTK_WINDOW (self))), NULL);
  int width, height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  g_idle_add_full (G_PRIORITY_HIGH_IDLE, drop_first, g_object_ref (window), g_object_unref);
  gtk_window_present (GTK_WINDOW (window));
  return window->tab_view;
}

void
backstep_window_tab_to_window (BackstepWindow *self)
{
  AdwTabView *view;
  AdwTabPage *page = meant (self);

  if (backstep_window_get_n_tabs (self) < 2)
    return;
  view = on_create_window (self->tab_view, self);
  adw_tab_view_transfer_page (self->tab_view, page, view, 0);
}

static gboolean
forget_menu (gpointer data)
{
  ((BackstepWindow *) data)->menu_page = NULL;
  return G_SOURCE_REMOVE;
}

/* NULL when the menu has closed, just before its action comes. */
static void
on_setup_menu (AdwTabView *view, AdwTabPage *page, BackstepWindow *self)
{
  if (page)
    self->menu_page = page;
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, forget_menu, g_object_ref (self), g_object_unref);
}

void
backstep_window_init_tabs (BackstepWindow *self)
{
  /* Their keys are actions of ours; Alt and a number are panes here. */
  adw_tab_view_set_shortcuts (self->tab_view, ADW_TAB_VIEW_SHORTCUT_NONE);
  g_signal_connect_object (self->tab_view, "notify::selected-page", G_CALLBACK (on_selected), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tab_view, "page-attached", G_CALLBACK (on_attached), self, 0);
  g_signal_connect_object (self->tab_view, "page-detached", G_CALLBACK (on_detached), self, 0);
  g_signal_connect_object (self->tab_view, "close-page", G_CALLBACK (on_close_page), self, 0);
  g_signal_connect_object (self->tab_view, "create-window", G_CALLBACK (on_create_window), self, 0);
  g_signal_connect_object (self->tab_view, "setup-menu", G_CALLBACK (on_setup_menu), self, 0);
}
