/* SPDX-License-Identifier: MIT */

/* The sandbox of a script. The process gives itself up to it before the script's first line, for good:
 *
 * - Landlock: of the file system only Python's libraries, the shared libraries and the script's folder are there, to
 *   be read; nothing can be written, unless the user allowed writing to the script's folder.
 * - seccomp: an allow list of system calls. No network, no new programs or processes (threads are fine), no signals
 *   to others, no metadata changes. What is not on the list fails with EPERM, so that Python raises PermissionError.
 * - Limits: address space, size of files, core dumps. No new privileges.
 *
 * A kernel that lacks Landlock or seccomp leaves a gap; it is said in words, and the other half stays in force. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
  const char *folder;        /* the script's; readable */
  const char *const *readable; /* further paths, NULL-terminated: our own library folders */
  gboolean allow_writing;    /* to @folder */
  gsize memory_limit;        /* bytes of address space; 0: none */
  gboolean dies_with_parent;
  gboolean without_landlock; /* for tests: as if the kernel had none */
  gboolean without_seccomp;
} BsSandbox;

/* FALSE with @warning (transfer full) when a part of it is not in force on this kernel. */
gboolean bs_sandbox_enter (const BsSandbox *self, char **warning);

/* The half of bs_sandbox_enter() that knows system calls. FALSE: the kernel has no seccomp filters. @landlocked:
 * paths are guarded, so that opening for writing can be left to Landlock. */
gboolean bs_sandbox_filter_calls (gboolean allow_writing, gboolean landlocked);

G_END_DECLS
