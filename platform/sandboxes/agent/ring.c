#include "ring.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loop.h"
#include "protocol.h"

bool ring_open(struct ring *ring, uint64_t next)
{
    ring->fd = memfd_create("ring", MFD_CLOEXEC);
    if (ring->fd < 0)
        return false;
    if (fallocate(ring->fd, 0, 0, RING_SIZE) < 0) {
        int why = errno;
        ring_close(ring);
        errno = why;
        return false;
    }
    ring->first = ring->next = next;
    modes_reset(&ring->modes);
    return true;
}

void ring_close(struct ring *ring)
{
    if (ring->fd >= 0)
        close(ring->fd);
    ring->fd = -1;
}

/* How many of `count` bytes from `offset` come before the end of the file. */
static size_t until_wrap(uint64_t offset, size_t count)
{
    size_t left = RING_SIZE - offset % RING_SIZE;
    return count < left ? count : left;
}

size_t ring_read(const struct ring *ring, uint64_t offset, uint8_t *bytes, size_t count)
{
    size_t done = 0;
    if (count > ring->next - offset)
        count = (size_t)(ring->next - offset);
    while (done < count) {
        ssize_t got = pread(ring->fd, bytes + done, until_wrap(offset + done, count - done),
                            (off_t)((offset + done) % RING_SIZE));
        if (got <= 0)
            die("reading the ring");
        done += (size_t)got;
    }
    return done;
}

/* Forget the oldest bytes, after noting what modes they set. */
static void advance(struct ring *ring, uint64_t first)
{
    uint8_t bytes[4096];
    while (ring->first < first) {
        size_t want = first - ring->first < sizeof bytes ? (size_t)(first - ring->first) : sizeof bytes;
        size_t got = ring_read(ring, ring->first, bytes, want);
        modes_follow(&ring->modes, bytes, got);
        ring->first += got;
    }
}

void ring_append(struct ring *ring, const uint8_t *bytes, size_t count)
{
    if (ring->next + count - ring->first > RING_SIZE)
        advance(ring, ring->next + count - RING_SIZE);
    size_t done = 0;
    while (done < count) {
        ssize_t put = pwrite(ring->fd, bytes + done, until_wrap(ring->next + done, count - done),
                             (off_t)((ring->next + done) % RING_SIZE));
        if (put <= 0)
            die("writing the ring");
        done += (size_t)put;
    }
    ring->next += count;
}
