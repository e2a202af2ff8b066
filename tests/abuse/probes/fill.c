/* fill bytes|files LIMIT DIRECTORY...: fills each directory until it is full or LIMIT is reached; "DIRECTORY COUNT ERRNO". */
#include "status.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static void fill_bytes(const char *directory, long limit)
{
    static char zeros[1 << 16];
    char path[256];
    long written = 0, got = 0;
    snprintf(path, sizeof path, "%s/filler", directory);
    int file = open(path, O_WRONLY | O_CREAT, 0600);
    while (file >= 0 && written < limit && (got = write(file, zeros, sizeof zeros)) > 0)
        written += got;
    printf("%s %ld %s\n", directory, written, written >= limit ? "ok" : strerrorname_np(errno));
    unlink(path);
}

static void fill_files(const char *directory, long limit)
{
    char path[256];
    long made = 0;
    for (; made < limit; made++) {
        snprintf(path, sizeof path, "%s/%ld", directory, made);
        int file = open(path, O_WRONLY | O_CREAT, 0600);
        if (file < 0)
            break;
        close(file);
    }
    printf("%s %ld %s\n", directory, made, made >= limit ? "ok" : strerrorname_np(errno));
    for (long i = 0; i < made; i++) {
        snprintf(path, sizeof path, "%s/%ld", directory, i);
        unlink(path);
    }
}

int main(int count, char **words)
{
    for (int i = 3; i < count; i++) {
        if (words[1][0] == 'b')
            fill_bytes(words[i], atol(words[2]));
        else
            fill_files(words[i], atol(words[2]));
        fflush(stdout);
    }
    return 0;
}
