// The processor's prefetch instruction, which Swift has no name for.
#ifndef CPREFETCH_H
#define CPREFETCH_H

// Asks for the cache line at `address` ahead of its use. Advice: any address will do, none traps.
static inline void rw_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
