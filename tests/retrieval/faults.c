/* Fails one file operation below a folder, told by its number; loaded with LD_PRELOAD.

   faults_arm(folder, nth, code): count from now on, fail the nth operation with errno `code`; 0 fails none.
   faults_disarm(): fail and count no more. faults_count(): operations since then. faults_last(): what was failed, "function<tab>path", or "".

   What is counted are calls of the C library with a path, a descriptor or a stream below the folder. Calls that
   the C library makes of itself cannot be seen, so that a stream's buffer is written without a write() of
   its own; fclose() and fflush() that fail therefore lose what is in the buffer, as they do on a full disk. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define LONGEST (2 * PATH_MAX)

static char folder[PATH_MAX];
static char last[LONGEST + 64];
static volatile int armed;
static long failing, counted;
static int code;

void faults_arm(const char *below, long nth, int error) {
    armed = 0;
    snprintf(folder, sizeof folder, "%s", below);
    last[0] = '\0';
    failing = nth;
    code = error;
    counted = 0;
    armed = 1;
}

void faults_disarm(void) { armed = 0; }

long faults_count(void) { return counted; }

const char *faults_last(void) { return last; }

static int count(const char *function, const char *path) {
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) || (path[length] != '/' && path[length] != '\0')) return 0;
    if (__sync_add_and_fetch(&counted, 1) != failing) return 0;
    snprintf(last, sizeof last, "%s\t%s", function, path);
    errno = code;
    return 1;
}

static int at_fails(const char *function, int directory, const char *path) {
    char whole[LONGEST], home[64];
    if (!armed || !path) return 0;
    if (path[0] == '/') return count(function, path);
    ssize_t length = 0;
    if (directory == AT_FDCWD) {
        if (getcwd(whole, PATH_MAX)) length = strlen(whole);
    } else {
        snprintf(home, sizeof home, "/proc/self/fd/%d", directory);
        length = readlink(home, whole, PATH_MAX - 1);
    }
    if (length <= 0) return 0;
    snprintf(whole + length, sizeof whole - length, "/%s", path);
    return count(function, whole);
}

static int path_fails(const char *function, const char *path) { return at_fails(function, AT_FDCWD, path); }

static int two_fail(const char *function, int from, const char *path, int to, const char *other) {
    /* One operation, whichever of its paths lies below the folder. */
    long before = counted;
    return at_fails(function, from, path) || (counted == before && at_fails(function, to, other));
}

static int file_fails(const char *function, int descriptor) {
    char path[PATH_MAX], link[64];
    if (!armed || descriptor < 0) return 0;
    int kept = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = kept;
    if (length <= 0) return 0;
    path[length] = '\0';
    return count(function, path);
}

static int writable(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags != -1 && (flags & O_ACCMODE) != O_RDONLY;
}

static void *real(void **kept, const char *name) {
    if (!*kept) *kept = dlsym(RTLD_NEXT, name);
    return *kept;
}

#define REAL(name) ((__typeof__(&name))real(&real_##name, #name))
/* A function of the C library that fails with `bad` where `condition` says so. */
#define WRAP(type, name, parameters, arguments, condition, bad) \
    static void *real_##name; \
    type name parameters { \
        if (condition) return bad; \
        return REAL(name) arguments; \
    }
