#include "conn.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* More than one per turn, so that a burst of callers is quick; few, so that it delays nobody's keystroke. */
enum { ACCEPTS_PER_TURN = 8, SENDS_PER_TURN = 2, BUFFERS_SIZE = 262144 };

_Static_assert(IN_SIZE + OUT_SIZE + INPUT_WINDOW <= BUFFERS_SIZE, "the three buffers of a connection fit");

struct conn conns[MAX_CONNECTIONS];
static struct source listener;
static bool callers_wait;

static void listener_ready(struct source *source, uint32_t events)
{
    (void)source;
    (void)events;
    callers_wait = true;
}

static void lose_or_refuse(struct conn *conn, bool understood)
{
    if (!understood && conn->kind != FREE && conn->kind != ENDING)
        conn_refuse(conn, BAD_FRAME, 0, "malformed or unexpected frame");
}

static void handle_request(struct conn *conn, unsigned type, struct fields *fields)
{
    static bool (*const starts[])(struct conn *, struct fields *) = {
        [RUN] = run_start, [ATTACH] = viewer_start, [CONNECT] = piping_start, [PTYS] = answer_ptys,
        [PING] = answer_ping};
    conn->deadline = NO_DEADLINE;
    if (type < RUN || type > PING)
        conn_refuse(conn, UNKNOWN_REQUEST, 0, "unknown request");
    else
        lose_or_refuse(conn, starts[type](conn, fields));
}

static void handle_frame(struct conn *conn, unsigned type, uint8_t *payload, size_t length)
{
    struct fields fields = fields_of(payload, length);
    if (conn->kind == ASKING)
        handle_request(conn, type, &fields);
    else if (conn->kind == RUNNING)
        lose_or_refuse(conn, run_frame(conn, type, &fields));
    else if (conn->kind == VIEWING)
        lose_or_refuse(conn, viewer_frame(conn, type, &fields));
}

/* Handle every complete frame; what is left is the start of the next, or raw bytes once the connection is piping. */
static void handle_frames(struct conn *conn)
{
    size_t at = 0;
    while (conn->kind != FREE && conn->kind != ENDING && conn->kind != PIPING && conn->in_length - at >= HEADER_SIZE) {
        struct fields header = fields_of(conn->in + at, HEADER_SIZE);
        unsigned type = (unsigned)take_number(&header, 1);
        size_t length = take_number(&header, 4);
        if (length > MAX_PAYLOAD) {
            lose_or_refuse(conn, false);
            return;
        }
        if (conn->in_length - at < HEADER_SIZE + length)
            break;
        at += HEADER_SIZE + length;
        handle_frame(conn, type, conn->in + at - length, length);
    }
    if (conn->kind == FREE)
        return;
    memmove(conn->in, conn->in + at, conn->in_length - at);
    conn->in_length -= at;
}

static void receive(struct conn *conn)
{
    if (conn->kind == ENDING)
        conn->in_length = 0;
    ssize_t got = recv(conn->source.fd, conn->in + conn->in_length, IN_SIZE - conn->in_length, 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) {
        conn_close(conn);
    } else if (got > 0) {
        conn->in_length += (size_t)got;
        handle_frames(conn);
    }
}

static void conn_ready(struct source *source, uint32_t events)
{
    struct conn *conn = container_of(source, struct conn, source);
    if (conn->kind == PIPING) {
        piping_ready(conn, events);
        return;
    }
    if (events & (EPOLLOUT | EPOLLERR | EPOLLHUP))
        conn->blocked = false;
    if (events & (EPOLLIN | EPOLLERR | EPOLLHUP))
        receive(conn);
}

void conns_init(int listener_fd)
{
    uint8_t *buffers = mmap(NULL, (size_t)MAX_CONNECTIONS * BUFFERS_SIZE, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    /* A forked child never needs what other connections are saying. */
    if (buffers == MAP_FAILED || madvise(buffers, (size_t)MAX_CONNECTIONS * BUFFERS_SIZE, MADV_DONTFORK) < 0)
        die("mmap");
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        source_init(&conns[i].source, conn_ready);
        conns[i].in = buffers + i * BUFFERS_SIZE;
        conns[i].out = conns[i].in + IN_SIZE;
        conns[i].intake.bytes = conns[i].out + OUT_SIZE;
    }
    source_init(&listener, listener_ready);
    source_open(&listener, listener_fd);
    source_want(&listener, EPOLLIN);
}

