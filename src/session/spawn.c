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

static int
source_descriptor (const BsSessionOptions *options)
{
  int fd = raise_descriptor (memfd_create ("script", MFD_CLOEXEC));
  const char *text = options->source;
  gsize left = options->source_length;

  while (fd >= 0 && left > 0)
    {
      ssize_t n = write (fd, text, left);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          close (fd);
          return -1;
        }
      text += n;
      left -= n;
    }
  if (fd >= 0)
    lseek (fd, 0, SEEK_SET);
  return fd;
}

static GPtrArray *
arguments_for (const BsSessionOptions *options)
{
  GPtrArray *args = g_ptr_array_new_with_free_func (g_free);

  g_ptr_array_add (args, bs_session_find_runner ());
  g_ptr_array_add (args, g_strdup ("--record"));
  if (options->source)
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
spawn (const BsSessionOptions *options, int socket, int source, pid_t *pid)
{
  g_autoptr (GPtrArray) args = arguments_for (options);
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

int
bs_session_spawn (const BsSessionOptions *options, pid_t *pid, GError **error)
{
  int ends[2], source = -1, result;

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (errno), "%s", g_strerror (errno));
      return -1;
    }
  ends[1] = raise_descriptor (ends[1]);
  if (options->source)
    source = source_descriptor (options);
  result = ends[1] < 0 || (options->source && source < 0) ? errno : spawn (options, ends[1], source, pid);
  if (source >= 0)
    close (source);
  if (ends[1] >= 0)
    close (ends[1]);
  if (result == 0)
    return ends[0];
  close (ends[0]);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (result), _("The runner does not start: %s"),
               g_strerror (result));
  return -1;
}

char *
bs_session_find_runner (void)
{
  if (bs_in_build_tree ())
    return g_strdup (BS_BUILD_ROOT "/src/runner/backstep-runner");
  return g_strdup (BS_LIBEXECDIR "/backstep-runner");
}
