/* ATTACH: one viewer of a pty. */
#include <errno.h>
#include <string.h>

#include "pty.h"

struct attach {
    char name[MAX_NAME + 1];
    char id[MAX_NAME + 1];
    uint64_t offset;
    uint64_t window;
    uint64_t columns;
    uint64_t rows;
    bool spawn;
    struct command command;
};

static bool take_attach(struct fields *fields, struct attach *attach)
{
    take_name(fields, attach->name, false);
    take_name(fields, attach->id, true);
    attach->offset = take_number(fields, 8);
    attach->window = take_number(fields, 4);
    attach->columns = take_number(fields, 2);
    attach->rows = take_number(fields, 2);
    uint64_t spawn = take_number(fields, 1);
    attach->spawn = spawn == 1;
    if (spawn > 1 || (attach->spawn && !take_command(fields, &attach->command)))
        return false;
    return fields_done(fields) && attach->window >= 1 && attach->window <= MAX_WINDOW &&
           attach->columns <= MAX_SIDE && attach->rows <= MAX_SIDE;
}

/* The connection this viewer had before, if we have not noticed its end yet: what it queued must not be written after
 * we have said how much we took. */
static void close_earlier(const struct attach *attach)
{
    struct pty *pty = pty_find(attach->name);
    for (unsigned i = 0; pty != NULL && i < MAX_SEEN_VIEWERS; i++)
        if (pty->seen[i].conn != NULL && strcmp(pty->seen[i].id, attach->id) == 0)
            conn_close(pty->seen[i].conn);
}

/* The pty, running or readable; NULL when the client was told why there is none. */
static struct pty *provide_pty(struct conn *conn, const struct attach *attach, bool *started)
{
    struct pty *pty = pty_find(attach->name);
    if (pty == NULL && !attach->spawn) {
        conn_refuse(conn, NO_SUCH_PTY, 0, "no such terminal");
        return NULL;
    }
    *started = pty == NULL || (!pty->alive && attach->spawn && pty_viewers(pty) == 0);
    if (pty == NULL && (pty = pty_make_room(attach->name)) == NULL) {
        conn_refuse(conn, LIMIT_REACHED, 0, "too many terminals");
        return NULL;
    }
    if (*started && !pty_start(pty, &attach->command, (uint16_t)attach->columns, (uint16_t)attach->rows)) {
        conn_refuse(conn, CANNOT_START, errno, "no terminal, process or memory left");
        if (pty->ring.fd < 0)
            pty->name[0] = 0;
        return NULL;
    }
    return pty;
}

static void say_hello(struct conn *conn, uint64_t wanted, bool started)
{
    struct viewer *viewer = &conn->viewer;
    struct pty *pty = viewer->pty;
    char modes[MAX_MODES];
    size_t length = viewer->cursor == wanted ? 0 : modes_write(&pty->ring.modes, modes);
    uint8_t *at = frame_begin(conn, HELLO, 51 + length);
    unsigned flags = (viewer->seen->typed ? VIEWER_KNOWN : 0) | (pty->alive ? ALIVE : 0) |
                     (pty->driver == conn ? DRIVING : 0) | (started ? SPAWNED_NOW : 0);
    at = put_number(at, pty->ring.first, 8);
    at = put_number(at, pty->ring.next, 8);
    at = put_number(at, viewer->cursor, 8);
    at = put_number(at, wanted < pty->ring.first ? pty->ring.first - wanted : 0, 8);
    at = put_number(at, viewer->seen->accepted, 8);
    at = put_number(at, (uint64_t)pty->pid, 4);
    at = put_number(at, pty->columns, 2);
    at = put_number(at, pty->rows, 2);
    at = put_number(at, flags, 1);
    put_bytes(put_number(at, length, 2), modes, length);
    viewer->owes_size = false;
}

bool viewer_start(struct conn *conn, struct fields *fields)
{
    static struct attach attach;
    bool started;
    if (!take_attach(fields, &attach))
        return false;
    close_earlier(&attach);
    struct pty *pty = provide_pty(conn, &attach, &started);
    if (pty == NULL)
        return true;
    struct seen *seen = pty_seen(pty, attach.id);
    seen->conn = conn;
    seen->used = ++pty->events;
    conn->kind = VIEWING;
    bool there = attach.offset >= pty->ring.first && attach.offset <= pty->ring.next;
    uint64_t start = there ? attach.offset : pty->ring.first;
    conn->viewer = (struct viewer){.pty = pty,
                                   .seen = seen,
                                   .cursor = start,
                                   .acknowledged = start,
                                   .window = (uint32_t)attach.window,
                                   .columns = (uint16_t)attach.columns,
                                   .rows = (uint16_t)attach.rows};
    conn->intake.open = seen->typed;
    conn->intake.received = conn->intake.accepted = seen->accepted;
    if (pty->driver == NULL)
        pty_set_driver(pty, conn);
    say_hello(conn, attach.offset, started);
    return true;
}

