#include "CMicrohttpd.h"

#include <sys/socket.h>

/// The target is taken raw in the target callback; what libmicrohttpd keeps stays as it came.
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    size_t length = 0;
    while (text[length]) length++;
    return length;
}

struct MHD_Daemon *cmicrohttpd_start(const struct cmicrohttpd_callbacks *callbacks, unsigned connection_limit,
                                     size_t connection_memory) {
    const unsigned flags =
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME;
    return MHD_start_daemon(
        flags | MHD_USE_ITC, 0, NULL, NULL, callbacks->access, callbacks->context,   //
        MHD_OPTION_URI_LOG_CALLBACK, callbacks->target, callbacks->context,          //
        MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,                            //
        MHD_OPTION_NOTIFY_COMPLETED, callbacks->completed, callbacks->context,       //
        MHD_OPTION_NOTIFY_CONNECTION, callbacks->connection, callbacks->context,     //
        MHD_OPTION_CONNECTION_LIMIT, connection_limit,                               //
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory,                       //
        MHD_OPTION_CONNECTION_TIMEOUT, 0u,                                           //
        MHD_OPTION_STRICT_FOR_CLIENT, 1,                                             //
        MHD_OPTION_END);
}

bool cmicrohttpd_add_connection(struct MHD_Daemon *daemon, int descriptor, const struct sockaddr *address,
                                unsigned length) {
    return MHD_add_connection(daemon, descriptor, address, (socklen_t)length) == MHD_YES;
}
