#include "loop.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_PER_TURN = 64 };

static int epoll_fd;
static uint64_t now;
static uint64_t started;

static void update_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_BOOTTIME, &time);
    now = (uint64_t)time.tv_sec * 1000 + (uint64_t)time.tv_nsec / 1000000;
}

void loop_init(void)
{
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        die("epoll_create1");
    update_now();
    started = now;
}

uint64_t now_ms(void)
{
    return now;
}

uint64_t loop_started(void)
{
    return started;
}

void loop_turn(uint64_t deadline)
{
    struct epoll_event events[EVENTS_PER_TURN];
    update_now();
    int timeout = -1;
    if (deadline != NO_DEADLINE)
        timeout = deadline <= now ? 0 : deadline - now > 60000 ? 60000 : (int)(deadline - now);
    int count = epoll_wait(epoll_fd, events, EVENTS_PER_TURN, timeout);
    if (count < 0 && errno != EINTR)
        die("epoll_wait");
    update_now();
    for (int i = 0; i < count; i++) {
        struct source *source = events[i].data.ptr;
        if (source->fd >= 0)
            source->ready(source, events[i].events);
    }
}

void source_init(struct source *source, void (*ready)(struct source *, uint32_t))
{
    source->fd = -1;
    source->interest = 0;
    source->ready = ready;
}

void source_open(struct source *source, int fd)
{
    source->fd = fd;
    source->interest = 0;
}

void source_want(struct source *source, uint32_t interest)
{
    if (source->fd < 0 || source->interest == interest)
        return;
    struct epoll_event event = {.events = interest, .data.ptr = source};
    int operation = interest == 0 ? EPOLL_CTL_DEL : source->interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (epoll_ctl(epoll_fd, operation, source->fd, &event) < 0)
        die("epoll_ctl");
    source->interest = interest;
}

void source_close(struct source *source)
{
    if (source->fd < 0)
        return;
    source_want(source, 0);
    close(source->fd);
    source->fd = -1;
}

_Noreturn void die(const char *what)
{
    dprintf(2, "muelle-agent: %s: %s\n", what, strerror(errno));
    _exit(1);
}
