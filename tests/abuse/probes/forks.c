/* forks count N: makes up to N children that wait, and says how many there were. forks bomb: makes as many as it can, for
 * ever, as fork bombs do. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **words)
{
    if (count > 1 && strcmp(words[1], "bomb") == 0)
        for (;;)
            fork();
    long wanted = count > 2 ? atol(words[2]) : 0, made = 0;
    pid_t *children = calloc(wanted + 1, sizeof *children);
    while (made < wanted) {
        pid_t child = fork();
        if (child == 0) {
            pause();
            _exit(0);
        }
        if (child < 0)
            break;
        children[made++] = child;
    }
    printf("%ld\n", made);
    for (long i = 0; i < made; i++)
        kill(children[i], SIGKILL);
    while (wait(NULL) > 0) {
    }
    return 0;
}
