/* Says who it runs as; a copy of it with the setuid bit belongs to root in the test image. */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
    printf("%d %d\n", (int)getuid(), (int)geteuid());
    return 0;
}
