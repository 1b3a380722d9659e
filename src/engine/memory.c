/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Small blocks: free lists of 32, 64, ... 1024 bytes, cut from slabs that are never given back (they are reused).
 * Buffers: quarter-octave classes, a bounded cache of each. Under sanitizers both are plain malloc, so that every
 * block has its own birth and death. */

#define SMALL_STEP 32
#define SMALL_MAX 1024
#define SLAB_BYTES (64 * 1024)
#define CACHE_BYTES ((gsize) 512 << 20)
#define HUGE_BYTES ((gsize) 2 << 20)
#define N_CLASSES 256

typedef struct _Free Free;
struct _Free {
  Free *next;
};

static Free *small_free[SMALL_MAX / SMALL_STEP + 1];
static Free *large_free[N_CLASSES];
static gsize cached_bytes;

static gboolean
must_fail (void)
{
  return G_UNLIKELY (bs_state.fail_in != 0) && --bs_state.fail_in == 0;
}

void
bs_fail_allocation (guint64 n)
{
  bs_state.fail_in = n;
}

static G_GNUC_NO_INLINE void *
refill (guint class)
{
  gsize size = class * SMALL_STEP;
  guint8 *slab = malloc (SLAB_BYTES);
  if (slab == NULL)
    return NULL;
  gsize n = SLAB_BYTES / size;
  for (gsize i = 1; i + 1 < n; i++)
    ((Free *) (slab + i * size))->next = (Free *) (slab + (i + 1) * size);
  ((Free *) (slab + (n - 1) * size))->next = NULL;
  small_free[class] = n > 1 ? (Free *) (slab + size) : NULL;
  return slab;
}

void *
bs_alloc (gsize size)
{
  if (must_fail ())
    return NULL;
  if (BS_SANITIZED || size > SMALL_MAX)
    return malloc (size);
  guint class = (size + SMALL_STEP - 1) / SMALL_STEP;
  Free *block = small_free[class];
  if (G_UNLIKELY (block == NULL))
    return refill (class);
  small_free[class] = block->next;
  return block;
}

void
bs_free (void *block, gsize size)
{
  if (BS_SANITIZED || size > SMALL_MAX) {
    free (block);
    return;
  }
  guint class = (size + SMALL_STEP - 1) / SMALL_STEP;
  ((Free *) block)->next = small_free[class];
  small_free[class] = block;
}

/* Four classes an octave: at most a fifth of a buffer is unused. */
static guint
buffer_class (gsize size, gsize *rounded)
{
  guint octave = 63 - __builtin_clzll (size);
  gsize step = (gsize) 1 << (octave >= 2 ? octave - 2 : 0);
  gsize up = (size + step - 1) & ~(step - 1);
  *rounded = up;
  octave = 63 - __builtin_clzll (up);
  return octave * 4 + ((up >> (octave - 2)) & 3);
}

void *
bs_buffer_alloc (gsize size)
{
  if (must_fail ())
    return NULL;
  if (BS_SANITIZED)
    return malloc (size);
  gsize rounded;
  if (size > (gsize) 1 << 60)
    return NULL;
  guint class = buffer_class (MAX (size, 64), &rounded);
  Free *block = large_free[class];
  if (block != NULL) {
    large_free[class] = block->next;
    cached_bytes -= rounded;
    return block;
  }
  if (rounded < HUGE_BYTES)
    return aligned_alloc (64, (rounded + 63) & ~(gsize) 63);
  void *buffer = aligned_alloc (HUGE_BYTES, (rounded + HUGE_BYTES - 1) & ~(HUGE_BYTES - 1));
  if (buffer != NULL)
    madvise (buffer, rounded, MADV_HUGEPAGE);
  return buffer;
}

void
bs_buffer_free (void *buffer, gsize size)
{
  gsize rounded;
  if (BS_SANITIZED) {
    free (buffer);
    return;
  }
  guint class = buffer_class (MAX (size, 64), &rounded);
  if (cached_bytes + rounded > CACHE_BYTES) {
    free (buffer);
    return;
  }
  ((Free *) buffer)->next = large_free[class];
  large_free[class] = buffer;
  cached_bytes += rounded;
}

/* --- storages ----------------------------------------------------------------------------------------------------- */

/* Marks a storage whose buffer is ours. */
static void
own_buffer (gpointer unused)
{
}

BsStorage *
bs_storage_new (gsize n_bytes)
{
  BsMemory *memory = &bs_state.memory;
  if (G_UNLIKELY (bs_state.memory_limit != 0) && memory->bytes + n_bytes > bs_state.memory_limit)
    return NULL;
  BsStorage *self = bs_alloc (sizeof (BsStorage));
  if (G_UNLIKELY (self == NULL))
    return NULL;
  self->refs = 1;
  self->version = 0;
  self->id = ++bs_state.next_storage;
  self->n_bytes = n_bytes;
  if (n_bytes <= BS_INLINE_BYTES) {
    self->data = self->bytes;
  } else {
    self->data = bs_buffer_alloc (n_bytes);
    if (G_UNLIKELY (self->data == NULL)) {
      bs_free (self, sizeof *self);
      return NULL;
    }
    self->release = own_buffer;
    self->owner = NULL;
  }
  memory->bytes += n_bytes;
  if (memory->bytes > memory->peak_bytes)
    memory->peak_bytes = memory->bytes;
  return self;
}

void
bs_storage_destroy (BsStorage *self)
{
  if (G_UNLIKELY (bs_state.observer != NULL) && bs_state.observer->storage_released != NULL)
    bs_state.observer->storage_released (bs_state.user, self->id, self->n_bytes);
  if (self->data != self->bytes) {
    if (self->release == own_buffer)
      bs_buffer_free (self->data, self->n_bytes);
    else if (self->release != NULL)
      self->release (self->owner);
  }
  bs_state.memory.bytes -= self->n_bytes;
  bs_free (self, sizeof *self);
}

guint64
bs_storage_get_id (const BsStorage *self)
{
  return self->id;
}

gsize
bs_storage_get_size (const BsStorage *self)
{
  return self->n_bytes;
}

guint32
bs_storage_get_version (const BsStorage *self)
{
  return self->version;
}

void
bs_get_memory (BsMemory *out)
{
  *out = bs_state.memory;
}

void
bs_set_memory_limit (gsize bytes)
{
  bs_state.memory_limit = bytes;
}
