/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "recorder.h"

#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "audit.h"
#include "channel.h"
#include "edits.h"
#include "tracer.h"

#define FLUSH_AFTER_NS (30 * 1000 * 1000)

BsRecorder bs_recorder;

static timer_t timer;
static volatile int sending;

static void
send_chunk (gpointer user, const guint8 *bytes, gsize n, guint32 n_events)
{
  bs_channel_send (BS_MESSAGE_EVENTS, bytes, n);
}

/* Runs between two events, or in the middle of one; the writer's flush allocates nothing. With threads another one
 * may be about to write, so then it is left to that one. */
static void
on_signal (int signal)
{
  int saved = errno;

  bs_recorder.armed = 0;
  if (bs_recorder.busy || sending || bs_audit_has_threads ())
    bs_recorder.wanted = 1;
  else
    {
      sending = 1;
      bs_writer_flush (bs_recorder.writer);
      bs_channel_poll ();
      if (bs_channel_is_stopped ())
        bs_recorder_end_run (BS_END_STOPPED, 0, NULL);
      sending = 0;
    }
  errno = saved;
}

/* The script brings its own process down (ctypes, a stack that overflows, memory that ends in a library): what was
 * recorded until then is sent before it goes. */
static void
on_crash (int number)
{
  if (!bs_recorder.busy && !sending)
    {
      sending = 1;
      bs_writer_flush (bs_recorder.writer);
    }
  raise (number); /* the default action: SA_RESETHAND */
}

static void
catch_crashes (void)
{
  static char stack[32 << 10];
  const stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
  static const int crashes[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT };
  struct sigaction action = { .sa_handler = on_crash, .sa_flags = SA_RESETHAND | SA_ONSTACK | SA_NODEFER };

  sigaltstack (&alternate, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (crashes); i++)
    sigaction (crashes[i], &action, NULL);
}

static void
start_timer (void)
{
  struct sigaction action = { .sa_handler = on_signal, .sa_flags = SA_RESTART | SA_ONSTACK };
  struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = BS_RUNNER_SIGNAL };

  event._sigev_un._tid = syscall (SYS_gettid);
  sigaction (BS_RUNNER_SIGNAL, &action, NULL);
  timer_create (CLOCK_MONOTONIC, &event, &timer);
}

void
bs_recorder_arm (void)
{
  const struct itimerspec once = { .it_value = { .tv_nsec = FLUSH_AFTER_NS } };

  bs_recorder.armed = 1;
  timer_settime (timer, 0, &once, NULL);
}

void
bs_recorder_settle (void)
{
  gboolean told = FALSE;

  sending = 1;
  bs_recorder.wanted = 0;
  bs_channel_poll ();
  /* The first credit may still be on its way: a busy machine starts the script sooner than the session speaks. */
  while (!bs_channel_is_stopped () && bs_channel_get_granted () == 0)
    bs_channel_wait ();
  while (!bs_channel_is_stopped () && bs_writer_get_n_events (bs_recorder.writer) >= bs_channel_get_granted ())
    {
      bs_writer_flush (bs_recorder.writer);
      if (!told)
        bs_channel_send (BS_MESSAGE_PAUSED, NULL, 0);
      told = TRUE;
      bs_channel_wait ();
    }
  bs_recorder.stop_at = MIN (bs_channel_get_granted (), G_MAXUINT32);
  if (bs_channel_is_stopped ())
    bs_recorder_end_run (BS_END_STOPPED, 0, NULL);
  if (told)
    bs_channel_send (BS_MESSAGE_RESUMED, NULL, 0);
  else
    bs_writer_flush (bs_recorder.writer);
  sending = 0;
}

char *
bs_recorder_ask (gsize *length)
{
  char *line;

  bs_recorder_settle ();
  sending = 1;
  line = bs_channel_ask (length);
  sending = 0;
  if (line == NULL)
    bs_recorder_settle (); /* stopped */
  return line;
}

static void
describe_run (const BsScript *script)
{
  BsWriter *writer = bs_recorder.writer;

  bs_writer_info (writer, "backstep", BS_VERSION);
  bs_writer_info (writer, "python", PY_VERSION);
  bs_writer_info (writer, "script", script->path);
  for (int i = 0; i < script->n_args; i++)
    bs_writer_info (writer, "argument", script->args[i]);
}

void
bs_recorder_start (const BsScript *script)
{
  bs_recorder.script = script;
  bs_recorder.edit_at = G_MAXUINT32;
  bs_recorder.writer = bs_writer_new (send_chunk, NULL);
  bs_writer_set_whole_limit (bs_recorder.writer, 1024);
  catch_crashes ();
  start_timer ();
  bs_recorder_begin ();
  describe_run (script);
  bs_tracer_file (script->path);
  bs_recorder_end ();
}

void
bs_recorder_end_run (BsEndKind how, int status, const char *detail)
{
  bs_recorder.busy = 1;
  bs_edits_finish ();
  bs_writer_end (bs_recorder.writer, how, status, detail);
  bs_writer_flush (bs_recorder.writer);
  _exit (status);
}
