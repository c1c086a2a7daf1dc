#ifndef CMALLOC_H
#define CMALLOC_H
#include <malloc.h>

/// Asks for a cache line to be fetched. Any address will do: one that is not mapped is passed over.
static inline void cmalloc_prefetch(const void *address) { __builtin_prefetch(address); }
/// The number of the processor that the thread runs on just now; -1 where the system does not tell.
int cmalloc_processor(void);

#endif
