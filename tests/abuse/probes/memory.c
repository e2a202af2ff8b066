/* memory MEGABYTES [SECONDS]: takes that much memory and touches all of it, says so, and keeps it for that long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int count, char **words)
{
    long wanted = count > 1 ? atol(words[1]) : 0;
    for (long i = 0; i < wanted; i++) {
        char *piece = malloc(1 << 20);
        if (!piece)
            return 1;
        memset(piece, 0x5a, 1 << 20);
    }
    puts("taken");
    fflush(stdout);
    sleep(count > 2 ? (unsigned)atol(words[2]) : 0);
    return 0;
}
