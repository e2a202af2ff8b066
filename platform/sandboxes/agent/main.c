/* The agent of a sandbox: PID 1, as the learner's uid. docs/agent-protocol.md says what it does for whom. */
#include <fcntl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "boot.h"
#include "pty.h"

static struct source children;

/* Also the orphans that the kernel gives to PID 1. */
static void reap(struct source *source, uint32_t events)
{
    struct signalfd_siginfo info;
    int status;
    (void)events;
    while (read(source->fd, &info, sizeof info) == sizeof info)
        ;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
        (void)(pty_reaped(pid, status) || run_reaped(pid, status));
}

/* No process of the learner's uid can end, stop or divert us: every signal is ignored, and the kernel keeps SIGKILL
 * and SIGSTOP from PID 1. (Blocked ones would pile up in a queue whose length is limited per uid, over all
 * sandboxes.) The end of a sandbox is the engine's to order. */
static void watch_children(void)
{
    sigset_t child;
    for (int number = 1; number < NSIG; number++)
        if (number != SIGCHLD)
            signal(number, SIG_IGN);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    sigprocmask(SIG_SETMASK, &child, NULL);
    int fd = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
    if (fd < 0)
        die("signalfd");
    source_init(&children, reap);
    source_open(&children, fd);
    source_want(&children, EPOLLIN);
}

/* Programs get their descriptors from pipes and terminals; 0, 1 and 2 must be taken so that none of those lands
 * there. */
static void take_standard_descriptors(void)
{
    int fd;
    do
        fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd < 3);
    close(fd);
}

int main(int argc, char **argv)
{
    /* No other process of our uid may trace us or look into our memory, descriptors or environment. */
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    /* Where we are not PID 1 (tests), orphans come to us all the same. */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    take_standard_descriptors();
    loop_init();
    watch_children();
    spawn_init();
    ptys_init();
    conns_init(fetch_listener(argc > 1 ? argv[1] : "/.muelle/boot/boot.sock"));
    for (;;) {
        uint64_t deadline = conns_deadline(), other = ptys_deadline();
        loop_turn(other < deadline ? other : deadline);
        ptys_move();
        conns_settle();
        ptys_settle();
    }
}
