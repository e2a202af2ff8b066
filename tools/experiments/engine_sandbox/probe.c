/* What a learner could try, as small steps. Each line of output is "attempt: outcome"; WORKED is what must not be there.
 *
 *   probe process PID       reach into another process
 *   probe writable FOLDER…  list every file below that can be opened for writing
 *   probe bootstrap PATH    dial a unix socket again
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static void say(const char *attempt, long outcome)
{
    printf("%s: %s\n", attempt, outcome < 0 ? strerror(errno) : "WORKED");
}

static void open_file_of(int pid, const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    say(path, open(path, flags));
}

static void reach_into(int pid)
{
    long here;
    char there[64] = "";
    struct iovec to = {&here, sizeof here}, from = {there, sizeof here};
    say("ptrace attach", ptrace(PTRACE_ATTACH, pid, 0, 0));
    say("ptrace seize", ptrace(PTRACE_SEIZE, pid, 0, 0));
    say("process_vm_readv", syscall(SYS_process_vm_readv, pid, &to, 1, &from, 1, 0));
    say("pidfd_getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0), 0, 0));
    open_file_of(pid, "mem", O_RDONLY);
    open_file_of(pid, "maps", O_RDONLY);
    open_file_of(pid, "environ", O_RDONLY);
    open_file_of(pid, "fd/0", O_RDWR);
    open_file_of(pid, "ns/mnt", O_RDONLY);
    open_file_of(pid, "oom_score_adj", O_WRONLY);
}

static int try_writing(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    int fd = kind == FTW_F ? open(path, O_WRONLY | O_NONBLOCK) : -1;
    if (fd >= 0) {
        puts(path);
        close(fd);
    }
    return 0;
}

static void dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    say("dial", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address));
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "process") == 0)
        reach_into(atoi(argv[2]));
    else if (strcmp(argv[1], "bootstrap") == 0)
        dial(argv[2]);
    else
        for (int i = 2; i < argc; i++)
            nftw(argv[i], try_writing, 20, FTW_PHYS | FTW_MOUNT);
    return 0;
}
