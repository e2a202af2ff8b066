/* Crashes. Unlike the trusted tools it may be read, so that the kernel would write a core for it. */
#include <stdlib.h>

int main(void)
{
    abort();
}
