/* SPDX-License-Identifier: MIT */

/* Where completion looks, and drafts of unsaved texts, without a display. */

#include <string.h>

#include "app/completion.h"
#include "app/drafts.h"

static const char head[] = "import torch\nimport torch.nn as nn\nimport torch.nn.functional as F, numpy as np\nfrom torch import optim, Tensor as T\n"
                           "from torch.nn import Linear  # a layer\nmodel = nn.Sequential(nn.Linear(2, 1))\nopt = optim.SGD(model.parameters(), lr=0.1)\n"
                           "w = torch.tensor(2.0)\n";

static void
test_places (void)
{
  static const struct { const char *line, *place; } cases[] = {
    { "torch.", "torch" }, { "x = nn.", "torch.nn" }, { "y = F.", "torch.nn.functional" }, { "z = (1 + optim.", "torch.optim" },
    { "torch.nn.init.", "torch.nn.init" }, { "w.", "Tensor" }, { "(w * 2).", "Tensor" }, { "w.grad.", "Tensor" }, { "T.", "Tensor" },
    { "model.", "Module" }, { "opt.", "Optimizer" }, { "self.", "Module" }, { "np.", NULL }, { "1.", NULL }, { "torch", "python" }, { "", "python" },
    { "from torch.nn import ", "torch.nn" }, { "    from torch import nn, ", "torch" }, { "unknown.", "Tensor" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *before = g_strconcat (head, cases[i].line, NULL);
      g_autofree char *place = backstep_completion_find_place (before, before);

      g_assert_cmpstr (place, ==, cases[i].place);
    }
}

static void
test_code (void)
{
  static const struct { const char *text; gboolean is_code; } cases[] = {
    { "", TRUE }, { "x = 1", TRUE }, { "# no", FALSE }, { "# no\nx", TRUE }, { "x = 'a", FALSE }, { "x = 'a'", TRUE }, { "x = 'a\n", TRUE },
    { "x = \"# a\"  ", TRUE }, { "x = 'it\\'s", FALSE }, { "x = 'it\\'s' ", TRUE }, { "'''a\n'b' # ", FALSE }, { "'''a\n'b' # ''' ", TRUE },
    { "\"\"\"a\"\"", FALSE }, { "''", TRUE }, { "'\\", FALSE }, { "x = '' # '", FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_test_message ("%s", cases[i].text);
      g_assert_cmpint (backstep_completion_is_code (cases[i].text), ==, cases[i].is_code);
    }
  g_assert_true (backstep_completion_stands_twice ("w = 1\nloss = w", "w"));
  g_assert_false (backstep_completion_stands_twice ("ww = 1\nloss = w", "w"));
  g_assert_false (backstep_completion_stands_twice ("w", ""));
}

/* Any beginning of a text, and any single byte of it changed, is survived. */
static void
test_places_of_anything (void)
{
  for (gsize n = 0; n < strlen (head); n++)
    {
      g_autofree char *text = g_strndup (head, n), *place = backstep_completion_find_place (text, text);
      g_autofree char *bent = g_strdup (head), *other = NULL;

      bent[n] ^= 0x15;
      bent[n] = bent[n] ? bent[n] : '.';
      other = backstep_completion_find_place (bent, bent);
    }
}

static void
test_drafts (void)
{
  g_autoptr (GFile) file = g_file_new_for_path ("/nowhere/script.py");
  g_autofree char *id = backstep_drafts_id (file), *again = backstep_drafts_id (file), *unnamed = backstep_drafts_id (NULL);
  g_autoptr (BackstepDraft) draft = NULL, gone = NULL;
  g_autoptr (GPtrArray) list = NULL;

  g_assert_cmpstr (id, ==, again);
  g_assert_null (backstep_drafts_find (id));
  backstep_drafts_keep (id, "file:///nowhere/script.py", "first");
  backstep_drafts_keep (id, "file:///nowhere/script.py", "w = 1\n\ttab \\n = [é中文]\n# group=\n");
  backstep_drafts_keep (unnamed, NULL, "new");
  backstep_drafts_flush ();
  draft = backstep_drafts_find (id);
  g_assert_nonnull (draft);
  g_assert_cmpstr (draft->text, ==, "w = 1\n\ttab \\n = [é中文]\n# group=\n");
  g_assert_cmpstr (draft->uri, ==, "file:///nowhere/script.py");
  list = backstep_drafts_list_unnamed ();
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((BackstepDraft *) list->pdata[0])->text, ==, "new");
  backstep_drafts_drop (id);
  g_assert_null (backstep_drafts_find (id)); /* at once, whatever is on disk */
  backstep_drafts_drop (unnamed);
  backstep_drafts_flush ();
  gone = backstep_drafts_find (id);
  g_assert_null (gone);
}

/* A damaged draft is none. */
static void
test_damaged_draft (void)
{
  g_autofree char *id = backstep_drafts_id (NULL), *path = NULL, *data = NULL;
  gsize n;

  backstep_drafts_keep (id, NULL, "text");
  backstep_drafts_flush ();
  path = g_strdup_printf ("%s/backstep/drafts/%s.draft", g_get_user_state_dir (), id);
  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  for (gsize at = 0; at < n; at++)
    {
      g_autofree char *bent = g_memdup2 (data, n);
      g_autoptr (BackstepDraft) draft = NULL, cut = NULL;

      bent[at] ^= 0x41;
      g_assert_true (g_file_set_contents_full (path, bent, n, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      draft = backstep_drafts_find (id);
      g_assert_true (g_file_set_contents_full (path, data, at, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
      cut = backstep_drafts_find (id);
    }
  backstep_drafts_drop (id);
  backstep_drafts_flush ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, G_TEST_OPTION_ISOLATE_DIRS, NULL);
  g_test_add_func ("/editor/code", test_code);
  g_test_add_func ("/editor/places", test_places);
  g_test_add_func ("/editor/places-of-anything", test_places_of_anything);
  g_test_add_func ("/editor/drafts", test_drafts);
  g_test_add_func ("/editor/damaged-draft", test_damaged_draft);
  return g_test_run ();
}
