/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "channel.h"
#include "edits.h"
#include "recorder.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static struct {
  int fd;
  guint64 granted;
  gboolean stopped, started;
  gboolean asking;
  char *answer;
  gsize answer_length;
} channel = { .fd = -1 };

static void
write_all (const void *bytes, gsize n)
{
  const char *p = bytes;

  while (n > 0)
    {
      ssize_t done = write (channel.fd, p, n);

      if (done >= 0)
        {
          p += done;
          n -= done;
        }
      else if (errno != EINTR)
        _exit (0); /* nobody listens any more */
    }
}

static void
read_all (void *bytes, gsize n)
{
  char *p = bytes;

  while (n > 0)
    {
      ssize_t done = read (channel.fd, p, n);

      if (done > 0)
        {
          p += done;
          n -= done;
        }
      else if (done == 0 || errno != EINTR)
        _exit (0);
    }
}

static void
take_answer (gsize length)
{
  g_free (channel.answer);
  channel.answer = g_malloc (length + 1);
  channel.answer_length = length;
  channel.answer[length] = '\0';
  read_all (channel.answer, length);
}

static void
take_edit (gsize length)
{
  g_autofree char *bytes = g_malloc (length);

  read_all (bytes, length);
  bs_edits_add (bytes, length);
}

static void
take_keep (gsize length)
{
  guint64 budget;
  guint32 tensor, step;

  read_all (&budget, sizeof budget);
  read_all (&step, sizeof step);
  for (gsize i = sizeof budget + sizeof step; i + sizeof tensor <= length; i += sizeof tensor)
    {
      read_all (&tensor, sizeof tensor);
      bs_writer_keep_whole (bs_recorder.writer, tensor, step, budget);
    }
}

static void
take_message (void)
{
  BsMessage head;
  guint32 n;

  read_all (&head, sizeof head);
  switch (head.kind)
    {
    case BS_MESSAGE_CREDIT:
      read_all (&n, sizeof n);
      channel.granted += n;
      break;
    case BS_MESSAGE_STOP:
      channel.stopped = TRUE;
      break;
    case BS_MESSAGE_START:
      channel.started = TRUE;
      break;
    case BS_MESSAGE_ANSWER:
      if (head.length > BS_ANSWER_MAX || !channel.asking)
        _exit (0);
      take_answer (head.length);
      break;
    case BS_MESSAGE_EDIT:
      if (head.length == 0 || head.length > BS_EDIT_MAX)
        _exit (0);
      take_edit (head.length);
      break;
    case BS_MESSAGE_KEEP:
      if (head.length < sizeof (guint64) + sizeof (guint32) || head.length > BS_EDIT_MAX || head.length % 4 != 0)
        _exit (0);
      take_keep (head.length);
      break;
    default:
      _exit (0);
    }
}

static gboolean
is_readable (int timeout)
{
  struct pollfd p = { .fd = channel.fd, .events = POLLIN };

  return poll (&p, 1, timeout) > 0;
}

void
bs_channel_open (int fd)
{
  channel.fd = fd;
}

void
bs_channel_send (BsMessageKind kind, const void *bytes, gsize n)
{
  BsMessage head = { .kind = kind, .length = n };

  if (channel.fd < 0)
    return;
  write_all (&head, sizeof head);
  write_all (bytes, n);
}

void
bs_channel_poll (void)
{
  while (channel.fd >= 0 && is_readable (0))
    take_message ();
}

void
bs_channel_wait (void)
{
  if (is_readable (-1))
    take_message ();
}

void
bs_channel_wait_for_start (void)
{
  while (!channel.started)
    take_message ();
}

guint64
bs_channel_get_granted (void)
{
  return channel.granted;
}

gboolean
bs_channel_is_stopped (void)
{
  return channel.stopped;
}

char *
bs_channel_ask (gsize *length)
{
  channel.asking = TRUE;
  bs_channel_send (BS_MESSAGE_INPUT, NULL, 0);
  while (channel.answer == NULL && !channel.stopped)
    bs_channel_wait ();
  channel.asking = FALSE;
  *length = channel.answer_length;
  return g_steal_pointer (&channel.answer);
}
