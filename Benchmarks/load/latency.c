/* Measures how long each GET takes on one connection, one request at a time, until SIGTERM.
 *
 *     latency --port 8080 --keys 1000
 *
 * Asks for a random key of the first --keys. Prints one JSON object: how many requests, percentiles and the
 * worst in milliseconds, how many took over 10 ms, and the worst ten with the second in which each began.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "reply.h"

enum { CAPACITY = 1 << 24, WORST = 10 };

struct sample {
    uint32_t nanoseconds;
    uint32_t began_milliseconds;
};

static volatile sig_atomic_t stopped;
static struct sample *samples;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "latency: %s: %s\n", what, detail);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int by_duration(const void *left, const void *right) {
    const uint32_t a = ((const struct sample *)left)->nanoseconds;
    const uint32_t b = ((const struct sample *)right)->nanoseconds;
    return (a > b) - (a < b);
}

/* Reads one whole response; false where a signal came in between and there is nothing more to wait for. */
static int read_reply(int fd) {
    char buffer[65536];
    size_t length = 0;
    for (;;) {
        const ssize_t n = recv(fd, buffer + length, sizeof buffer - length, 0);
        if (n < 0 && errno == EINTR) {
            if (stopped) return 0;
            continue;
        }
        if (n <= 0) fail("the server hung up", n == 0 ? "end of stream" : strerror(errno));
        length += (size_t)n;
        int status = 0;
        const long whole = http_reply_length(buffer, length, &status);
        if (whole < 0 || (whole > 0 && status != 200)) fail("not a 200", strtok(buffer, "\r"));
        if (whole > 0) return 1;
    }
}

static double milliseconds(size_t count, double share) {
    const size_t index = (size_t)(share * (double)(count - 1));
    return (double)samples[index].nanoseconds / 1e6;
}

static void report(size_t count) {
    qsort(samples, count, sizeof *samples, by_duration);
    size_t over = 0;
    while (over < count && samples[count - 1 - over].nanoseconds > 10000000u) over += 1;
    printf("{\"requests\":%zu,\"p50\":%.4f,\"p99\":%.4f,\"p999\":%.4f,\"max\":%.4f,", count,
           milliseconds(count, 0.5), milliseconds(count, 0.99), milliseconds(count, 0.999),
           milliseconds(count, 1));
    printf("\"over_10ms\":%zu,\"worst\":[", over);
    for (size_t i = 0; i < WORST && i < count; i += 1) {
        const struct sample *s = &samples[count - 1 - i];
        const double seconds = (double)s->began_milliseconds / 1e3;
        printf("%s[%.3f,%.3f]", i == 0 ? "" : ",", seconds, (double)s->nanoseconds / 1e6);
    }
    printf("]}\n");
}

int main(int argc, char **argv) {
    int port = 0;
    uint64_t keys = 1000;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0) port = atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--keys") == 0) keys = strtoull(argv[i + 1], NULL, 10);
        else fail("unknown option", argv[i]);
    }
    if (port <= 0 || keys == 0) fail("usage", "latency --port N [--keys N]");
    samples = malloc(CAPACITY * sizeof *samples);
    if (samples == NULL) fail("out of memory", "samples");
    memset(samples, 0, CAPACITY * sizeof *samples); /* no page fault inside a measurement */

    const struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("cannot connect", strerror(errno));
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    puts("ready");
    fflush(stdout);

    size_t count = 0;
    uint64_t seed = 88172645463325252u;
    const uint64_t began = now();
    while (!stopped && count < CAPACITY) {
        seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17; /* xorshift64 (Marsaglia 2003) */
        char request[128];
        const int length = sprintf(request, "GET /keys/key:%012llu HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
                                   (unsigned long long)(seed % keys));
        const uint64_t before = now();
        if (send(fd, request, (size_t)length, MSG_NOSIGNAL) != length) fail("cannot send", strerror(errno));
        if (!read_reply(fd)) break;
        const uint64_t took = now() - before;
        samples[count].nanoseconds = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
        samples[count].began_milliseconds = (uint32_t)((before - began) / 1000000u);
        count += 1;
    }
    if (count == 0) fail("no request was answered", "stopped too early");
    report(count);
    return 0;
}
