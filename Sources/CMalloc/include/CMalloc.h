#ifndef CMALLOC_H
#define CMALLOC_H
#include <malloc.h>
#endif
