/* Which socket families there are. Every family is kernel code that an attacker can reach. */
#include "status.h"

#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    char name[32];
    for (int family = 1; family < 46; family++) {
        static const int types[] = {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW};
        int made = -1;
        for (int i = 0; i < 4 && made < 0; i++) {
            made = socket(family, types[i], 0);
            if (made < 0 && errno == EPERM)
                break;
        }
        snprintf(name, sizeof name, "family-%d", family);
        say(name, made);
        if (made >= 0)
            close(made);
    }
    int pair[2];
    say("pair-unix", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    say("pair-tipc", socketpair(AF_TIPC, SOCK_SEQPACKET, 0, pair));
    return 0;
}
