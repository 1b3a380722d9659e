/* SPDX-License-Identifier: MIT */

/* Strangers' texts as graphs: CC=clang meson setup build-fuzz -Db_sanitize=address,undefined -Dfuzz=true, then
 * build-fuzz/tests/graphfile/fuzz-graphfile tests/graphfile/cases data/examples. cgraph keeps what it has read of a text that
 * it refuses: -detect_leaks=0. */

#include "config.h"

#include "graphfile/private.h"

int LLVMFuzzerTestOneInput (const guint8 *bytes, gsize n);

int
LLVMFuzzerTestOneInput (const guint8 *bytes, gsize n)
{
  static const BsGraphWatcher nobody;
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func ((GDestroyNotify) bs_graph_problem_free);
  g_autoptr (BsGraphFile) file = bs_graph_file_parse ((const char *) bytes, n, problems);
  BsGraphProblem *problem;

  g_assert ((file == NULL) == (problems->len > 0));
  bs_set_memory_limit (256 << 20);
  if (file != NULL && file->iterations < 20)
    {
      problem = bs_graph_file_run (file, &nobody, NULL);
      g_clear_pointer (&problem, bs_graph_problem_free);
    }
  return 0;
}
