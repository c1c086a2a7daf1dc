// epoll, eventfd and POLLRDHUP, which the C library's module map leaves out. The headers are included by epoll.c alone:
// with _GNU_SOURCE they declare things otherwise than that module.
#ifndef CEPOLL_H
#define CEPOLL_H

#include <stdbool.h>

/// An epoll instance; -1 with errno where there is none to be had.
int cepoll_create(void);

/// An eventfd; -1 with errno where there is none to be had.
int cepoll_event(void);

/// Makes an eventfd readable.
void cepoll_signal(int event);

/// Makes it unreadable.
void cepoll_clear(int event);

/// Gives a descriptor back.
void cepoll_close(int descriptor);

/// Waits, for so many nanoseconds at most, until an instance has something to tell or an eventfd is readable.
/// Returns whether the eventfd is.
bool cepoll_nap(int instance, int event, long long nanoseconds);

/// Has the instance tell while a descriptor is readable.
bool cepoll_watch_input(int instance, int descriptor);

/// Has the instance tell, once, that a socket's peer has ended its direction.
bool cepoll_watch_hang_up(int instance, int descriptor);

/// Ends the watch over a descriptor.
void cepoll_forget(int instance, int descriptor);

/// Has the instance tell while a descriptor is readable, or writable too; in place of what it was told of it before.
bool cepoll_watch(int instance, int descriptor, bool output);

/// Writes the descriptors of which there is something to tell, for which it waits so many milliseconds at most.
/// Returns how many there are, `capacity` and 128 at most.
int cepoll_take(int instance, int *descriptors, int capacity, int milliseconds);

/// Whether a socket's peer has ended its direction, as far as is known here.
bool cepoll_is_hung_up(int descriptor);

#endif
