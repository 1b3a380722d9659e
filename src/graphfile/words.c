/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "private.h"

#include <graphviz/cgraph.h>
#include <string.h>

/* Graphviz 2.42's attributes, less those that only engines other than dot know by one letter. */
static const char of_nodes[] =
  " area class color colorscheme comment distortion fillcolor fixedsize fontcolor fontname fontsize gradientangle group height "
  "href id image imagepos imagescale label labelloc layer margin nojustify ordering orientation penwidth peripheries pin pos "
  "rects regular root samplepoints shape shapefile showboxes sides skew sortv style target tooltip URL vertices width xlabel xlp z ";
static const char of_edges[] =
  " arrowhead arrowsize arrowtail class color colorscheme comment constraint decorate dir edgehref edgetarget edgetooltip edgeURL "
  "fillcolor fontcolor fontname fontsize head_lp headclip headhref headlabel headport headtarget headtooltip headURL href id key "
  "label labelangle labeldistance labelfloat labelfontcolor labelfontname labelfontsize labelhref labeltarget labeltooltip labelURL "
  "layer len lhead lp ltail minlen nojustify penwidth pos samehead sametail showboxes style tail_lp tailclip tailhref taillabel "
  "tailport tailtarget tailtooltip tailURL target tooltip URL weight xlabel xlp ";
static const char of_graphs[] =
  " _background bb bgcolor center charset class clusterrank color colorscheme comment compound concentrate Damping defaultdist dim "
  "dimen diredgeconstraints dpi epsilon esep fillcolor fontcolor fontname fontnames fontpath fontsize forcelabels gradientangle href "
  "id imagepath inputscale K label label_scheme labeljust labelloc landscape layerlistsep layers layerselect layersep layout levels "
  "levelsgap lheight lp lwidth margin maxiter mclimit mindist mode model mosek newrank nodesep nojustify normalize notranslate "
  "nslimit nslimit1 ordering orientation outputorder overlap overlap_scaling overlap_shrink pack packmode pad page pagedir pencolor "
  "penwidth peripheries pos quadtree quantum rank rankdir ranksep ratio remincross repulsiveforce resolution root rotate rotation scale "
  "searchsize sep showboxes size smoothing sortv splines start style stylesheet target tooltip truecolor URL viewport voro_margin "
  "xdotversion ";

gboolean
bs_is_drawing_attribute (int kind, const char *name)
{
  const char *list = kind == AGRAPH ? of_graphs : kind == AGNODE ? of_nodes : of_edges;
  gsize n = strlen (name);

  for (const char *at = strstr (list, name); n > 0 && at != NULL; at = strstr (at + 1, name))
    if (at[-1] == ' ' && at[n] == ' ' && strchr (name, ' ') == NULL)
      return TRUE;
  return FALSE;
}

/* --- the nearest word -------------------------------------------------------------------------------------------------------- */

#define LONGEST 32

/* Letters left out, put in, replaced or swapped. */
static guint
distance (const char *a, const char *b)
{
  guint8 rows[3][LONGEST + 1];
  guint n = strlen (a), m = strlen (b);

  for (guint j = 0; j <= m; j++)
    rows[0][j] = j;
  for (guint i = 1; i <= n; i++)
    {
      guint8 *row = rows[i % 3], *above = rows[(i + 2) % 3], *higher = rows[(i + 1) % 3];

      row[0] = i;
      for (guint j = 1; j <= m; j++)
        {
          guint cost = g_ascii_tolower (a[i - 1]) != g_ascii_tolower (b[j - 1]);

          row[j] = MIN (MIN (above[j] + 1, row[j - 1] + 1), above[j - 1] + cost);
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], higher[j - 2] + 1);
        }
    }
  return rows[n % 3][m];
}

void
bs_nearest_offer (BsNearest *self, const char *candidate)
{
  guint d, most = MAX (strlen (self->word) / 3, 1) + 1;

  if (strlen (self->word) > LONGEST || strlen (candidate) > LONGEST || candidate[0] == '\0')
    return;
  d = distance (self->word, candidate);
  if (d > most || d >= strlen (self->word) || (self->nearest != NULL && d >= self->distance))
    return;
  g_free (self->nearest);
  self->nearest = g_strdup (candidate);
  self->distance = d;
}
