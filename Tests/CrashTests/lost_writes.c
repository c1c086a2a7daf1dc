/*
 * Preloaded into the server (LD_PRELOAD), this stands between it and the files of one directory. It
 *  - writes down every call that changes a file or directory there, or makes it durable, so that a test can build
 *    what a crash of the system would have left at any moment (lost_writes.py);
 *  - kills the process just before its n-th such call;
 *  - lets calls fail, or take their time, as the control file says.
 *
 * Environment: CRASH_DIRECTORY, the directory; CRASH_JOURNAL, where calls are written down (optional);
 * CRASH_CONTROL, a `struct control` that the test has mapped too (optional).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum kind {
    CREATE = 1,        /* open with O_CREAT or O_TRUNC */
    WRITE = 2,         /* pwrite or write */
    SYNC = 4,          /* fsync or fdatasync of a file */
    RENAME = 8,
    UNLINK = 16,
    TRUNCATE = 32,     /* ftruncate */
    MAKE_DIRECTORY = 64,
    SYNC_DIRECTORY = 128,
    OPEN = 256,        /* any other open: not written down, does not count */
    READ = 512,        /* pread: likewise */
    LINK = 1024,
    REMOVE_DIRECTORY = 2048,
};

struct control {
    _Atomic uint64_t calls;      /* how many calls there were, of the kinds that count */
    _Atomic uint64_t kill_at;    /* the call that is not made any more; 0: none */
    _Atomic uint64_t fail_skip;  /* how many calls are to succeed before that */
    _Atomic uint64_t fail_count; /* how many calls are still to fail */
    _Atomic uint64_t failed;     /* how many have */
    _Atomic uint32_t fail_kinds;
    _Atomic uint32_t fail_errno;
    _Atomic uint32_t fail_short; /* whether a write that fails writes half of it first */
    _Atomic uint32_t delay_kinds;
    _Atomic uint32_t delay;      /* microseconds */
    _Atomic uint32_t delayed;    /* how many calls are, or have been */
    _Atomic uint32_t count_kinds; /* 0: all */
    char fail_name[64];          /* only paths that contain it fail */
};

/* One call, followed by its path, for RENAME and LINK the new one, for WRITE the data. */
struct record {
    uint32_t kind;
    int32_t failed; /* 0, or errno */
    uint64_t begin; /* CLOCK_MONOTONIC, nanoseconds */
    uint64_t end;
    uint64_t file; /* inode number */
    uint64_t offset; /* of WRITE; the size of TRUNCATE; of CREATE whether the file was made (1), emptied (2) */
    uint32_t path_length;
    uint32_t data_length;
};

static char root[PATH_MAX];
static size_t root_length;
static int journal = -1;
static struct control *control;
/* Calls are written down in the order in which they are made. */
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

static int (*real_open)(const char *, int, ...);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pread)(int, void *, size_t, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_rename)(const char *, const char *);
static int (*real_link)(const char *, const char *);
static int (*real_unlink)(const char *);
static int (*real_ftruncate)(int, off_t);
static int (*real_mkdir)(const char *, mode_t);
static int (*real_rmdir)(const char *);

__attribute__((constructor)) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pread = dlsym(RTLD_NEXT, "pread");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_rename = dlsym(RTLD_NEXT, "rename");
    real_link = dlsym(RTLD_NEXT, "link");
    real_unlink = dlsym(RTLD_NEXT, "unlink");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_mkdir = dlsym(RTLD_NEXT, "mkdir");
    real_rmdir = dlsym(RTLD_NEXT, "rmdir");
    const char *directory = getenv("CRASH_DIRECTORY");
    if (!directory || strlen(directory) >= sizeof root) return;
    strcpy(root, directory);
    root_length = strlen(root);
    const char *path = getenv("CRASH_CONTROL");
    if (path) {
        int file = real_open(path, O_RDWR | O_CLOEXEC);
        void *mapped = file < 0 ? MAP_FAILED
                                : mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
        if (mapped == MAP_FAILED) {
            perror("lost_writes: CRASH_CONTROL");
            _exit(99);
        }
        control = mapped;
    }
    path = getenv("CRASH_JOURNAL");
    if (path) {
        journal = real_open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (journal < 0) {
            perror("lost_writes: CRASH_JOURNAL");
            _exit(99);
        }
    }
}

