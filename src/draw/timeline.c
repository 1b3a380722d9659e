/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "timeline.h"

#include "text.h"

#include <glib/gi18n.h>
#include <math.h>

#define MARGIN 10.0
/* Up to so many passes each is as wide as its steps are many; beyond, all are equal: one glance tells which is which. */
#define FEW 8

/* Steps of errors and of printed text, found once as the recording grows. */
typedef struct {
  guint32 n_seen;
  GArray *errors, *outputs;
  BsTexts *texts;
} Marks;

static void
marks_free (gpointer data)
{
  Marks *self = data;

  g_array_unref (self->errors);
  g_array_unref (self->outputs);
  bs_texts_free (self->texts);
  g_free (self);
}

static Marks *
get_marks (BsRecording *recording)
{
  static const char key[] = "bs-timeline-marks";
  Marks *self = g_object_get_data (G_OBJECT (recording), key);
  guint32 n = bs_recording_get_n_events (recording);

  if (self == NULL) {
    self = g_new0 (Marks, 1);
    self->errors = g_array_new (FALSE, FALSE, sizeof (guint32));
    self->outputs = g_array_new (FALSE, FALSE, sizeof (guint32));
    g_object_set_data_full (G_OBJECT (recording), key, self, marks_free);
  }
  for (; self->n_seen < n; self->n_seen++) {
    BsEventKind kind = bs_recording_get_kind (recording, self->n_seen);
    guint32 step = self->n_seen + 1;

    if (kind == BS_EVENT_ERROR)
      g_array_append_val (self->errors, step);
    else if (kind == BS_EVENT_OUTPUT)
      g_array_append_val (self->outputs, step);
  }
  return self;
}

/* --- steps to the whole (0 .. 1) and back ---------------------------------------------------------------------------------- */

static double
weight_of (const BsPass *pass, guint32 n_events)
{
  /* None so small that it cannot be pointed at. */
  return MAX (pass->end - pass->begin, 0.04 * n_events);
}

static void
span_of (BsRecording *recording, guint32 pass, double *begin, double *end)
{
  guint32 n = bs_recording_get_n_passes (recording), n_events = bs_recording_get_n_events (recording);
  double sum = 0;

  if (n > FEW) {
    *begin = (double) pass / n;
    *end = (double) (pass + 1) / n;
    return;
  }
  for (guint32 i = 0; i < n; i++) {
    if (i == pass)
      *begin = sum;
    sum += weight_of (bs_recording_get_pass (recording, i), n_events);
    if (i == pass)
      *end = sum;
  }
  *begin /= sum;
  *end /= sum;
}

static double
whole_of_step (BsRecording *recording, guint32 step)
{
  guint32 i = bs_recording_find_pass (recording, step);
  const BsPass *pass = bs_recording_get_pass (recording, i);
  double begin, end;

  span_of (recording, i, &begin, &end);
  if (pass->end <= pass->begin)
    return begin;
  return begin + (end - begin) * (CLAMP (step, pass->begin, pass->end) - pass->begin) / (pass->end - pass->begin);
}

static guint32
pass_at (BsRecording *recording, double whole)
{
  guint32 n = bs_recording_get_n_passes (recording);

  if (n > FEW)
    return CLAMP (floor (whole * n), 0, n - 1);
  for (guint32 i = 0; i + 1 < n; i++) {
    double begin, end;

    span_of (recording, i, &begin, &end);
    if (whole < end)
      return i;
  }
  return n - 1;
}

static void
range_of (const BsTimelineView *view, double *from, double *to)
{
  *from = view->to > view->from ? view->from : 0;
  *to = view->to > view->from ? view->to : 1;
}

static double
x_of_whole (const BsTimelineView *view, double whole)
{
  double from, to;

  range_of (view, &from, &to);
  return MARGIN + (whole - from) / (to - from) * MAX (view->width - 2 * MARGIN, 1);
}

static double
whole_of_x (const BsTimelineView *view, double x)
{
  double from, to;

  range_of (view, &from, &to);
  return from + (x - MARGIN) / MAX (view->width - 2 * MARGIN, 1) * (to - from);
}

double
bs_timeline_x_of_step (BsRecording *recording, const BsTimelineView *view, guint32 step)
{
  double x;

  if (bs_recording_get_n_passes (recording) == 0)
    return MARGIN;
  x = x_of_whole (view, whole_of_step (recording, MIN (step, bs_recording_get_n_events (recording))));
  return CLAMP (x, MARGIN, MAX (view->width - MARGIN, MARGIN));
}

