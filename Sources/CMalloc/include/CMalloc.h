#ifndef CMALLOC_H
#define CMALLOC_H
#include <malloc.h>

/// The number of the processor that the thread runs on just now; -1 where the system does not tell.
int cmalloc_processor(void);

#endif
