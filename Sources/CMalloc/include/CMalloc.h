#ifndef CMALLOC_H
#define CMALLOC_H
#include <malloc.h>

/// The number of the processor that the thread runs on just now; -1 where the system does not tell.
int cmalloc_processor(void);

/// Has glibc take blocks of 256 KiB or more from the system and give them back when they are freed, and keep no
/// more than 1 MiB at the end of its heap, for ever. Does nothing with another C library.
void cmalloc_return_large_memory(void);

#endif
