// What Swift cannot say itself: variadic functions, closed enums and cast macros of libmicrohttpd, as plain
// functions. Works with 0.9.75 (Debian 12) and 1.0 (Ubuntu 24.04).
#ifndef CMICROHTTPD_H
#define CMICROHTTPD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct sockaddr;

/// The callbacks of a daemon; each gets `context` as its first argument.
struct cmicrohttpd_callbacks {
    void *context;
    MHD_AccessHandlerCallback access;
    void *(*target)(void *context, const char *target, struct MHD_Connection *connection);
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connection;
};

/// A daemon with one epoll thread and no listening socket. NULL when it can't start; errno may say why.
struct MHD_Daemon *cmicrohttpd_start(const struct cmicrohttpd_callbacks *callbacks, unsigned connection_limit,
                                     size_t connection_memory);

/// Hands an accepted socket over; on failure libmicrohttpd has closed it.
bool cmicrohttpd_add_connection(struct MHD_Daemon *daemon, int descriptor, const struct sockaddr *address,
                                unsigned length);

/// The daemon's epoll instance, readable while it has something to do; -1 where it has none.
static inline int cmicrohttpd_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

static inline enum MHD_Result cmicrohttpd_result(bool proceed) { return proceed ? MHD_YES : MHD_NO; }

/// Called at the end of the target callback: keeps libmicrohttpd from splitting the query, which it does in the
/// connection's memory, 72 bytes a parameter. Where that runs out, 0.9.75 leaves the connection without an
/// answer. The target lies in libmicrohttpd's buffer, where it would put NULs itself.
static inline void cmicrohttpd_hide_query(const char *target) {
    for (char *at = target ? strchr(target, '?') : NULL; at && *at; at++) {
        if (*at == '?' || *at == '&') *at = '_';
    }
}

static inline bool cmicrohttpd_is_started(enum MHD_ConnectionNotificationCode code) {
    return code == MHD_CONNECTION_NOTIFY_STARTED;
}

static inline void *cmicrohttpd_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static inline int cmicrohttpd_descriptor(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static inline size_t cmicrohttpd_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

static inline bool cmicrohttpd_header(struct MHD_Connection *connection, const char *name, size_t name_length,
                                      const char **value, size_t *length) {
    enum MHD_Result found =
        MHD_lookup_connection_value_n(connection, MHD_HEADER_KIND, name, name_length, value, length);
    return found == MHD_YES;
}

static inline void cmicrohttpd_for_each_header(struct MHD_Connection *connection,
                                               MHD_KeyValueIteratorN visit, void *context) {
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, visit, context);
}

/// A response over bytes that outlive it.
static inline struct MHD_Response *cmicrohttpd_response(const void *bytes, size_t count) {
    return MHD_create_response_from_buffer(count, (void *)bytes, MHD_RESPMEM_PERSISTENT);
}

/// A response of unknown length, read piece by piece; `context` is freed with it.
static inline struct MHD_Response *cmicrohttpd_stream_response(MHD_ContentReaderCallback read, void *context,
                                                              MHD_ContentReaderFreeCallback release) {
    // The block is for clients of HTTP/1.0: others get chunks, made in the connection's memory.
    return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 1024, read, context, release);
}

static const ssize_t cmicrohttpd_end_of_stream = MHD_CONTENT_READER_END_OF_STREAM;
static const ssize_t cmicrohttpd_end_with_error = MHD_CONTENT_READER_END_WITH_ERROR;

static inline bool cmicrohttpd_add_header(struct MHD_Response *response, const char *name,
                                          const char *value) {
    return MHD_add_response_header(response, name, value) == MHD_YES;
}

static inline bool cmicrohttpd_queue(struct MHD_Connection *connection, unsigned status,
                                     struct MHD_Response *response) {
    return MHD_queue_response(connection, status, response) == MHD_YES;
}

#endif
