/* SPDX-License-Identifier: MIT */

#include "config.h"

#include <glib/gi18n.h>
#include <string.h>

#include "dragged.h"
#include "explain/explain.h"
#include "inspector.h"
#include "math-view.h"
#include "recording/describe.h"
#include "sentence.h"

#define LOOK_BACK_MAX 40
#define MANY_NUMBERS 33 /* from so many on there is a table of its own */
#define CARDS_MAX 5000 /* that are asked for a shared storage */

typedef enum {
  ROW_ELEMENT, ROW_FORMULA, ROW_CHAIN, ROW_WAYS, ROW_EXPRESSION, ROW_SHAPE, ROW_VALUE, ROW_GRADIENT, ROW_SAVED, ROW_STORAGE, ROW_NAMES, ROW_KIND, ROW_VERSION, N_ROWS,
} Row;

static const char *const captions[N_ROWS] = {
  [ROW_ELEMENT] = N_("Element"), [ROW_FORMULA] = N_("Formula"), [ROW_CHAIN] = N_("Chain rule"),
  [ROW_WAYS] = N_("Ways to the loss"),
  [ROW_EXPRESSION] = N_("Expression"), [ROW_SHAPE] = N_("Shape"), [ROW_VALUE] = N_("Value"),
  [ROW_GRADIENT] = N_("Gradient"), [ROW_SAVED] = N_("Saved for backward"), [ROW_STORAGE] = N_("Shares memory with"),
  [ROW_NAMES] = N_("Names"), [ROW_KIND] = N_("Kind"), [ROW_VERSION] = N_("Version"),
};

struct _BackstepInspector
{
  GtkWidget parent_instance;

  GtkWidget *box, *sentence, *nothing, *tensor, *title, *place, *rows;
  struct { GtkWidget *box, *value, *note; } row[N_ROWS];
  GtkWidget *all_values, *all_gradients, *element_spin;

  BsCursor *cursor;
  BsScene *scene; /* borrowed */
  guint32 selected, shown, shown_place;
  gint64 element;        /* whose arithmetic is written out, counted row by row */
  gint64 element_shape[16];
  guint n_element_dims;
  gboolean updating;
};

G_DEFINE_FINAL_TYPE (BackstepInspector, backstep_inspector, GTK_TYPE_WIDGET)

enum { SHOW_PLACE, SHOW_ALL, N_SIGNALS };
static guint signals[N_SIGNALS];

/* --- one tensor ---------------------------------------------------------------------------------------------------- */

/* The tensor an event is about. */
static guint32
tensor_of (const BsEvent *event)
{
  switch (event->kind) {
  case BS_EVENT_TENSOR: return event->tensor.id;
  case BS_EVENT_NAME: return event->name.after.kind == BS_PLAIN_TENSOR ? event->name.after.tensor : 0;
  case BS_EVENT_BACKWARD_BEGIN: return event->backward_begin.root;
  case BS_EVENT_NODE: return event->node.node;
  case BS_EVENT_EDGE: return event->edge.to;
  case BS_EVENT_NODE_DONE: return event->node_done.node;
  case BS_EVENT_ACCUMULATE: return event->accumulate.tensor;
  case BS_EVENT_WRITE: return event->write.tensor;
  case BS_EVENT_GRAD_SET: return event->grad_set.tensor;
  case BS_EVENT_REQUIRES_GRAD: return event->requires_grad.tensor;
  case BS_EVENT_RELEASE: return event->release.tensor;
  default: return 0;
  }
}

/* The tensor the last event is about, or one of those just before: the same at a step whichever way one came. */
static guint32
tensor_at (BsCursor *cursor)
{
  BsRecording *recording = bs_cursor_get_recording (cursor);
  guint32 step = bs_cursor_get_step (cursor), tensor = 0;

  for (guint32 i = step; i > 0 && step - i < LOOK_BACK_MAX && tensor == 0; i--)
    {
      BsEvent event;

      bs_recording_get_event (recording, i - 1, &event);
      tensor = tensor_of (&event);
    }
  return tensor;
}

