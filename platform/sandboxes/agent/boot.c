#include "boot.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "loop.h"

enum {
    /* A host that has not handed over the listener by then has given up on this sandbox. */
    BOOT_ATTEMPTS = 200,
    BOOT_PAUSE_MS = 50,
};

static int dial(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || strlen(path) >= sizeof address.sun_path)
        die(path);
    strcpy(address.sun_path, path);
    for (int attempt = 0; attempt < BOOT_ATTEMPTS; attempt++) {
        if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
            return fd;
        poll(NULL, 0, BOOT_PAUSE_MS);
    }
    die(path);
}

/* The one descriptor of the one message, or -1. */
static int receive_descriptor(int fd)
{
    char byte;
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
    struct iovec data = {.iov_base = &byte, .iov_len = 1};
    struct msghdr message = {
        .msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    if (poll(&wait, 1, BOOT_ATTEMPTS * BOOT_PAUSE_MS) != 1 || recvmsg(fd, &message, MSG_CMSG_CLOEXEC) != 1)
        return -1;
    const struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (byte != 'L' || header == NULL || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
        header->cmsg_len != CMSG_LEN(sizeof(int)))
        return -1;
    int descriptor;
    memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

static int socket_option(int fd, int option)
{
    int value = -1;
    socklen_t length = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &length) == 0 ? value : -1;
}

int fetch_listener(const char *bootstrap_path)
{
    int bootstrap = dial(bootstrap_path);
    int listener = receive_descriptor(bootstrap);
    errno = EPROTO;
    if (listener < 0 || socket_option(listener, SO_DOMAIN) != AF_UNIX ||
        socket_option(listener, SO_TYPE) != SOCK_STREAM || socket_option(listener, SO_ACCEPTCONN) != 1)
        die("what the bootstrap gave is no listener");
    if (fcntl(listener, F_SETFL, O_NONBLOCK) < 0 || write(bootstrap, "R", 1) != 1)
        die("confirming the listener");
    close(bootstrap);
    return listener;
}