/* Whether the path lies in the directory, or is it; the absolute path goes to `full`. */
static int ours(const char *path, char *full) {
    if (!root_length || !path) return 0;
    if (path[0] == '/') {
        if (snprintf(full, PATH_MAX, "%s", path) >= PATH_MAX) return 0;
    } else {
        char current[PATH_MAX];
        if (!getcwd(current, sizeof current)) return 0;
        while (!strncmp(path, "./", 2)) path += 2;
        if (snprintf(full, PATH_MAX, "%s/%s", current, path) >= PATH_MAX) return 0;
    }
    return !strncmp(full, root, root_length) && (full[root_length] == '/' || !full[root_length]);
}

static int ours_by_descriptor(int descriptor, char *full) {
    if (!root_length) return 0;
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return ours(path, full);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static uint64_t file_number(int descriptor) {
    struct stat status;
    return fstat(descriptor, &status) ? 0 : status.st_ino;
}

static int is_directory(int descriptor) {
    struct stat status;
    return !fstat(descriptor, &status) && S_ISDIR(status.st_mode);
}

/* Counts the call; whether it is to fail. */
static int intercept(enum kind kind, const char *path) {
    if (!control) return 0;
    uint32_t counted = atomic_load(&control->count_kinds);
    if (!(kind & (OPEN | READ)) && (!counted || counted & kind)) {
        uint64_t call = atomic_fetch_add(&control->calls, 1) + 1;
        if (call == atomic_load(&control->kill_at)) {
            kill(getpid(), SIGKILL);
            for (;;) pause();
        }
    }
    if (atomic_load(&control->delay_kinds) & kind) {
        atomic_fetch_add(&control->delayed, 1);
        /* In pieces: the test may end it. */
        uint64_t start = now();
        while (atomic_load(&control->delay_kinds) & kind &&
               now() - start < (uint64_t)atomic_load(&control->delay) * 1000)
            usleep(1000);
    }
    if (!(atomic_load(&control->fail_kinds) & kind) || !strstr(path, control->fail_name)) return 0;
    uint64_t left = atomic_load(&control->fail_skip);
    while (left && !atomic_compare_exchange_weak(&control->fail_skip, &left, left - 1)) {}
    if (left) return 0;
    left = atomic_load(&control->fail_count);
    while (left && !atomic_compare_exchange_weak(&control->fail_count, &left, left - 1)) {}
    if (!left) return 0;
    atomic_fetch_add(&control->failed, 1);
    errno = (int)atomic_load(&control->fail_errno);
    return 1;
}

static void write_down(enum kind kind, int failed, uint64_t start, uint64_t file, uint64_t offset,
                       const char *path, const void *data, size_t length) {
    if (journal < 0) return;
    struct record record = {kind, failed, start, now(), file, offset, (uint32_t)strlen(path), (uint32_t)length};
    struct iovec parts[] = {
        {&record, sizeof record}, {(void *)path, record.path_length}, {(void *)data, record.data_length}};
    if (writev(journal, parts, 3) != (ssize_t)(sizeof record + record.path_length + record.data_length)) {
        perror("lost_writes: the journal");
        abort();
    }
}

/* Keeps the call's errno. */
#define ORDERED(body)                                                                                      \
    do {                                                                                                   \
        pthread_mutex_lock(&order);                                                                        \
        uint64_t start = now();                                                                            \
        body;                                                                                              \
        pthread_mutex_unlock(&order);                                                                      \
    } while (0)

static int opening(const char *path, int flags, mode_t mode) {
    char full[PATH_MAX];
    if (!ours(path, full)) return real_open(path, flags, mode);
    int changes = (flags & (O_CREAT | O_TRUNC)) != 0;
    if (intercept(changes ? CREATE : OPEN, full)) return -1;
    if (!changes) return real_open(path, flags, mode);
    int result, error;
    ORDERED({
        struct stat status;
        int existed = stat(full, &status) == 0;
        result = real_open(path, flags, mode);
        error = errno;
        if (result >= 0 && (!existed || (flags & O_TRUNC)))
            write_down(CREATE, 0, start, file_number(result), existed ? 2 : 1, full, NULL, 0);
    });
    errno = error;
    return result;
}

int open(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, mode_t);
        va_end(list);
    }
    return opening(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    mode_t mode = 0;
    if (flags & (O_CREAT | O_TMPFILE)) {
        va_list list;
        va_start(list, flags);
        mode = va_arg(list, mode_t);
        va_end(list);
    }
    return opening(path, flags, mode);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t offset) {
    char full[PATH_MAX];
    if (!ours_by_descriptor(file, full)) return real_pwrite(file, data, size, offset);
    int fails = intercept(WRITE, full), error = errno;
    if (fails) {
        if (!atomic_load(&control->fail_short) || size < 2) {
            errno = error;
            return -1;
        }
        size /= 2;
    }
    ssize_t result;
    ORDERED({
        result = real_pwrite(file, data, size, offset);
        error = errno;
        if (result > 0)
            write_down(WRITE, 0, start, file_number(file), (uint64_t)offset, full, data, (size_t)result);
    });
    errno = error;
    return result;
}

