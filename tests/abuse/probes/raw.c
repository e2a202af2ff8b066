/* raw MARKER SENDER RECEIVER: tries to get sockets that can lie about their sender: as it is, as root of a user namespace of
 * its own, and as root of a network namespace of its own. Where it got one, it sends a marked packet in that name. */
#include "status.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static void forge(const char *name, int wire, char **words)
{
    struct {
        struct iphdr head;
        struct udphdr datagram;
        char data[64];
    } packet = {.head = {.version = 4, .ihl = 5, .ttl = 9, .protocol = IPPROTO_UDP},
                .datagram = {.uh_sport = htons(53), .uh_dport = htons(53), .uh_ulen = htons(72)}};
    struct sockaddr_in to = {.sin_family = AF_INET};
    struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
    ioctl(wire, SIOCSIFFLAGS, &lo);
    inet_pton(AF_INET, words[2], &packet.head.saddr);
    inet_pton(AF_INET, words[3], &packet.head.daddr);
    to.sin_addr.s_addr = packet.head.daddr;
    snprintf(packet.data, sizeof packet.data, "%s", words[1]);
    say(name, sendto(wire, &packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to));
}

static void try(const char *where, int flags, char **words)
{
    char name[64];
    if (flags && unshare(flags) < 0) {
        say(where, -1);
        return;
    }
    snprintf(name, sizeof name, "%s-packet", where);
    say(name, socket(AF_PACKET, SOCK_RAW, 0));
    snprintf(name, sizeof name, "%s-raw", where);
    int wire = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
    say(name, wire);
    if (wire < 0)
        return;
    snprintf(name, sizeof name, "%s-forged", where);
    forge(name, wire, words);
}

int main(int count, char **words)
{
    static const struct {
        const char *where;
        int flags;
    } ways[] = {{"plain", 0}, {"user", CLONE_NEWUSER}, {"own", CLONE_NEWUSER | CLONE_NEWNET}};
    for (size_t i = 0; count > 3 && i < sizeof ways / sizeof *ways; i++) {
        if (fork() == 0) {
            try(ways[i].where, ways[i].flags, words);
            _exit(0);
        }
        wait(NULL);
    }
    return 0;
}
