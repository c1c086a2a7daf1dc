/* Fills a server with keys, as fast as one core can ask: pipelined, keep-alive, over HTTP or RESP.
 *
 *     load --port 8080 --protocol http --kind strings --first 0 --count 1000000
 *     load --port 6379 --protocol resp --kind zset --key board --count 1000000 --batch 1000
 *
 * strings  PUT /keys/key:000000000042, or SET: a 16-byte key and a 32-byte value made from its number
 * zset     PATCH /zsets/{key} with {"scores":{…}}, or ZADD: 16-byte members with pseudo-random scores of
 *          three decimals, in the same order whatever the protocol, --batch members a request
 *
 * Exits with 1 on the first reply that is not a success. Prints {"requests":…,"seconds":…}.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "reply.h"

enum { MAX_CONNECTIONS = 64, INPUT_CAPACITY = 1 << 18 };

struct connection {
    int fd;
    unsigned int in_flight;
    char *out;
    size_t out_start, out_end;
    char in[INPUT_CAPACITY];
    size_t in_length;
};

static struct {
    int port;
    int http;
    int zset;
    const char *key;
    uint64_t first, count, batch;
    unsigned int connections, window;
} options = {.http = 1, .key = "board", .batch = 1000, .connections = 8, .window = 16};

static size_t request_capacity, output_capacity;
static uint64_t next_request, finished_requests, all_requests;
static struct connection connections[MAX_CONNECTIONS];

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "load: %s: %s\n", what, detail);
    exit(1);
}

/* SplitMix64 (Steele, Lea, Flood 2014): scores that arrive in no order. */
static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15u;
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

static int write_score(char *at, uint64_t number) {
    const uint64_t score = mix(number) % 1000000000u;
    return sprintf(at, "%llu.%03llu", (unsigned long long)(score / 1000), (unsigned long long)(score % 1000));
}

