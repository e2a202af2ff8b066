/* descriptors LIMIT: opens /dev/null until it may not, and says how often it could. */
#include "status.h"

#include <fcntl.h>
#include <stdlib.h>

int main(int count, char **words)
{
    long limit = count > 1 ? atol(words[1]) : 0, opened = 0;
    while (opened < limit && open("/dev/null", O_RDONLY) >= 0)
        opened++;
    printf("%ld %s\n", opened, opened >= limit ? "ok" : strerrorname_np(errno));
    return 0;
}
