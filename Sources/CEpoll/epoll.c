#define _GNU_SOURCE
#include "CEpoll.h"

#include <poll.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

int cepoll_create(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cepoll_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void cepoll_signal(int event) {
    uint64_t one = 1;
    (void)!write(event, &one, sizeof one);
}

void cepoll_clear(int event) {
    uint64_t count;
    (void)!read(event, &count, sizeof count);
}

void cepoll_close(int descriptor) { close(descriptor); }

bool cepoll_nap(int instance, int event, long long nanoseconds) {
    struct pollfd look[] = {{.fd = instance, .events = POLLIN}, {.fd = event, .events = POLLIN}};
    struct timespec limit = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000};
    return ppoll(look, 2, &limit, NULL) > 0 && (look[1].revents & POLLIN) != 0;
}

bool cepoll_watch_input(int instance, int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    return epoll_ctl(instance, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

bool cepoll_watch_hang_up(int instance, int descriptor) {
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLET, .data.fd = descriptor};
    return epoll_ctl(instance, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void cepoll_forget(int instance, int descriptor) {
    struct epoll_event event = {0};
    epoll_ctl(instance, EPOLL_CTL_DEL, descriptor, &event);
}

bool cepoll_watch(int instance, int descriptor, bool output) {
    struct epoll_event event = {.events = EPOLLIN | (output ? EPOLLOUT : 0), .data.fd = descriptor};
    return epoll_ctl(instance, EPOLL_CTL_MOD, descriptor, &event) == 0 ||
           epoll_ctl(instance, EPOLL_CTL_ADD, descriptor, &event) == 0;
}

int cepoll_take(int instance, int *descriptors, int capacity, int milliseconds) {
    struct epoll_event events[128];
    int count = epoll_wait(instance, events, capacity < 128 ? capacity : 128, milliseconds);
    for (int index = 0; index < count; index++) descriptors[index] = events[index].data.fd;
    return count < 0 ? 0 : count;
}

bool cepoll_is_hung_up(int descriptor) {
    struct pollfd look = {.fd = descriptor, .events = POLLRDHUP};
    return poll(&look, 1, 0) > 0;
}
