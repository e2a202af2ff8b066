/* Starting programs, and ending all that they became. */
#ifndef SPAWN_H
#define SPAWN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "bytes.h"
#include "protocol.h"

struct command {
    char *cwd;
    char *argv[MAX_STRINGS + 1];
    char *env[MAX_STRINGS + 1];
};

/* Where a child that could not start its program leaves the errno; 0 when it could. Shared memory, because reading a
 * pipe would block the agent for as long as a learner keeps the child stopped. */
typedef uint32_t start_error;

void spawn_init(void);
/* The cell for the child of connection or pty `index`: connections first, then ptys. */
start_error *spawn_error_cell(unsigned index);
/* Read cwd, argv and env, the rest of a payload; false unless argv[0] and cwd are absolute. The strings live until
 * the next call. */
bool take_command(struct fields *fields, struct command *command);
/* Fork and exec with `descriptors` as 0, 1, 2 in a session of its own; with `terminal`, descriptor 0 becomes its
 * controlling terminal. The process id, or -1 with errno. */
pid_t spawn(const struct command *command, const int descriptors[3], bool terminal, start_error *error);
/* SIGKILL to the session that `leader` leads, until nothing of it is left. `leader` must not have been reaped yet. */
void kill_session(pid_t leader);

#endif
