/* The least that something between two sockets can cost: bytes read on one side are written on the other.

   relay PORT   listens on a free port of the loopback, prints it, and connects every visitor to PORT. */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, ROOM = 1 << 18 };

static int other_of[MOST]; /* the socket that the bytes of this one go to */
static char bytes[ROOM];

static struct sockaddr_in loopback(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static void watch(int poll, int fd) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
    epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
}

static void pair(int poll, int visitor, int port) {
    struct sockaddr_in address = loopback(port);
    int one = 1, upstream = socket(AF_INET, SOCK_STREAM, 0);
    if (visitor >= MOST || upstream >= MOST || connect(upstream, (struct sockaddr *)&address, sizeof address)) exit(1);
    setsockopt(visitor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(upstream, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    other_of[visitor] = upstream;
    other_of[upstream] = visitor;
    watch(poll, visitor);
    watch(poll, upstream);
}

static void part(int fd) {
    int other = other_of[fd];
    other_of[fd] = other_of[other] = 0;
    close(fd);
    close(other);
}

/* The sockets block, so a slow reader holds everybody up; it is the cost of an idle relay that is measured. */
static void pass(int fd) {
    ssize_t got = recv(fd, bytes, sizeof bytes, 0);
    if (got <= 0) {
        part(fd);
        return;
    }
    for (ssize_t sent = 0; sent < got;) {
        ssize_t more = send(other_of[fd], bytes + sent, got - sent, MSG_NOSIGNAL);
        if (more < 0) {
            if (errno == EINTR) continue;
            part(fd);
            return;
        }
        sent += more;
    }
}

int main(int count, char **words) {
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int listening = socket(AF_INET, SOCK_STREAM, 0), poll = epoll_create1(0);
    if (count != 2 || bind(listening, (struct sockaddr *)&address, size) || listen(listening, 512)) return 1;
    getsockname(listening, (struct sockaddr *)&address, &size);
    printf("ws://127.0.0.1:%d\n", ntohs(address.sin_port));
    fflush(stdout);
    watch(poll, listening);
    for (;;) {
        struct epoll_event events[64];
        int ready = epoll_wait(poll, events, 64, -1);
        for (int at = 0; at < ready; at++) {
            int fd = events[at].data.fd;
            if (fd == listening) pair(poll, accept(listening, NULL, NULL), atoi(words[1]));
            else if (other_of[fd]) pass(fd);
        }
    }
}
