/* RUN: a program with pipes, which lives no longer than its connection. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "conn.h"

static void in_ready(struct source *source, uint32_t events)
{
    (void)events;
    struct conn *conn = container_of(source, struct conn, run.in);
    if (!intake_drain(&conn->intake, source->fd)) {
        /* The program reads no more. What it will never read is taken, so that the client can go on. */
        source_close(source);
        intake_discard(&conn->intake);
    }
}

static void out_ready(struct source *source, uint32_t events)
{
    (void)events;
    container_of(source, struct conn, run.outs[0])->run.readable[0] = true;
}

static void err_ready(struct source *source, uint32_t events)
{
    (void)events;
    container_of(source, struct conn, run.outs[1])->run.readable[1] = true;
}

static unsigned index_of(const struct conn *conn)
{
    return (unsigned)(conn - conns);
}

/* Six descriptors: ours non-blocking, the program's blocking, as programs expect. */
static bool make_pipes(int ours[3], int theirs[3])
{
    int made[3][2];
    int count = 0;
    while (count < 3 && pipe2(made[count], O_CLOEXEC) == 0)
        count++;
    if (count < 3) {
        while (count-- > 0) {
            close(made[count][0]);
            close(made[count][1]);
        }
        return false;
    }
    for (int i = 0; i < 3; i++) {
        ours[i] = made[i][i == 0];
        theirs[i] = made[i][i != 0];
        fcntl(ours[i], F_SETFL, O_NONBLOCK);
    }
    return true;
}

bool run_start(struct conn *conn, struct fields *fields)
{
    static struct command command;
    int ours[3], theirs[3];
    if (!take_command(fields, &command) || !fields_done(fields))
        return false;
    if (!make_pipes(ours, theirs)) {
        conn_refuse(conn, CANNOT_START, errno, "no pipe left");
        return true;
    }
    pid_t pid = spawn(&command, theirs, false, spawn_error_cell(index_of(conn)));
    int why = errno;
    for (int i = 0; i < 3; i++)
        close(theirs[i]);
    if (pid < 0) {
        for (int i = 0; i < 3; i++)
            close(ours[i]);
        conn_refuse(conn, CANNOT_START, why, "no process left");
        return true;
    }
    conn->kind = RUNNING;
    conn->intake.open = true;
    conn->run = (struct run){.pid = pid, .owes_started = true};
    source_init(&conn->run.in, in_ready);
    source_init(&conn->run.outs[0], out_ready);
    source_init(&conn->run.outs[1], err_ready);
    source_open(&conn->run.in, ours[0]);
    source_open(&conn->run.outs[0], ours[1]);
    source_open(&conn->run.outs[1], ours[2]);
    return true;
}

bool run_frame(struct conn *conn, unsigned type, struct fields *fields)
{
    struct run *run = &conn->run;
    if (type == INPUT) {
        uint64_t offset = take_number(fields, 8);
        if (!fields->ok || run->input_ended || offset != conn->intake.received ||
            !intake_put(&conn->intake, offset, fields->at, (size_t)(fields->end - fields->at)))
            return false;
        if (run->in.fd < 0)
            intake_discard(&conn->intake);
        return true;
    }
    if (!fields_done(fields))
        return false;
    if (type == INPUT_END)
        run->input_ended = true;
    else if (type == KILL && !run->ended)
        kill_session(run->pid);
    return type == INPUT_END || type == KILL;
}

/* One piece of one pipe, straight into the buffer. */
static void fill_from(struct conn *conn, unsigned which)
{
    struct run *run = &conn->run;
    uint8_t *room = frame_room(conn);
    if (room == NULL || run->outs[which].fd < 0 || !run->readable[which])
        return;
    size_t most = run->ended && run->left[which] < MAX_PAYLOAD ? run->left[which] : MAX_PAYLOAD;
    ssize_t got = most == 0 ? 0 : read(run->outs[which].fd, room, most);
    if (got > 0) {
        frame_commit(conn, which == 0 ? STDOUT : STDERR, (size_t)got);
        if (run->ended)
            run->left[which] -= (size_t)got;
    } else if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        run->readable[which] = false;
    } else {
        source_close(&run->outs[which]);
    }
}

static void fill_end(struct conn *conn)
{
    uint8_t *at = frame_begin(conn, EXITED, 5);
    if (at == NULL)
        return;
    put_end(at, conn->run.status, *spawn_error_cell(index_of(conn)));
    conn_finish(conn);
}

void run_fill(struct conn *conn)
{
    struct run *run = &conn->run;
    uint8_t *at = run->owes_started ? frame_begin(conn, STARTED, 4) : NULL;
    if (at != NULL) {
        put_number(at, (uint64_t)run->pid, 4);
        run->owes_started = false;
    }
    intake_fill(conn);
    /* Turns, so that a flood on one does not hide the other. */
    run->turn ^= 1;
    fill_from(conn, run->turn);
    fill_from(conn, run->turn ^ 1);
    if (run->ended && run->outs[0].fd < 0 && run->outs[1].fd < 0)
        fill_end(conn);
}

void run_settle(struct conn *conn)
{
    struct run *run = &conn->run;
    if (run->input_ended && conn->intake.length == 0)
        source_close(&run->in);
    source_want(&run->in, conn->intake.length > 0 ? EPOLLOUT : 0);
    for (unsigned i = 0; i < 2; i++)
        source_want(&run->outs[i], run->readable[i] ? 0 : EPOLLIN);
}

void run_leave(struct conn *conn)
{
    if (!conn->run.ended)
        kill_session(conn->run.pid);
    source_close(&conn->run.in);
    source_close(&conn->run.outs[0]);
    source_close(&conn->run.outs[1]);
}

bool run_reaped(pid_t pid, int status)
{
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++) {
        struct conn *conn = &conns[i];
        if (conn->kind != RUNNING || conn->run.pid != pid || conn->run.ended)
            continue;
        conn->run.ended = true;
        conn->run.status = status;
        /* What others, still running, write from now on is not the program's. */
        for (unsigned pipe = 0; pipe < 2; pipe++) {
            int waiting = 0;
            if (conn->run.outs[pipe].fd >= 0)
                ioctl(conn->run.outs[pipe].fd, FIONREAD, &waiting);
            conn->run.left[pipe] = (size_t)waiting;
            conn->run.readable[pipe] = true;
        }
        return true;
    }
    return false;
}
