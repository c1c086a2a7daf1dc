/* What the yardsticks have in common: an HTTP server on libmicrohttpd that answers with the header lines and the body of
 * a response in a file, and leaves to `answer_get` and `answer_put` what becomes of them.
 *
 * Per request it does what a plain handler does: create a response, add each header, queue, destroy. The response is
 * not kept from one request to the next: no service whose ETag and body differ by key could do that. A GET is answered
 * in the second call of its handler: answered in the first, libmicrohttpd 0.9.75 closes the connection (a seventh of the
 * throughput).
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>

enum { MAX_HEADERS = 32, CONNECTION_LIMIT = 20000 };

struct answer {
    unsigned int status;
    size_t header_count;
    const char *names[MAX_HEADERS];
    const char *values[MAX_HEADERS];
    const char *body;
    size_t body_length;
    int has_date;
};

/* What has been read of one request's body. */
struct upload {
    size_t length;
    size_t capacity;
    char *bytes;
    char inline_bytes[256];
};

/* Marks the first call for a request without a body. */
static struct upload no_upload;

static void fail(const char *what, const char *detail) {
    fprintf(stderr, "bare: %s: %s\n", what, detail);
    exit(1);
}

/* Lines that libmicrohttpd writes by itself. */
static int is_automatic(const char *name) {
    return strcasecmp(name, "Date") == 0 || strcasecmp(name, "Content-Length") == 0
        || strcasecmp(name, "Connection") == 0;
}

/* Reads a whole HTTP response: status line, header lines, empty line, body (the rest of the file). */
static void read_answer(const char *path, struct answer *answer) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) fail("cannot open", path);
    const size_t capacity = 1 << 20;
    char *text = malloc(capacity + 1);
    if (text == NULL) fail("out of memory", path);
    const size_t length = fread(text, 1, capacity, file);
    fclose(file);
    text[length] = '\0';

    char *end = strstr(text, "\r\n\r\n");
    if (end == NULL || sscanf(text, "HTTP/1.1 %u", &answer->status) != 1) fail("not an HTTP response", path);
    answer->body = end + 4;
    answer->body_length = length - (size_t)(answer->body - text);
    end[2] = '\0';

    char *line = strstr(text, "\r\n") + 2;
    while (*line != '\0') {
        char *next = strstr(line, "\r\n");
        if (next == NULL) break;
        *next = '\0';
        char *colon = strchr(line, ':');
        if (colon == NULL) fail("a header line without a colon", line);
        *colon = '\0';
        if (strcasecmp(line, "Date") == 0) answer->has_date = 1;
        if (!is_automatic(line)) {
            if (answer->header_count == MAX_HEADERS) fail("too many header lines", path);
            answer->names[answer->header_count] = line;
            answer->values[answer->header_count] = colon + 1 + strspn(colon + 1, " ");
            answer->header_count += 1;
        }
        line = next + 2;
    }
}

/* Answers a GET, or HEAD, of `url`. */
static enum MHD_Result answer_get(struct MHD_Connection *connection, const char *url);

/* Answers any other request, whose body was read to its end. */
static enum MHD_Result answer_put(struct MHD_Connection *connection, const char *url, const char *body,
                                  size_t length);

/* Sends a body with the answer's status and header lines. */
static enum MHD_Result send_body(struct MHD_Connection *connection, const struct answer *answer, void *body,
                                 size_t length, enum MHD_ResponseMemoryMode mode) {
    struct MHD_Response *response = MHD_create_response_from_buffer(length, body, mode);
    if (response == NULL) return MHD_NO;
    for (size_t i = 0; i < answer->header_count; i += 1) {
        if (MHD_add_response_header(response, answer->names[i], answer->values[i]) == MHD_NO) {
            MHD_destroy_response(response);
            return MHD_NO;
        }
    }
    const enum MHD_Result queued = MHD_queue_response(connection, answer->status, response);
    MHD_destroy_response(response);
    return queued;
}

static int append(struct upload *upload, const char *data, size_t size) {
    if (size > upload->capacity - upload->length) {
        size_t capacity = upload->capacity * 2;
        while (capacity - upload->length < size) capacity *= 2;
        char *bytes = malloc(capacity);
        if (bytes == NULL) return 0;
        memcpy(bytes, upload->bytes, upload->length);
        if (upload->bytes != upload->inline_bytes) free(upload->bytes);
        upload->bytes = bytes;
        upload->capacity = capacity;
    }
    memcpy(upload->bytes + upload->length, data, size);
    upload->length += size;
    return 1;
}

static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload_data,
                              size_t *upload_data_size, void **state) {
    (void)cls, (void)version;
    if (strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0) {
        if (*state != NULL) return answer_get(connection, url);
        *state = &no_upload;
        return MHD_YES;
    }
    struct upload *upload = *state;
    if (upload == NULL) {
        upload = malloc(sizeof *upload);
        if (upload == NULL) return MHD_NO;
        upload->length = 0;
        upload->capacity = sizeof upload->inline_bytes;
        upload->bytes = upload->inline_bytes;
        *state = upload;
        return MHD_YES;
    }
    if (*upload_data_size > 0) {
        if (!append(upload, upload_data, *upload_data_size)) return MHD_NO;
        *upload_data_size = 0;
        return MHD_YES;
    }
    return answer_put(connection, url, upload->bytes, upload->length);
}

static void completed(void *cls, struct MHD_Connection *connection, void **state,
                      enum MHD_RequestTerminationCode code) {
    (void)cls, (void)connection, (void)code;
    struct upload *upload = *state;
    if (upload == NULL || upload == &no_upload) return;
    if (upload->bytes != upload->inline_bytes) free(upload->bytes);
    free(upload);
    *state = NULL;
}

/* Serves until SIGTERM or SIGINT. */
static void serve(unsigned int port, unsigned int threads, int has_date) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        setrlimit(RLIMIT_NOFILE, &files);
    }

    sigset_t stops;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stops, NULL);

    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ERROR_LOG;
    if (!has_date) flags |= MHD_USE_SUPPRESS_DATE_NO_CLOCK;
    struct MHD_OptionItem pool[] = {
        {MHD_OPTION_THREAD_POOL_SIZE, (intptr_t)threads, NULL},
        {MHD_OPTION_END, 0, NULL},
    };
    /* A pool of one is one thread more than none: it would only accept. */
    if (threads == 1) pool[0].option = MHD_OPTION_END;
    struct MHD_Daemon *daemon = MHD_start_daemon(
        flags, (uint16_t)port, NULL, NULL, &handle, NULL,
        MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
        MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTION_LIMIT,
        MHD_OPTION_NOTIFY_COMPLETED, &completed, NULL,
        MHD_OPTION_ARRAY, pool,
        MHD_OPTION_END);
    if (daemon == NULL) fail("cannot start", "is the port taken?");
    int signal_number;
    sigwait(&stops, &signal_number);
    MHD_stop_daemon(daemon);
}