guint32
bs_timeline_step_at (BsRecording *recording, const BsTimelineView *view, double x)
{
  const BsPass *pass;
  double whole, begin, end;
  guint32 i;

  if (bs_recording_get_n_passes (recording) == 0)
    return 0;
  x = CLAMP (x, MARGIN, MAX (view->width - MARGIN, MARGIN));
  whole = CLAMP (whole_of_x (view, x), 0, 1);
  i = pass_at (recording, whole);
  pass = bs_recording_get_pass (recording, i);
  span_of (recording, i, &begin, &end);
  return pass->begin + (guint32) CLAMP (round ((whole - begin) / (end - begin) * (pass->end - pass->begin)), 0,
                                        pass->end - pass->begin);
}

/* --- drawing --------------------------------------------------------------------------------------------------------------- */

static const struct { BsColorRole line, surface, text; const char *name; } phases[] = {
  [BS_PHASE_FORWARD] = { BS_COLOR_FORWARD, BS_COLOR_FORWARD_SURFACE, BS_COLOR_FORWARD_TEXT, N_("forward") },
  [BS_PHASE_BACKWARD] = { BS_COLOR_GRADIENT, BS_COLOR_GRADIENT_SURFACE, BS_COLOR_GRADIENT_TEXT, N_("backward") },
  [BS_PHASE_UPDATE] = { BS_COLOR_UPDATE, BS_COLOR_UPDATE_SURFACE, BS_COLOR_UPDATE_TEXT, N_("update") },
};

typedef struct {
  BsRecording *recording;
  cairo_t *cr;
  const BsTimelineView *view;
  BsTexts *texts;
  guint32 step;
  double top, lane, bottom; /* the three lanes; @bottom: below them */
} Painter;

/* Without memory of its own a plain function would lay out its few texts each time. */
static BsTexts *
get_texts (Marks *marks, double font_scale)
{
  font_scale = font_scale > 0 ? font_scale : 1;
  if (marks->texts == NULL || bs_texts_get_scale (marks->texts) != font_scale) {
    bs_texts_free (marks->texts);
    marks->texts = bs_texts_new (font_scale);
  }
  return marks->texts;
}

static void
rounded (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  radius = MIN (radius, MIN (width, height) / 2);
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI_2, 0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0, G_PI_2);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI_2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 3 * G_PI_2);
  cairo_close_path (cr);
}

/* What has happened is filled, what is to come is pale. */
static void
draw_block (Painter *self, BsPhase phase, double x0, double x1)
{
  double now = bs_timeline_x_of_step (self->recording, self->view, self->step);
  double y = self->top + phase * self->lane, width = MAX (x1 - x0 - 1, 1);
  BsTheme theme = self->view->theme;

  if (x1 < 0 || x0 > self->view->width)
    return;
  rounded (self->cr, x0, y + 1, width, self->lane - 2, 3);
  bs_palette_set (self->cr, theme, phases[phase].surface);
  cairo_fill (self->cr);
  if (now > x0) {
    cairo_save (self->cr);
    cairo_rectangle (self->cr, x0, y, MIN (now, x1) - x0, self->lane);
    cairo_clip (self->cr);
    rounded (self->cr, x0, y + 1, width, self->lane - 2, 3);
    bs_palette_set (self->cr, theme, phases[phase].line);
    cairo_fill (self->cr);
    cairo_restore (self->cr);
  }
}

static void
draw_name (Painter *self, BsPhase phase, double x0, double x1)
{
  const char *name = _(phases[phase].name);
  double width = bs_texts_width (self->texts, BS_TEXT_CAPTION, name);
  double line = bs_texts_line (self->texts, BS_TEXT_CAPTION);
  double now = bs_timeline_x_of_step (self->recording, self->view, self->step);
  double y = self->top + phase * self->lane + (self->lane - line) / 2;

  if (x1 - x0 < width + 14 || self->lane < line * 0.8)
    return;
  for (guint i = 0; i < 2; i++) { /* its pale part and its filled part */
    cairo_save (self->cr);
    cairo_rectangle (self->cr, i ? x0 : MAX (now, x0), self->top, i ? MAX (MIN (now, x1) - x0, 0) : x1, self->bottom);
    cairo_clip (self->cr);
    if (i) {
      BsColor on = bs_palette_text_on (bs_palette_get (self->view->theme, phases[phase].line));

      cairo_set_source_rgb (self->cr, on.r, on.g, on.b);
    } else {
      bs_palette_set (self->cr, self->view->theme, phases[phase].text);
    }
    bs_texts_draw (self->texts, self->cr, BS_TEXT_CAPTION, name, x0 + 7, y, 0);
    cairo_restore (self->cr);
  }
}

