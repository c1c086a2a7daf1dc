/* Counts a process's calls of fsync and fdatasync: preloaded, since redis-server does not tell.
 *
 *     COUNT_FSYNC_FILE=/path LD_PRELOAD=count_fsync.so redis-server …
 *
 * The file holds one 64-bit number, which is shared memory: it can be read while the process runs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t unshared;
static uint64_t *counter = &unshared;

__attribute__((constructor)) static void share_counter(void) {
    const char *path = getenv("COUNT_FSYNC_FILE");
    if (path == NULL) return;
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *counter) != 0) _exit(127);
    void *shared = mmap(NULL, sizeof *counter, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared == MAP_FAILED) _exit(127);
    counter = shared;
    close(fd);
}

int fsync(int fd) {
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
    __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
    return (int)syscall(SYS_fdatasync, fd);
}