static void
set_row (BackstepInspector *self, Row row, const char *value, const char *note)
{
  gboolean has_value = value && *value, has_note = note && *note;

  gtk_widget_set_visible (self->row[row].box, has_value || has_note);
  gtk_widget_set_visible (self->row[row].value, has_value);
  gtk_widget_set_visible (self->row[row].note, has_note);
  gtk_label_set_text (GTK_LABEL (self->row[row].value), has_value ? value : "");
  gtk_label_set_text (GTK_LABEL (self->row[row].note), has_note ? note : "");
}

static void
set_math (BackstepInspector *self, Row row, BsDerivation *derivation)
{
  gtk_widget_set_visible (self->row[row].box, derivation != NULL);
  gtk_widget_set_visible (self->row[row].note, FALSE);
  backstep_math_view_set_derivation (BACKSTEP_MATH_VIEW (self->row[row].value), derivation);
}

/* --- the element ---------------------------------------------------------------------------------------------------- */

/* "[1, 0]" */
static gboolean
on_element_output (GtkSpinButton *spin, BackstepInspector *self)
{
  g_autofree char *text = NULL;
  gint64 flat = gtk_spin_button_get_value (spin);
  g_autoptr (GString) inner = g_string_new (NULL);

  for (guint i = self->n_element_dims; i-- > 0;)
    {
      g_autofree char *part = g_strdup_printf (inner->len ? "%" G_GINT64_FORMAT ", " : "%" G_GINT64_FORMAT, flat % self->element_shape[i]);

      g_string_prepend (inner, part);
      flat /= self->element_shape[i];
    }
  text = g_strdup_printf ("[%s]", inner->str);
  if (!g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (spin))))
    gtk_editable_set_text (GTK_EDITABLE (spin), text);
  return TRUE;
}

static void
show_element (BackstepInspector *self, const BsTensorState *state)
{
  const BsValue *value = &state->value;
  gboolean shown = state->exists && value->numel > 1 && value->how == BS_VALUE_WHOLE && value->n_dims <= G_N_ELEMENTS (self->element_shape);

  gtk_widget_set_visible (self->row[ROW_ELEMENT].box, shown);
  if (!shown)
    {
      self->element = 0;
      return;
    }
  self->n_element_dims = value->n_dims;
  for (guint i = 0; i < value->n_dims; i++)
    self->element_shape[i] = value->shape[i];
  self->element = MIN (self->element, value->numel - 1);
  self->updating = TRUE;
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->element_spin), 0, value->numel - 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->element_spin), self->element);
  on_element_output (GTK_SPIN_BUTTON (self->element_spin), self);
  self->updating = FALSE;
}

static int
on_element_input (GtkSpinButton *spin, double *value, BackstepInspector *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (spin));
  gint64 flat = 0;
  guint n = 0;

  for (const char *c = text; *c;)
    if (g_ascii_isdigit (*c) || *c == '-')
      {
        char *end;
        gint64 i = g_ascii_strtoll (c, &end, 10);

        if (end == c || n == self->n_element_dims)
          return GTK_INPUT_ERROR;
        i += i < 0 ? self->element_shape[n] : 0;
        if (i < 0 || i >= self->element_shape[n])
          return GTK_INPUT_ERROR;
        flat = flat * self->element_shape[n++] + i;
        c = end;
      }
    else
      {
        c++;
      }
  if (n != self->n_element_dims)
    return GTK_INPUT_ERROR;
  *value = flat;
  return TRUE;
}

static void
choose_element (BackstepInspector *self, gint64 element)
{
  if (self->updating || element == self->element)
    return;
  self->element = element;
  backstep_inspector_refresh (self);
}

static void
on_element_changed (GtkSpinButton *spin, BackstepInspector *self)
{
  choose_element (self, gtk_spin_button_get_value (spin));
}

