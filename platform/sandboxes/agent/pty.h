/* Ptys: eight slots, each a terminal, its ring of output, and what is remembered of its viewers. */
#ifndef PTY_H
#define PTY_H

#include "conn.h"
#include "ring.h"

/* How much input of a viewer the pty has taken, so that a viewer that reconnects repeats nothing. */
struct seen {
    char id[MAX_NAME + 1];
    uint64_t accepted;
    uint64_t used;
    bool typed; /* `accepted` means something. */
    struct conn *conn; /* Attached now, or NULL. */
};

struct pty {
    char name[MAX_NAME + 1]; /* Empty in a slot that was never used. */
    pid_t pid;
    bool alive;       /* There may be more output to come. */
    bool readable;    /* Reported by the loop, not yet read to its end. */
    bool leader_gone; /* The shell was reaped; only what it left is still to be read. */
    int status;
    struct source master;
    struct ring ring;
    uint16_t columns;
    uint16_t rows;
    struct conn *driver;
    uint64_t events; /* Counts typing and attaching, to know who did last. */
    uint64_t look_again;
    uint64_t redraw_at;
    struct seen seen[MAX_SEEN_VIEWERS];
};

extern struct pty ptys[MAX_PTYS];

void ptys_init(void);
/* After every turn: write and read what may be; then, after conns_settle has sent it, ask for what is wanted. */
void ptys_move(void);
void ptys_settle(void);
uint64_t ptys_deadline(void);
unsigned ptys_alive(void);

struct pty *pty_find(const char *name);
/* A slot for a new name: an unused one, else one that nobody needs any more; NULL when all are needed. */
struct pty *pty_make_room(const char *name);
/* Start the command; false with errno when that is impossible. */
bool pty_start(struct pty *pty, const struct command *command, uint16_t columns, uint16_t rows);
unsigned pty_viewers(const struct pty *pty);
/* What is remembered of this viewer; the one not seen for longest makes room for a new one. */
struct seen *pty_seen(struct pty *pty, const char *id);
/* Change the size for the program and for all who watch; zeros change nothing. */
void pty_set_size(struct pty *pty, uint16_t columns, uint16_t rows);
/* Whoever typed last of those attached; NULL when nobody is. */
struct conn *pty_last_typist(const struct pty *pty);
/* This viewer sets the size from now on. */
void pty_set_driver(struct pty *pty, struct conn *conn);
void pty_redraw(struct pty *pty);
/* A child was reaped; true if it was a pty's shell. */
bool pty_reaped(pid_t pid, int status);
start_error *pty_start_error(const struct pty *pty);

/* How many bytes this viewer could be sent now, were they there; 0 when it lags behind what is there. */
size_t viewer_appetite(const struct conn *conn);

#endif
