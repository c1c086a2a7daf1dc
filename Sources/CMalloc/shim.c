#define _GNU_SOURCE
#include "CMalloc.h"

#include <sched.h>

int cmalloc_processor(void) { return sched_getcpu(); }

void cmalloc_return_large_memory(void) {
#ifdef __GLIBC__
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    mallopt(M_TRIM_THRESHOLD, 1 << 20);
#endif
}
