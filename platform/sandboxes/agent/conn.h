/* Connections: slots, each one stream of one kind, with its buffers and what its kind keeps. */
#ifndef CONN_H
#define CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"
#include "loop.h"
#include "protocol.h"
#include "spawn.h"

struct pty;
struct seen;

enum kind {
    FREE,
    ASKING,  /* No request yet. */
    RUNNING, /* A program with pipes. */
    VIEWING, /* Attached to a pty. */
    PIPING,  /* Raw bytes to a socket inside. */
    ENDING,  /* Only what is in the buffer is still sent. */
};

/* Bytes from the client on their way into a program, within INPUT_WINDOW. Offsets are absolute. */
struct intake {
    uint8_t *bytes;
    size_t start;
    size_t length;
    uint64_t received;
    uint64_t accepted;
    bool open; /* The first offset is known. */
    bool owes; /* The client has not been told `accepted`. */
};

struct run {
    pid_t pid;
    struct source in;
    struct source outs[2];
    bool readable[2];
    size_t left[2]; /* What was in each pipe when the program ended. */
    unsigned turn;
    bool owes_started;
    bool input_ended;
    bool ended;
    int status;
};

struct viewer {
    struct pty *pty;
    struct seen *seen;
    uint64_t cursor;
    uint64_t acknowledged;
    uint32_t window;
    uint16_t columns;
    uint16_t rows;
    uint64_t typed; /* When it last typed, by a counter of the pty. */
    bool owes_size;
    bool told_end;
};

struct pipe_end {
    bool ended;  /* Nothing more will come from it. */
    bool passed; /* The other end was told so. */
    bool gone;   /* Hung up both ways. */
};

struct piping {
    struct source target;
    struct pipe_end client_end;
    struct pipe_end target_end;
    size_t in_start;
    bool connecting;
    bool active; /* Something happened since the last turn. */
};

struct conn {
    struct source source;
    enum kind kind;
    uint64_t deadline;
    bool blocked; /* The socket takes no more for now. */
    uint8_t *in;
    size_t in_length;
    uint8_t *out;
    size_t out_start;
    size_t out_length;
    struct intake intake;
    union {
        struct run run;
        struct viewer viewer;
        struct piping piping;
    };
};

enum {
    IN_SIZE = HEADER_SIZE + MAX_PAYLOAD,
    /* One full data frame, and the small ones that may be owed before it. */
    OUT_SIZE = HEADER_SIZE + MAX_PAYLOAD + 4096,
};

/* The first MAX_CONNECTIONS do everything; the spare ones behind them answer small requests, or say that we are full. */
enum { ALL_CONNECTIONS = MAX_CONNECTIONS + 4 };

extern struct conn conns[ALL_CONNECTIONS];

void conns_init(int listener);
/* Accept, expire, send what is owed and ask for what is wanted; after every turn. */
void conns_settle(void);
uint64_t conns_deadline(void);
unsigned conns_used(void);

/* Hang up at once. What the connection's kind holds is let go: a program is killed, a pty loses a viewer. */
void conn_close(struct conn *conn);
/* Say why, and finish. */
void conn_refuse(struct conn *conn, unsigned code, int error, const char *message);
/* Send what is in the buffer, then wait for the client to hang up. */
void conn_finish(struct conn *conn);

/* Append a frame of at most 4 KiB if it has room; the payload's start, or NULL. The payload must then be filled. */
uint8_t *frame_begin(struct conn *conn, unsigned type, size_t length);
/* Room for the payload of a data frame of any length; frame_commit says how long it became. The buffer must be empty or
 * hold only small frames. */
uint8_t *frame_room(struct conn *conn);
void frame_commit(struct conn *conn, unsigned type, size_t length);

/* Take a piece of input at its offset; false when it breaks the protocol. */
bool intake_put(struct intake *intake, uint64_t offset, const uint8_t *bytes, size_t length);
/* Write what is queued; false when the descriptor will never take more. */
bool intake_drain(struct intake *intake, int fd);
/* Take what is queued as if it had been written: nobody will ever read it. */
void intake_discard(struct intake *intake);
/* Tell the client what was taken, if that is owed. */
void intake_fill(struct conn *conn);

/* The kinds. Each: start from the request's fields (true when understood), a later frame (false breaks the protocol),
 * adding owed frames to the buffer, interest in descriptors of its own, and letting go. */
bool run_start(struct conn *conn, struct fields *fields);
bool run_frame(struct conn *conn, unsigned type, struct fields *fields);
void run_fill(struct conn *conn);
void run_settle(struct conn *conn);
void run_leave(struct conn *conn);
/* A child was reaped; true if it was a program's. */
bool run_reaped(pid_t pid, int status);

bool viewer_start(struct conn *conn, struct fields *fields);
bool viewer_frame(struct conn *conn, unsigned type, struct fields *fields);
void viewer_fill(struct conn *conn);
void viewer_leave(struct conn *conn);

bool piping_start(struct conn *conn, struct fields *fields);
void piping_ready(struct conn *conn, uint32_t events);
void piping_settle(struct conn *conn);
void piping_leave(struct conn *conn);

/* The payload of EXITED: a wait status, or the errno of a program that never started. */
void put_end(uint8_t *at, int status, start_error failed);

/* Small answers. */
bool answer_ptys(struct conn *conn, struct fields *fields);
bool answer_ping(struct conn *conn, struct fields *fields);

#endif
