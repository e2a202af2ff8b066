/* child PROGRAM ARGUMENT...: runs the program as a child and waits for it, so that something readable can be process 1. */
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words)
{
    if (count > 1 && fork() == 0) {
        execv(words[1], words + 1);
        _exit(127);
    }
    while (wait(NULL) > 0) {
    }
    return 0;
}
