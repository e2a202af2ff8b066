/* reach PID SOCKET: tries to get into another process in every way there is, and to dial a unix socket. */
#include "status.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

static void open_file_of(int pid, const char *name, int flags)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    say(name, open(path, flags));
}

int main(int count, char **words)
{
    if (count < 3)
        return 1;
    int pid = atoi(words[1]);
    char bytes[8];
    struct iovec here = {bytes, sizeof bytes}, there = {environ, sizeof bytes};
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strncpy(address.sun_path, words[2], sizeof address.sun_path - 1);
    say("bootstrap", connect(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&address, sizeof address));
    open_file_of(pid, "mem", O_RDWR);
    open_file_of(pid, "maps", O_RDONLY);
    open_file_of(pid, "environ", O_RDONLY);
    open_file_of(pid, "fd/0", O_RDONLY);
    open_file_of(pid, "ns/mnt", O_RDONLY);
    open_file_of(pid, "oom_score_adj", O_WRONLY);
    say("getfd", syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0), 0, 0));
    say("readv", syscall(SYS_process_vm_readv, pid, &here, 1, &there, 1, 0));
    say("ptrace", ptrace(PTRACE_SEIZE, pid, 0, 0));
    return 0;
}