static void
draw_pass (Painter *self, guint32 i)
{
  const BsPass *pass = bs_recording_get_pass (self->recording, i);
  const guint32 bounds[] = { pass->begin, pass->backward, pass->update, pass->end };
  double begin, end, length = MAX (pass->end - pass->begin, 1);

  span_of (self->recording, i, &begin, &end);
  for (guint phase = 0; phase < 3; phase++) {
    double x0 = x_of_whole (self->view, begin + (end - begin) * (bounds[phase] - pass->begin) / length);
    double x1 = x_of_whole (self->view, begin + (end - begin) * (bounds[phase + 1] - pass->begin) / length);

    if (bounds[phase + 1] <= bounds[phase])
      continue;
    draw_block (self, phase, x0, x1);
    draw_name (self, phase, MAX (x0, 0), MIN (x1, self->view->width));
  }
}

/* Passes narrower than this are drawn as whole lanes. */
#define NARROW 6.0

static void
draw_lanes (Painter *self, guint32 first, guint32 last)
{
  double x0 = x_of_whole (self->view, (double) first / bs_recording_get_n_passes (self->recording));
  double x1 = x_of_whole (self->view, (double) (last + 1) / bs_recording_get_n_passes (self->recording));

  for (guint phase = 0; phase < 3; phase++)
    draw_block (self, phase, x0, x1);
}

static void
draw_passes (Painter *self)
{
  guint32 n = bs_recording_get_n_passes (self->recording);
  guint32 first = pass_at (self->recording, MAX (whole_of_x (self->view, 0), 0));
  guint32 last = pass_at (self->recording, MIN (whole_of_x (self->view, self->view->width), 1));

  if (n > FEW && x_of_whole (self->view, 1.0 / n) - x_of_whole (self->view, 0) < NARROW) {
    draw_lanes (self, first, last);
    return;
  }
  for (guint32 i = first; i <= last && i < n; i++)
    draw_pass (self, i);
}

/* Numbers of passes below, as many as are read easily. */
static void
draw_numbers (Painter *self)
{
  guint32 n = bs_recording_get_n_passes (self->recording), every = 1;
  double narrowest = (x_of_whole (self->view, 1) - x_of_whole (self->view, 0)) / n;
  double room = 44 * bs_texts_get_scale (self->texts), last = -1e9;

  if (self->view->height - self->bottom < bs_texts_line (self->texts, BS_TEXT_CAPTION) * 0.9)
    return;
  for (guint i = 0; every * narrowest < room && every < n; i++)
    every = every == 1 ? 5 : i % 2 ? every * 2 : every * 5;
  bs_palette_set (self->cr, self->view->theme, BS_COLOR_DIM_TEXT);
  for (guint32 i = 0; i < n; i = i == 0 && every > 1 ? every - 1 : i + every) {
    double begin, end, x, width;
    char text[16];

    span_of (self->recording, i, &begin, &end);
    g_snprintf (text, sizeof text, "%u", i + 1);
    width = bs_texts_width (self->texts, BS_TEXT_CAPTION, text);
    x = narrowest * every > room || every > 1 ? (x_of_whole (self->view, begin) + x_of_whole (self->view, end)) / 2
                                               : x_of_whole (self->view, begin) + width / 2;
    x = MIN (MAX (x, MARGIN + width / 2), self->view->width - MARGIN / 2 - width / 2);
    if (x < 0 || x > self->view->width || x - last < width + 8)
      continue;
    bs_texts_draw_aligned (self->texts, self->cr, BS_TEXT_CAPTION, text, x, self->bottom + 2, 0, 0.5);
    last = x;
  }
}

