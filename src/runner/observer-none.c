/* SPDX-License-Identifier: MIT */
#include "recorder.h"
void bs_observer_install (void) {}
void bs_observer_remove (void) {}
guint32 bs_observer_tensor (PyObject *object) { return 0; }
guint64 bs_observer_identity (PyObject *object) { return 0; }
