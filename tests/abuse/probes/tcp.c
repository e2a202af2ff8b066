/* tcp ADDRESS PORT...: tries to connect, one second each. */
#include "status.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

int main(int count, char **words)
{
    for (int i = 2; i < count; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(words[i]))};
        struct timeval second = {.tv_sec = 1};
        inet_pton(AF_INET, words[1], &address.sin_addr);
        int attempt = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(attempt, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
        say(words[i], connect(attempt, (struct sockaddr *)&address, sizeof address));
        close(attempt);
    }
    return 0;
}