ssize_t write(int file, const void *data, size_t size) {
    char full[PATH_MAX];
    if (!real_write) real_write = dlsym(RTLD_NEXT, "write");
    if (!ours_by_descriptor(file, full)) return real_write(file, data, size);
    int fails = intercept(WRITE, full), error = errno;
    if (fails) {
        if (!atomic_load(&control->fail_short) || size < 2) {
            errno = error;
            return -1;
        }
        size /= 2;
    }
    ssize_t result;
    ORDERED({
        off_t offset = lseek(file, 0, fcntl(file, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
        result = real_write(file, data, size);
        error = errno;
        if (result > 0)
            write_down(WRITE, 0, start, file_number(file), (uint64_t)offset, full, data, (size_t)result);
    });
    errno = error;
    return result;
}

ssize_t pwrite64(int file, const void *data, size_t size, off_t offset) { return pwrite(file, data, size, offset); }

ssize_t pread(int file, void *data, size_t size, off_t offset) {
    char full[PATH_MAX];
    if (control && atomic_load(&control->fail_kinds) & READ && ours_by_descriptor(file, full) &&
        intercept(READ, full))
        return -1;
    return real_pread(file, data, size, offset);
}

ssize_t pread64(int file, void *data, size_t size, off_t offset) { return pread(file, data, size, offset); }

static int syncing(int file, int (*real)(int)) {
    char full[PATH_MAX];
    if (!ours_by_descriptor(file, full)) return real(file);
    enum kind kind = is_directory(file) ? SYNC_DIRECTORY : SYNC;
    int fails = intercept(kind, full), error = errno, result = -1;
    ORDERED({
        /* The disk is not what is tested. What was written before is durable when the call returns. */
        result = fails ? -1 : 0;
        write_down(kind, fails ? error : 0, start, file_number(file), 0, full, NULL, 0);
    });
    (void)real;
    errno = error;
    return result;
}

int fsync(int file) { return syncing(file, real_fsync); }
int fdatasync(int file) { return syncing(file, real_fdatasync); }

/* What gives a file another name, or one more. */
static int naming(enum kind kind, int (*real)(const char *, const char *), const char *from, const char *to) {
    char full[PATH_MAX], target[PATH_MAX];
    if (!ours(from, full) || !ours(to, target)) return real(from, to);
    if (intercept(kind, full)) return -1;
    int result, error;
    ORDERED({
        result = real(from, to);
        error = errno;
        if (!result) write_down(kind, 0, start, 0, 0, full, target, strlen(target));
    });
    errno = error;
    return result;
}

int rename(const char *from, const char *to) { return naming(RENAME, real_rename, from, to); }
int link(const char *from, const char *to) { return naming(LINK, real_link, from, to); }

/* What takes a name away. */
static int removing(enum kind kind, int (*real)(const char *), const char *path) {
    char full[PATH_MAX];
    if (!ours(path, full)) return real(path);
    if (intercept(kind, full)) return -1;
    int result, error;
    ORDERED({
        result = real(path);
        error = errno;
        if (!result) write_down(kind, 0, start, 0, 0, full, NULL, 0);
    });
    errno = error;
    return result;
}

int unlink(const char *path) { return removing(UNLINK, real_unlink, path); }
int rmdir(const char *path) { return removing(REMOVE_DIRECTORY, real_rmdir, path); }

int ftruncate(int file, off_t size) {
    char full[PATH_MAX];
    if (!ours_by_descriptor(file, full)) return real_ftruncate(file, size);
    if (intercept(TRUNCATE, full)) return -1;
    int result, error;
    ORDERED({
        result = real_ftruncate(file, size);
        error = errno;
        if (!result) write_down(TRUNCATE, 0, start, file_number(file), (uint64_t)size, full, NULL, 0);
    });
    errno = error;
    return result;
}

int ftruncate64(int file, off_t size) { return ftruncate(file, size); }

int mkdir(const char *path, mode_t mode) {
    char full[PATH_MAX];
    if (!ours(path, full)) return real_mkdir(path, mode);
    if (intercept(MAKE_DIRECTORY, full)) return -1;
    int result, error;
    ORDERED({
        result = real_mkdir(path, mode);
        error = errno;
        if (!result) write_down(MAKE_DIRECTORY, 0, start, 0, 0, full, NULL, 0);
    });
    errno = error;
    return result;
}
