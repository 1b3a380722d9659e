/* SPDX-License-Identifier: MIT */

#pragma once

#include <gtk/gtk.h>

#include "evaluate/predict.h"

G_BEGIN_DECLS

/* The bar of a lesson: the question at the cursor, an answer to be typed, what is said to it, and the count. While nothing is
 * typed the arrows go on stepping. Signals: "seek" (guint step), "leave" (Escape), "score-changed". */
#define BACKSTEP_TYPE_PREDICT (backstep_predict_get_type ())
G_DECLARE_FINAL_TYPE (BackstepPredict, backstep_predict, BACKSTEP, PREDICT, GtkWidget)

void backstep_predict_set_cursor (BackstepPredict *self, BsCursor *cursor);
void backstep_predict_set_ask (BackstepPredict *self, BsAsk ask);
/* The cursor has moved. @walked: by steps that somebody took. */
void backstep_predict_refresh (BackstepPredict *self, gboolean walked);
/* What must not be seen: a tensor's value or gradient; 0: nothing. */
guint32 backstep_predict_get_covered (BackstepPredict *self, gboolean *grad);
void backstep_predict_focus (BackstepPredict *self);
void backstep_predict_go_on (BackstepPredict *self); /* to the next question */
void backstep_predict_reset (BackstepPredict *self);
/* As texts, to be remembered (transfer full). */
char **backstep_predict_dup_score (BackstepPredict *self);
void backstep_predict_set_score (BackstepPredict *self, const char *const *score);

G_END_DECLS
