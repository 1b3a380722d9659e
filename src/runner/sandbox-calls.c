/* SPDX-License-Identifier: MIT */

/* The allow list of system calls. Everything else fails with EPERM (clone3 and openat2 with ENOSYS: the C library
 * then falls back to their elder sisters, whose arguments can be looked at). */

#include "config.h"

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <termios.h>
#include <unistd.h>

#define CALL(name) SCMP_SYS (name)

/* Whatever the arguments. They reach nothing but this process, or files that Landlock guards. */
static const int always[] = {
  CALL (read), CALL (write), CALL (readv), CALL (writev), CALL (pread64), CALL (pwrite64), CALL (preadv),
  CALL (pwritev), CALL (close), CALL (close_range), CALL (lseek), CALL (dup), CALL (dup2), CALL (dup3), CALL (pipe),
  CALL (pipe2), CALL (select), CALL (pselect6), CALL (poll), CALL (ppoll), CALL (epoll_create), CALL (epoll_create1),
  CALL (epoll_ctl), CALL (epoll_wait), CALL (epoll_pwait), CALL (eventfd2),
  /* looking at files */
  CALL (stat), CALL (lstat), CALL (fstat), CALL (newfstatat), CALL (statx), CALL (statfs), CALL (fstatfs),
  CALL (access), CALL (faccessat), CALL (faccessat2), CALL (readlink), CALL (readlinkat), CALL (getdents64),
  CALL (getcwd), CALL (chdir), CALL (fchdir), CALL (fadvise64), CALL (umask),
  /* memory */
  CALL (mmap), CALL (mprotect), CALL (munmap), CALL (mremap), CALL (madvise), CALL (brk), CALL (mincore),
  CALL (membarrier),
  /* own signals and threads */
  CALL (rt_sigaction), CALL (rt_sigprocmask), CALL (rt_sigreturn), CALL (rt_sigpending), CALL (rt_sigsuspend),
  CALL (rt_sigtimedwait), CALL (sigaltstack), CALL (pause), CALL (restart_syscall), CALL (futex),
  CALL (set_robust_list), CALL (set_tid_address), CALL (rseq), CALL (arch_prctl), CALL (exit), CALL (exit_group),
  CALL (wait4), CALL (waitid), CALL (sched_yield), CALL (sched_getaffinity), CALL (sched_getparam),
  CALL (sched_getscheduler), CALL (sched_get_priority_min), CALL (sched_get_priority_max), CALL (getcpu),
  /* time */
  CALL (clock_gettime), CALL (clock_getres), CALL (clock_nanosleep), CALL (nanosleep), CALL (gettimeofday), CALL (time),
  CALL (times), CALL (alarm), CALL (getitimer), CALL (setitimer), CALL (timer_create), CALL (timer_settime),
  CALL (timer_gettime), CALL (timer_delete), CALL (timer_getoverrun), CALL (timerfd_create), CALL (timerfd_settime),
  CALL (timerfd_gettime),
  /* who am I */
  CALL (getpid), CALL (getppid), CALL (gettid), CALL (getuid), CALL (geteuid), CALL (getgid), CALL (getegid),
  CALL (getresuid), CALL (getresgid), CALL (getgroups), CALL (getpgrp), CALL (getpgid), CALL (getsid), CALL (uname),
  CALL (sysinfo), CALL (getrusage), CALL (getrlimit), CALL (getrandom), CALL (getpriority),
};

/* Only where writing to the script's folder is allowed; Landlock keeps them inside it. */
static const int for_writing[] = {
  CALL (mkdir), CALL (mkdirat), CALL (rmdir), CALL (unlink), CALL (unlinkat), CALL (rename), CALL (renameat),
  CALL (renameat2), CALL (ftruncate), CALL (fallocate), CALL (fsync), CALL (fdatasync), CALL (flock),
  CALL (sendfile), CALL (copy_file_range),
};

/* Terminal and descriptor questions; not TIOCSTI, which types into the user's shell. */
static const unsigned long ioctls[] = { TCGETS, TIOCGWINSZ, FIOCLEX, FIONCLEX, FIONREAD, FIONBIO, TIOCGPGRP };

