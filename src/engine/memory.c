/* SPDX-License-Identifier: MIT */

#include "engine-private.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Small blocks: free lists of 32, 64, ... 1024 bytes, cut from slabs that are never given back (they are reused).
 * Buffers: quarter-octave classes, a bounded cache of each. Under sanitizers both are plain malloc, so that every
 * block has its own birth and death. */

#define SLAB_BYTES (64 * 1024)
#define CACHE_BYTES ((gsize) 512 << 20)
#define HUGE_BYTES ((gsize) 2 << 20)
#define N_CLASSES 256

BS_OF_THREAD BsFreeBlock *bs_free_blocks[BS_SMALL_MAX / BS_SMALL_STEP + 1];
#ifdef BS_ENGINE_SHARED /* two kilobytes: too much for a library that is loaded late */
static _Thread_local BsFreeBlock *large_free[N_CLASSES];
static _Thread_local gsize cached_bytes;
#else
static BS_OF_THREAD BsFreeBlock *large_free[N_CLASSES];
static BS_OF_THREAD gsize cached_bytes;
#endif

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

static void *
refill (guint class)
{
  gsize size = class * BS_SMALL_STEP;
  guint8 *slab = aligned_alloc (64, SLAB_BYTES);
  if (slab == NULL)
    return NULL;
  gsize n = SLAB_BYTES / size;
  for (gsize i = 1; i + 1 < n; i++)
    ((BsFreeBlock *) (slab + i * size))->next = (BsFreeBlock *) (slab + (i + 1) * size);
  ((BsFreeBlock *) (slab + (n - 1) * size))->next = NULL;
  bs_free_blocks[class] = n > 1 ? (BsFreeBlock *) (slab + size) : NULL;
  return slab;
}

void *
bs_alloc_slowly (gsize size)
{
  guint class = (size + BS_SMALL_STEP - 1) / BS_SMALL_STEP;
  if (must_fail ())
    return NULL;
  if (BS_SANITIZED || size > BS_SMALL_MAX)
    return malloc (size);
  BsFreeBlock *block = bs_free_blocks[class];
  if (block == NULL)
    return refill (class);
  bs_free_blocks[class] = block->next;
  return block;
}

void
bs_free_slowly (void *block, gsize size)
{
  free (block);
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
  BsFreeBlock *block = large_free[class];
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
  ((BsFreeBlock *) buffer)->next = large_free[class];
  large_free[class] = buffer;
  cached_bytes += rounded;
}

/* --- storages ----------------------------------------------------------------------------------------------------- */

/* Marks a storage whose buffer is ours. */
static void
own_buffer (gpointer unused)
{
}

gboolean
bs_storage_init (BsStorage *self, gsize n_bytes, guint home, void *room)
{
  BsMemory *memory = &bs_state.memory;
  if (G_UNLIKELY (bs_state.memory_limit != 0) && memory->bytes + n_bytes > bs_state.memory_limit)
    return FALSE;
  self->refs = 1;
  self->version = 0;
  self->id = ++bs_state.next_storage;
  self->n_bytes = n_bytes;
  self->home = home;
  self->data = room;
  self->release = NULL;
  if (room == NULL) {
    self->data = bs_buffer_alloc (n_bytes);
    if (G_UNLIKELY (self->data == NULL))
      return FALSE;
    self->release = own_buffer;
  }
  memory->bytes += n_bytes;
  if (memory->bytes > memory->peak_bytes)
    memory->peak_bytes = memory->bytes;
  return TRUE;
}

/* On memory of somebody else. */
BsStorage *
bs_storage_new_foreign (void *data, gsize n_bytes, GDestroyNotify release, gpointer owner)
{
  BsStorage *self = bs_alloc (sizeof (BsStorage));
  if (G_UNLIKELY (self == NULL))
    return NULL;
  bs_storage_init (self, 0, BS_HOME_OWN, data);
  self->data = data;
  self->n_bytes = n_bytes;
  self->release = release;
  self->owner = owner;
  bs_state.memory.bytes += n_bytes;
  return self;
}

static G_GNUC_NO_INLINE void
release_data (BsStorage *self)
{
  if (self->release == own_buffer)
    bs_buffer_free (self->data, self->n_bytes);
  else
    self->release (self->owner);
}

void
bs_storage_destroy (BsStorage *self)
{
  if (G_UNLIKELY (bs_state.observer != NULL) && bs_state.observer->storage_released != NULL)
    bs_state.observer->storage_released (bs_state.user, self->id, self->n_bytes);
  if (self->release != NULL)
    release_data (self);
  bs_state.memory.bytes -= self->n_bytes;
  BsTensor *house = (BsTensor *) self - 1;
  if (self->home == BS_HOME_TENSOR)
    self->home = BS_HOME_GONE;
  else if (self->home == BS_HOME_DEAD_TENSOR)
    bs_free (house, house->block);
  else
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
