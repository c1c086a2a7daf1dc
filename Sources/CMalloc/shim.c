#define _GNU_SOURCE
#include "CMalloc.h"

#include <sched.h>

int cmalloc_processor(void) { return sched_getcpu(); }