static void turn_away(int fd)
{
    uint8_t frame[64];
    const char *message = "too many connections";
    size_t length = strlen(message);
    uint8_t *end = put_number(put_number(frame, ERROR, 1), 8 + length, 4);
    end = put_number(put_number(put_number(end, LIMIT_REACHED, 2), 0, 4), length, 2);
    end = put_bytes(end, message, length);
    (void)!send(fd, frame, (size_t)(end - frame), MSG_NOSIGNAL);
    close(fd);
}

static void admit(int fd)
{
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        struct conn *conn = &conns[i];
        if (conn->kind != FREE)
            continue;
        conn->kind = ASKING;
        conn->deadline = now_ms() + REQUEST_MS;
        source_open(&conn->source, fd);
        return;
    }
    turn_away(fd);
}

static void accept_callers(void)
{
    callers_wait = false;
    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int fd = accept4(listener.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0)
            return;
        admit(fd);
    }
}

static void fill(struct conn *conn)
{
    if (conn->kind == RUNNING)
        run_fill(conn);
    else if (conn->kind == VIEWING)
        viewer_fill(conn);
}

/* False when the connection broke. */
static bool send_out(struct conn *conn)
{
    ssize_t sent = send(conn->source.fd, conn->out + conn->out_start, conn->out_length, MSG_NOSIGNAL);
    if (sent < 0) {
        conn->blocked = errno == EAGAIN;
        return errno == EAGAIN || errno == EINTR;
    }
    conn->out_start += (size_t)sent;
    conn->out_length -= (size_t)sent;
    if (conn->out_length == 0)
        conn->out_start = 0;
    return true;
}

static void settle(struct conn *conn)
{
    int sends = 0;
    for (; sends < SENDS_PER_TURN && !conn->blocked; sends++) {
        if (conn->out_length == 0)
            fill(conn);
        if (conn->out_length == 0)
            break;
        if (!send_out(conn)) {
            conn_close(conn);
            return;
        }
    }
    if (conn->kind == ENDING && conn->out_length == 0) {
        conn_close(conn);
        return;
    }
    if (conn->kind == RUNNING)
        run_settle(conn);
    /* After as many sends as one turn allows there may be more to send; being writable then wakes us at once. */
    bool more = conn->out_length > 0 || sends == SENDS_PER_TURN;
    source_want(&conn->source, EPOLLIN | (more ? EPOLLOUT : 0));
}

void conns_settle(void)
{
    if (callers_wait)
        accept_callers();
    for (size_t i = 0; i < MAX_CONNECTIONS; i++) {
        struct conn *conn = &conns[i];
        if (conn->kind != FREE && conn->deadline <= now_ms())
            conn_close(conn);
        else if (conn->kind == PIPING)
            piping_settle(conn);
        else if (conn->kind != FREE)
            settle(conn);
    }
}

uint64_t conns_deadline(void)
{
    uint64_t deadline = NO_DEADLINE;
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        if (conns[i].kind != FREE && conns[i].deadline < deadline)
            deadline = conns[i].deadline;
    return deadline;
}

unsigned conns_used(void)
{
    unsigned used = 0;
    for (size_t i = 0; i < MAX_CONNECTIONS; i++)
        used += conns[i].kind != FREE;
    return used;
}

static void leave(struct conn *conn)
{
    if (conn->kind == RUNNING)
        run_leave(conn);
    else if (conn->kind == VIEWING)
        viewer_leave(conn);
    else if (conn->kind == PIPING)
        piping_leave(conn);
}

void conn_close(struct conn *conn)
{
    leave(conn);
    source_close(&conn->source);
    madvise(conn->in, BUFFERS_SIZE, MADV_DONTNEED);
    conn->kind = FREE;
    conn->blocked = false;
    conn->in_length = conn->out_start = conn->out_length = 0;
    conn->intake = (struct intake){.bytes = conn->intake.bytes};
}

void conn_finish(struct conn *conn)
{
    leave(conn);
    conn->kind = ENDING;
    /* A client that does not read its last frame must not hold a slot either. */
    conn->deadline = now_ms() + REQUEST_MS;
}

void conn_refuse(struct conn *conn, unsigned code, int error, const char *message)
{
    size_t length = strlen(message);
    uint8_t *at = frame_begin(conn, ERROR, 8 + length);
    if (at != NULL)
        put_bytes(put_number(put_number(put_number(at, code, 2), (uint64_t)error, 4), length, 2), message, length);
    conn_finish(conn);
}
