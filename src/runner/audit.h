/* SPDX-License-Identifier: MIT */

/* Says at the script's own line what the sandbox forbids, where the system call alone would be silent (os.system
 * only returns -1) or puzzling. The sandbox does not rely on it. */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

void bs_audit_install (void);
gboolean bs_audit_has_threads (void); /* the script started a thread */

G_END_DECLS
