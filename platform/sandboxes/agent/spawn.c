#include "spawn.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loop.h"

static start_error *errors;

void spawn_init(void)
{
    errors = mmap(NULL, (MAX_CONNECTIONS + MAX_PTYS) * sizeof *errors, PROT_READ | PROT_WRITE,
                  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (errors == MAP_FAILED)
        die("mmap");
}

start_error *spawn_error_cell(unsigned index)
{
    return &errors[index];
}

bool take_command(struct fields *fields, struct command *command)
{
    /* A copy, because a child does not inherit the connections' buffers. */
    static uint8_t copy[MAX_PAYLOAD];
    size_t length = (size_t)(fields->end - fields->at);
    memcpy(copy, fields->at, length);
    struct fields strings = fields_of(copy, length);
    command->cwd = take_string(&strings);
    take_strings(&strings, command->argv);
    take_strings(&strings, command->env);
    fields->at = fields->end;
    fields->ok = fields->ok && fields_done(&strings);
    return fields->ok && command->cwd[0] == '/' && command->argv[0] != NULL && command->argv[0][0] == '/';
}

static void default_signals(void)
{
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Kernels before 5.9 have no close_range; then close one by one what the limit allows. */
static void close_others(void)
{
    if (syscall(SYS_close_range, 3, ~0u, 0) == 0)
        return;
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = 3; fd < limit; fd++)
        close(fd);
}

/* In the child. Everything of the agent is gone before the program starts: descriptors, signal mask, session, limits. */
static _Noreturn void become(const struct command *command, const int descriptors[3], bool terminal,
                             start_error *error)
{
    setsid();
    if (terminal)
        ioctl(descriptors[0], TIOCSCTTY, 0);
    for (int i = 0; i < 3; i++)
        dup2(descriptors[i], i);
    close_others();
    umask(022);
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    default_signals();
    if (chdir(command->cwd) == 0)
        execve(command->argv[0], command->argv, command->env);
    int why = errno;
    *error = (start_error)why;
    dprintf(2, "muelle: %s: %s\r\n", command->argv[0], strerror(why));
    _exit(127);
}

pid_t spawn(const struct command *command, const int descriptors[3], bool terminal, start_error *error)
{
    *error = 0;
    pid_t pid = fork();
    if (pid == 0)
        become(command, descriptors, terminal, error);
    return pid;
}