static bool take_input(struct conn *conn, struct fields *fields)
{
    struct viewer *viewer = &conn->viewer;
    uint64_t offset = take_number(fields, 8);
    uint64_t before = conn->intake.received;
    if (!fields->ok || fields->at == fields->end ||
        !intake_put(&conn->intake, offset, fields->at, (size_t)(fields->end - fields->at)))
        return false;
    viewer->seen->typed = true;
    viewer->seen->accepted = conn->intake.accepted;
    if (conn->intake.received == before)
        return true;
    viewer->typed = viewer->seen->used = ++viewer->pty->events;
    pty_set_driver(viewer->pty, conn);
    return true;
}

static bool take_acknowledgement(struct viewer *viewer, uint64_t offset)
{
    if (offset > viewer->cursor)
        return false;
    if (offset > viewer->acknowledged)
        viewer->acknowledged = offset;
    return true;
}

static bool take_size(struct conn *conn, uint64_t columns, uint64_t rows)
{
    struct viewer *viewer = &conn->viewer;
    if (columns < 1 || rows < 1 || columns > MAX_SIDE || rows > MAX_SIDE)
        return false;
    viewer->columns = (uint16_t)columns;
    viewer->rows = (uint16_t)rows;
    if (viewer->pty->driver == conn)
        pty_set_size(viewer->pty, viewer->columns, viewer->rows);
    return true;
}

bool viewer_frame(struct conn *conn, unsigned type, struct fields *fields)
{
    struct viewer *viewer = &conn->viewer;
    uint64_t first, second;
    switch (type) {
    case INPUT:
        return take_input(conn, fields);
    case ACKNOWLEDGE:
        first = take_number(fields, 8);
        return fields_done(fields) && take_acknowledgement(viewer, first);
    case WINDOW:
        first = take_number(fields, 4);
        if (!fields_done(fields) || first < 1 || first > MAX_WINDOW)
            return false;
        viewer->window = (uint32_t)first;
        return true;
    case RESIZE:
        first = take_number(fields, 2);
        second = take_number(fields, 2);
        return fields_done(fields) && take_size(conn, first, second);
    case REDRAW:
        pty_redraw(viewer->pty);
        return fields_done(fields);
    default:
        return false;
    }
}

static size_t credit(const struct viewer *viewer)
{
    uint64_t in_flight = viewer->cursor - viewer->acknowledged;
    return in_flight < viewer->window ? (size_t)(viewer->window - in_flight) : 0;
}

size_t viewer_appetite(const struct conn *conn)
{
    const struct viewer *viewer = &conn->viewer;
    return viewer->cursor == viewer->pty->ring.next && conn->out_length == 0 ? credit(viewer) : 0;
}

static void fill_size(struct conn *conn)
{
    struct viewer *viewer = &conn->viewer;
    uint8_t *at = viewer->owes_size ? frame_begin(conn, RESIZED, 5) : NULL;
    if (at == NULL)
        return;
    at = put_number(put_number(at, viewer->pty->columns, 2), viewer->pty->rows, 2);
    put_number(at, viewer->pty->driver == conn, 1);
    viewer->owes_size = false;
}

/* What fell out of the ring before it was this viewer's turn. In-flight bytes are forgiven: their acknowledgement,
 * when it comes, is of offsets long past. */
static void fill_gap(struct conn *conn)
{
    struct viewer *viewer = &conn->viewer;
    const struct ring *ring = &viewer->pty->ring;
    char modes[MAX_MODES];
    if (viewer->cursor >= ring->first)
        return;
    size_t length = modes_write(&ring->modes, modes);
    uint8_t *at = frame_begin(conn, GAP, 18 + length);
    if (at == NULL)
        return;
    at = put_number(put_number(at, ring->first - viewer->cursor, 8), ring->first, 8);
    put_bytes(put_number(at, length, 2), modes, length);
    viewer->cursor = viewer->acknowledged = ring->first;
}

static void fill_output(struct conn *conn)
{
    struct viewer *viewer = &conn->viewer;
    size_t most = credit(viewer) < MAX_DATA ? credit(viewer) : MAX_DATA;
    if (most == 0 || viewer->cursor == viewer->pty->ring.next)
        return;
    fill_gap(conn);
    uint8_t *room = frame_room(conn);
    if (room == NULL || viewer->cursor < viewer->pty->ring.first)
        return;
    size_t got = ring_read(&viewer->pty->ring, viewer->cursor, put_number(room, viewer->cursor, 8), most);
    frame_commit(conn, OUTPUT, 8 + got);
    viewer->cursor += got;
}

static void fill_end(struct conn *conn)
{
    struct viewer *viewer = &conn->viewer;
    const struct pty *pty = viewer->pty;
    if (pty->alive || viewer->told_end || viewer->cursor != pty->ring.next)
        return;
    uint8_t *at = frame_begin(conn, EXITED, 5);
    if (at == NULL)
        return;
    put_end(at, pty->status, *pty_start_error(pty));
    viewer->told_end = true;
}

void viewer_fill(struct conn *conn)
{
    intake_fill(conn);
    fill_size(conn);
    fill_output(conn);
    fill_end(conn);
}

void viewer_leave(struct conn *conn)
{
    struct pty *pty = conn->viewer.pty;
    conn->viewer.seen->conn = NULL;
    conn->viewer.pty = NULL;
    if (pty->driver == conn)
        pty_set_driver(pty, pty_last_typist(pty));
}