/* Which number of the table below was clicked. */
static void
on_table_pressed (GtkGestureClick *gesture, int n, double x, double y, BackstepInspector *self)
{
  GtkLabel *label = GTK_LABEL (gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture)));
  const char *text = gtk_label_get_text (label);
  int left, top, index, trailing, row = 0, column = -1;
  gint64 columns = self->n_element_dims > 0 ? self->element_shape[self->n_element_dims - 1] : 1;

  if (!gtk_widget_get_visible (self->row[ROW_ELEMENT].box))
    return;
  gtk_label_get_layout_offsets (label, &left, &top);
  pango_layout_xy_to_index (gtk_label_get_layout (label), (x - left) * PANGO_SCALE, (y - top) * PANGO_SCALE, &index, &trailing);
  for (int i = 0; text[i] && i <= index; i++)
    if (text[i] == '\n')
      {
        row++;
        column = -1;
      }
    else if (text[i] != ' ' && (i == 0 || text[i - 1] == ' ' || text[i - 1] == '\n'))
      {
        column++;
      }
  if (text[index] == ' ')
    column++; /* a number is flushed right: the space before it is its own */
  if (column >= 0 && column < columns && row * columns + column <= gtk_adjustment_get_upper (gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (self->element_spin))))
    choose_element (self, row * columns + column);
}

static void
append_to_list (GString *text, const char *item)
{
  if (text->len > 0)
    /* Translators: between the items of a list */
    g_string_append (text, C_("list", ", "));
  g_string_append (text, item);
}

static char *
join_names (BackstepInspector *self, const guint32 *tensors, guint n)
{
  g_autoptr (GString) text = g_string_new (NULL);
  BsRecording *recording = bs_cursor_get_recording (self->cursor);

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = tensors[i] ? bs_tensor_describe (recording, tensors[i], bs_cursor_get_step (self->cursor)) : NULL;

      if (name)
        append_to_list (text, name);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* "x, w: each factor is the other's derivative" */
static char *
saved_text (BackstepInspector *self, guint32 tensor, const BsEvent *event)
{
  g_autofree char *names = join_names (self, event->tensor.saved, event->tensor.n_saved);
  const char *why = *names ? bs_explain_saved (bs_cursor_get_recording (self->cursor), tensor) : NULL;

  return why ? g_strdup_printf (_("%s: %s"), names, why) : g_steal_pointer (&names);
}

static char *
storage_fellows (BackstepInspector *self, guint32 tensor, guint32 storage)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  BsGraph *graph = self->scene ? bs_scene_get_graph (self->scene) : NULL;
  g_autoptr (GArray) fellows = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint n = graph ? bs_graph_get_n_cards (graph) : 0;

  for (guint i = 0; i < n && n <= CARDS_MAX; i++)
    {
      guint32 id = bs_graph_get_card (graph, i)->tensor;
      BsEvent event;

      bs_recording_get_event (recording, bs_recording_get_tensor_step (recording, id), &event);
      if (id != tensor && event.kind == BS_EVENT_TENSOR && event.tensor.storage == storage)
        g_array_append_val (fellows, id);
    }
  return join_names (self, (const guint32 *) fellows->data, fellows->len);
}

