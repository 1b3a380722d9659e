/* SPDX-License-Identifier: MIT */

/* For whatever draws, in a build with the leak checker: Graphviz 2.43 loses virtual nodes of clusters, and Fontconfig keeps what it
 * has read. Weak, since whoever lays out and whoever writes texts may each be linked without the other. */

#pragma once

#ifdef __SANITIZE_ADDRESS__
const char *__lsan_default_suppressions (void);
__attribute__ ((weak)) const char *
__lsan_default_suppressions (void)
{
  return "leak:libgvc.so\nleak:libfontconfig.so\nleak:libpango";
}

const char *__lsan_default_options (void);
__attribute__ ((weak)) const char *
__lsan_default_options (void)
{
  return "print_suppressions=0";
}
#endif
