/* GETs and PUTs of random keys at a fixed rate, whether the server keeps up or not, until SIGTERM.
 *
 *     open_loop --port 8080 --keys 5000000 --rate 30000 [--puts 50] [--protocol http|resp]
 *
 * Each request has an instant at which it is due, and its latency counts from there: where the server stops
 * for a moment, all that was due meanwhile waits, and is seen to. (A closed loop sends less meanwhile and
 * hides the pause.) --rate 0 is a closed loop: each connection sends as soon as it is answered, which gives
 * the saturated rate. --puts is the share of PUTs in percent; keys and values are those of load.c, so that
 * every key is there. A connection has one request at a time; what is due while all are busy waits for one.
 *
 * Prints "ready" once it is connected, and sends from then on. Latencies are kept between the first SIGUSR1
 * and the second. At the end one JSON object: how many requests were due and answered, the seconds since
 * "ready", and of each method the count and percentiles in milliseconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "reply.h"

enum { MAX_CONNECTIONS = 1024, CAPACITY = 1 << 23, INPUT_CAPACITY = 4096, GET = 0, PUT = 1 };

struct connection {
    int fd;
    int method;
    uint64_t due;
    size_t length;
    char in[INPUT_CAPACITY];
};

struct samples {
    uint32_t *nanoseconds;
    size_t count;
};

static struct {
    int port, http;
    uint64_t keys, rate;
    unsigned int connections, puts;
    uint64_t seed;
} options = {.http = 1, .keys = 1000, .connections = 64, .puts = 50, .seed = 88172645463325252u};

static volatile sig_atomic_t stopped, phase;
static struct connection connections[MAX_CONNECTIONS];
static struct connection *idle[MAX_CONNECTIONS];
static unsigned int idle_count;
static struct samples samples[2];
static uint64_t answered;

static void stop(int number) {
    (void)number;
    stopped = 1;
}

static void next_phase(int number) {
    (void)number;
    phase += 1;
}

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "open_loop: %s: %s\n", what, detail);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* xorshift64 (Marsaglia 2003). */
static uint64_t draw(void) {
    options.seed ^= options.seed << 13;
    options.seed ^= options.seed >> 7;
    return options.seed ^= options.seed << 17;
}

static int write_request(char *at, int method) {
    const unsigned long long n = draw() % options.keys;
    if (options.http && method == PUT)
        return sprintf(at, "PUT /keys/key:%012llu HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                           "Content-Length: 32\r\n\r\nvalue:%026llu", n, n);
    if (options.http) return sprintf(at, "GET /keys/key:%012llu HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", n);
    if (method == PUT)
        return sprintf(at, "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012llu\r\n$32\r\nvalue:%026llu\r\n", n, n);
    return sprintf(at, "*2\r\n$3\r\nGET\r\n$16\r\nkey:%012llu\r\n", n);
}

static void send_request(uint64_t due) {
    struct connection *c = idle[--idle_count];
    char request[256];
    c->method = (draw() >> 20) % 100 < options.puts ? PUT : GET;
    c->due = due;
    const int length = write_request(request, c->method);
    if (send(c->fd, request, (size_t)length, MSG_NOSIGNAL) != length) fail("cannot send", strerror(errno));
}

static void receive(struct connection *c) {
    const ssize_t n = recv(c->fd, c->in + c->length, sizeof c->in - c->length, 0);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (n <= 0) fail("the server hung up", n == 0 ? "end of stream" : strerror(errno));
    c->length += (size_t)n;
    int status = 200;
    const long whole = options.http ? http_reply_length(c->in, c->length, &status)
                                    : resp_reply_length(c->in, c->length);
    if (whole == 0 && c->length < sizeof c->in) return;
    if (whole != (long)c->length || status < 200 || status > 299) {
        char text[256];
        snprintf(text, sizeof text, "%.*s", (int)(c->length < 250 ? c->length : 250), c->in);
        fail("not a success", text);
    }
    struct samples *of = &samples[c->method];
    if (phase == 1 && of->count < CAPACITY) {
        const uint64_t took = now() - c->due;
        of->nanoseconds[of->count++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    }
    c->length = 0;
    answered += 1;
    idle[idle_count++] = c;
}

static int by_duration(const void *left, const void *right) {
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static void report(const char *name, struct samples *of) {
    qsort(of->nanoseconds, of->count, sizeof *of->nanoseconds, by_duration);
    printf("\"%s\":{\"count\":%zu", name, of->count);
    static const struct { const char *name; double share; } points[] = {
        {"p50", 0.5}, {"p99", 0.99}, {"p999", 0.999}, {"max", 1}};
    for (size_t i = 0; of->count > 0 && i < sizeof points / sizeof *points; i += 1) {
        const size_t index = (size_t)(points[i].share * (double)(of->count - 1));
        printf(",\"%s\":%.4f", points[i].name, (double)of->nanoseconds[index] / 1e6);
    }
    printf("}");
}

static void connect_all(int epoll) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    for (unsigned int i = 0; i < options.connections; i += 1) {
        struct connection *c = &connections[i];
        c->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
            fail("cannot connect", strerror(errno));
        const int on = 1;
        setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        fcntl(c->fd, F_SETFL, O_NONBLOCK);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event) != 0) fail("epoll_ctl", strerror(errno));
        idle[idle_count++] = c;
    }
}

