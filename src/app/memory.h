/* SPDX-License-Identifier: MIT */

/* What is remembered of each file between starts: breakpoints, watches. One key file in the user's state folder, a group a
 * file; the files opened longest ago are forgotten. */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): an empty list when there is nothing. */
char **backstep_memory_get_list (GFile *file, const char *key);
void backstep_memory_set_list (GFile *file, const char *key, const char *const *values);

G_END_DECLS
