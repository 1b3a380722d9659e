/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "place.h"
#include "session-private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <sys/personality.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <glib/gi18n.h>

#include "runner/protocol.h"

#define HIGH 16 /* clear of the numbers that the child uses */

static int
raise_descriptor (int fd)
{
  int high = fd >= 0 ? fcntl (fd, F_DUPFD_CLOEXEC, HIGH) : -1;

  if (fd >= 0)
    close (fd);
  return high;
}

/* The child shares the place in the file: it stays at the beginning. */
gboolean
bs_session_write_source (int fd, const char *text, gsize length)
{
  gsize done = 0;

  while (done < length)
    {
      ssize_t n = pwrite (fd, text + done, length - done, done);

      if (n < 0 && errno != EINTR)
        return FALSE;
      done += MAX (n, 0);
    }
  return TRUE;
}

static int
source_descriptor (const char *text, gsize length)
{
  int fd = raise_descriptor (memfd_create ("script", MFD_CLOEXEC));

  if (fd >= 0 && !bs_session_write_source (fd, text, length))
    {
      close (fd);
      return -1;
    }
  return fd;
}

static GPtrArray *
arguments_for (const BsSessionOptions *options, gboolean spare)
{
  GPtrArray *args = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (args, bs_session_find_runner ());
  g_ptr_array_add (args, g_strdup ("--record"));
  if (spare)
    g_ptr_array_add (args, g_strdup ("--spare"));
  else if (options->source)
    g_ptr_array_add (args, g_strdup ("--unsaved"));
  if (options->allow_writing)
    g_ptr_array_add (args, g_strdup ("--allow-writing"));
  if (options->memory_limit > 0)
    g_ptr_array_add (args, g_strdup_printf ("--memory=%" G_GSIZE_FORMAT, MAX (options->memory_limit >> 20, 1)));
  g_ptr_array_add (args, g_strdup ("--"));
  g_ptr_array_add (args, g_strdup (options->path));
  for (int i = 0; options->args && options->args[i]; i++)
    g_ptr_array_add (args, g_strdup (options->args[i]));
  g_ptr_array_add (args, NULL);
  return args;
}

static int
spawn (const BsSessionOptions *options, gboolean spare, int socket, int source, pid_t *pid)
{
  g_autoptr (GPtrArray) args = arguments_for (options, spare);
  g_auto (GStrv) environment = g_environ_setenv (g_get_environ (), "OPENBLAS_NUM_THREADS", "1", TRUE);
  g_autofree char *folder = g_path_get_dirname (options->path);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  sigset_t none, all;
  int result, before;

  sigemptyset (&none);
  sigfillset (&all);
  posix_spawn_file_actions_init (&actions);
  posix_spawn_file_actions_addopen (&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2 (&actions, socket, BS_RUNNER_SOCKET);
  /* The window may have been started anywhere: its scripts find the files beside them. On the command line, where paths
   * are relative, the working directory stays, as python3 has it. */
  if (g_path_is_absolute (options->path))
    posix_spawn_file_actions_addchdir_np (&actions, folder);
  if (source >= 0)
    posix_spawn_file_actions_adddup2 (&actions, source, BS_RUNNER_SOURCE);
  posix_spawnattr_init (&attributes);
  posix_spawnattr_setflags (&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  posix_spawnattr_setsigmask (&attributes, &none);
  posix_spawnattr_setsigdefault (&attributes, &all);
  /* The addresses of objects, and with them the order of a set of them, are then the same in every run: a run can be
   * repeated to the bit. Where a container forbids it, they are not. */
  before = personality (0xffffffff);
  if (before != -1)
    personality (before | ADDR_NO_RANDOMIZE);
  result = posix_spawn (pid, g_ptr_array_index (args, 0), &actions, &attributes, (char **) args->pdata, environment);
  if (before != -1)
    personality (before);
  posix_spawnattr_destroy (&attributes);
  posix_spawn_file_actions_destroy (&actions);
  return result;
}

/* @source: of the text, or -1; closed. */
static int
start (const BsSessionOptions *options, gboolean spare, int source, pid_t *pid, GError **error)
{
  int ends[2], result;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return -1;
    }
  ends[1] = raise_descriptor (ends[1]);
  result = ends[1] < 0 ? errno : spawn (options, spare, ends[1], source, pid);
  if (ends[1] >= 0)
    close (ends[1]);
  if (result == 0)
    return ends[0];
  close (ends[0]);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (result), _("The runner does not start: %s"),
               g_strerror (result));
  return -1;
}

int
bs_session_spawn (const BsSessionOptions *options, pid_t *pid, GError **error)
{
  int source = options->source ? source_descriptor (options->source, options->source_length) : -1, fd;

  if (options->source && source < 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), _("The runner does not start: %s"), g_strerror (errno));
      return -1;
    }
  fd = start (options, FALSE, source, pid, error);
  if (source >= 0)
    close (source);
  return fd;
}

int
bs_session_spawn_spare (const BsSessionOptions *options, pid_t *pid, int *source)
{
  int fd;

  *source = source_descriptor ("", 0);
  if (*source < 0)
    return -1;
  fd = start (options, TRUE, *source, pid, NULL);
  if (fd < 0)
    close (*source);
  return fd;
}

char *
bs_session_find_runner (void)
{
  if (bs_in_build_tree ())
    return g_strdup (BS_BUILD_ROOT "/src/runner/backstep-runner");
  return g_strdup (BS_LIBEXECDIR "/backstep-runner");
}
