/* SPDX-License-Identifier: MIT */

/* A runner kept ready. Starting Python and loading the package takes longer than a short script's whole run; done ahead, a
 * change of a number shows while the hand still moves. */

#include "config.h"

#include "session-private.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/protocol.h"

struct _BsSpare
{
  pid_t pid;
  int fd, source;
  char *path;
  char **args;
  gboolean allow_writing;
  gsize memory_limit;
};

BsSpare *
bs_spare_new (const BsSessionOptions *options)
{
  BsSpare *self = g_new0 (BsSpare, 1);

  self->fd = bs_session_spawn_spare (options, &self->pid, &self->source);
  if (self->fd < 0)
    {
      g_free (self);
      return NULL;
    }
  self->path = g_strdup (options->path);
  self->args = g_strdupv ((char **) options->args);
  self->allow_writing = options->allow_writing;
  self->memory_limit = options->memory_limit;
  return self;
}

static void
forget (BsSpare *self)
{
  close (self->source);
  g_free (self->path);
  g_strfreev (self->args);
  g_free (self);
}

void
bs_spare_free (BsSpare *self)
{
  if (self == NULL)
    return;
  kill (self->pid, SIGKILL);
  waitpid (self->pid, NULL, 0);
  close (self->fd);
  forget (self);
}

static gboolean
fits (BsSpare *self, const BsSessionOptions *options)
{
  const char *const none[] = { NULL };

  return options->source && g_str_equal (self->path, options->path) && self->allow_writing == options->allow_writing
         && self->memory_limit == options->memory_limit
         && g_strv_equal (self->args ? (const char *const *) self->args : none, options->args ? options->args : none);
}

int
bs_spare_take (BsSpare *self, const BsSessionOptions *options, pid_t *pid)
{
  const BsMessage start = { .kind = BS_MESSAGE_START };
  int fd = self->fd;

  if (!fits (self, options) || !bs_session_write_source (self->source, options->source, options->source_length)
      || send (fd, &start, sizeof start, MSG_NOSIGNAL) != sizeof start)
    {
      bs_spare_free (self);
      return -1;
    }
  *pid = self->pid;
  forget (self);
  return fd;
}
