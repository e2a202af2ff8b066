#include "spawn.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A session that forks faster than one pass kills needs another; eight stop a fork bomb inside a pids limit of 4096,
 * and bound how long the agent does nothing else. */
enum { KILL_PASSES = 8 };

/* The session of a live process, or -1 when it is none, or a zombie. */
static long session_of(const char *pid)
{
    char path[32];
    char stat[512];
    if (snprintf(path, sizeof path, "/proc/%s/stat", pid) >= (int)sizeof path)
        return -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t length = read(fd, stat, sizeof stat - 1);
    close(fd);
    if (length <= 0)
        return -1;
    stat[length] = 0;
    /* The name, in parentheses, may contain anything, parentheses too. */
    const char *after_name = strrchr(stat, ')');
    char state;
    long session;
    if (after_name == NULL || sscanf(after_name + 1, " %c %*d %*d %ld", &state, &session) != 2 || state == 'Z')
        return -1;
    return session;
}

static int kill_members(DIR *processes, pid_t leader)
{
    int found = 0;
    rewinddir(processes);
    for (const struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (entry->d_name[0] < '1' || entry->d_name[0] > '9' || session_of(entry->d_name) != leader)
            continue;
        found += kill((pid_t)atol(entry->d_name), SIGKILL) == 0;
    }
    return found;
}

void kill_session(pid_t leader)
{
    kill(-leader, SIGKILL);
    kill(leader, SIGKILL);
    DIR *processes = opendir("/proc");
    if (processes == NULL)
        return;
    for (int pass = 0; pass < KILL_PASSES && kill_members(processes, leader) > 0; pass++)
        ;
    closedir(processes);
}
