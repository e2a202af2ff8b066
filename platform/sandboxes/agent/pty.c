#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum {
    /* One turn's share of a flood, so that other ptys and connections get theirs. */
    READ_PER_TURN = 65536,
    /* After the shell has ended the kernel may still be moving its last output to us; it takes far less than this. */
    LAST_OUTPUT_MS = 100,
    /* A pty that nobody holds open reports hang-up, yet its session can open it again through /dev/tty. */
    REOPEN_MS = 200,
    /* Long enough for a program to see both sizes, short enough not to be seen as flicker. */
    REDRAW_MS = 50,
    DEFAULT_COLUMNS = 80,
    DEFAULT_ROWS = 24,
};

struct pty ptys[MAX_PTYS];

static void master_ready(struct source *source, uint32_t events)
{
    struct pty *pty = container_of(source, struct pty, master);
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        pty->readable = true;
}

void ptys_init(void)
{
    for (unsigned i = 0; i < MAX_PTYS; i++) {
        source_init(&ptys[i].master, master_ready);
        ptys[i].ring.fd = -1;
        ptys[i].look_again = ptys[i].redraw_at = NO_DEADLINE;
    }
}

start_error *pty_start_error(const struct pty *pty)
{
    return spawn_error_cell(MAX_CONNECTIONS + (unsigned)(pty - ptys));
}

static bool watches(const struct conn *conn, const struct pty *pty)
{
    return conn->kind == VIEWING && conn->viewer.pty == pty;
}

unsigned pty_viewers(const struct pty *pty)
{
    unsigned count = 0;
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++)
        count += watches(&conns[i], pty);
    return count;
}

unsigned ptys_alive(void)
{
    unsigned count = 0;
    for (unsigned i = 0; i < MAX_PTYS; i++)
        count += ptys[i].alive;
    return count;
}

struct pty *pty_find(const char *name)
{
    for (unsigned i = 0; i < MAX_PTYS; i++)
        if (strcmp(ptys[i].name, name) == 0)
            return &ptys[i];
    return NULL;
}

struct pty *pty_make_room(const char *name)
{
    struct pty *room = pty_find("");
    for (unsigned i = 0; i < MAX_PTYS && room == NULL; i++)
        if (!ptys[i].alive && pty_viewers(&ptys[i]) == 0)
            room = &ptys[i];
    if (room == NULL)
        return NULL;
    ring_close(&room->ring);
    memset(room->seen, 0, sizeof room->seen);
    room->ring.next = 0;
    strcpy(room->name, name);
    return room;
}

struct seen *pty_seen(struct pty *pty, const char *id)
{
    struct seen *oldest = NULL;
    for (unsigned i = 0; i < MAX_SEEN_VIEWERS; i++) {
        struct seen *seen = &pty->seen[i];
        if (strcmp(seen->id, id) == 0)
            return seen;
        if (seen->conn == NULL && (oldest == NULL || seen->used < oldest->used))
            oldest = seen;
    }
    /* There are as many memories as connections, and the one that asks is not attached yet: one is always free. */
    *oldest = (struct seen){0};
    strcpy(oldest->id, id);
    return oldest;
}

/* The slave end of a new pty, already of the right size; the master goes into the slot. */
static int open_terminal(struct pty *pty)
{
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0)
        return -1;
    int unlocked = 0;
    struct winsize size = {.ws_col = pty->columns, .ws_row = pty->rows};
    int slave = -1;
    if (ioctl(master, TIOCSPTLCK, &unlocked) == 0 && ioctl(master, TIOCSWINSZ, &size) == 0)
        slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
        int why = errno;
        close(master);
        errno = why;
        return -1;
    }
    source_open(&pty->master, master);
    return slave;
}

bool pty_start(struct pty *pty, const struct command *command, uint16_t columns, uint16_t rows)
{
    if (pty->ring.fd < 0 && !ring_open(&pty->ring, pty->ring.next))
        return false;
    pty->columns = columns ? columns : DEFAULT_COLUMNS;
    pty->rows = rows ? rows : DEFAULT_ROWS;
    int slave = open_terminal(pty);
    if (slave < 0)
        return false;
    pty->pid = spawn(command, (int[3]){slave, slave, slave}, true, pty_start_error(pty));
    int why = errno;
    close(slave);
    if (pty->pid < 0) {
        source_close(&pty->master);
        errno = why;
        return false;
    }
    pty->alive = true;
    pty->leader_gone = pty->readable = false;
    pty->look_again = pty->redraw_at = NO_DEADLINE;
    return true;
}

static void set_kernel_size(struct pty *pty, uint16_t rows)
{
    struct winsize size = {.ws_col = pty->columns, .ws_row = rows};
    if (pty->master.fd >= 0)
        ioctl(pty->master.fd, TIOCSWINSZ, &size);
}

static void tell_viewers(struct pty *pty)
{
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++)
        if (watches(&conns[i], pty))
            conns[i].viewer.owes_size = true;
}

void pty_set_size(struct pty *pty, uint16_t columns, uint16_t rows)
{
    if (columns == 0 || rows == 0 || (columns == pty->columns && rows == pty->rows))
        return;
    pty->columns = columns;
    pty->rows = rows;
    pty->redraw_at = NO_DEADLINE;
    set_kernel_size(pty, rows);
    tell_viewers(pty);
}

