/* SPDX-License-Identifier: MIT */

/* A derivation (explain/derivation.h), printed as mathematics in the size of the widget's font (CSS). Read out as its text; its
 * menu, Ctrl+C and Ctrl+Alt+C copy it as text and as LaTeX. */

#pragma once

#include <gtk/gtk.h>

#include "explain/derivation.h"

G_BEGIN_DECLS

#define BACKSTEP_TYPE_MATH_VIEW (backstep_math_view_get_type ())
G_DECLARE_FINAL_TYPE (BackstepMathView, backstep_math_view, BACKSTEP, MATH_VIEW, GtkWidget)

GtkWidget *backstep_math_view_new (void);
/* Takes @derivation; NULL: nothing. */
void backstep_math_view_set_derivation (BackstepMathView *self, BsDerivation *derivation);
/* For where there is little height: notes are left out, equations go on in their line. */
void backstep_math_view_set_brief (BackstepMathView *self, gboolean brief);
/* As text and as LaTeX (transfer full). */
char *backstep_math_view_dup_text (BackstepMathView *self, BsNotation notation);

G_END_DECLS
