/* Building frames in a connection's buffer. */
#include <string.h>

#include "conn.h"

static uint8_t *place(struct conn *conn, size_t length)
{
    size_t used = conn->out_start + conn->out_length;
    return used + HEADER_SIZE + length > OUT_SIZE ? NULL : conn->out + used + HEADER_SIZE;
}

void frame_commit(struct conn *conn, unsigned type, size_t length)
{
    uint8_t *at = conn->out + conn->out_start + conn->out_length;
    put_number(put_number(at, type, 1), length, 4);
    conn->out_length += HEADER_SIZE + length;
}

uint8_t *frame_room(struct conn *conn)
{
    return place(conn, MAX_PAYLOAD);
}

uint8_t *frame_begin(struct conn *conn, unsigned type, size_t length)
{
    uint8_t *at = place(conn, length);
    if (at != NULL)
        frame_commit(conn, type, length);
    return at;
}
