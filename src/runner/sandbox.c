/* SPDX-License-Identifier: MIT */

#include "config.h"

#include "sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <glib/gi18n.h>

/* --- Landlock. The installed header may be older than the kernel, so newer bits are spelled out here. ----------- */

typedef struct {
  guint64 files, network, scopes;
} Ruleset;

enum {
  EXECUTE = 1 << 0,
  WRITE_FILE = 1 << 1,
  READ_FILE = 1 << 2,
  READ_DIR = 1 << 3,
  REMOVE_DIR = 1 << 4,
  REMOVE_FILE = 1 << 5,
  MAKE_DIR = 1 << 7,
  MAKE_REG = 1 << 8,
  REFER = 1 << 13,     /* since the second version */
  TRUNCATE = 1 << 14,  /* third */
  IOCTL_DEVICE = 1 << 15, /* fifth */
};

#define RIGHTS_READ (READ_FILE | READ_DIR)
#define RIGHTS_CHANGE (RIGHTS_READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | REFER | TRUNCATE)
#define RIGHTS_OF_FILES (READ_FILE | WRITE_FILE | TRUNCATE)

static const char *const always_readable[] = {
  "/usr/lib", "/usr/local/lib", "/lib", "/lib64", "/usr/lib64", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone",
  "/usr/share/zoneinfo", "/usr/share/matplotlib", "/usr/share/fonts", "/etc/fonts", "/etc/matplotlibrc",
  "/dev/urandom", "/dev/random", "/dev/zero", "/sys/devices/system/cpu", NULL,
};

static guint64
rights_of_version (int version)
{
  guint64 rights = (1 << 13) - 1;

  if (version >= 2)
    rights |= REFER;
  if (version >= 3)
    rights |= TRUNCATE;
  if (version >= 5)
    rights |= IOCTL_DEVICE;
  return rights;
}

static void
allow_path (int ruleset, const char *path, guint64 rights)
{
  struct landlock_path_beneath_attr rule = { .allowed_access = rights };
  struct stat info;

  rule.parent_fd = open (path, O_PATH | O_CLOEXEC);
  if (rule.parent_fd < 0)
    return;
  if (fstat (rule.parent_fd, &info) == 0 && !S_ISDIR (info.st_mode))
    rule.allowed_access &= RIGHTS_OF_FILES;
  syscall (SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
  close (rule.parent_fd);
}

static gboolean
restrict_files (const BsSandbox *self)
{
  int version = syscall (SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
  Ruleset rules = { 0 };
  gsize size;
  int fd;
  gboolean ok;

  if (self->without_landlock || version < 1)
    return FALSE;
  rules.files = rights_of_version (version);
  rules.network = 3; /* bind and connect */
  rules.scopes = 3;  /* abstract sockets and signals of others */
  size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
  fd = syscall (SYS_landlock_create_ruleset, &rules, size, 0);
  if (fd < 0)
    return FALSE;
  for (int i = 0; always_readable[i]; i++)
    allow_path (fd, always_readable[i], RIGHTS_READ & rules.files);
  for (int i = 0; self->readable && self->readable[i]; i++)
    allow_path (fd, self->readable[i], RIGHTS_READ & rules.files);
  if (self->folder)
    allow_path (fd, self->folder, (self->allow_writing ? RIGHTS_CHANGE : RIGHTS_READ) & rules.files);
  allow_path (fd, "/dev/null", RIGHTS_OF_FILES & rules.files);
  ok = syscall (SYS_landlock_restrict_self, fd, 0) == 0;
  close (fd);
  return ok;
}

/* --- limits ------------------------------------------------------------------------------------------------------ */

static void
limit (int resource, rlim_t value)
{
  struct rlimit now;

  if (getrlimit (resource, &now) != 0)
    return;
  if (now.rlim_max != RLIM_INFINITY && value > now.rlim_max)
    value = now.rlim_max;
  now.rlim_cur = now.rlim_max = value;
  setrlimit (resource, &now);
}

/* Output may have been redirected to a file, which has to grow. */
static gboolean
is_regular (int fd)
{
  struct stat info;

  return fstat (fd, &info) == 0 && S_ISREG (info.st_mode);
}

static void
set_limits (const BsSandbox *self)
{
  limit (RLIMIT_CORE, 0);
#ifndef __SANITIZE_ADDRESS__ /* its shadow is terabytes of address space */
  if (self->memory_limit > 0)
    limit (RLIMIT_AS, self->memory_limit);
#endif
  if (self->allow_writing)
    limit (RLIMIT_FSIZE, (rlim_t) 1 << 30);
  else if (!is_regular (STDOUT_FILENO) && !is_regular (STDERR_FILENO))
    limit (RLIMIT_FSIZE, 0);
}

/* --- public ------------------------------------------------------------------------------------------------------ */

gboolean
bs_sandbox_enter (const BsSandbox *self, char **warning)
{
  gboolean files, calls;

  *warning = NULL;
  if (self->dies_with_parent)
    prctl (PR_SET_PDEATHSIG, SIGKILL);
  set_limits (self);
  prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  files = restrict_files (self);
  calls = !self->without_seccomp && bs_sandbox_filter_calls (self->allow_writing, files);
  if (files && calls)
    return TRUE;
  if (calls)
    *warning = g_strdup (_("This kernel has no Landlock: the script can read your files. It cannot change them, use "
                           "the network or start programs."));
  else if (files)
    *warning = g_strdup (_("This kernel has no seccomp filters: the script cannot reach your files, but it can use "
                           "the network and signal other programs."));
  else
    *warning = g_strdup (_("This kernel has neither Landlock nor seccomp filters: the script runs with all your "
                           "rights. Run only what you trust."));
  return FALSE;
}