static guint
first_from (const GArray *steps, guint32 step)
{
  guint low = 0, high = steps->len;

  while (low < high) {
    guint middle = low + (high - low) / 2;

    if (g_array_index (steps, guint32, middle) < step)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

/* Printed text: small ticks under the lanes, one a few pixels at most, however much was printed. */
static void
draw_outputs (Painter *self, const Marks *marks)
{
  guint32 step = bs_timeline_step_at (self->recording, self->view, 0);

  bs_palette_set (self->cr, self->view->theme, BS_COLOR_DIM_TEXT);
  for (guint i = first_from (marks->outputs, step); i < marks->outputs->len;) {
    double x = bs_timeline_x_of_step (self->recording, self->view, g_array_index (marks->outputs, guint32, i));

    cairo_rectangle (self->cr, round (x) - 0.5, self->bottom - 3, 1, 4);
    if (x >= self->view->width - MARGIN)
      break;
    step = bs_timeline_step_at (self->recording, self->view, x + 3);
    i = MAX (first_from (marks->outputs, step), i + 1);
  }
  cairo_fill (self->cr);
}

static void
draw_errors (Painter *self, const Marks *marks)
{
  for (guint i = 0; i < MIN (marks->errors->len, 100); i++) {
    double x = bs_timeline_x_of_step (self->recording, self->view, g_array_index (marks->errors, guint32, i));
    double y = self->top + 1.5 * self->lane;

    cairo_arc (self->cr, x, y, 8, 0, 2 * G_PI);
    bs_palette_set (self->cr, self->view->theme, BS_COLOR_BACKGROUND);
    cairo_fill_preserve (self->cr);
    bs_palette_set (self->cr, self->view->theme, BS_COLOR_ERROR);
    cairo_set_line_width (self->cr, 1.5);
    cairo_stroke (self->cr);
    cairo_move_to (self->cr, x - 3.5, y - 3.5);
    cairo_rel_line_to (self->cr, 7, 7);
    cairo_move_to (self->cr, x - 3.5, y + 3.5);
    cairo_rel_line_to (self->cr, 7, -7);
    cairo_set_line_width (self->cr, 2);
    cairo_stroke (self->cr);
  }
}

static void
draw_breaks (Painter *self)
{
  double last = -1e9;

  bs_palette_set (self->cr, self->view->theme, BS_COLOR_SELECTION);
  for (guint i = 0; i < self->view->n_breaks; i++) {
    double x = bs_timeline_x_of_step (self->recording, self->view, self->view->breaks[i]);

    if (x - last < 4)
      continue;
    cairo_move_to (self->cr, x - 4, self->top - 6);
    cairo_rel_line_to (self->cr, 8, 0);
    cairo_rel_line_to (self->cr, -4, 6);
    cairo_close_path (self->cr);
    last = x;
  }
  cairo_fill (self->cr);
}

static void
draw_playhead (Painter *self)
{
  double x = bs_timeline_x_of_step (self->recording, self->view, self->step);

  bs_palette_set (self->cr, self->view->theme, BS_COLOR_BACKGROUND);
  cairo_rectangle (self->cr, x - 2.5, self->top - 2, 5, self->bottom - self->top + 4);
  cairo_fill (self->cr);
  bs_palette_set (self->cr, self->view->theme, BS_COLOR_TEXT);
  rounded (self->cr, x - 1.25, self->top - 4, 2.5, self->bottom - self->top + 8, 1.25);
  cairo_fill (self->cr);
  cairo_move_to (self->cr, x - 6, self->top - 9);
  cairo_line_to (self->cr, x + 6, self->top - 9);
  cairo_line_to (self->cr, x + 6, self->top - 5);
  cairo_line_to (self->cr, x, self->top + 2);
  cairo_line_to (self->cr, x - 6, self->top - 5);
  cairo_close_path (self->cr);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (self->cr, 2);
  cairo_stroke_preserve (self->cr);
  cairo_fill (self->cr);
}

static void
draw_pointer (Painter *self)
{
  double x = self->view->pointer_x;

  if (x < MARGIN || x > self->view->width - MARGIN)
    return;
  bs_palette_set_alpha (self->cr, self->view->theme, BS_COLOR_TEXT, 0.4);
  cairo_rectangle (self->cr, round (x) - 0.5, self->top, 1, self->bottom - self->top);
  cairo_fill (self->cr);
}

void
bs_timeline_draw (BsRecording *recording, cairo_t *cr, const BsTimelineView *view, guint32 step)
{
  Marks *marks = get_marks (recording);
  Painter self = { recording, cr, view, get_texts (marks, view->font_scale), step };
  double numbers = bs_texts_line (self.texts, BS_TEXT_CAPTION) + 4;

  if (bs_recording_get_n_passes (recording) == 0 || view->width < 4 * MARGIN)
    return;
  self.top = 12;
  if (view->height - self.top - numbers < 18)
    numbers = 4;
  self.lane = CLAMP ((view->height - self.top - numbers) / 3, 4, 26 * bs_texts_get_scale (self.texts));
  self.bottom = self.top + 3 * self.lane;
  cairo_save (cr);
  draw_passes (&self);
  draw_outputs (&self, marks);
  draw_numbers (&self);
  draw_breaks (&self);
  draw_pointer (&self);
  draw_errors (&self, marks);
  draw_playhead (&self);
  cairo_restore (cr);
}

char *
bs_timeline_describe (BsRecording *recording, guint32 step)
{
  guint32 n = bs_recording_get_n_passes (recording);

  if (n == 0)
    return g_strdup (_("Nothing is recorded"));
  return g_strdup_printf (_("Pass %u of %u, %s, step %u of %u"), bs_recording_find_pass (recording, step) + 1, n,
                          _(phases[bs_recording_get_phase (recording, step)].name), step,
                          bs_recording_get_n_events (recording));
}