#define MODE \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }
#define WRAP_OPEN(name) \
    static void *real_##name; \
    int name(const char *path, int flags, ...) { \
        MODE \
        return path_fails(#name, path) ? -1 : REAL(name)(path, flags, mode); \
    }
#define WRAP_OPENAT(name) \
    static void *real_##name; \
    int name(int directory, const char *path, int flags, ...) { \
        MODE \
        return at_fails(#name, directory, path) ? -1 : REAL(name)(directory, path, flags, mode); \
    }

WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_OPENAT(openat)
WRAP_OPENAT(openat64)
WRAP(int, creat, (const char *p, mode_t m), (p, m), path_fails("creat", p), -1)
WRAP(int, creat64, (const char *p, mode_t m), (p, m), path_fails("creat64", p), -1)
WRAP(FILE *, fopen, (const char *p, const char *m), (p, m), path_fails("fopen", p), NULL)
WRAP(FILE *, fopen64, (const char *p, const char *m), (p, m), path_fails("fopen64", p), NULL)
WRAP(DIR *, opendir, (const char *p), (p), path_fails("opendir", p), NULL)
WRAP(DIR *, fdopendir, (int f), (f), file_fails("fdopendir", f), NULL)

WRAP(ssize_t, write, (int f, const void *b, size_t n), (f, b, n), file_fails("write", f), -1)
WRAP(ssize_t, writev, (int f, const struct iovec *v, int n), (f, v, n), file_fails("writev", f), -1)
WRAP(ssize_t, pwrite, (int f, const void *b, size_t n, off_t o), (f, b, n, o), file_fails("pwrite", f), -1)
WRAP(ssize_t, pwrite64, (int f, const void *b, size_t n, off64_t o), (f, b, n, o), file_fails("pwrite64", f), -1)
WRAP(ssize_t, pwritev, (int f, const struct iovec *v, int n, off_t o), (f, v, n, o), file_fails("pwritev", f), -1)
WRAP(ssize_t, copy_file_range, (int f, off64_t *i, int t, off64_t *o, size_t n, unsigned g), (f, i, t, o, n, g),
     file_fails("copy_file_range", t), -1)
WRAP(ssize_t, sendfile, (int t, int f, off_t *o, size_t n), (t, f, o, n), file_fails("sendfile", t), -1)
WRAP(ssize_t, sendfile64, (int t, int f, off64_t *o, size_t n), (t, f, o, n), file_fails("sendfile64", t), -1)
WRAP(size_t, fwrite, (const void *b, size_t s, size_t n, FILE *f), (b, s, n, f), file_fails("fwrite", fileno(f)), 0)

WRAP(ssize_t, read, (int f, void *b, size_t n), (f, b, n), file_fails("read", f), -1)
WRAP(ssize_t, pread, (int f, void *b, size_t n, off_t o), (f, b, n, o), file_fails("pread", f), -1)
WRAP(ssize_t, pread64, (int f, void *b, size_t n, off64_t o), (f, b, n, o), file_fails("pread64", f), -1)
WRAP(size_t, fread, (void *b, size_t s, size_t n, FILE *f), (b, s, n, f), file_fails("fread", fileno(f)), 0)
WRAP(void *, mmap, (void *a, size_t n, int p, int g, int f, off_t o), (a, n, p, g, f, o), file_fails("mmap", f),
     (void *)-1)
WRAP(void *, mmap64, (void *a, size_t n, int p, int g, int f, off64_t o), (a, n, p, g, f, o),
     file_fails("mmap64", f), (void *)-1)

WRAP(int, fsync, (int f), (f), file_fails("fsync", f), -1)
WRAP(int, fdatasync, (int f), (f), file_fails("fdatasync", f), -1)
WRAP(int, ftruncate, (int f, off_t n), (f, n), file_fails("ftruncate", f), -1)
WRAP(int, ftruncate64, (int f, off64_t n), (f, n), file_fails("ftruncate64", f), -1)
WRAP(int, truncate, (const char *p, off_t n), (p, n), path_fails("truncate", p), -1)
WRAP(int, truncate64, (const char *p, off64_t n), (p, n), path_fails("truncate64", p), -1)
WRAP(int, fallocate, (int f, int m, off_t o, off_t n), (f, m, o, n), file_fails("fallocate", f), -1)
WRAP(int, fallocate64, (int f, int m, off64_t o, off64_t n), (f, m, o, n), file_fails("fallocate64", f), -1)

WRAP(int, mkdir, (const char *p, mode_t m), (p, m), path_fails("mkdir", p), -1)
WRAP(int, mkdirat, (int d, const char *p, mode_t m), (d, p, m), at_fails("mkdirat", d, p), -1)
WRAP(int, rmdir, (const char *p), (p), path_fails("rmdir", p), -1)
WRAP(int, unlink, (const char *p), (p), path_fails("unlink", p), -1)
WRAP(int, unlinkat, (int d, const char *p, int g), (d, p, g), at_fails("unlinkat", d, p), -1)
WRAP(int, symlink, (const char *p, const char *q), (p, q), path_fails("symlink", q), -1)
WRAP(int, link, (const char *p, const char *q), (p, q), two_fail("link", AT_FDCWD, p, AT_FDCWD, q), -1)
WRAP(int, linkat, (int d, const char *p, int e, const char *q, int g), (d, p, e, q, g),
     two_fail("linkat", d, p, e, q), -1)
WRAP(int, rename, (const char *p, const char *q), (p, q), two_fail("rename", AT_FDCWD, p, AT_FDCWD, q), -1)
WRAP(int, renameat, (int d, const char *p, int e, const char *q), (d, p, e, q), two_fail("renameat", d, p, e, q), -1)
WRAP(int, renameat2, (int d, const char *p, int e, const char *q, unsigned g), (d, p, e, q, g),
     two_fail("renameat2", d, p, e, q), -1)

WRAP(int, stat, (const char *p, struct stat *s), (p, s), path_fails("stat", p), -1)
WRAP(int, stat64, (const char *p, struct stat64 *s), (p, s), path_fails("stat64", p), -1)
WRAP(int, lstat, (const char *p, struct stat *s), (p, s), path_fails("lstat", p), -1)
WRAP(int, lstat64, (const char *p, struct stat64 *s), (p, s), path_fails("lstat64", p), -1)
WRAP(int, fstatat, (int d, const char *p, struct stat *s, int g), (d, p, s, g), at_fails("fstatat", d, p), -1)
WRAP(int, fstatat64, (int d, const char *p, struct stat64 *s, int g), (d, p, s, g), at_fails("fstatat64", d, p), -1)

/* What was written may be reported as lost only on closing; the descriptor is closed all the same. */
static void *real_close;
int close(int descriptor) {
    int failed = armed && writable(descriptor) && file_fails("close", descriptor);
    int status = REAL(close)(descriptor);
    if (failed) errno = code;
    return failed ? -1 : status;
}

static void *real_fclose;
int fclose(FILE *file) {
    int failed = armed && writable(fileno(file)) && file_fails("fclose", fileno(file));
    if (failed) __fpurge(file);
    int status = REAL(fclose)(file);
    if (failed) errno = code;
    return failed ? EOF : status;
}

static void *real_fflush;
int fflush(FILE *file) {
    if (file && armed && writable(fileno(file)) && file_fails("fflush", fileno(file))) {
        __fpurge(file);
        errno = code;
        return EOF;
    }
    return REAL(fflush)(file);
}
