/* serve WHERE HOW: a server that means harm, at a unix socket (/PATH) or a port of 127.0.0.1. After the first bytes of a request it
 * is honest (says hola), is silent, says noise, drips, floods with a body, a head or JSON, or nests JSON deeply. One connection after another. */
#include "status.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char HEAD[] = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n";

static int listen_at(const char *where)
{
    struct sockaddr_un path = {.sun_family = AF_UNIX};
    struct sockaddr_in port = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int server, failed;
    if (where[0] == '/') {
        unlink(where);
        strncpy(path.sun_path, where, sizeof path.sun_path - 1);
        server = socket(AF_UNIX, SOCK_STREAM, 0);
        failed = bind(server, (struct sockaddr *)&path, sizeof path);
    } else {
        port.sin_port = htons(atoi(where));
        server = socket(AF_INET, SOCK_STREAM, 0);
        setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
        failed = bind(server, (struct sockaddr *)&port, sizeof port);
    }
    return failed || listen(server, 8) ? -1 : server;
}

static int say_all(int client, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t sent = write(client, text, length);
        if (sent <= 0)
            return 0;
        text += sent;
        length -= sent;
    }
    return 1;
}

static void for_ever(int client, const char *text)
{
    while (say_all(client, text, strlen(text))) {
    }
}

static void answer(int client, const char *how)
{
    static char noise[1 << 16];
    if (strcmp(how, "silent") == 0) {
        sleep(30);
    } else if (strcmp(how, "noise") == 0) {
        int source = open("/dev/urandom", O_RDONLY);
        if (read(source, noise, sizeof noise) == sizeof noise)
            say_all(client, noise, sizeof noise);
        close(source);
    } else if (strcmp(how, "head") == 0) {
        say_all(client, HEAD, 17);
        for_ever(client, "X-Filler: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
    } else if (say_all(client, HEAD, sizeof HEAD - 1)) {
        if (strcmp(how, "honest") == 0) {
            say_all(client, "hola", 4);
            return;
        }
        if (strcmp(how, "drip") == 0)
            while (say_all(client, " ", 1))
                usleep(100000);
        say_all(client, "[", 1);
        for_ever(client, strcmp(how, "nest") == 0 ? "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[" : "{\"Id\": \"0\", \"Names\": [\"/web\"]},");
    }
}

int main(int count, char **words)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGCHLD, SIG_IGN);
    int server = count > 2 ? listen_at(words[1]) : -1;
    if (server < 0)
        return 1;
    for (;;) {
        char request[256];
        int client = accept(server, NULL, NULL);
        if (client >= 0 && fork() == 0) {
            if (read(client, request, sizeof request) > 0)
                answer(client, words[2]);
            _exit(0);
        }
        close(client);
    }
}
