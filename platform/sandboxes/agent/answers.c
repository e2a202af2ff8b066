/* Requests that one frame answers, and the frame that ends most others. */
#include <string.h>
#include <sys/wait.h>

#include "pty.h"

void put_end(uint8_t *at, int status, start_error failed)
{
    if (failed != 0)
        put_number(put_number(at, NEVER_STARTED, 1), failed, 4);
    else if (WIFSIGNALED(status))
        put_number(put_number(at, BY_SIGNAL, 1), (uint64_t)WTERMSIG(status), 4);
    else
        put_number(put_number(at, BY_CODE, 1), (uint64_t)WEXITSTATUS(status), 4);
}

static uint8_t *put_pty(uint8_t *at, const struct pty *pty)
{
    size_t length = strlen(pty->name);
    at = put_bytes(put_number(at, length, 1), pty->name, length);
    at = put_number(at, (uint64_t)pty->pid, 4);
    at = put_number(at, pty->alive, 1);
    at = put_number(at, pty->ring.first, 8);
    at = put_number(at, pty->ring.next, 8);
    at = put_number(at, pty->columns, 2);
    at = put_number(at, pty->rows, 2);
    return put_number(at, pty_viewers(pty), 1);
}

bool answer_ptys(struct conn *conn, struct fields *fields)
{
    if (!fields_done(fields))
        return false;
    uint8_t *start = frame_room(conn);
    uint8_t *at = start + 1;
    unsigned count = 0;
    for (unsigned i = 0; i < MAX_PTYS; i++) {
        if (ptys[i].name[0] == 0)
            continue;
        at = put_pty(at, &ptys[i]);
        count++;
    }
    put_number(start, count, 1);
    frame_commit(conn, PTY_LIST, (size_t)(at - start));
    conn_finish(conn);
    return true;
}

bool answer_ping(struct conn *conn, struct fields *fields)
{
    if (!fields_done(fields))
        return false;
    uint8_t *at = frame_begin(conn, PONG, 14);
    at = put_number(at, PROTOCOL_VERSION, 2);
    at = put_number(at, conns_used(), 2);
    at = put_number(at, ptys_alive(), 2);
    put_number(at, now_ms() - loop_started(), 8);
    conn_finish(conn);
    return true;
}
