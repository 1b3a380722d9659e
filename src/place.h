/* SPDX-License-Identifier: MIT */

/* Where this program's files are: in the build tree it was made in, or where it was installed. Every room may look. */

#pragma once

#include "config.h"
#include "roots.h"

#include <libintl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Whether the running program stands in the build tree. */
static inline int
bs_in_build_tree (void)
{
  static int answer = -1;
  char self[PATH_MAX];
  ssize_t n;

  if (answer < 0)
    {
      n = readlink ("/proc/self/exe", self, sizeof self - 1);
      self[n > 0 ? n : 0] = '\0';
      answer = strncmp (self, BS_BUILD_ROOT "/", sizeof BS_BUILD_ROOT) == 0;
    }
  return answer;
}

/* Makes the translations known to gettext; the locale is the caller's. */
static inline void
bs_find_translations (void)
{
  bindtextdomain (GETTEXT_PACKAGE, bs_in_build_tree () ? BS_BUILD_ROOT "/po" : BS_LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