static char *
names_of (BackstepInspector *self, guint32 tensor)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint n = bs_cursor_get_n_bindings (self->cursor);

  for (guint i = 0; i < n; i++)
    {
      BsBinding binding;

      bs_cursor_get_binding (self->cursor, i, &binding);
      if (binding.value.kind == BS_PLAIN_TENSOR && binding.value.tensor == tensor)
        append_to_list (text, binding.name);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static char *
kind_text (const BsEvent *event, const BsTensorState *state)
{
  g_autoptr (GString) text = g_string_new (state->is_leaf ? _("leaf") : _("computed"));

  if (event->tensor.flags & BS_TENSOR_PARAMETER)
    append_to_list (text, _("parameter"));
  append_to_list (text, state->requires_grad ? _("requires gradient") : _("requires no gradient"));
  if (event->tensor.flags & BS_TENSOR_DETACHED)
    append_to_list (text, _("detached: the path to the loss ends here"));
  else if (event->tensor.flags & BS_TENSOR_VIEW)
    append_to_list (text, _("view"));
  if (event->tensor.flags & BS_TENSOR_NO_GRAD_MODE)
    append_to_list (text, _("made while gradients were not recorded"));
  if (state->released)
    append_to_list (text, _("released"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
show_place_button (BackstepInspector *self, guint32 place)
{
  const BsPlace *at = place ? bs_recording_get_place (bs_cursor_get_recording (self->cursor), place) : NULL;
  g_autofree char *text = at && at->line ? g_strdup_printf (_("Line %u"), at->line) : NULL;

  self->shown_place = place;
  gtk_widget_set_visible (self->place, text != NULL);
  if (text)
    gtk_button_set_label (GTK_BUTTON (self->place), text);
}

static void
show_button (GtkWidget *button, gboolean there, const BsValue *value)
{
  g_autofree char *text = g_strdup_printf (_("All %'lld numbers…"), (long long) value->numel);

  gtk_widget_set_visible (button, there && value->numel >= MANY_NUMBERS);
  gtk_button_set_label (GTK_BUTTON (button), text);
}

static void
show_value (BackstepInspector *self, const BsTensorState *state)
{
  g_autofree char *table = NULL, *words = NULL, *grad = NULL, *shape = backstep_shape_text (&state->value);
  /* Translators: shape and type of the elements */
  g_autofree char *shape_and_type = g_strdup_printf (_("%s, %s"), shape, bs_dtype_text (state->value.dtype));
  gboolean has_numbers;

  table = state->exists ? backstep_value_table (&state->value) : NULL;
  set_row (self, ROW_SHAPE, shape_and_type, NULL);
  set_row (self, ROW_VALUE, table, state->exists ? NULL : _("Not computed yet."));
  words = backstep_gradient_words (state, &has_numbers);
  grad = has_numbers ? backstep_value_table (&state->grad) : NULL;
  set_row (self, ROW_GRADIENT, grad, words);
  show_button (self->all_values, state->exists, &state->value);
  show_button (self->all_gradients, has_numbers, &state->grad);
}

/* Before it has a name, what made it, however long: the label cuts it. "tensor #1" would say nothing. */
static char *
title_of (BackstepInspector *self, guint32 tensor)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  g_autofree char *name = bs_tensor_describe (recording, tensor, bs_cursor_get_step (self->cursor)), *expression = NULL;
  const char *sign = strrchr (name, '#');

  if (sign && sign > name && sign[-1] == ' ')
    expression = bs_tensor_dup_expression (recording, tensor);
  return expression && *expression ? g_strdup_printf (_("‘%s’"), expression) : g_steal_pointer (&name);
}

static void
show_tensor (BackstepInspector *self, guint32 tensor)
{
  BsRecording *recording = bs_cursor_get_recording (self->cursor);
  guint32 made = bs_recording_get_tensor_step (recording, tensor);
  g_autofree char *name = title_of (self, tensor), *expression = NULL;
  g_autofree char *ways = NULL, *saved = NULL, *fellows = NULL, *names = NULL, *kind = NULL, *version = NULL;
  BsTensorState state;
  BsEvent event;

  bs_recording_get_event (recording, made, &event);
  bs_cursor_get_tensor (self->cursor, tensor, &state);
  show_element (self, &state);
  ways = state.grad_state >= BS_GRAD_FLOWING ? bs_explain_ways (self->cursor, tensor) : NULL;
  expression = event.place ? bs_recording_dup_expression (recording, event.place) : NULL;
  saved = saved_text (self, tensor, &event);
  fellows = storage_fellows (self, tensor, event.tensor.storage);
  names = names_of (self, tensor);
  kind = kind_text (&event, &state);
  version = state.version > 0 ? g_strdup_printf (ngettext ("changed in place %u time", "changed in place %u times", state.version),
                                                 state.version) : NULL;
  gtk_label_set_text (GTK_LABEL (self->title), name);
  gtk_widget_set_tooltip_text (self->title, name);
  show_place_button (self, event.place);
  set_math (self, ROW_FORMULA, state.exists ? bs_derive_value (self->cursor, tensor, self->element) : NULL);
  set_math (self, ROW_CHAIN, state.grad_state >= BS_GRAD_FLOWING ? bs_derive_gradient (self->cursor, tensor, self->element) : NULL);
  set_row (self, ROW_WAYS, ways, NULL);
  set_row (self, ROW_EXPRESSION, expression, NULL);
  show_value (self, &state);
  set_row (self, ROW_SAVED, NULL, saved);
  set_row (self, ROW_STORAGE, NULL, fellows);
  set_row (self, ROW_NAMES, NULL, names);
  set_row (self, ROW_KIND, NULL, kind);
  set_row (self, ROW_VERSION, NULL, version);
}

/* --- public --------------------------------------------------------------------------------------------------------- */

void
backstep_inspector_set_scene (BackstepInspector *self, BsScene *scene)
{
  self->scene = scene;
}

void
backstep_inspector_refresh (BackstepInspector *self)
{
  g_autofree char *sentence = NULL;

  guint32 before = self->shown;

  sentence = self->cursor ? backstep_sentence (self->cursor) : NULL;
  gtk_label_set_text (GTK_LABEL (self->sentence), sentence ? sentence : "");
  if (self->selected)
    self->shown = self->selected;
  else
    self->shown = self->cursor ? tensor_at (self->cursor) : 0;
  if (self->shown != before)
    self->element = 0;
  gtk_widget_set_visible (self->tensor, self->shown != 0);
  gtk_widget_set_visible (self->nothing, self->shown == 0);
  if (self->shown)
    show_tensor (self, self->shown);
}

void
backstep_inspector_set_selected (BackstepInspector *self, guint32 tensor)
{
  self->selected = tensor;
}

void
backstep_inspector_set_cursor (BackstepInspector *self, BsCursor *cursor)
{
  g_set_object (&self->cursor, cursor);
  self->selected = self->shown = 0;
}

static void
on_all (GtkButton *button, BackstepInspector *self)
{
  if (self->shown)
    g_signal_emit (self, signals[SHOW_ALL], 0, self->shown, GTK_WIDGET (button) == self->all_gradients);
}

static GtkWidget *
new_all_button (BackstepInspector *self, Row row)
{
  GtkWidget *button = gtk_button_new_with_label ("");

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "link-button");
  gtk_widget_set_visible (button, FALSE);
  g_signal_connect (button, "clicked", G_CALLBACK (on_all), self);
  gtk_box_append (GTK_BOX (self->row[row].box), button);
  return button;
}

static void
on_place (GtkButton *button, BackstepInspector *self)
{
  g_signal_emit (self, signals[SHOW_PLACE], 0, self->shown_place);
}

static GtkWidget *
new_text (const char *css_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE); /* a selectable one that is merely not focusable would hold Tab back */
  gtk_widget_add_css_class (label, css_class);
  return label;
}

/* Rows of numbers must not be broken, and must not make everything else as wide as they are. */
static GtkWidget *
scrolled (GtkWidget *child, const char *name)
{
  GtkWidget *window = gtk_scrolled_window_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (window), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1); /* Tab comes here, to scroll */
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (window), GTK_POLICY_AUTOMATIC, GTK_POLICY_NEVER);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (window), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), child);
  return window;
}

