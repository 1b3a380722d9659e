/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "audit.h"
#include "python.h"

#include <errno.h>
#include <string.h>

#include <glib/gi18n.h>

static gboolean threads;

static const char *const programs[] = {
  "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty", "os.spawn", "pty.spawn", "subprocess.Popen",
};

static const char *const network[] = {
  "socket.__new__", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo",
};

static gboolean
is_among (const char *event, const char *const *list, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (strcmp (event, list[i]) == 0)
      return TRUE;
  return FALSE;
}

static int
refuse (const char *event, const char *why)
{
  g_autofree char *text = g_strdup_printf ("%s (%s)", why, event);
  PyObject *arguments = Py_BuildValue ("(is)", EPERM, text);

  PyErr_SetObject (PyExc_PermissionError, arguments);
  Py_XDECREF (arguments);
  return -1;
}

static int
hook (const char *event, PyObject *args, void *user)
{
  switch (event[0])
    {
    case 'o':
    case 'p':
      if (is_among (event, programs, G_N_ELEMENTS (programs)))
        return refuse (event, _("Backstep's sandbox does not let a script start programs"));
      break;
    case 's':
      if (is_among (event, programs, G_N_ELEMENTS (programs)))
        return refuse (event, _("Backstep's sandbox does not let a script start programs"));
      if (is_among (event, network, G_N_ELEMENTS (network)))
        return refuse (event, _("Backstep's sandbox does not let a script use the network"));
      break;
    case '_':
      if (strcmp (event, "_thread.start_new_thread") == 0)
        threads = TRUE;
      break;
    }
  return 0;
}

void
bs_audit_install (void)
{
  PySys_AddAuditHook (hook, NULL);
}

gboolean
bs_audit_has_threads (void)
{
  return threads;
}