struct conn *pty_last_typist(const struct pty *pty)
{
    struct conn *last = NULL;
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++)
        if (watches(&conns[i], pty) && (last == NULL || conns[i].viewer.typed > last->viewer.typed))
            last = &conns[i];
    return last;
}

void pty_set_driver(struct pty *pty, struct conn *conn)
{
    if (conn == pty->driver)
        return;
    pty->driver = conn;
    tell_viewers(pty);
    if (conn != NULL)
        pty_set_size(pty, conn->viewer.columns, conn->viewer.rows);
}

void pty_redraw(struct pty *pty)
{
    if (pty->rows < 2)
        return;
    set_kernel_size(pty, (uint16_t)(pty->rows - 1));
    pty->redraw_at = now_ms() + REDRAW_MS;
}

bool pty_reaped(pid_t pid, int status)
{
    for (unsigned i = 0; i < MAX_PTYS; i++) {
        struct pty *pty = &ptys[i];
        if (!pty->alive || pty->leader_gone || pty->pid != pid)
            continue;
        pty->leader_gone = true;
        pty->status = status;
        pty->readable = true;
        pty->look_again = now_ms() + LAST_OUTPUT_MS;
        return true;
    }
    return false;
}

static void finish(struct pty *pty)
{
    source_close(&pty->master);
    pty->alive = pty->readable = false;
    pty->look_again = pty->redraw_at = NO_DEADLINE;
}

/* How much may be read: all while nobody watches, else what the hungriest viewer that is caught up can be sent. */
static size_t budget(const struct pty *pty)
{
    size_t most = 0;
    unsigned watching = 0;
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++) {
        if (!watches(&conns[i], pty))
            continue;
        watching++;
        size_t appetite = viewer_appetite(&conns[i]);
        most = appetite > most ? appetite : most;
    }
    return watching == 0 || most > READ_PER_TURN ? READ_PER_TURN : most;
}

/* Read up to `most` bytes into the ring; how many there were. `open` turns false when the pty has hung up. */
static size_t read_some(struct pty *pty, size_t most, bool *open)
{
    static uint8_t bytes[READ_PER_TURN];
    size_t got = 0;
    *open = true;
    while (got < most) {
        ssize_t count = read(pty->master.fd, bytes + got, most - got);
        if (count > 0) {
            got += (size_t)count;
            continue;
        }
        pty->readable = false;
        *open = count < 0 && (errno == EAGAIN || errno == EINTR);
        break;
    }
    ring_append(&pty->ring, bytes, got);
    return got;
}

static void move_output(struct pty *pty)
{
    bool due = pty->look_again <= now_ms();
    if (due) {
        pty->look_again = NO_DEADLINE;
        pty->readable = true;
    }
    size_t most = pty->readable ? budget(pty) : 0;
    if (most == 0)
        return;
    bool open;
    size_t got = read_some(pty, most, &open);
    if (pty->leader_gone && (!open || (due && got == 0)))
        finish(pty);
    else if (pty->leader_gone)
        pty->look_again = now_ms() + LAST_OUTPUT_MS;
    else if (!open)
        pty->look_again = now_ms() + REOPEN_MS;
}

static void move_input(struct pty *pty)
{
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++) {
        struct conn *conn = &conns[i];
        if (!watches(conn, pty) || conn->intake.length == 0)
            continue;
        if (!pty->alive || !intake_drain(&conn->intake, pty->master.fd))
            intake_discard(&conn->intake);
        conn->viewer.seen->accepted = conn->intake.accepted;
    }
}

void ptys_move(void)
{
    for (unsigned i = 0; i < MAX_PTYS; i++) {
        move_input(&ptys[i]);
        if (ptys[i].alive)
            move_output(&ptys[i]);
        if (ptys[i].redraw_at <= now_ms()) {
            ptys[i].redraw_at = NO_DEADLINE;
            set_kernel_size(&ptys[i], ptys[i].rows);
        }
    }
}

static uint32_t interest(const struct pty *pty)
{
    /* Hung up, but the shell lives: the kernel would report it without end. */
    if (!pty->leader_gone && pty->look_again != NO_DEADLINE)
        return 0;
    uint32_t events = !pty->readable || budget(pty) > 0 ? EPOLLIN : 0;
    for (unsigned i = 0; i < MAX_CONNECTIONS; i++)
        if (watches(&conns[i], pty) && conns[i].intake.length > 0)
            events |= EPOLLOUT;
    return events;
}

void ptys_settle(void)
{
    for (unsigned i = 0; i < MAX_PTYS; i++)
        if (ptys[i].alive)
            source_want(&ptys[i].master, interest(&ptys[i]));
}

uint64_t ptys_deadline(void)
{
    uint64_t deadline = NO_DEADLINE;
    for (unsigned i = 0; i < MAX_PTYS; i++) {
        deadline = ptys[i].look_again < deadline ? ptys[i].look_again : deadline;
        deadline = ptys[i].redraw_at < deadline ? ptys[i].redraw_at : deadline;
    }
    return deadline;
}