static size_t write_string_request(char *at, uint64_t number) {
    const unsigned long long n = options.first + number;
    if (options.http) {
        return (size_t)sprintf(at, "PUT /keys/key:%012llu HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                                   "Content-Length: 32\r\n\r\nvalue:%026llu", n, n);
    }
    return (size_t)sprintf(at, "*3\r\n$3\r\nSET\r\n$16\r\nkey:%012llu\r\n$32\r\nvalue:%026llu\r\n", n, n);
}

static size_t write_zset_request(char *at, uint64_t number) {
    const uint64_t from = number * options.batch;
    const uint64_t left = options.count - from;
    const uint64_t members = left < options.batch ? left : options.batch;
    char *p = at;
    if (options.http) {
        static char *body;
        if (body == NULL && (body = malloc(request_capacity)) == NULL) fail("out of memory", "body");
        char *b = body;
        b += sprintf(b, "{\"scores\":{");
        for (uint64_t i = 0; i < members; i += 1) {
            b += sprintf(b, "%s\"member:%09llu\":", i == 0 ? "" : ",", (unsigned long long)(from + i));
            b += write_score(b, from + i);
        }
        b += sprintf(b, "}}");
        p += sprintf(p, "PATCH /zsets/%s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                        "Content-Length: %zu\r\n\r\n", options.key, (size_t)(b - body));
        memcpy(p, body, (size_t)(b - body));
        p += b - body;
    } else {
        p += sprintf(p, "*%llu\r\n$4\r\nZADD\r\n$%zu\r\n%s\r\n", (unsigned long long)(2 + 2 * members),
                     strlen(options.key), options.key);
        for (uint64_t i = 0; i < members; i += 1) {
            char score[32];
            const int length = write_score(score, from + i);
            p += sprintf(p, "$%d\r\n%s\r\n$16\r\nmember:%09llu\r\n", length, score,
                         (unsigned long long)(from + i));
        }
    }
    return (size_t)(p - at);
}

static void fill(struct connection *c) {
    if (c->out_start == c->out_end) c->out_start = c->out_end = 0;
    while (c->in_flight < options.window && next_request < all_requests
           && output_capacity - c->out_end >= request_capacity) {
        char *at = c->out + c->out_end;
        c->out_end += options.zset ? write_zset_request(at, next_request)
                                   : write_string_request(at, next_request);
        next_request += 1;
        c->in_flight += 1;
    }
}

static void send_pending(struct connection *c) {
    while (c->out_start < c->out_end) {
        const ssize_t n = send(c->fd, c->out + c->out_start, c->out_end - c->out_start, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) fail("the server hung up", strerror(errno));
        c->out_start += (size_t)n;
    }
}

static void receive(struct connection *c) {
    const ssize_t n = recv(c->fd, c->in + c->in_length, sizeof c->in - c->in_length, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) fail("the server hung up", n == 0 ? "end of stream" : strerror(errno));
    c->in_length += (size_t)n;
    size_t at = 0;
    while (at < c->in_length) {
        int status = 200;
        const char *reply = c->in + at;
        const size_t left = c->in_length - at;
        const long length = options.http ? http_reply_length(reply, left, &status)
                                         : resp_reply_length(reply, left);
        if (length == 0) break;
        if (length < 0 || status < 200 || status > 299) {
            char text[512];
            snprintf(text, sizeof text, "%.*s", (int)(left < 500 ? left : 500), reply);
            fail("not a success", text);
        }
        at += (size_t)length;
        c->in_flight -= 1;
        finished_requests += 1;
    }
    memmove(c->in, c->in + at, c->in_length - at);
    c->in_length -= at;
}

static void open_connection(struct connection *c) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    c->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (c->fd < 0 || connect(c->fd, (struct sockaddr *)&address, sizeof address) != 0)
        fail("cannot connect", strerror(errno));
    const int on = 1;
    setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    fcntl(c->fd, F_SETFL, O_NONBLOCK);
    c->out = malloc(output_capacity);
    if (c->out == NULL) fail("out of memory", "output");
}

static void read_options(int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--port") == 0) options.port = atoi(value);
        else if (strcmp(name, "--protocol") == 0) options.http = strcmp(value, "http") == 0;
        else if (strcmp(name, "--kind") == 0) options.zset = strcmp(value, "zset") == 0;
        else if (strcmp(name, "--key") == 0) options.key = value;
        else if (strcmp(name, "--first") == 0) options.first = strtoull(value, NULL, 10);
        else if (strcmp(name, "--count") == 0) options.count = strtoull(value, NULL, 10);
        else if (strcmp(name, "--batch") == 0) options.batch = strtoull(value, NULL, 10);
        else if (strcmp(name, "--connections") == 0) options.connections = (unsigned int)atoi(value);
        else if (strcmp(name, "--window") == 0) options.window = (unsigned int)atoi(value);
        else fail("unknown option", name);
    }
    if (options.port <= 0 || options.count == 0 || options.batch == 0 || options.connections == 0
        || options.connections > MAX_CONNECTIONS || options.window == 0)
        fail("usage", "load --port N --count N [--protocol http|resp] [--kind strings|zset] …");
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    request_capacity = options.zset ? 1024 + strlen(options.key) + options.batch * 64 : 256;
    output_capacity = options.zset ? 2 * request_capacity : options.window * request_capacity;
    all_requests = options.zset ? (options.count + options.batch - 1) / options.batch : options.count;

    struct pollfd polls[MAX_CONNECTIONS];
    for (unsigned int i = 0; i < options.connections; i += 1) {
        open_connection(&connections[i]);
        polls[i].fd = connections[i].fd;
    }
    struct timespec start, end;
    clock_gettime(CLOCK_MONOTONIC, &start);
    while (finished_requests < all_requests) {
        for (unsigned int i = 0; i < options.connections; i += 1) {
            fill(&connections[i]);
            send_pending(&connections[i]);
            const int pending = connections[i].out_start < connections[i].out_end;
            polls[i].events = POLLIN | (pending ? POLLOUT : 0);
        }
        if (poll(polls, options.connections, -1) < 0 && errno != EINTR) fail("poll", strerror(errno));
        for (unsigned int i = 0; i < options.connections; i += 1)
            if (polls[i].revents & (POLLIN | POLLERR | POLLHUP)) receive(&connections[i]);
    }
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double seconds = (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9;
    printf("{\"requests\":%llu,\"seconds\":%.3f}\n", (unsigned long long)all_requests, seconds);
    return 0;
}