static gboolean
is_math (Row row)
{
  return row == ROW_FORMULA || row == ROW_CHAIN;
}

static GtkWidget *
new_element_spin (BackstepInspector *self)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (0, 1, 1);

  self->element_spin = spin;
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (spin), FALSE); /* [1, 0] */
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 8);
  gtk_widget_set_halign (spin, GTK_ALIGN_START);
  gtk_accessible_update_property (GTK_ACCESSIBLE (spin), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Element whose arithmetic is shown"), -1);
  gtk_widget_set_tooltip_text (spin, _("Element whose arithmetic is shown"));
  g_signal_connect (spin, "output", G_CALLBACK (on_element_output), self);
  g_signal_connect (spin, "input", G_CALLBACK (on_element_input), self);
  g_signal_connect (spin, "value-changed", G_CALLBACK (on_element_changed), self);
  return spin;
}

static void
watch_table (BackstepInspector *self, GtkWidget *label)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (click), GTK_PHASE_CAPTURE);
  g_signal_connect (click, "pressed", G_CALLBACK (on_table_pressed), self);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (click));
}

static GtkWidget *
new_value (BackstepInspector *self, Row row)
{
  if (is_math (row))
    return backstep_math_view_new ();
  if (row == ROW_ELEMENT)
    return new_element_spin (self);
  return new_text (row == ROW_VALUE || row == ROW_GRADIENT ? "numbers" : "value");
}

