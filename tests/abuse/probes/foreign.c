/* A system call by the door for 32-bit programs: a filter for 64-bit calls alone would not see it. Calls getpid. */
#include <stdio.h>

int main(void)
{
    long result = -1;
    puts("before");
    fflush(stdout);
#ifdef __x86_64__
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory", "r8", "r9", "r10", "r11");
#endif
    printf("after %ld\n", result);
    return 0;
}