static const int fcntls[] = { F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL };

/* What pthread_create() asks for, and nothing else. */
#define THREAD_FLAGS                                                                                                   \
  (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |                  \
   CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

static void
allow_if (scmp_filter_ctx filter, int call, struct scmp_arg_cmp condition)
{
  seccomp_rule_add_array (filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

static void
allow_opening (scmp_filter_ctx filter, int call, int flags_at, gboolean for_write)
{
  /* Reading with O_TRUNC empties a file, and Landlock before its third version lets it: not allowed. */
  allow_if (filter, call, SCMP_CMP (flags_at, SCMP_CMP_MASKED_EQ, O_ACCMODE | O_TRUNC | (for_write ? 0 : O_CREAT),
                                    O_RDONLY));
  if (!for_write)
    return;
  allow_if (filter, call, SCMP_CMP (flags_at, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_WRONLY));
  allow_if (filter, call, SCMP_CMP (flags_at, SCMP_CMP_MASKED_EQ, O_ACCMODE, O_RDWR));
}

static void
allow_by_argument (scmp_filter_ctx filter, gboolean write_opens)
{
  const gint64 self = getpid ();

  allow_opening (filter, CALL (open), 1, write_opens);
  allow_opening (filter, CALL (openat), 2, write_opens);
  for (guint i = 0; i < G_N_ELEMENTS (ioctls); i++)
    allow_if (filter, CALL (ioctl), SCMP_A1 (SCMP_CMP_EQ, ioctls[i]));
  for (guint i = 0; i < G_N_ELEMENTS (fcntls); i++)
    allow_if (filter, CALL (fcntl), SCMP_A1 (SCMP_CMP_EQ, fcntls[i]));
  allow_if (filter, CALL (clone), SCMP_A0 (SCMP_CMP_EQ, THREAD_FLAGS));
  allow_if (filter, CALL (kill), SCMP_A0 (SCMP_CMP_EQ, self));
  allow_if (filter, CALL (tgkill), SCMP_A0 (SCMP_CMP_EQ, self));
  allow_if (filter, CALL (prctl), SCMP_A0 (SCMP_CMP_EQ, PR_SET_NAME));
  allow_if (filter, CALL (prctl), SCMP_A0 (SCMP_CMP_EQ, PR_GET_NAME));
  seccomp_rule_add (filter, SCMP_ACT_ALLOW, CALL (prlimit64), 2, SCMP_A0 (SCMP_CMP_EQ, 0), SCMP_A2 (SCMP_CMP_EQ, 0));
}

gboolean
bs_sandbox_filter_calls (gboolean allow_writing, gboolean landlocked)
{
  scmp_filter_ctx filter = seccomp_init (SCMP_ACT_ERRNO (EPERM));
  gboolean ok;

  if (filter == NULL)
    return FALSE;
  seccomp_attr_set (filter, SCMP_FLTATR_CTL_TSYNC, 1);
  seccomp_attr_set (filter, SCMP_FLTATR_CTL_OPTIMIZE, 2);
  seccomp_attr_set (filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS); /* the 32-bit calls: other numbers */
  for (guint i = 0; i < G_N_ELEMENTS (always); i++)
    seccomp_rule_add (filter, SCMP_ACT_ALLOW, always[i], 0);
  for (guint i = 0; allow_writing && i < G_N_ELEMENTS (for_writing); i++)
    seccomp_rule_add (filter, SCMP_ACT_ALLOW, for_writing[i], 0);
  /* Without Landlock nobody looks at paths, so opening for writing is refused altogether (/dev/null with it). */
  allow_by_argument (filter, landlocked || allow_writing);
  seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), CALL (clone3), 0);
  seccomp_rule_add (filter, SCMP_ACT_ERRNO (ENOSYS), CALL (openat2), 0);
  ok = seccomp_load (filter) == 0;
  seccomp_release (filter);
  return ok;
}