static void
add_row (BackstepInspector *self, Row row)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, is_math (row) ? 5 : 1), *caption = gtk_label_new (_(captions[row]));
  GtkWidget *value = new_value (self, row), *note = new_text ("note");

  gtk_label_set_xalign (GTK_LABEL (caption), 0);
  gtk_widget_add_css_class (caption, "caption");
  gtk_widget_add_css_class (caption, "dim-label");
  if (row == ROW_VALUE || row == ROW_GRADIENT)
    gtk_label_set_wrap (GTK_LABEL (value), FALSE);
  if (row == ROW_VALUE || row == ROW_GRADIENT)
    watch_table (self, value);
  if (row == ROW_GRADIENT || row == ROW_WAYS)
    gtk_widget_add_css_class (value, "gradient");
  if (row == ROW_VALUE || row == ROW_GRADIENT)
    gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_NONE);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, caption, NULL, -1);
  if (row == ROW_ELEMENT)
    gtk_orientable_set_orientation (GTK_ORIENTABLE (box), GTK_ORIENTATION_HORIZONTAL), gtk_box_set_spacing (GTK_BOX (box), 8);
  gtk_box_append (GTK_BOX (box), caption);
  gtk_box_append (GTK_BOX (box), row == ROW_VALUE || row == ROW_GRADIENT ? scrolled (value, _(captions[row])) : value);
  gtk_box_append (GTK_BOX (box), note);
  gtk_box_append (GTK_BOX (self->rows), box);
  self->row[row].box = box;
  self->row[row].value = value;
  self->row[row].note = note;
}

static void
backstep_inspector_dispose (GObject *object)
{
  BackstepInspector *self = BACKSTEP_INSPECTOR (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->cursor);
  G_OBJECT_CLASS (backstep_inspector_parent_class)->dispose (object);
}

static void
backstep_inspector_class_init (BackstepInspectorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = backstep_inspector_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_template_from_resource (widget_class, "/io/github/backstep/Backstep/inspector.ui");
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, box);
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, sentence);
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, nothing);
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, tensor);
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, title);
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, place);
  gtk_widget_class_bind_template_child (widget_class, BackstepInspector, rows);
  gtk_widget_class_bind_template_callback (widget_class, on_place);
  signals[SHOW_ALL] = g_signal_new ("show-all", BACKSTEP_TYPE_INSPECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                    G_TYPE_UINT, G_TYPE_BOOLEAN);
  signals[SHOW_PLACE] = g_signal_new ("show-place", BACKSTEP_TYPE_INSPECTOR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                      G_TYPE_NONE, 1, G_TYPE_UINT);
}

static gboolean
drag_title (GtkWidget *title, double x, double y, guint32 *tensor, char **name)
{
  BackstepInspector *self = BACKSTEP_INSPECTOR (gtk_widget_get_ancestor (title, BACKSTEP_TYPE_INSPECTOR));

  if (self->shown == 0 || self->cursor == NULL)
    return FALSE;
  *tensor = self->shown;
  *name = g_strdup (bs_cursor_get_tensor_name (self->cursor, self->shown));
  return TRUE;
}

static void
backstep_inspector_init (BackstepInspector *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  for (int row = 0; row < N_ROWS; row++)
    add_row (self, row);
  self->all_values = new_all_button (self, ROW_VALUE);
  self->all_gradients = new_all_button (self, ROW_GRADIENT);
  backstep_dragged_add_source (self->title, drag_title);
}
