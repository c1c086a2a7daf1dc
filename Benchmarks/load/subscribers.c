// Subscribers of one channel and a publisher, over server-sent events or RESP: one thread, one epoll instance, the
// same work for either. A message is 64 bytes, `~`, 16 hexadecimal digits of the time in nanoseconds, and padding; what
// surrounds it in the stream has no `~`.
//
//   subscribers http|resp PORT COUNT deliveries SECONDS BATCH    as fast as deliveries come: two batches are under way
//   subscribers http|resp PORT COUNT rate SECONDS PER_SECOND     so many messages a second (0: none; idle)
//
// Prints `ready` once all are subscribed, and at the end, or at SIGTERM, one line of JSON: messages published,
// deliveries, seconds, and the time from publishing to receipt (p50, p99, in microseconds).

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 64, BUCKETS = 200000 };

struct subscriber {
    int descriptor;
    bool is_ready;
    int digits;  // of the time in a message under way; -1: none
    uint64_t time;
};

static volatile sig_atomic_t is_over;
static uint64_t histogram[BUCKETS];  // by 10 microseconds
static uint64_t deliveries;
static bool is_http;

static void stop(int signal) {
    (void)signal;
    is_over = 1;
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static void fail(const char *what) {
    fprintf(stderr, "subscribers: %s: %s\n", what, strerror(errno));
    exit(1);
}

static int connect_to(int port) {
    int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1;
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    return descriptor;
}

static void send_all(int descriptor, const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t sent = send(descriptor, bytes, count, MSG_NOSIGNAL);
        if (sent <= 0) fail("send");
        bytes += sent;
        count -= (size_t)sent;
    }
}

static void note(uint64_t sent, uint64_t received) {
    uint64_t bucket = (received - sent) / 10000;
    histogram[bucket < BUCKETS ? bucket : BUCKETS - 1]++;
}

// Counts the messages in what has come, and reads their times.
static void take(struct subscriber *subscriber, const char *bytes, size_t count, uint64_t received) {
    const char *end = bytes + count;
    while (bytes < end) {
        if (subscriber->digits < 0) {
            bytes = memchr(bytes, '~', (size_t)(end - bytes));
            if (!bytes) return;
            bytes++;
            subscriber->digits = 0;
            subscriber->time = 0;
            deliveries++;
        }
        while (bytes < end && subscriber->digits < 16) {
            char digit = *bytes++;
            subscriber->time = subscriber->time << 4 | (uint64_t)(digit <= '9' ? digit - '0' : digit - 'a' + 10);
            if (++subscriber->digits == 16) note(subscriber->time, received);
        }
        if (subscriber->digits == 16) subscriber->digits = -1;
    }
}

static void publish(int descriptor, int count) {
    static char *text;
    static size_t capacity;
    size_t needed = (size_t)count * 160 + 256;
    if (capacity < needed) text = realloc(text, capacity = needed);
    if (!text) fail("memory");
    char *body = text + 200;
    char *at = body;
    if (is_http) *at++ = '[';
    for (int index = 0; index < count; index++) {
        char message[MESSAGE + 1];
        snprintf(message, sizeof message, "~%016" PRIx64 "%047d", now(), 0);
        at += is_http ? sprintf(at, "%s[\"PUBLISH\",\"bench\",\"%s\"]", index ? "," : "", message)
                      : sprintf(at, "*3\r\n$7\r\nPUBLISH\r\n$5\r\nbench\r\n$64\r\n%s\r\n", message);
    }
    if (!is_http) return send_all(descriptor, body, (size_t)(at - body));
    *at++ = ']';
    char head[200];
    int length = snprintf(
        head, sizeof head,
        "POST /pipeline HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
        (size_t)(at - body));
    memcpy(body - length, head, (size_t)length);
    send_all(descriptor, body - length, (size_t)(at - body + length));
}

static uint64_t percentile(uint64_t total, double part) {
    uint64_t seen = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
        seen += histogram[bucket];
        if ((double)seen >= part * (double)total) return (uint64_t)bucket * 10;
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count != 7) return fprintf(stderr, "subscribers: six arguments\n"), 2;
    is_http = strcmp(arguments[1], "http") == 0;
    int port = atoi(arguments[2]), subscribers = atoi(arguments[3]);
    bool is_flooding = strcmp(arguments[4], "deliveries") == 0;
    double seconds = atof(arguments[5]);
    int batch = atoi(arguments[6]);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    signal(SIGTERM, stop);
    const char *hello = is_http ? "GET /events?channel=bench HTTP/1.1\r\nHost: localhost\r\n\r\n"
                                : "*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nbench\r\n";
    struct subscriber *all = calloc((size_t)subscribers, sizeof *all);
    static char buffer[1 << 18];
    int epoll = epoll_create1(0);
    for (int index = 0; index < subscribers; index++) {
        all[index].descriptor = connect_to(port);
        all[index].digits = -1;
        send_all(all[index].descriptor, hello, strlen(hello));
        // Its first bytes say that it is subscribed.
        if (recv(all[index].descriptor, buffer, sizeof buffer, 0) <= 0) fail("subscribe");
        if (is_http && memcmp(buffer, "HTTP/1.1 200", 12) != 0) fail("not subscribed");
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[index]};
        epoll_ctl(epoll, EPOLL_CTL_ADD, all[index].descriptor, &event);
    }
    int publisher = connect_to(port);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(epoll, EPOLL_CTL_ADD, publisher, &event);
    puts("ready");
    fflush(stdout);
    uint64_t published = 0, began = now(), end = began + (uint64_t)(seconds * 1e9);
    uint64_t period = !is_flooding && batch > 0 ? 1000000000u / (uint64_t)batch : 0, next = began;
    while (!is_over && now() < end) {
        if (is_flooding) {
            while (deliveries + 2 * (uint64_t)batch * (uint64_t)subscribers
                   >= (published + (uint64_t)batch) * (uint64_t)subscribers) {
                publish(publisher, batch);
                published += (uint64_t)batch;
            }
        } else if (period > 0) {
            for (; next <= now(); next += period) {
                publish(publisher, 1);
                published++;
            }
        }
        int wait = 100;
        if (period > 0) wait = next > now() ? (int)((next - now()) / 1000000) + 1 : 0;
        struct epoll_event events[256];
        int ready = epoll_wait(epoll, events, 256, wait);
        for (int index = 0; index < ready; index++) {
            struct subscriber *subscriber = events[index].data.ptr;
            ssize_t received =
                recv(subscriber ? subscriber->descriptor : publisher, buffer, sizeof buffer, MSG_DONTWAIT);
            if (received == 0) return fprintf(stderr, "subscribers: a connection was closed\n"), 1;
            if (received > 0 && subscriber) take(subscriber, buffer, (size_t)received, now());
        }
    }
    double took = (double)(now() - began) / 1e9;
    printf("{\"published\":%" PRIu64 ",\"deliveries\":%" PRIu64
           ",\"seconds\":%.6f,\"p50_microseconds\":%" PRIu64 ",\"p99_microseconds\":%" PRIu64 "}\n",
           published, deliveries, took, percentile(deliveries, 0.5), percentile(deliveries, 0.99));
    return 0;
}
