/* The event loop: one thread, level-triggered epoll, every descriptor non-blocking. */
#ifndef LOOP_H
#define LOOP_H

#include <stddef.h>
#include <stdint.h>

#define container_of(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

/* A descriptor in the loop. Sources live in static slots and never move, so an event that comes late for a closed one
 * finds fd -1 and is ignored; one that comes late for a reused slot is a spurious wake-up, which every handler
 * allows. */
struct source {
    int fd;
    uint32_t interest;
    void (*ready)(struct source *source, uint32_t events);
};

#define NO_DEADLINE UINT64_MAX

void loop_init(void);
/* Wait for events until `deadline` (milliseconds of now_ms), and call their handlers. */
void loop_turn(uint64_t deadline);
/* Milliseconds since boot, as of the last turn. */
uint64_t now_ms(void);
/* What it was at loop_init. */
uint64_t loop_started(void);

void source_init(struct source *source, void (*ready)(struct source *, uint32_t));
void source_open(struct source *source, int fd);
/* Ask for EPOLLIN and EPOLLOUT; 0 takes the descriptor out of the loop, hang-ups included, so that they cannot spin. */
void source_want(struct source *source, uint32_t interest);
void source_close(struct source *source);

/* End the agent, and with it the sandbox: for what cannot happen unless the set-up is wrong. */
_Noreturn void die(const char *what);

#endif
