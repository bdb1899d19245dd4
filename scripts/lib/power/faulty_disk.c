/* A layer between a program and its disk (LD_PRELOAD): makes what a file from outside says go wrong, on files below one
 * folder only, and writes down each time that it did.
 *
 * FAULTY_DISK_FOLDER   the folder
 * FAULTY_DISK_ORDER    a file with one word: none, sync-eio, write-eio, write-enospc, write-erofs, write-short, sync-slow,
 *                      sync-eio-once, which becomes none with the first call that it met, or sync-dies: the process is
 *                      killed in the sync
 * FAULTY_DISK_HITS     gets a line for each call that was made to fail: the word, and the call's name
 *
 * Our own reading and writing goes to the kernel directly, past this layer and the program's libraries.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { WORD_BYTES = 32, PATH_BYTES = 4096, SLOW_MILLISECONDS = 1500 };

static int is_ours(int descriptor) {
    const char *folder = getenv("FAULTY_DISK_FOLDER");
    char link[64], path[PATH_BYTES];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
    if (folder == NULL || length <= 0) return 0;
    path[length] = 0;
    size_t prefix = strlen(folder);
    return strncmp(path, folder, prefix) == 0 && (path[prefix] == '/' || path[prefix] == 0);
}

/* The word that is in force for this file now. */
static const char *order(int descriptor, char word[WORD_BYTES]) {
    const char *path = getenv("FAULTY_DISK_ORDER");
    if (path == NULL || !is_ours(descriptor)) return "none";
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return "none";
    ssize_t length = syscall(SYS_read, file, word, WORD_BYTES - 1);
    syscall(SYS_close, file);
    if (length <= 0) return "none";
    word[length] = 0;
    word[strcspn(word, "\n")] = 0;
    return word;
}

static void hit(const char *word, const char *call) {
    const char *path = getenv("FAULTY_DISK_HITS");
    char line[2 * WORD_BYTES];
    int length = snprintf(line, sizeof line, "%s %s\n", word, call);
    int file = path == NULL ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT, 0644);
    if (file < 0) return;
    syscall(SYS_write, file, line, length);
    syscall(SYS_close, file);
}

static void withdraw_order(void) {
    int file = (int)syscall(SYS_openat, AT_FDCWD, getenv("FAULTY_DISK_ORDER"), O_WRONLY | O_TRUNC | O_CLOEXEC, 0);
    if (file >= 0) syscall(SYS_close, file);
}

/* Whether a sync shall fail; errno is set. */
static int sync_fails(int descriptor, const char *call) {
    char buffer[WORD_BYTES];
    const char *word = order(descriptor, buffer);
    if (strcmp(word, "sync-slow") == 0) {
        hit(word, call);
        struct timespec pause = {SLOW_MILLISECONDS / 1000, SLOW_MILLISECONDS % 1000 * 1000000L};
        nanosleep(&pause, NULL);
        return 0;
    }
    if (strcmp(word, "sync-dies") == 0) {
        withdraw_order();
        hit(word, call);
        kill(getpid(), SIGKILL);
    }
    int is_once = strcmp(word, "sync-eio-once") == 0;
    if (strcmp(word, "sync-eio") != 0 && !is_once) return 0;
    if (is_once) withdraw_order();
    hit(word, call);
    errno = EIO;
    return 1;
}

/* Whether a write shall fail; errno is set. A write that is to be short gets another length. */
static int write_fails(int descriptor, size_t *length, const char *call) {
    char buffer[WORD_BYTES];
    const char *word = order(descriptor, buffer);
    if (strcmp(word, "write-short") == 0 && length != NULL && *length > 1) {
        hit(word, call);
        *length /= 2;
        return 0;
    }
    int code = strcmp(word, "write-eio") == 0      ? EIO
               : strcmp(word, "write-enospc") == 0 ? ENOSPC
               : strcmp(word, "write-erofs") == 0  ? EROFS
                                                   : 0;
    if (code == 0) return 0;
    hit(word, call);
    errno = code;
    return 1;
}

/* The function that would have been called without this layer. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fsync(int descriptor) { return sync_fails(descriptor, "fsync") ? -1 : NEXT(fsync)(descriptor); }
int fdatasync(int descriptor) { return sync_fails(descriptor, "fdatasync") ? -1 : NEXT(fdatasync)(descriptor); }

ssize_t write(int descriptor, const void *data, size_t length) {
    return write_fails(descriptor, &length, "write") ? -1 : NEXT(write)(descriptor, data, length);
}
ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    return write_fails(descriptor, &length, "pwrite") ? -1 : NEXT(pwrite)(descriptor, data, length, offset);
}
ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
    return write_fails(descriptor, &length, "pwrite64") ? -1 : NEXT(pwrite64)(descriptor, data, length, offset);
}
int ftruncate(int descriptor, off_t length) {
    return write_fails(descriptor, NULL, "ftruncate") ? -1 : NEXT(ftruncate)(descriptor, length);
}
int ftruncate64(int descriptor, off64_t length) {
    return write_fails(descriptor, NULL, "ftruncate64") ? -1 : NEXT(ftruncate64)(descriptor, length);
}
int posix_fallocate(int descriptor, off_t offset, off_t length) {
    return write_fails(descriptor, NULL, "posix_fallocate") ? errno : NEXT(posix_fallocate)(descriptor, offset, length);
}
