/* tables fill NAME LIMIT SECONDS: takes entries of one of the kernel's tables until it refuses or LIMIT is reached, says how many
 * and why, and keeps them for so many seconds in the background.
 * tables one: takes one entry of each table and says whether that works.
 * A table is anything whose size is counted over more than one process. */
#include "status.h"

#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIPE_SIZE 65536

static long pty(void)
{
    return posix_openpt(O_RDWR | O_NOCTTY);
}

static long inotify(void)
{
    return inotify_init1(IN_CLOEXEC);
}

/* A pipe that is smaller than usual: this uid has had its share of pages. */
static long pipes(void)
{
    int ends[2];
    if (pipe(ends) < 0)
        return -1;
    if (fcntl(ends[0], F_GETPIPE_SZ) >= PIPE_SIZE)
        return 0;
    errno = ENOBUFS;
    return -1;
}

/* Signals that wait: SIGRTMIN is blocked. */
static long signals(void)
{
    return sigqueue(getpid(), SIGRTMIN, (union sigval){0});
}

static long queues(void)
{
    static int number;
    char name[32];
    snprintf(name, sizeof name, "/q%d.%d", getpid(), number++);
    long made = mq_open(name, O_CREAT | O_RDWR, 0600, NULL);
    mq_unlink(name);
    return made;
}

/* Memory that is locked by its owner, not by a process. */
static long locked(void)
{
    int made = shmget(IPC_PRIVATE, 4096, 0600);
    if (made < 0)
        return -1;
    long result = shmctl(made, SHM_LOCK, NULL);
    int why = errno;
    if (result < 0)
        shmctl(made, IPC_RMID, NULL);
    errno = why;
    return result;
}

/* Descriptors on their way through a unix socket that nobody reads. */
static long flying(void)
{
    static int pair[2] = {-1, -1};
    enum { MANY = 250 };
    char buffer[CMSG_SPACE(MANY * sizeof(int))] = {0};
    struct iovec byte = {"x", 1};
    struct msghdr message = {.msg_iov = &byte, .msg_iovlen = 1, .msg_control = buffer, .msg_controllen = sizeof buffer};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(MANY * sizeof(int));
    for (int i = 0; i < MANY; i++)
        memcpy(CMSG_DATA(rights) + i * sizeof(int), &(int){0}, sizeof(int));
    for (int attempt = 0; attempt < 2; attempt++) {
        if (pair[0] >= 0 && sendmsg(pair[0], &message, MSG_DONTWAIT) > 0)
            return 0;
        if (pair[0] >= 0 && errno != EAGAIN)
            return -1;
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
            return -1;
    }
    return -1;
}

static long shared_memory(void)
{
    return shmget(IPC_PRIVATE, 4096, 0600);
}

static long semaphores(void)
{
    return semget(IPC_PRIVATE, 1, 0600);
}

static long messages(void)
{
    return msgget(IPC_PRIVATE, 0600);
}

static long keys(void)
{
    static int number;
    char name[32];
    snprintf(name, sizeof name, "k%d", number++);
    return syscall(SYS_add_key, "user", name, "x", 1, -2 /* the process's keyring */);
}

static long events(void)
{
    unsigned long context = 0;
    return syscall(SYS_io_setup, 1, &context);
}

static const struct {
    const char *name;
    long (*take)(void);
} tables[] = {{"pty", pty},           {"inotify", inotify},       {"pipes", pipes},       {"signals", signals},
              {"queues", queues},     {"locked", locked},         {"flying", flying},     {"keys", keys},
              {"aio", events},        {"shared-memory", shared_memory}, {"semaphores", semaphores},
              {"messages", messages}};
enum { TABLES = sizeof tables / sizeof *tables, WORKERS = 12 };

static void block_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* In a process of its own, which keeps what it takes. Returns how many, and why no more (0 for the limit). */
static long work(long (*take)(void), long limit, int seconds, int *why)
{
    int report[2];
    long answer[2] = {0, 0};
    if (pipe(report) < 0)
        return 0;
    if (fork() == 0) {
        setsid();
        while (answer[0] < limit && take() >= 0)
            answer[0]++;
        answer[1] = answer[0] < limit ? errno : 0;
        if (write(report[1], answer, sizeof answer) != sizeof answer)
            _exit(1);
        close(0);
        close(1);
        close(2);
        close(report[1]);
        sleep(seconds);
        _exit(0);
    }
    close(report[1]);
    if (read(report[0], answer, sizeof answer) != sizeof answer)
        answer[1] = EPIPE;
    close(report[0]);
    *why = answer[1];
    return answer[0];
}

static void fill(long (*take)(void), long limit, int seconds)
{
    long taken = 0;
    int why = EMFILE;
    /* A process may run out of descriptors before the table is full. */
    for (int i = 0; i < WORKERS && why == EMFILE && taken < limit; i++) {
        long more = work(take, limit - taken, seconds, &why);
        taken += more;
        if (more == 0)
            break;
    }
    printf("taken %ld\nwhy %s\n", taken, why ? strerrorname_np(why) : "ok");
}

int main(int count, char **words)
{
    block_signals();
    for (int i = 0; i < TABLES; i++) {
        if (count >= 5 && strcmp(words[2], tables[i].name) == 0)
            fill(tables[i].take, atol(words[3]), atoi(words[4]));
        else if (count == 2)
            say(tables[i].name, tables[i].take());
    }
    return 0;
}
