/* The last RING_SIZE bytes a pty put out, under absolute offsets, and the terminal modes that hold at the oldest of
 * them. */
#ifndef RING_H
#define RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modes.h"

/* The bytes are in a memfd, not in our address space: the memory is the sandbox's either way, but the kernel's out-
 * of-memory killer goes by resident size, and PID 1 must never be the largest process there is. */
struct ring {
    int fd;
    uint64_t first;
    uint64_t next;
    struct modes modes;
};

/* False when the kernel has no memory for it: all of it is taken at once, so that later nothing can fail. Offsets go
 * on from `next`. */
bool ring_open(struct ring *ring, uint64_t next);
void ring_close(struct ring *ring);
void ring_append(struct ring *ring, const uint8_t *bytes, size_t count);
/* Up to `count` bytes from `offset`, which is between first and next; how many there were. */
size_t ring_read(const struct ring *ring, uint64_t offset, uint8_t *bytes, size_t count);

#endif
