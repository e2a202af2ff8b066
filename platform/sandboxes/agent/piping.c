/* CONNECT: a raw stream to a socket inside. The connection's two buffers hold what is on its way each way. */
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "conn.h"

enum { TO_PORT = 1, TO_PATH = 2, ROUNDS_PER_TURN = 2, CONNECT_MS = 10000 };

union address {
    struct sockaddr any;
    struct sockaddr_in tcp;
    struct sockaddr_un path;
};

static void target_ready(struct source *source, uint32_t events)
{
    struct conn *conn = container_of(source, struct conn, piping.target);
    conn->piping.active = true;
    if (events & EPOLLHUP)
        conn->piping.target_end.gone = true;
}

void piping_ready(struct conn *conn, uint32_t events)
{
    conn->piping.active = true;
    if (events & EPOLLHUP)
        conn->piping.client_end.gone = true;
}

/* The length of the address, or 0 when the request makes no sense. */
static socklen_t take_address(struct fields *fields, union address *address)
{
    memset(address, 0, sizeof *address);
    uint64_t kind = take_number(fields, 1);
    if (kind == TO_PORT) {
        address->tcp.sin_family = AF_INET;
        address->tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address->tcp.sin_port = htons((uint16_t)take_number(fields, 2));
        return fields_done(fields) && address->tcp.sin_port != 0 ? sizeof address->tcp : 0;
    }
    const char *path = kind == TO_PATH ? take_string(fields) : NULL;
    if (path == NULL || !fields_done(fields) || path[0] != '/' || strlen(path) >= sizeof address->path.sun_path)
        return 0;
    address->path.sun_family = AF_UNIX;
    strcpy(address->path.sun_path, path);
    return sizeof address->path;
}

bool piping_start(struct conn *conn, struct fields *fields)
{
    union address address;
    socklen_t length = take_address(fields, &address);
    if (length == 0)
        return false;
    int fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || (connect(fd, &address.any, length) < 0 && errno != EINPROGRESS)) {
        int why = errno;
        if (fd >= 0)
            close(fd);
        conn_refuse(conn, CANNOT_CONNECT, why, "nobody listens there");
        return true;
    }
    conn->kind = PIPING;
    conn->deadline = now_ms() + CONNECT_MS;
    conn->piping = (struct piping){.connecting = true};
    source_init(&conn->piping.target, target_ready);
    source_open(&conn->piping.target, fd);
    return true;
}

/* True once the connection is there; false while it is not, or when it failed and the client was told. */
static bool finish_connecting(struct conn *conn)
{
    int error = 0;
    socklen_t length = sizeof error;
    if (!conn->piping.active) {
        source_want(&conn->source, 0);
        source_want(&conn->piping.target, EPOLLOUT);
        return false;
    }
    getsockopt(conn->piping.target.fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error != 0) {
        conn_refuse(conn, CANNOT_CONNECT, error, "nobody listens there");
        source_want(&conn->source, EPOLLIN | EPOLLOUT);
        return false;
    }
    conn->piping.connecting = false;
    conn->piping.target_end.gone = false;
    conn->deadline = NO_DEADLINE;
    frame_begin(conn, CONNECTED, 0);
    return true;
}

/* Fill an empty buffer from an end. */
static void read_end(int fd, struct pipe_end *end, uint8_t *bytes, size_t size, size_t *start, size_t *length)
{
    if (*length > 0 || end->ended)
        return;
    ssize_t got = recv(fd, bytes, size, 0);
    *start = 0;
    if (got > 0) {
        *length = (size_t)got;
    } else if (got == 0) {
        end->ended = true;
    } else if (errno != EAGAIN && errno != EINTR) {
        end->ended = end->gone = true;
    }
}

/* False when the other end takes nothing any more. */
static bool write_end(int fd, struct pipe_end *from, const uint8_t *bytes, size_t *start, size_t *length)
{
    if (*length > 0) {
        ssize_t sent = send(fd, bytes + *start, *length, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == EINTR;
        *start += (size_t)sent;
        *length -= (size_t)sent;
    }
    if (*length == 0 && from->ended && !from->passed) {
        shutdown(fd, SHUT_WR);
        from->passed = true;
    }
    return true;
}

/* False when the connection is over. */
static bool pump(struct conn *conn)
{
    struct piping *piping = &conn->piping;
    int client = conn->source.fd, target = piping->target.fd;
    read_end(client, &piping->client_end, conn->in, IN_SIZE, &piping->in_start, &conn->in_length);
    if (!write_end(target, &piping->client_end, conn->in, &piping->in_start, &conn->in_length)) {
        conn->in_length = 0;
        piping->client_end.ended = piping->client_end.passed = true;
    }
    read_end(target, &piping->target_end, conn->out, OUT_SIZE, &conn->out_start, &conn->out_length);
    if (!write_end(client, &piping->target_end, conn->out, &conn->out_start, &conn->out_length))
        return false;
    bool client_done = piping->client_end.ended && conn->in_length == 0;
    bool target_done = piping->target_end.ended && conn->out_length == 0;
    return !(client_done && target_done) && !(client_done && piping->client_end.gone) &&
           !(target_done && piping->target_end.gone);
}

/* EPOLLHUP comes unasked; asking for it alone keeps a quiet descriptor in the loop to learn of a hang-up. One that
 * has hung up leaves the loop, and what it still has is read whenever the other end can take it. */
static uint32_t interest(const struct pipe_end *end, size_t incoming, size_t outgoing, const struct pipe_end *other)
{
    if (end->gone)
        return 0;
    uint32_t events = EPOLLHUP;
    if (!end->ended && incoming == 0)
        events |= EPOLLIN;
    if (outgoing > 0 || (other->gone && !other->ended))
        events |= EPOLLOUT;
    return events;
}

void piping_settle(struct conn *conn)
{
    struct piping *piping = &conn->piping;
    if (piping->connecting && !finish_connecting(conn))
        return;
    for (int round = 0; piping->active && round < ROUNDS_PER_TURN; round++) {
        if (!pump(conn)) {
            conn_close(conn);
            return;
        }
    }
    piping->active = false;
    source_want(&conn->source,
                interest(&piping->client_end, conn->in_length, conn->out_length, &piping->target_end));
    source_want(&piping->target,
                interest(&piping->target_end, conn->out_length, conn->in_length, &piping->client_end));
}

void piping_leave(struct conn *conn)
{
    source_close(&conn->piping.target);
}
