/* writable PATH...: walks each path and says how many files open for writing, and which. Nothing is written. */
#include "status.h"

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static long tried;

static int try(const char *path, const struct stat *found, int kind, struct FTW *place)
{
    (void)kind;
    (void)place;
    if (!S_ISREG(found->st_mode))
        return 0;
    tried++;
    int file = open(path, O_WRONLY | O_NONBLOCK);
    if (file >= 0) {
        printf("%s ok\n", path);
        close(file);
    }
    return 0;
}

int main(int count, char **words)
{
    for (int i = 1; i < count; i++)
        nftw(words[i], try, 16, FTW_PHYS | FTW_MOUNT);
    printf("tried %ld\n", tried);
    return 0;
}
