/* Input from the client: exactly once, in order, and never more than the window. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"

bool intake_put(struct intake *intake, uint64_t offset, const uint8_t *bytes, size_t length)
{
    if (!intake->open) {
        intake->open = true;
        intake->received = intake->accepted = offset;
    }
    if (offset > intake->received || UINT64_MAX - offset < length)
        return false;
    size_t repeated = intake->received - offset < length ? (size_t)(intake->received - offset) : length;
    bytes += repeated;
    length -= repeated;
    /* A client that repeats has lost count, or the answer; tell it again. */
    intake->owes |= repeated > 0;
    if (intake->length + length > INPUT_WINDOW)
        return false;
    if (intake->start + intake->length + length > INPUT_WINDOW) {
        memmove(intake->bytes, intake->bytes + intake->start, intake->length);
        intake->start = 0;
    }
    memcpy(intake->bytes + intake->start + intake->length, bytes, length);
    intake->length += length;
    intake->received += length;
    return true;
}

bool intake_drain(struct intake *intake, int fd)
{
    while (intake->length > 0) {
        ssize_t put = write(fd, intake->bytes + intake->start, intake->length);
        if (put < 0)
            return errno == EAGAIN || errno == EINTR;
        intake->start += (size_t)put;
        intake->length -= (size_t)put;
        intake->accepted += (uint64_t)put;
        intake->owes = true;
    }
    intake->start = 0;
    return true;
}

void intake_discard(struct intake *intake)
{
    intake->owes |= intake->length > 0;
    intake->accepted = intake->received;
    intake->length = intake->start = 0;
}

void intake_fill(struct conn *conn)
{
    uint8_t *at = conn->intake.owes ? frame_begin(conn, INPUT_ACCEPTED, 8) : NULL;
    if (at != NULL) {
        put_number(at, conn->intake.accepted, 8);
        conn->intake.owes = false;
    }
}
