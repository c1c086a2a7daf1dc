/* The yardstick: the least a C program can do to answer HTTP through libmicrohttpd.
 *
 * It looks nothing up. It is given two whole HTTP responses in files, as a server sent them, and answers
 * every GET and HEAD with the first and everything else (whose body it reads to the end) with the second:
 * same status, same header lines, same body. Redwing's throughput is then a share of what libmicrohttpd
 * can carry for exactly these bytes.
 *
 *     bare --port 8081 --threads 1 --get get.response --put put.response
 *
 * Its bodies are MHD_RESPMEM_PERSISTENT, which neither copies nor frees: the fastest mode there is, and fair since
 * these bytes really are there for as long as the program runs.
 */
#include "serve.h"

static struct answer get_answer, put_answer;

static enum MHD_Result answer_get(struct MHD_Connection *connection, const char *url) {
    (void)url;
    return send_body(
        connection, &get_answer, (void *)get_answer.body, get_answer.body_length, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result answer_put(struct MHD_Connection *connection, const char *url, const char *body,
                                  size_t length) {
    (void)url, (void)body, (void)length;
    return send_body(
        connection, &put_answer, (void *)put_answer.body, put_answer.body_length, MHD_RESPMEM_PERSISTENT);
}

int main(int argc, char **argv) {
    unsigned int port = 0, threads = 1;
    const char *get_path = NULL, *put_path = NULL;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--port") == 0) port = (unsigned int)atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--threads") == 0) threads = (unsigned int)atoi(argv[i + 1]);
        else if (strcmp(argv[i], "--get") == 0) get_path = argv[i + 1];
        else if (strcmp(argv[i], "--put") == 0) put_path = argv[i + 1];
        else fail("unknown option", argv[i]);
    }
    if (port == 0 || port > 65535 || threads == 0 || get_path == NULL || put_path == NULL)
        fail("usage", "bare --port N --threads N --get FILE --put FILE");
    read_answer(get_path, &get_answer);
    read_answer(put_path, &put_answer);

    serve(port, threads, get_answer.has_date);
    return 0;
}
