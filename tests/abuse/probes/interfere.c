/* interfere touch|kill|stop SECONDS: does something to every process there is but itself and process 1, over and over.
 * touch: writes into what the process has as standard output, opens its memory, traces it; counts each success.
 * kill, stop: sends that signal. Says at the end how often each worked. */
#include "status.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <time.h>
#include <unistd.h>

static long written, opened, traced, signalled;

static void touch(int pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd/1", pid);
    int fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0) {
        written += write(fd, "boya\n", 5) == 5;
        close(fd);
    }
    snprintf(path, sizeof path, "/proc/%d/mem", pid);
    fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd >= 0) {
        opened++;
        close(fd);
    }
    if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0) {
        traced++;
        ptrace(PTRACE_DETACH, pid, 0, 0);
    }
}

int main(int count, char **words)
{
    if (count < 3)
        return 1;
    int sent = *words[1] == 'k' ? SIGKILL : *words[1] == 's' ? SIGSTOP : 0;
    signal(SIGPIPE, SIG_IGN); /* whoever reads there may have gone */
    time_t end = time(NULL) + atol(words[2]);
    while (time(NULL) < end) {
        DIR *all = opendir("/proc");
        struct dirent *entry;
        while (all && (entry = readdir(all))) {
            int pid = atoi(entry->d_name);
            if (pid <= 1 || pid == getpid() || pid == getppid())
                continue;
            if (sent)
                signalled += kill(pid, sent) == 0;
            else
                touch(pid);
        }
        closedir(all);
    }
    printf("written %ld\nopened %ld\ntraced %ld\nsignalled %ld\n", written, opened, traced, signalled);
    return 0;
}