static void read_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--port") == 0) options.port = atoi(value);
        else if (strcmp(name, "--protocol") == 0) options.http = strcmp(value, "http") == 0;
        else if (strcmp(name, "--keys") == 0) options.keys = strtoull(value, NULL, 10);
        else if (strcmp(name, "--rate") == 0) options.rate = strtoull(value, NULL, 10);
        else if (strcmp(name, "--puts") == 0) options.puts = (unsigned int)atoi(value);
        else if (strcmp(name, "--connections") == 0) options.connections = (unsigned int)atoi(value);
        else fail("unknown option", name);
    }
    if (options.port <= 0 || options.keys == 0 || options.puts > 100 || options.connections == 0
        || options.connections > MAX_CONNECTIONS)
        fail("usage", "open_loop --port N --keys N --rate N [--puts PERCENT] [--connections N] …");
}

/* When the request of this number is due, counted from the start. */
static uint64_t due_at(uint64_t number) {
    return number / options.rate * 1000000000u + number % options.rate * 1000000000u / options.rate;
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    for (int method = GET; method <= PUT; method += 1) {
        const size_t size = CAPACITY * sizeof *samples[method].nanoseconds;
        if ((samples[method].nanoseconds = malloc(size)) == NULL) fail("out of memory", "samples");
        memset(samples[method].nanoseconds, 0, size); /* no page fault inside a measurement */
    }
    const struct sigaction ends = {.sa_handler = stop}, turns = {.sa_handler = next_phase};
    sigaction(SIGTERM, &ends, NULL);
    sigaction(SIGUSR1, &turns, NULL);
    prctl(PR_SET_TIMERSLACK, 1);
    const int epoll = epoll_create1(0);
    connect_all(epoll);
    puts("ready");
    fflush(stdout);

    const uint64_t start = now();
    uint64_t next = 0;
    while (!stopped) {
        struct timespec wait = {.tv_sec = 1};
        const uint64_t at = now() - start;
        if (options.rate == 0) {
            while (idle_count > 0) next += 1, send_request(start + at);
        } else {
            while (idle_count > 0 && due_at(next) <= at) send_request(start + due_at(next)), next += 1;
            if (idle_count > 0) {
                const uint64_t left = due_at(next) - at;
                wait = (struct timespec){(time_t)(left / 1000000000u), (long)(left % 1000000000u)};
            }
        }
        struct epoll_event events[64];
        const int count = epoll_pwait2(epoll, events, 64, &wait, NULL);
        if (count < 0 && errno != EINTR) fail("epoll_pwait2", strerror(errno));
        for (int i = 0; i < count; i += 1) receive(events[i].data.ptr);
    }
    const uint64_t took = now() - start;
    const uint64_t due = options.rate == 0 ? next : (uint64_t)((double)took / 1e9 * (double)options.rate);
    printf("{\"due\":%llu,\"answered\":%llu,\"seconds\":%.3f,", (unsigned long long)due,
           (unsigned long long)answered, (double)took / 1e9);
    report("get", &samples[GET]);
    printf(",");
    report("put", &samples[PUT]);
    printf("}\n");
    return 0;
}
